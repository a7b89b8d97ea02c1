import { Button, Group, Stack } from "@mantine/core";
import { IconPencil, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { useConnector, useInstance } from "../../../api/connectors";
import type { ConnectorDocument, InstanceDetail } from "../../../api/types";
import { ConnectorIcon } from "../../../kit/ConnectorIcon";
import { Facts } from "../../../kit/Facts";
import { Empty, ErrorNote } from "../../../kit/Note";
import { plural } from "../../../kit/numbers";
import { Card, Page } from "../../../kit/Page";
import { CardsSkeleton } from "../../../kit/Skeletons";
import { Status } from "../../../kit/Status";
import { Time } from "../../../kit/Time";
import { Authorise } from "../components/Authorise";
import { InstanceActions } from "../components/InstanceActions";
import { InstanceHealth } from "../components/InstanceHealth";
import { InstanceSettings } from "../components/InstanceSettings";
import { InstanceWizard, type WizardStep } from "../components/InstanceWizard";
import { useCheck } from "../useCheck";

const CRUMBS = [{ to: "/connectors", label: "Connectors" }];

/** One instance: is it let in, how is it set up, and what depends on it. */
export function InstancePage() {
  const { id = "" } = useParams();
  const instance = useInstance(id);
  const connector = useConnector(instance.data?.connector ?? null);
  const error = instance.error ?? connector.error;
  if (error) {
    return (
      <Page name="Instance" crumbs={CRUMBS}>
        <ErrorNote error={error} again={() => instance.refetch()} />
      </Page>
    );
  }
  if (!instance.data || !connector.data) {
    return (
      <Page name="Instance" crumbs={CRUMBS} title=" ">
        <CardsSkeleton cards={2} height={220} />
      </Page>
    );
  }
  return <InstanceView instance={instance.data} connector={connector.data.document} />;
}

interface ViewProps {
  instance: InstanceDetail;
  connector: ConnectorDocument;
}

function InstanceView({ instance, connector }: ViewProps) {
  const [editing, setEditing] = useState<WizardStep | "name" | null>(null);
  const check = useCheck(instance);
  const edit = (
    <Button variant="default" size="compact-xs" onClick={() => setEditing("settings")}>
      Change
    </Button>
  );
  return (
    <Page
      name={instance.name}
      crumbs={[...CRUMBS, { to: `/connectors/${instance.connector}`, label: instance.connector_title }]}
      title={
        <Group gap={11} component="span">
          <ConnectorIcon slug={instance.connector} size={30} />
          {instance.name}
        </Group>
      }
      lead={<Lead instance={instance} />}
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={check.isPending}
            onClick={() => check.mutate()}
          >
            Check now
          </Button>
          <Button leftSection={<IconPencil size={14} />} onClick={() => setEditing("name")}>
            Edit
          </Button>
          <InstanceActions instance={instance} />
        </>
      }
    >
      <Stack>
        <InstanceHealth
          instance={instance}
          onCredentials={() => setEditing("credentials")}
          onSettings={() => setEditing("settings")}
        />
        <div
          style={{ display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(min(360px, 100%), 1fr))", gap: 16 }}
        >
          <Access instance={instance} connector={connector} onChange={() => setEditing("credentials")} />
          <Card title="Settings" aside={edit}>
            <InstanceSettings instance={instance} connector={connector} />
          </Card>
        </div>
        <Uses instance={instance} />
      </Stack>
      {editing && (
        <InstanceWizard
          slug={instance.connector}
          id={instance.id}
          at={editing === "name" ? undefined : editing}
          onClose={() => setEditing(null)}
        />
      )}
    </Page>
  );
}

function Lead({ instance }: { instance: InstanceDetail }) {
  return (
    <Group gap={10} mt={4}>
      <Status of={instance.health} />
      <span>
        {instance.checked_at ? (
          <>
            checked <Time at={instance.checked_at} />
          </>
        ) : (
          "never checked"
        )}
        {", "}
        {instance.used_by.length ? `used by ${plural(flowsOf(instance).length, "flow")}` : "used by no flow yet"}
      </span>
    </Group>
  );
}

/** How it is let in. Of a credential only whether it is there: its value is sealed. */
function Access({ instance, connector, onChange }: ViewProps & { onChange: () => void }) {
  const key = instance.document.auth ?? connector.auth?.[0]?.key;
  const option = connector.auth?.find((one) => one.key === key);
  const fields = option?.credentials ?? [];
  return (
    <Card
      title="Access"
      aside={
        fields.length > 0 && (
          <Button variant="default" size="compact-xs" onClick={onChange}>
            Give new credentials
          </Button>
        )
      }
    >
      <Facts
        items={[
          { word: "Method", value: option?.title ?? "None" },
          ...fields.map((field) => ({
            word: field.title,
            value: instance.credentials_set.includes(field.key) ? (
              "Set and sealed"
            ) : (
              <span className="faint">Not set</span>
            ),
          })),
        ]}
      />
      {instance.asks_consent && instance.health !== "needs_authorisation" && (
        <div style={{ padding: "0 16px 16px" }}>
          <Authorise instance={instance} />
        </div>
      )}
    </Card>
  );
}

const flowsOf = (instance: InstanceDetail) => [...new Set(instance.used_by.map((use) => use.flow_id))];

function Uses({ instance }: { instance: InstanceDetail }) {
  return (
    <Card title="Used by">
      {instance.used_by.length === 0 ? (
        <Empty
          title="No flow uses it yet"
          text="Choose it in a connector shape of a flow, to receive from it or to send to it."
          action={
            <Button component={Link} to="/flows?new" variant="default">
              Draw a flow
            </Button>
          }
        />
      ) : (
        <table className="rows">
          <tbody>
            {instance.used_by.map((use) => (
              <tr key={`${use.flow_id}${use.version}`}>
                <td>
                  <Link to={`/flows/${use.flow_id}`} className="plainlink" style={{ fontWeight: 500 }}>
                    {use.flow_name}
                  </Link>
                </td>
                <td className="quiet">version {use.version}</td>
                <td>
                  <Status of={use.status} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
