import type { ComponentType } from "react";
import type { Step } from "../../../api/types";
import { ConnectorEditor } from "./ConnectorEditor";
import { FilterEditor } from "./FilterEditor";
import { MapEditor } from "./MapEditor";
import { RouteEditor } from "./RouteEditor";

export interface EditorProps {
  step: Step;
  /** Change some keys; undefined takes a key away. */
  patch: (change: Record<string, unknown>) => void;
  /** Error messages by field. */
  errors: Record<string, string>;
}

interface Editor {
  Form: ComponentType<EditorProps>;
  wide?: boolean;
}

/** Special editors; every other kind's form is drawn from its schema. */
export const EDITORS: Record<string, Editor | undefined> = {
  connector: { Form: ConnectorEditor },
  filter: { Form: FilterEditor },
  map: { Form: MapEditor, wide: true },
  route: { Form: RouteEditor },
};
