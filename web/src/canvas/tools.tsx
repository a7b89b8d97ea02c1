import { Menu, Text } from "@mantine/core";
import { createContext, type ReactNode, useContext } from "react";
import type { Kind } from "../api/types";
import { iconOf } from "./icons";

/** What the canvas lets a person change; null where it only shows. */
export interface Tools {
  kinds: Kind[];
  /** Add a step of a kind behind a port. */
  addAfter: (kind: string, step: string, port: string) => void;
  /** Put a step of a kind into a link. */
  insert: (kind: string, link: string) => void;
  removeLink: (link: string) => void;
}

export const ToolsContext = createContext<Tools | null>(null);
export const useTools = () => useContext(ToolsContext);

/** Kinds of shapes to choose from. */
export function KindMenu({
  kinds,
  onPick,
  children,
}: {
  kinds: Kind[];
  onPick: (kind: string) => void;
  children: ReactNode;
}) {
  return (
    <Menu position="right-start" width={290} withinPortal>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflow: "auto" }}>
        {kinds.map((kind) => {
          const Icon = iconOf(kind.icon ?? "");
          return (
            <Menu.Item
              key={kind.kind}
              leftSection={<Icon size={17} stroke={1.6} />}
              onClick={() => onPick(kind.kind)}
            >
              <Text size="sm" fw={500}>
                {kind.title}
              </Text>
              <Text size="xs" c="dimmed">
                {kind.description}
              </Text>
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
