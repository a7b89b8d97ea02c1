import { Select, Stack } from "@mantine/core";
import { SchemaForm } from "../../../kit/form/SchemaForm";
import type { Schema, Values } from "../../../kit/form/schema";
import { Items } from "./Items";
import { KindForm } from "./KindForm";
import { definition, OptionalSection, only, Section, tidy } from "./Section";

export interface FormProps {
  root: Schema;
  document: Values;
  /** The top-level keys that change; undefined takes one out. */
  patch: (change: Values) => void;
}

const FACTS = ["title", "slug", "version", "summary", "category", "docs_url"];
const listOf = (value: unknown): Values[] => (Array.isArray(value) ? (value as Values[]) : []);

/** Names, transport, pace, and the endpoint that proves a credential. */
export function DetailsForm({ root, document, patch, isInstalled }: FormProps & { isInstalled: boolean }) {
  const facts = isInstalled ? FACTS.filter((key) => key !== "slug") : FACTS;
  const endpoints = listOf(document.endpoints).flatMap((one) => (typeof one.key === "string" ? [one.key] : []));
  return (
    <Stack gap="lg">
      <Section title="Details">
        <SchemaForm
          schema={only(root, facts)}
          root={root}
          value={document}
          onChange={(next) => patch(Object.fromEntries(facts.map((key) => [key, next[key]])))}
        />
      </Section>
      <Section title="Transport">
        <KindForm
          room="transports"
          label="Transport"
          value={(document.transport as Values) ?? {}}
          onChange={(transport) => patch({ transport })}
        />
      </Section>
      <Section title="Check">
        <Select
          label="Endpoint that proves a credential"
          description="A cheap one that needs credentials; it is called when an instance is saved."
          clearable
          data={[...new Set(endpoints)]}
          value={(document.check as string | undefined) ?? null}
          onChange={(check) => patch({ check: check ?? undefined })}
        />
      </Section>
      <OptionalSection
        name="pacing"
        schema={root}
        root={root}
        value={document.pacing as Values | undefined}
        onChange={(pacing) => patch({ pacing })}
      />
      <Section title="Judge">
        <SchemaForm
          schema={only(root, ["judge"])}
          root={root}
          value={document}
          onChange={(next) => patch({ judge: tidy(next).judge })}
        />
      </Section>
    </Stack>
  );
}

export function VariablesForm({ root, document, patch }: FormProps) {
  return (
    <Section title="Variables">
      <VariableItems
        root={root}
        word="variable"
        items={listOf(document.variables)}
        onChange={(variables) => patch({ variables })}
      />
    </Section>
  );
}

function VariableItems(props: { root: Schema; word: string; items: Values[]; onChange: (items: Values[]) => void }) {
  const { root, word, items, onChange } = props;
  const schema = only(definition(root, "Variable"), [
    ...["title", "key", "type", "help", "default", "required", "secret", "advanced", "options", "example"],
  ]);
  return (
    <Items items={items} word={word} blank={() => ({ key: "", title: "" })} onChange={onChange}>
      {(item, change) => (
        <SchemaForm schema={schema} root={root} value={item} onChange={(next) => change(tidy(next))} />
      )}
    </Items>
  );
}

const OWN = ["key", "title", "help", "credentials"];

export function AuthForm({ root, document, patch }: FormProps) {
  const schema = definition(root, "AuthOption");
  return (
    <Section title="Authentication">
      <Items
        items={listOf(document.auth)}
        word="method"
        blank={() => ({ key: "", kind: "bearer", title: "" })}
        onChange={(auth) => patch({ auth })}
      >
        {(item, change) => (
          <Stack gap="md">
            <SchemaForm
              schema={only(schema, ["title", "key", "help"])}
              root={root}
              value={item}
              onChange={(next) => change(tidy(next))}
            />
            <KindForm room="auth" label="Kind" value={item} own={OWN} onChange={(next) => change(tidy(next))} />
            <Section title="Credentials">
              <VariableItems
                root={root}
                word="credential"
                items={listOf(item.credentials)}
                onChange={(credentials) => change(tidy({ ...item, credentials }))}
              />
            </Section>
          </Stack>
        )}
      </Items>
    </Section>
  );
}
