import { ActionIcon, CopyButton, Group, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";

export function CopyIcon({ value, label = "Copy" }: { value: string; label?: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : label}>
          <ActionIcon size="sm" onClick={copy} aria-label={label}>
            {copied ? <IconCheck size={14} color="var(--green)" /> : <IconCopy size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** An address or a key, to be copied. */
export function CopyText({ value }: { value: string }) {
  return (
    <Group gap={6} wrap="nowrap" className="codebox" px={10} py={5}>
      <span className="mono" style={{ overflowWrap: "anywhere", flex: 1 }}>
        {value}
      </span>
      <CopyIcon value={value} />
    </Group>
  );
}
