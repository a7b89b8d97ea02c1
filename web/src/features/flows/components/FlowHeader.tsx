import { ActionIcon, Button, Group, Menu, Switch, Tooltip } from "@mantine/core";
import {
  IconActivity,
  IconAdjustments,
  IconBookmark,
  IconDots,
  IconHistory,
  IconPlayerPlay,
  IconTrash,
} from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useAction } from "../../../api/actions";
import { post, remove } from "../../../api/client";
import { flowKeys, flowsStale } from "../../../api/flows";
import type { FlowDetail } from "../../../api/types";
import { ConfirmRemove } from "../../../kit/ConfirmRemove";
import { Status } from "../../../kit/Status";
import type { Draft } from "../useDraft";
import type { Side } from "./Editor";

interface Props {
  flow: FlowDetail;
  draft: Draft;
  isSaving: boolean;
  isDeploying: boolean;
  onSave: () => void;
  onDeploy: () => void;
  onRun: () => void;
  side: Side;
  setSide: (side: Side) => void;
}

/** Name, state, and what can be done with the flow as a whole. */
export function FlowHeader({ flow, draft, isSaving, isDeploying, onSave, onDeploy, onRun, side, setSide }: Props) {
  const [isRemoving, setIsRemoving] = useState(false);
  const go = useNavigate();
  const toggle = useAction((enabled: boolean) => post(`/flows/${flow.id}/enabled`, { enabled }), {
    stale: [flowKeys.one(flow.id), ...flowsStale],
  });
  const enabled = toggle.isPending ? (toggle.variables ?? flow.enabled) : flow.enabled;
  const canDeploy = draft.isChanged || flow.draft_version !== null;
  const toggleSide = (one: Side) => setSide(side === one ? null : one);
  return (
    <header className="flowhead">
      <div style={{ minWidth: 0, flex: 1 }}>
        <div className="crumbs" style={{ margin: 0 }}>
          <Link to="/flows">Flows</Link>
          <span className="faint">/</span>
        </div>
        <Group gap={10} wrap="nowrap">
          <h1 className="flowname">{draft.document?.name ?? flow.name}</h1>
          <Status of={flow.status} />
          <span className="faint nowrap" style={{ fontSize: 13 }}>
            {versionWords(flow, draft.isChanged)}
          </span>
        </Group>
      </div>
      <Tooltip label={enabled ? "Triggers start runs" : "Triggers start nothing; running by hand still works"}>
        <span>
          <Switch
            label="Triggers"
            labelPosition="left"
            checked={enabled}
            onChange={(event) => toggle.mutate(event.currentTarget.checked)}
          />
        </span>
      </Tooltip>
      <Group gap={2} wrap="nowrap">
        <Tooltip label="Versions">
          <ActionIcon
            size="lg"
            variant={side === "versions" ? "light" : "subtle"}
            onClick={() => toggleSide("versions")}
            aria-label="Versions"
          >
            <IconHistory size={17} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Where it stands: what was last seen">
          <ActionIcon
            size="lg"
            variant={side === "cursors" ? "light" : "subtle"}
            onClick={() => toggleSide("cursors")}
            aria-label="Where it stands"
          >
            <IconBookmark size={17} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Settings and variables">
          <ActionIcon
            size="lg"
            variant={side === "settings" ? "light" : "subtle"}
            onClick={() => toggleSide("settings")}
            aria-label="Settings"
          >
            <IconAdjustments size={17} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Runs of this flow">
          <ActionIcon size="lg" component={Link} to={`/runs?flow=${flow.id}`} aria-label="Runs">
            <IconActivity size={17} />
          </ActionIcon>
        </Tooltip>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size="lg" aria-label="More">
              <IconDots size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => setIsRemoving(true)}>
              Remove flow
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Group gap={8} wrap="nowrap">
        <Button variant="default" disabled={!draft.isChanged} loading={isSaving} onClick={onSave}>
          Save draft
        </Button>
        <Button variant="default" disabled={!canDeploy} loading={isDeploying} onClick={onDeploy}>
          Deploy
        </Button>
        <Button leftSection={<IconPlayerPlay size={14} />} onClick={onRun}>
          Run
        </Button>
      </Group>
      {isRemoving && (
        <ConfirmRemove
          name={flow.name}
          title="Remove flow"
          act={() => remove(`/flows/${flow.id}`)}
          stale={flowsStale}
          gone={flowKeys.one(flow.id)}
          onClose={() => setIsRemoving(false)}
          onDone={() => go("/flows")}
        >
          All {flow.versions.length} versions and the triggers are gone at once. Its runs and their deliveries stay.
        </ConfirmRemove>
      )}
    </header>
  );
}

function versionWords(flow: FlowDetail, isChanged: boolean): string {
  const parts = [
    ...(flow.deployed_version !== null ? [`version ${flow.deployed_version}`] : []),
    ...(flow.draft_version !== null && flow.deployed_version !== null
      ? [`version ${flow.draft_version} is a draft`]
      : []),
    ...(isChanged ? ["unsaved changes"] : []),
  ];
  return parts.join(" · ");
}
