import { ActionIcon, Button, Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { EditorProps } from ".";
import { ConditionField } from "./ConditionField";
import { emptyRule } from "./conditions";

interface Route {
  key: string;
  title?: string;
  when?: unknown;
}

/** Named ways out, in order, each with its condition. */
export function RouteEditor({ step, patch }: EditorProps) {
  const routes = (step.routes as Route[] | undefined) ?? [];
  const set = (index: number, change: Partial<Route>) =>
    patch({
      routes: routes.map((route, at) =>
        at === index
          ? Object.fromEntries(Object.entries({ ...route, ...change }).filter(([, value]) => value !== undefined))
          : route,
      ),
    });
  const add = () => {
    let number = routes.length + 1;
    while (routes.some((route) => route.key === `route_${number}`)) number++;
    patch({ routes: [...routes, { key: `route_${number}`, title: `Route ${number}`, when: emptyRule() }] });
  };
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        value={(step.method as string | undefined) ?? "first"}
        onChange={(method) => patch({ method })}
        data={[
          { value: "first", label: "First route that matches" },
          { value: "all", label: "All that match" },
        ]}
      />
      {routes.map((route, index) => (
        <section key={route.key} className="rule" style={{ padding: 12, margin: 0 }}>
          <Group gap={8} wrap="nowrap" align="flex-end" mb={8}>
            <TextInput
              size="xs"
              flex={1}
              label={`Route ${index + 1}`}
              placeholder={route.key}
              value={route.title ?? ""}
              onChange={(event) => set(index, { title: event.currentTarget.value || undefined })}
            />
            <ActionIcon
              mb={3}
              disabled={routes.length === 1}
              onClick={() => patch({ routes: routes.filter((_, at) => at !== index) })}
              aria-label="Remove route"
            >
              <IconTrash size={15} />
            </ActionIcon>
          </Group>
          {route.when === undefined || route.when === null ? (
            <Group gap={8}>
              <Text size="sm" c="dimmed">
                Takes every record.
              </Text>
              <Button size="compact-xs" variant="default" onClick={() => set(index, { when: emptyRule() })}>
                Add a condition
              </Button>
            </Group>
          ) : (
            <ConditionField value={route.when} onChange={(when) => set(index, { when })} />
          )}
          <Text size="xs" className="faint" mt={8}>
            Port <span className="mono">{route.key}</span>
          </Text>
        </section>
      ))}
      <Button variant="default" w="fit-content" leftSection={<IconPlus size={14} />} onClick={add}>
        Add route
      </Button>
      <Text size="xs" c="dimmed">
        Records that match no route leave by Otherwise.
      </Text>
    </Stack>
  );
}
