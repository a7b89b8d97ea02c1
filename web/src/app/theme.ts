import { createTheme, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = [
  "#eff0fd",
  "#dddffa",
  "#babef4",
  "#949bee",
  "#747ce8",
  "#6069e0",
  "#4f5bd5",
  "#434dbb",
  "#39429f",
  "#2b327c",
];
const grey: MantineColorsTuple = [
  "#f7f7f8",
  "#efeff1",
  "#e3e4e8",
  "#d0d2d8",
  "#b3b6bf",
  "#8d919d",
  "#6c707c",
  "#50535e",
  "#363841",
  "#1d1e24",
];
const dark: MantineColorsTuple = [
  "#e4e5e9",
  "#b6b8c0",
  "#8e919b",
  "#5b5e68",
  "#33353c",
  "#2a2b31",
  "#202126",
  "#17181c",
  "#131418",
  "#0e0f12",
];

/** Dark enough at 5 and 6 for white words on a button, in both schemes. */
const red: MantineColorsTuple = [
  "#fdeeee",
  "#fbdcdc",
  "#f5b5b6",
  "#ef8b8d",
  "#e5484d",
  "#d33a3f",
  "#c62a2f",
  "#a92227",
  "#8b1d21",
  "#641518",
];

/** One accent, neutral greys; status colours stand for status only. */
export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 5 },
  colors: { accent, gray: grey, dark, red },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, Menlo, monospace",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  lineHeights: { xs: "1.4", sm: "1.45", md: "1.5" },
  defaultRadius: 6,
  cursorType: "pointer",
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "1.35" },
      h2: { fontSize: "15px", lineHeight: "1.4" },
      h3: { fontSize: "14px", lineHeight: "1.4" },
    },
  },
  components: {
    Button: { defaultProps: { size: "xs" }, styles: { root: { fontWeight: 500, fontSize: 13 } } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    Badge: { defaultProps: { variant: "light", radius: "sm", tt: "none", fw: 500 } },
    Drawer: { styles: { title: { fontWeight: 600, fontSize: 15 } } },
    Modal: {
      defaultProps: { centered: true, radius: 10, overlayProps: { backgroundOpacity: 0.4 } },
      styles: { title: { fontWeight: 600, fontSize: 15 } },
    },
    Tooltip: { defaultProps: { openDelay: 250, fz: 12, multiline: true, maw: 380 } },
    Menu: { defaultProps: { shadow: "md", radius: 8 } },
    Switch: { defaultProps: { size: "sm", withThumbIndicator: false } },
    InputWrapper: {
      styles: { label: { fontWeight: 500, fontSize: 13, marginBottom: 3 }, description: { fontSize: 12 } },
    },
    Input: { defaultProps: { size: "sm" } },
    Tabs: { styles: { tab: { fontSize: 13, paddingBlock: 9 } } },
  },
});
