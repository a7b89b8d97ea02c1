import type { Schema, Values } from "../../../kit/form/schema";
import { Empty } from "../../../kit/Note";
import type { Place } from "../document";
import { EndpointForm } from "./EndpointForm";
import { AuthForm, DetailsForm, VariablesForm } from "./FileForms";
import type { Part } from "./SectionNav";

interface Props {
  root: Schema;
  document: Values;
  part: Part;
  at: number;
  isInstalled: boolean;
  patch: (change: Values) => void;
  set: (place: Place, value: unknown) => void;
}

/** The form of the part that is chosen. */
export function Forms({ root, document, part, at, isInstalled, patch, set }: Props) {
  const shared = { root, document, patch };
  if (part === "variables") return <VariablesForm {...shared} />;
  if (part === "auth") return <AuthForm {...shared} />;
  if (part === "details") return <DetailsForm {...shared} isInstalled={isInstalled} />;
  const endpoint = (document.endpoints as Values[] | undefined)?.[at];
  if (!endpoint) return <Empty title="No endpoint yet" text="Add one: something that a flow can receive or send." />;
  return <EndpointForm root={root} endpoint={endpoint} onChange={(next) => set(["endpoints", at], next)} />;
}
