import { Anchor, Button, Collapse, Group, Loader, Stack, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { ProblemError } from "../../../../api/client";
import type { ConnectorDocument, Variable } from "../../../../api/types";
import { Fold } from "../../../../kit/form/SchemaForm";
import { VariableField } from "../../../../kit/form/VariableField";
import { ErrorNote } from "../../../../kit/Note";

interface Props {
  option: NonNullable<ConnectorDocument["auth"]>[number] | null;
  docsUrl: string;
  kept: string[];
  values: Record<string, string>;
  setValues: (values: Record<string, string>) => void;
  isSaving: boolean;
  error: Error | null;
  save: (unchecked: boolean) => void;
  back: () => void;
}

/** The secrets. They are checked against the application before anything is saved. */
export function CredentialsStep({ option, docsUrl, kept, values, setValues, isSaving, error, save, back }: Props) {
  const fields = option?.credentials ?? [];
  const advanced = fields.filter((field) => field.advanced);
  const [more, setMore] = useState(() => advanced.some((field) => kept.includes(field.key)));
  const missing = fields.filter((field) => field.required && !values[field.key] && !kept.includes(field.key));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missing.length === 0) save(false);
  };
  const draw = (field: Variable) => (
    <VariableField
      key={field.key}
      variable={field}
      value={values[field.key]}
      isKept={kept.includes(field.key)}
      onChange={(value) => setValues({ ...values, [field.key]: value === undefined ? "" : String(value) })}
    />
  );
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {option ? `${option.title}. ` : "This connector needs no credentials. "}
          {option?.help} What you enter is sealed and never shown again.
          {docsUrl && (
            <>
              {" "}
              <Anchor href={docsUrl} target="_blank" rel="noreferrer" size="sm">
                The vendor's documentation
              </Anchor>
            </>
          )}
        </Text>
        {fields.filter((field) => !field.advanced).map(draw)}
        {advanced.length > 0 && (
          <>
            <Fold open={more} onToggle={() => setMore(!more)} label="More credentials" />
            <Collapse expanded={more}>
              <Stack gap="sm">{advanced.map(draw)}</Stack>
            </Collapse>
          </>
        )}
        {error && (
          <ErrorNote
            error={error}
            action={
              isDown(error) && (
                <Button variant="default" onClick={() => save(true)} loading={isSaving}>
                  The application is down: save unchecked
                </Button>
              )
            }
          />
        )}
        <Group justify="space-between" mt="xs">
          <Button size="sm" variant="default" onClick={back}>
            Back
          </Button>
          <Group gap={10}>
            {isSaving && (
              <Group gap={6}>
                <Loader size={14} />
                <Text size="sm" c="dimmed">
                  Calling the application
                </Text>
              </Group>
            )}
            <Button size="sm" type="submit" disabled={missing.length > 0 || isSaving}>
              Check and save
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

/** Whether the application could not be asked at all; a refused credential is another matter. */
function isDown(error: Error): boolean {
  if (!(error instanceof ProblemError)) return false;
  const cause = String(error.problem.context.cause ?? error.problem.code);
  return cause.startsWith("remote");
}
