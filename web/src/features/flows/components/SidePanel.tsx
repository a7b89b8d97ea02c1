import { ActionIcon, Title } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface Props {
  title: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** Beside the canvas, never over it. */
export function SidePanel({ title, actions, wide, onClose, children }: Props) {
  return (
    <aside className={`sidepanel${wide ? " wide" : ""}`}>
      <div className="top">
        <Title order={2} flex={1} style={{ minWidth: 0 }}>
          {title}
        </Title>
        {actions}
        <ActionIcon onClick={onClose} aria-label="Close">
          <IconX size={16} />
        </ActionIcon>
      </div>
      <div className="body">{children}</div>
    </aside>
  );
}
