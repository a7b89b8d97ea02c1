import { ActionIcon, Button, Menu, Skeleton, Stack, Text } from "@mantine/core";
import { IconClock, IconPlus, IconTrash, IconWebhook } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../../api/client";
import { useKinds } from "../../../api/flows";
import type { FlowDetail, FlowDocument, Kind } from "../../../api/types";
import { CopyText } from "../../../kit/Copy";
import { SchemaForm } from "../../../kit/form/SchemaForm";
import type { Values } from "../../../kit/form/schema";
import { ErrorNote } from "../../../kit/Note";
import { ScheduleForm } from "../editors/ScheduleForm";
import { SidePanel } from "./SidePanel";

interface Props {
  flow: FlowDetail;
  document: FlowDocument;
  change: (document: FlowDocument) => void;
  onClose: () => void;
}

const BEGINNINGS: Record<string, Values> = { schedule: { every: "15 minutes" } };

/** What starts runs: any number of triggers; by hand and by API always. */
export function StartPanel({ flow, document, change, onClose }: Props) {
  const kinds = useKinds("triggers");
  const triggers = document.triggers ?? [];
  const write = (next: Values[]) => change({ ...document, triggers: next });
  const add = (kind: string) => {
    const keys = new Set(triggers.map((one) => one.key ?? one.kind));
    let key = kind;
    for (let number = 2; keys.has(key); number++) key = `${kind}-${number}`;
    write([...triggers, { kind, key, ...structuredClone(BEGINNINGS[kind] ?? {}) }]);
  };
  return (
    <SidePanel title="What starts it" onClose={onClose}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          Runs can always be started by hand and by the API. Triggers count once the flow is deployed and its triggers
          are switched on.
        </Text>
        {!kinds.data ? (
          <Skeleton h={120} />
        ) : (
          triggers.map((trigger, index) => (
            <Trigger
              key={index}
              trigger={trigger}
              kind={kinds.data[String(trigger.kind)]}
              flow={flow}
              onChange={(next) => write(triggers.map((one, at) => (at === index ? next : one)))}
              onRemove={() => write(triggers.filter((_, at) => at !== index))}
            />
          ))
        )}
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="default" w="fit-content" leftSection={<IconPlus size={14} />}>
              Add trigger
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {Object.values(kinds.data ?? {})
              .filter((kind) => kind.kind !== "manual")
              .map((kind) => (
                <Menu.Item
                  key={kind.kind}
                  leftSection={kind.kind === "webhook" ? <IconWebhook size={15} /> : <IconClock size={15} />}
                  onClick={() => add(kind.kind)}
                >
                  {kind.title}
                </Menu.Item>
              ))}
          </Menu.Dropdown>
        </Menu>
      </Stack>
    </SidePanel>
  );
}

interface TriggerProps {
  trigger: Values;
  kind: Kind | undefined;
  flow: FlowDetail;
  onChange: (trigger: Values) => void;
  onRemove: () => void;
}

function Trigger({ trigger, kind, flow, onChange, onRemove }: TriggerProps) {
  const webhook =
    trigger.kind === "webhook" ? flow.webhooks.find((one) => one.key === (trigger.key ?? "webhook")) : undefined;
  return (
    <section className="card" style={{ boxShadow: "none" }}>
      <div className="card-head" style={{ padding: "8px 8px 8px 14px" }}>
        <h2 style={{ fontSize: 13.5, fontWeight: 600 }}>{kind?.title ?? String(trigger.kind)}</h2>
        <ActionIcon onClick={onRemove} aria-label="Remove trigger">
          <IconTrash size={15} />
        </ActionIcon>
      </div>
      <Stack gap="sm" p={14}>
        {trigger.kind === "schedule" ? (
          <ScheduleForm value={trigger} onChange={onChange} />
        ) : (
          kind && (
            <SchemaForm
              schema={kind.schema}
              value={trigger}
              onChange={(next) => onChange({ kind: trigger.kind, ...next })}
            />
          )
        )}
        {trigger.kind === "webhook" &&
          (webhook ? (
            <WebhookAddress flow={flow} webhook={webhook} isSecret={trigger.secret !== false} />
          ) : (
            <Text size="xs" c="dimmed">
              Its address is made when the draft is saved.
            </Text>
          ))}
      </Stack>
    </section>
  );
}

function WebhookAddress({
  flow,
  webhook,
  isSecret,
}: {
  flow: FlowDetail;
  webhook: FlowDetail["webhooks"][number];
  isSecret: boolean;
}) {
  const [isShown, setIsShown] = useState(false);
  const secret = useQuery({
    queryKey: ["flows", flow.id, "webhooks", webhook.key, "secret"],
    queryFn: () => get<{ secret: string }>(`/flows/${flow.id}/webhooks/${webhook.key}/secret`),
    enabled: isShown,
    gcTime: 0,
  });
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        Address
      </Text>
      <CopyText value={webhook.url} />
      {isSecret && (
        <>
          <Text size="xs" c="dimmed" mt={8} mb={4}>
            Secret
          </Text>
          {secret.error ? (
            <ErrorNote error={secret.error} />
          ) : secret.data ? (
            <CopyText value={secret.data.secret} />
          ) : (
            <Button size="compact-xs" variant="default" loading={secret.isFetching} onClick={() => setIsShown(true)}>
              Show the secret
            </Button>
          )}
        </>
      )}
    </div>
  );
}
