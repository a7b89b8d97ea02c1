import { ActionIcon, Button, Group, Menu, Text } from "@mantine/core";
import { IconCopy, IconDots, IconPencil, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useAction } from "../../../api/actions";
import { post, remove, sentence } from "../../../api/client";
import { connectorsStale } from "../../../api/connectors";
import type { InstanceRow } from "../../../api/types";
import { ConfirmRemove } from "../../../kit/ConfirmRemove";
import { Note } from "../../../kit/Note";
import { plural } from "../../../kit/numbers";
import { Status, statusWord } from "../../../kit/Status";
import { Time } from "../../../kit/Time";
import { DuplicateDialog } from "./DuplicateDialog";
import { InstanceWizard } from "./InstanceWizard";

type Dialog = "edit" | "credentials" | "duplicate" | "remove" | null;

/** An instance: is it healthy, who uses it, and what can be done about it. */
export function InstanceLine({ instance }: { instance: InstanceRow }) {
  const [dialog, setDialog] = useState<Dialog>(null);
  const [search] = useSearchParams();
  const line = useRef<HTMLTableRowElement>(null);
  const isMeant = [instance.id, instance.name].includes(search.get("instance") ?? "");
  useEffect(() => {
    if (isMeant) line.current?.scrollIntoView({ block: "center" });
  }, [isMeant]);
  const check = useAction(() => post<InstanceRow>(`/instances/${instance.id}/check`), {
    stale: connectorsStale,
    say: (row) => `${row.name}: ${statusWord(row.health).toLowerCase()}.`,
  });
  const close = () => setDialog(null);
  const isIll = instance.health === "needs_authorisation" || instance.health === "unreachable";
  return (
    <tr ref={line} className={isMeant ? "on" : undefined}>
      <td style={{ width: "18%" }}>
        <button
          type="button"
          className="plainlink"
          onClick={() => setDialog("edit")}
          style={{ background: "none", border: 0, padding: 0, font: "inherit", fontWeight: 500, cursor: "pointer" }}
        >
          {instance.name}
        </button>
      </td>
      <td style={{ width: "22%" }}>
        <Group gap={8}>
          <Status of={instance.health} />
          {isIll && (
            <Button size="compact-xs" variant="default" onClick={() => setDialog(instance.health === "unreachable" ? "edit" : "credentials")}>
              {instance.health === "needs_authorisation" ? "Give new credentials" : "See its settings"}
            </Button>
          )}
        </Group>
        {isIll && instance.health_message && (
          <Text size="xs" c="dimmed" mt={3} maw={420} style={{ overflowWrap: "anywhere" }}>
            {sentence(instance.health_message)}
          </Text>
        )}
      </td>
      <td className="quiet" style={{ width: "18%" }}>
        {instance.auth ?? "no sign-in"}
      </td>
      <td>
        <Uses instance={instance} />
      </td>
      <td className="quiet nowrap" style={{ width: 112 }}>
        {instance.checked_at ? <Time at={instance.checked_at} /> : "never checked"}
      </td>
      <td className="num nowrap" style={{ width: 84 }}>
        <ActionIcon
          loading={check.isPending}
          onClick={() => check.mutate()}
          aria-label={`Check ${instance.name} now`}
          title="Check now"
        >
          <IconRefresh size={15} />
        </ActionIcon>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={`More for ${instance.name}`}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={14} />} onClick={() => setDialog("edit")}>
              Edit
            </Menu.Item>
            <Menu.Item leftSection={<IconCopy size={14} />} onClick={() => setDialog("duplicate")}>
              Duplicate
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => setDialog("remove")}>
              Remove
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        {(dialog === "edit" || dialog === "credentials") && (
          <InstanceWizard
            slug={instance.connector}
            id={instance.id}
            atCredentials={dialog === "credentials"}
            onClose={close}
          />
        )}
        {dialog === "duplicate" && <DuplicateDialog instance={instance} onClose={close} />}
        {dialog === "remove" && <RemoveInstance instance={instance} onClose={close} />}
      </td>
    </tr>
  );
}

const flowsOf = (instance: InstanceRow) => [...new Map(instance.used_by.map((use) => [use.flow_id, use.flow_name]))];

function Uses({ instance }: { instance: InstanceRow }) {
  const flows = flowsOf(instance);
  if (flows.length === 0) return <span className="faint">in no flow</span>;
  return (
    <Group gap={10}>
      {flows.map(([id, name]) => (
        <Link key={id} to={`/flows/${id}`} className="textlink">
          {name}
        </Link>
      ))}
    </Group>
  );
}

function RemoveInstance({ instance, onClose }: { instance: InstanceRow; onClose: () => void }) {
  const standing = instance.used_by.filter((use) => use.status !== "inactive");
  return (
    <ConfirmRemove
      name={instance.name}
      title={`Remove ${instance.name}`}
      act={() => remove(`/instances/${instance.id}`)}
      stale={connectorsStale}
      onClose={onClose}
      blocked={
        standing.length > 0 && (
          <Note tone="amber" title={`${plural(standing.length, "flow version")} use it. Take it out of them first`}>
            {standing.map((use) => (
              <div key={`${use.flow_id}${use.version}`}>
                <Link to={`/flows/${use.flow_id}`} className="textlink">
                  {use.flow_name}
                </Link>{" "}
                version {use.version} ({use.status})
              </div>
            ))}
          </Note>
        )
      }
    >
      The instance and its sealed credentials are gone at once. Past runs and their deliveries stay.
    </ConfirmRemove>
  );
}
