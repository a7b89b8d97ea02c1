import { ActionIcon, Group, Kbd, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import {
  IconActivity,
  IconBuildingStore,
  IconHome,
  IconLogout,
  IconMenu2,
  IconMoon,
  IconPlugConnected,
  IconSearch,
  IconSettings,
  IconSitemap,
  IconSun,
  IconTable,
  IconUserCircle,
  IconX,
} from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { Link, NavLink, useLocation } from "react-router";
import { accessKeys } from "../api/access";
import { post } from "../api/client";
import type { Me } from "../api/types";
import { Palette } from "./Palette";

const PAGES = [
  { to: "/", label: "Home", icon: IconHome },
  { to: "/flows", label: "Flows", icon: IconSitemap },
  { to: "/runs", label: "Runs", icon: IconActivity },
  { to: "/connectors", label: "Connectors", icon: IconPlugConnected },
  { to: "/lookups", label: "Lookups", icon: IconTable },
  { to: "/marketplace", label: "Marketplace", icon: IconBuildingStore },
];

/** The frame of every page: the rail on the left, the palette on Ctrl-K, `/` to the page's search. */
export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  const [palette, { open, close }] = useDisclosure(false);
  useHotkeys([
    ["mod+K", open],
    ["/", () => focusSearch(open)],
  ]);
  const [menu, { toggle, close: closeMenu }] = useDisclosure(false);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a phone the menu goes away with every step
  useEffect(closeMenu, [pathname]);
  return (
    <div className="shell">
      <aside className={`rail${menu ? " open" : ""}`}>
        <Link to="/" className="brand">
          <img src="/icon.svg" width={22} height={22} alt="" />
          Weftline
        </Link>
        <button type="button" className="nav search-launch" onClick={open}>
          <IconSearch size={15} />
          <span style={{ flex: 1 }}>Search</span>
          <Kbd size="xs">Ctrl K</Kbd>
        </button>
        <ActionIcon className="menu-launch" size="lg" onClick={toggle} aria-label="Menu" aria-expanded={menu}>
          {menu ? <IconX size={20} /> : <IconMenu2 size={20} />}
        </ActionIcon>
        <nav aria-label="Pages">
          {PAGES.map(({ to, label, icon: Icon }) => (
            <NavLink key={to} to={to} end={to === "/"} className="nav">
              <Icon size={17} stroke={1.7} />
              {label}
            </NavLink>
          ))}
        </nav>
        <div className="rest" />
        <NavLink to="/settings" className="nav">
          <IconSettings size={17} stroke={1.7} />
          Settings
        </NavLink>
        <Person me={me} />
      </aside>
      <main className="main">{children}</main>
      <Palette opened={palette} onClose={close} />
    </div>
  );
}

function Person({ me }: { me: Me }) {
  const client = useQueryClient();
  const scheme = useComputedColorScheme("light");
  const { setColorScheme } = useMantineColorScheme();
  const signOut = async () => {
    await post("/sign-out").catch(() => undefined);
    // First who one is: then the pages are gone, and nothing of theirs may stay behind.
    await client.resetQueries({ queryKey: accessKeys.me });
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== accessKeys.me[0] });
  };
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <Group gap={2} wrap="nowrap">
      <Menu position="top-start" width={200}>
        <Menu.Target>
          <button type="button" className="nav">
            <IconUserCircle size={17} stroke={1.7} />
            {me.user.name}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Weftline {me.version}</Menu.Label>
          <Menu.Item component={Link} to="/settings" leftSection={<IconSettings size={15} />}>
            Settings
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={15} />} onClick={signOut}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Tooltip label={`Switch to ${other}`}>
        <ActionIcon aria-label={`Switch to ${other}`} onClick={() => setColorScheme(other)}>
          {scheme === "dark" ? <IconSun size={16} /> : <IconMoon size={16} />}
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

/** The page's own search if it has one, the palette otherwise. */
function focusSearch(orElse: () => void) {
  const input = document.querySelector<HTMLInputElement>("input[data-page-search]");
  if (input) input.focus();
  else orElse();
}
