import { Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** The card in the middle, before anybody is in. */
export function Door({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <div
      style={{ minHeight: "100vh", display: "grid", placeItems: "center", background: "var(--sunken)", padding: 20 }}
    >
      <div style={{ width: 372, maxWidth: "100%" }}>
        <Group gap={10} mb={18} justify="center">
          <img src="/icon.svg" width={28} height={28} alt="" />
          <Text fw={650} fz={19} style={{ letterSpacing: "-0.015em" }}>
            Weftline
          </Text>
        </Group>
        <div className="card" style={{ padding: "24px 26px 26px" }}>
          <Title order={1} fz={17}>
            {title}
          </Title>
          <Text c="dimmed" size="sm" mb="md" mt={2}>
            {text}
          </Text>
          {children}
        </div>
      </div>
    </div>
  );
}
