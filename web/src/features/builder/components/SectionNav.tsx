import { UnstyledButton } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { BuilderProblem } from "../../../api/types";
import type { Values } from "../../../kit/form/schema";
import type { Place } from "../document";
import { ItemActions } from "./Items";
import { isWithin } from "./Problems";

export type Part = "details" | "variables" | "auth" | "endpoints";

interface Props {
  part: Part;
  at: number;
  go: (part: Part, at?: number) => void;
  document: Values;
  problems: BuilderProblem[];
  setEndpoints: (endpoints: Values[]) => void;
}

/** The parts of a connector, and its endpoints one by one. */
export function SectionNav({ part, at, go, document, problems, setEndpoints }: Props) {
  const endpoints = (Array.isArray(document.endpoints) ? document.endpoints : []) as Values[];
  const count = (key: string) => (Array.isArray(document[key]) ? (document[key] as unknown[]).length : 0);
  const wrong = (test: (problem: BuilderProblem) => boolean) =>
    problems.some((problem) => problem.level === "error" && test(problem)) ? (
      <span className="wrong" title="Something is wrong here">
        !
      </span>
    ) : null;
  const isOfDetails = (problem: BuilderProblem) =>
    !["variables", "auth", "endpoints"].includes(String(problem.place[0]));
  const add = () => {
    const taken = endpoints.map((one) => one.key);
    let key = "items.list";
    for (let number = 2; taken.includes(key); number++) key = `items${number}.list`;
    const next = { key, title: "List items", entity: "item", direction: "receive", request: { path: "/items" } };
    setEndpoints([...endpoints, next]);
    go("endpoints", endpoints.length);
  };
  const entry = (to: Part, label: string, place?: Place) => (
    <UnstyledButton
      className={`buildnav${part === to ? " on" : ""}`}
      aria-current={part === to}
      onClick={() => go(to)}
    >
      {label}
      {wrong(place ? (problem) => isWithin(problem, place) : isOfDetails)}
    </UnstyledButton>
  );
  return (
    <nav className="buildnavs" aria-label="Parts of the connector">
      {entry("details", "Details")}
      {entry("variables", `Variables ${count("variables")}`, ["variables"])}
      {entry("auth", `Authentication ${count("auth")}`, ["auth"])}
      <div className="buildnavhead">Endpoints</div>
      {endpoints.map((endpoint, index) => {
        const isOn = part === "endpoints" && at === index;
        const name = String(endpoint.key ?? `Endpoint ${index + 1}`);
        return (
          <div key={index} className={`buildnav endpoint${isOn ? " on" : ""}`}>
            <UnstyledButton className="mono" aria-current={isOn} onClick={() => go("endpoints", index)}>
              {name}
              {wrong((problem) => isWithin(problem, ["endpoints", index]))}
            </UnstyledButton>
            {isOn && (
              <ItemActions
                name={name}
                index={index}
                items={endpoints}
                onChange={(next, to) => {
                  setEndpoints(next);
                  if (next.length) go("endpoints", to ?? Math.max(0, index - 1));
                  else go("details");
                }}
              />
            )}
          </div>
        );
      })}
      <UnstyledButton className="buildnav" onClick={add}>
        <IconPlus size={14} /> Add endpoint
      </UnstyledButton>
    </nav>
  );
}
