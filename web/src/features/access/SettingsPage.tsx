import { SegmentedControl, Stack, Text, Title, useMantineColorScheme } from "@mantine/core";
import type { ReactNode } from "react";
import { Page } from "../../kit/Page";
import { ApiKeys } from "./ApiKeys";
import { PasswordForm } from "./ChangePassword";

/** Keys for programs, one's password, and how this looks. */
export function SettingsPage() {
  return (
    <Page name="Settings" lead="Keys for programs, your password, and how this looks.">
      <Stack maw={820}>
        <Section title="API keys" text="A program sends one as “Authorization: Bearer wf_…”.">
          <ApiKeys />
        </Section>
        <Section title="Password" text="Changing it signs out every other browser.">
          <div style={{ maxWidth: 340 }}>
            <PasswordForm currentLabel="Current password" say="Your password is changed." />
          </div>
        </Section>
        <Appearance />
      </Stack>
    </Page>
  );
}

function Section({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <section className="card" style={{ padding: 16 }}>
      <Title order={2}>{title}</Title>
      <Text size="sm" c="dimmed" mb="md">
        {text}
      </Text>
      {children}
    </section>
  );
}

function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Section title="Appearance" text="Kept in this browser.">
      <SegmentedControl
        value={colorScheme}
        onChange={(value) => setColorScheme(value as "light" | "dark" | "auto")}
        data={[
          { value: "light", label: "Light" },
          { value: "dark", label: "Dark" },
          { value: "auto", label: "As the system" },
        ]}
      />
    </Section>
  );
}
