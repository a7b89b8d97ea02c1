import { Stack } from "@mantine/core";
import { SchemaForm } from "../../../kit/form/SchemaForm";
import { resolve, type Schema, type Values } from "../../../kit/form/schema";
import { Items } from "./Items";
import { KindForm } from "./KindForm";
import { definition, OptionalSection, only, Section, tidy } from "./Section";

interface Props {
  root: Schema;
  endpoint: Values;
  onChange: (endpoint: Values) => void;
}

const ANSWER = ["items_path", "format", "stream", "metadata"];

/** One endpoint: what it is, how it is asked, how it is read. */
export function EndpointForm({ root, endpoint, onChange }: Props) {
  const schema = definition(root, "Endpoint");
  const request = resolve(schema.properties?.request ?? {}, root);
  const set = (change: Values) => onChange(tidy({ ...endpoint, ...change }));
  const part = (keys: string[]) => (
    <SchemaForm
      schema={only(schema, keys)}
      root={root}
      value={endpoint}
      onChange={(next) => set(Object.fromEntries(keys.map((key) => [key, next[key]])))}
    />
  );
  const optional = (name: string) => (
    <OptionalSection
      name={name}
      schema={schema}
      root={root}
      value={endpoint[name] as Values | undefined}
      onChange={(value) => set({ [name]: value })}
    />
  );
  const isSend = endpoint.direction === "send";
  return (
    <Stack gap="lg">
      <Section title="Endpoint">{part(["title", "key", "entity", "direction", "description"])}</Section>
      <Section title="Request">
        <SchemaForm
          schema={only(request, ["method", "path", "query", "headers", "body", "format"])}
          root={root}
          value={(endpoint.request as Values) ?? {}}
          onChange={(next) => onChange({ ...endpoint, request: tidy(next) })}
        />
      </Section>
      <Section title="Parameters">
        <Items
          items={Array.isArray(endpoint.parameters) ? (endpoint.parameters as Values[]) : []}
          word="parameter"
          blank={() => ({ key: "", title: "", place: { query: "" } })}
          onChange={(parameters) => set({ parameters })}
        >
          {(item, change) => (
            <SchemaForm
              schema={definition(root, "Parameter")}
              root={root}
              value={item}
              onChange={(next) => change(tidy(next))}
            />
          )}
        </Items>
      </Section>
      <Section title="Answer">{part(isSend ? [...ANSWER, "result_path"] : ANSWER)}</Section>
      {!isSend && (
        <>
          <Section title="Pagination">
            <KindForm
              room="pagination"
              label="Pagination"
              value={(endpoint.pagination as Values | undefined) ?? { kind: "none" }}
              onChange={(pagination) => set({ pagination })}
            />
          </Section>
          {optional("cursor")}
        </>
      )}
      {isSend && (
        <>
          {optional("idempotency")}
          {optional("bulk")}
        </>
      )}
      <Section title="Judge">{part(["judge"])}</Section>
      <Section title="Sample">{part(["sample"])}</Section>
    </Stack>
  );
}
