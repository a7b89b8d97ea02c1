import { ActionIcon, Menu } from "@mantine/core";
import { IconCopy, IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { InstanceRow } from "../../../api/types";
import { DuplicateDialog } from "./DuplicateDialog";
import { InstanceWizard } from "./InstanceWizard";
import { RemoveInstance } from "./RemoveInstance";

type Dialog = "edit" | "duplicate" | "remove" | null;

/** The menu of an instance: edit, duplicate, remove. */
export function InstanceActions({ instance }: { instance: InstanceRow }) {
  const [dialog, setDialog] = useState<Dialog>(null);
  const go = useNavigate();
  const close = () => setDialog(null);
  return (
    <>
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
      {dialog === "edit" && <InstanceWizard slug={instance.connector} id={instance.id} onClose={close} />}
      {dialog === "duplicate" && <DuplicateDialog instance={instance} onClose={close} />}
      {dialog === "remove" && (
        <RemoveInstance
          instance={instance}
          onClose={close}
          onDone={() => go(`/connectors/${instance.connector}`, { replace: true })}
        />
      )}
    </>
  );
}
