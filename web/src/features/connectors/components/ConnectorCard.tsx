import { ActionIcon, Button, Menu, Text } from "@mantine/core";
import {
  IconArrowUpCircle,
  IconCopy,
  IconDots,
  IconDownload,
  IconExternalLink,
  IconPencil,
  IconPlus,
  IconTrash,
} from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { remove } from "../../../api/client";
import { connectorKeys, connectorsStale } from "../../../api/connectors";
import type { ConnectorRow } from "../../../api/types";
import { ConfirmRemove } from "../../../kit/ConfirmRemove";
import { ConnectorIcon } from "../../../kit/ConnectorIcon";
import { Note } from "../../../kit/Note";
import { plural } from "../../../kit/numbers";
import { DuplicateConnector } from "./DuplicateConnector";
import { fileAddress } from "./FileView";
import { InstanceLine } from "./InstanceLine";
import { InstanceWizard } from "./InstanceWizard";
import { Origin } from "./Origin";
import { UpdateDialog } from "./UpdateDialog";

type Dialog = "instance" | "update" | "duplicate" | "remove" | null;

/** A connector as a tile, with its instances beneath. */
export function ConnectorCard({ connector }: { connector: ConnectorRow }) {
  const [dialog, setDialog] = useState<Dialog>(null);
  const close = () => setDialog(null);
  return (
    <section className="card">
      <div className="cardtop">
        <ConnectorIcon slug={connector.slug} size={38} />
        <div className="words">
          <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
            <Link to={`/connectors/${connector.slug}`} className="plainlink" style={{ fontWeight: 600 }}>
              {connector.title}
            </Link>
            <span className="chip">{connector.version}</span>
            <Origin connector={connector} />
          </div>
          <Text size="sm" c="dimmed" truncate>
            {connector.summary}
          </Text>
        </div>
        {connector.update_available && (
          <Button variant="light" leftSection={<IconArrowUpCircle size={15} />} onClick={() => setDialog("update")}>
            Update to {connector.latest_version}
          </Button>
        )}
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => setDialog("instance")}>
          Add instance
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={`More for ${connector.title}`}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component={Link} to={`/connectors/${connector.slug}`}>
              {plural(connector.endpoints, "endpoint")}
            </Menu.Item>
            {connector.docs_url && (
              <Menu.Item
                component="a"
                href={connector.docs_url}
                target="_blank"
                rel="noreferrer"
                rightSection={<IconExternalLink size={13} />}
              >
                The vendor's documentation
              </Menu.Item>
            )}
            <Menu.Divider />
            <Menu.Item
              component={Link}
              to={`/connectors/${connector.slug}/edit`}
              leftSection={<IconPencil size={14} />}
            >
              Edit
            </Menu.Item>
            <Menu.Item leftSection={<IconCopy size={14} />} onClick={() => setDialog("duplicate")}>
              Duplicate
            </Menu.Item>
            <Menu.Item
              component="a"
              href={fileAddress(connector.slug)}
              download={`${connector.slug}.yaml`}
              leftSection={<IconDownload size={14} />}
            >
              Export as a file
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => setDialog("remove")}>
              Remove connector
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <div style={{ borderTop: "1px solid var(--line)" }}>
        {connector.instances.length === 0 ? (
          <Text size="sm" c="dimmed" px={16} py={14}>
            No instance yet. An instance is this connector with your own credentials and settings.
          </Text>
        ) : (
          <table className="rows stack" style={{ tableLayout: "fixed" }}>
            <tbody>
              {connector.instances.map((instance) => (
                <InstanceLine key={instance.id} instance={instance} />
              ))}
            </tbody>
          </table>
        )}
      </div>
      {dialog === "instance" && <InstanceWizard slug={connector.slug} onClose={close} />}
      {dialog === "update" && <UpdateDialog connector={connector} onClose={close} />}
      {dialog === "duplicate" && <DuplicateConnector connector={connector} onClose={close} />}
      {dialog === "remove" && <RemoveConnector connector={connector} onClose={close} />}
    </section>
  );
}

function RemoveConnector({ connector, onClose }: { connector: ConnectorRow; onClose: () => void }) {
  const { instances } = connector;
  const go = useNavigate();
  return (
    <ConfirmRemove
      name={connector.title}
      title={`Remove ${connector.title}`}
      act={() => remove(`/connectors/${connector.slug}`)}
      stale={connectorsStale}
      gone={connectorKeys.one(connector.slug)}
      onDone={() => go("/connectors")}
      onClose={onClose}
      blocked={
        instances.length > 0 && (
          <Note tone="amber" title={`${plural(instances.length, "instance")} of it must be removed first`}>
            {instances.map((instance) => instance.name).join(", ")}
          </Note>
        )
      }
    >
      {connector.origin === "workspace"
        ? "The connector leaves this workspace, and it is nowhere else: export it as a file first if you may want it back."
        : "The connector leaves this workspace. It stays in the marketplace and can be installed again."}
    </ConfirmRemove>
  );
}
