import { ActionIcon, Group, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { Link, useSearchParams } from "react-router";
import { sentence } from "../../../api/client";
import type { InstanceRow } from "../../../api/types";
import { Status } from "../../../kit/Status";
import { Time } from "../../../kit/Time";
import { useCheck } from "../useCheck";
import { InstanceActions } from "./InstanceActions";

/** An instance as a row: is it healthy, and who uses it. Its page says more. */
export function InstanceLine({ instance }: { instance: InstanceRow }) {
  const [search] = useSearchParams();
  const line = useRef<HTMLTableRowElement>(null);
  const isMeant = search.get("instance") === instance.id;
  useEffect(() => {
    if (isMeant) line.current?.scrollIntoView({ block: "center" });
  }, [isMeant]);
  const check = useCheck(instance);
  const isIll = instance.health === "needs_authorisation" || instance.health === "unreachable";
  const message = sentence(instance.health_message);
  return (
    <tr ref={line} className={isMeant ? "on" : undefined}>
      <td style={{ width: "20%" }}>
        <Link to={`/instances/${instance.id}`} className="plainlink" style={{ fontWeight: 500 }}>
          {instance.name}
        </Link>
      </td>
      <td style={{ width: "28%" }}>
        <Status of={instance.health} />
        {isIll && message && (
          <Text size="xs" c="dimmed" mt={3} lineClamp={2} title={message} style={{ overflowWrap: "anywhere" }}>
            {message}
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
        <InstanceActions instance={instance} />
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
