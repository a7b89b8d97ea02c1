import { Kbd, Modal, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import {
  IconActivity,
  IconArrowRight,
  IconFileSearch,
  IconPlugConnected,
  IconSearch,
  IconSitemap,
  type TablerIcon,
} from "@tabler/icons-react";
import { type KeyboardEvent, useState } from "react";
import { useNavigate } from "react-router";
import { useConnectors } from "../api/connectors";
import { useFlows } from "../api/flows";
import { useFoundDeliveries } from "../api/runs";
import { statusWord } from "../kit/Status";

interface Hit {
  id: string;
  label: string;
  detail: string;
  to: string;
  icon: TablerIcon;
}

const PAGES: [string, string][] = [
  ["Home", "/"],
  ["Flows", "/flows"],
  ["New flow", "/flows?new"],
  ["Runs", "/runs"],
  ["Failed runs", "/runs?status=failed"],
  ["Connectors", "/connectors"],
  ["New connector", "/connectors/new"],
  ["Lookups", "/lookups"],
  ["Marketplace", "/marketplace"],
  ["Settings", "/settings"],
];

/** Go anywhere: pages, flows, instances, and any record by its key. */
export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      centered={false}
      yOffset="14vh"
      size={600}
      padding={0}
    >
      {opened && <Search onClose={onClose} />}
    </Modal>
  );
}

function Search({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const go = useNavigate();
  const { hits, isSearching } = useHits(text);
  const leave = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    go(hit.to);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, hits.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter") leave(hits[at]);
    else return;
    event.preventDefault();
  };
  return (
    <div>
      <TextInput
        variant="unstyled"
        size="md"
        px={14}
        py={6}
        data-autofocus
        leftSection={<IconSearch size={17} />}
        placeholder="A page, a flow, an instance, or a record by its key"
        aria-label="Search everything"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={keys}
      />
      <div style={{ borderTop: "1px solid var(--line)", padding: 6, maxHeight: 420, overflow: "auto" }}>
        {hits.map((hit, index) => (
          <button
            key={hit.id}
            type="button"
            className={index === at ? "nav active" : "nav"}
            style={{ padding: "8px 10px" }}
            onMouseMove={() => setAt(index)}
            onClick={() => leave(hit)}
          >
            <hit.icon size={16} stroke={1.7} />
            <span style={{ color: "var(--text)" }}>{hit.label}</span>
            <Text span size="xs" c="dimmed" ml="auto" truncate>
              {hit.detail}
            </Text>
          </button>
        ))}
        {hits.length === 0 && (
          <Text size="sm" c="dimmed" p="md" ta="center">
            {isSearching
              ? "Looking through the deliveries…"
              : "Nothing of that name, and no record whose key begins so."}
          </Text>
        )}
      </div>
      <div
        className="faint"
        style={{ borderTop: "1px solid var(--line)", padding: "7px 14px", fontSize: 12, display: "flex", gap: 14 }}
      >
        <span>
          <Kbd size="xs">↑</Kbd> <Kbd size="xs">↓</Kbd> to choose
        </span>
        <span>
          <Kbd size="xs">Enter</Kbd> to open
        </span>
      </div>
    </div>
  );
}

function useHits(text: string): { hits: Hit[]; isSearching: boolean } {
  const [settled] = useDebouncedValue(text.trim(), 200);
  const flows = useFlows();
  const connectors = useConnectors();
  const records = useFoundDeliveries(settled);
  const words = text.trim().toLowerCase();
  const instances = (connectors.data ?? []).flatMap((connector) => connector.instances);
  const known: Hit[] = [
    ...PAGES.map(([label, to]) => ({ id: to, label, detail: "Page", to, icon: IconArrowRight })),
    ...(flows.data ?? []).flatMap((flow) => [
      { id: flow.id, label: flow.name, detail: "Flow", to: `/flows/${flow.id}`, icon: IconSitemap },
      ...(flow.last_run && words
        ? [
            {
              id: flow.last_run.id,
              label: `Last run of ${flow.name}`,
              detail: statusWord(flow.last_run.status),
              to: `/runs/${flow.last_run.id}`,
              icon: IconActivity,
            },
          ]
        : []),
    ]),
    ...instances.map((row) => ({
      id: row.id,
      label: row.name,
      detail: `Instance of ${row.connector_title}`,
      to: `/instances/${row.id}`,
      icon: IconPlugConnected,
    })),
  ].filter((hit) => hit.label.toLowerCase().includes(words));
  const found: Hit[] = (settled.length > 2 ? (records.data ?? []) : []).slice(0, 20).map((row) => ({
    id: `${row.run_id}${row.step_id}${row.record_key}`,
    label: row.record_key,
    detail: `${statusWord(row.state)} at ${row.target} · ${row.flow_name}`,
    to: `/runs/${row.run_id}?tab=deliveries&search=${encodeURIComponent(row.record_key)}`,
    icon: IconFileSearch,
  }));
  return {
    hits: [...known.slice(0, 10), ...found].slice(0, 14),
    isSearching: records.isFetching || settled !== text.trim(),
  };
}
