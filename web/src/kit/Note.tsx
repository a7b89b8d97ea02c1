import { Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { explain } from "../api/client";

const ICONS = { red: IconAlertTriangle, amber: IconAlertTriangle, green: IconCircleCheck, grey: IconInfoCircle };

interface Props {
  tone: keyof typeof ICONS;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}

/** A statement with its remedy. */
export function Note({ tone, title, children, action }: Props) {
  const Icon = ICONS[tone];
  return (
    <div className={`note ${tone}`} role={tone === "red" ? "alert" : "status"}>
      <Icon size={18} />
      <div style={{ flex: 1, minWidth: 0 }}>
        <div className="why">{title}</div>
        {children && <div className="hint">{children}</div>}
        {action && (
          <Group gap={8} mt={10}>
            {action}
          </Group>
        )}
      </div>
    </div>
  );
}

/** What went wrong, what to do, and a way to try again. */
export function ErrorNote({ error, again, action }: { error: unknown; again?: () => void; action?: ReactNode }) {
  const { message, hint } = explain(error);
  return (
    <Note
      tone="red"
      title={message}
      action={
        (again || action) && (
          <>
            {again && (
              <Button variant="default" onClick={again}>
                Try again
              </Button>
            )}
            {action}
          </>
        )
      }
    >
      {hint}
    </Note>
  );
}

/** Nothing here yet, and the next step. */
export function Empty({
  icon,
  title,
  text,
  action,
}: {
  icon?: ReactNode;
  title: string;
  text: ReactNode;
  action?: ReactNode;
}) {
  return (
    <Stack align="center" gap={4} py={52} px="md">
      {icon && <div style={{ color: "var(--text-3)", marginBottom: 6 }}>{icon}</div>}
      <Text fw={600}>{title}</Text>
      <Text c="dimmed" size="sm" ta="center" maw={440}>
        {text}
      </Text>
      {action && (
        <Group mt="md" gap={8}>
          {action}
        </Group>
      )}
    </Stack>
  );
}
