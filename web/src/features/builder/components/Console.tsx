import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useAction } from "../../../api/actions";
import { post, sentence } from "../../../api/client";
import type { Trial } from "../../../api/types";
import type { Values } from "../../../kit/form/schema";
import { ErrorNote, Note } from "../../../kit/Note";
import { plural } from "../../../kit/numbers";
import { Card } from "../../../kit/Page";
import type { Place } from "../document";
import { type Inputs, type Seen, sampleOf, type TrialProblem } from "../trial";
import { ConsoleInputs } from "./ConsoleInputs";
import { Records } from "./Records";
import { Suggestions } from "./Suggestions";
import { Exchange, TriedPages } from "./Tried";

interface Props {
  document: Values;
  /** Index of the endpoint. */
  at: number;
  choose: (index: number) => void;
  inputs: Inputs;
  patch: (change: Partial<Inputs>) => void;
  seen: Seen | null;
  setSeen: (seen: Seen) => void;
  isInstalled: boolean;
  samples: Values;
  /** Set a value of the file. */
  write: (place: Place, value: unknown) => void;
}

/** Calls an endpoint of the file as it stands, and shows all that was seen. */
export function Console(props: Props) {
  const { document, at, choose, inputs, patch, seen, setSeen, isInstalled, samples, write } = props;
  const endpoints = (Array.isArray(document.endpoints) ? document.endpoints : []) as Values[];
  const endpoint = endpoints[at];
  const key = String(endpoint?.key ?? "");
  const sample = endpoint && sampleOf(document, endpoint, samples);
  const isSend = endpoint?.direction === "send";
  const call = useAction(
    () =>
      post<Trial>("/builder/try", {
        connector: document,
        endpoint: key,
        parameters: inputs.parameters[key] ?? {},
        record: isSend ? (inputs.records[key] ?? sample ?? null) : null,
        pages: inputs.pages,
        ...(inputs.instance
          ? { instance: inputs.instance }
          : { variables: given(inputs.variables), credentials: given(inputs.credentials), auth: inputs.auth }),
      }),
    { quiet: true, done: (trial) => setSeen({ endpoint: key, trial }) },
  );
  if (!endpoint) return null;
  const trial = seen?.endpoint === key ? seen.trial : null;
  const keepSample = () => {
    const name =
      typeof endpoint.sample === "string" ? endpoint.sample : `samples/${endpoint.entity ?? "record"}.json`;
    write(["samples", name], trial?.sample);
    write(["endpoints", at, "sample"], name);
  };
  return (
    <Card
      title="Test"
      aside={
        <Select
          aria-label="Endpoint to test"
          size="xs"
          w={220}
          allowDeselect={false}
          data={endpoints.map((one, index) => ({ value: String(index), label: String(one.key ?? index + 1) }))}
          value={String(at)}
          onChange={(index) => choose(Number(index))}
        />
      }
      padded
    >
      <Stack gap="md">
        <form
          autoComplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            call.mutate();
          }}
        >
          <ConsoleInputs
            document={document}
            endpoint={endpoint}
            inputs={inputs}
            patch={patch}
            sample={sample}
            isInstalled={isInstalled}
          />
          <Button type="submit" mt="sm" loading={call.isPending} leftSection={<IconPlayerPlay size={14} />}>
            {isSend ? "Send it" : "Try"}
          </Button>
        </form>
        {call.error && <ErrorNote error={call.error} />}
        {trial && !call.isPending && (
          <div aria-live="polite">
            <Stack gap="md">
              <Outcome trial={trial} isSend={isSend} />
              {trial.suggestions.length > 0 && (
                <Suggestions
                  suggestions={trial.suggestions}
                  endpoint={endpoint}
                  apply={(place, value) => write(["endpoints", at, ...place], value)}
                />
              )}
              <TriedPages pages={trial.pages} isSend={isSend} />
              {trial.sample !== null && trial.sample !== undefined && (
                <>
                  <Records trial={trial} />
                  <Group gap={10}>
                    <Button variant="default" onClick={keepSample}>
                      Keep as sample
                    </Button>
                    <Text size="xs" c="dimmed" flex={1}>
                      The first record, as it came: it feeds field pickers. Take out what is private in the file.
                    </Text>
                  </Group>
                </>
              )}
            </Stack>
          </div>
        )}
      </Stack>
    </Card>
  );
}

function Outcome({ trial, isSend }: { trial: Trial; isSend: boolean }) {
  const problem = trial.problem as TrialProblem | null;
  if (problem) {
    return (
      <>
        <Note tone="red" title={sentence(problem.message)}>
          {sentence(problem.hint)}
        </Note>
        {problem.exchange && (
          <Exchange
            title="What failed"
            count={null}
            elapsed={problem.exchange.elapsed_ms}
            request={problem.exchange.request}
            response={problem.exchange.response}
          />
        )}
      </>
    );
  }
  const records = trial.pages.reduce((sum, page) => sum + page.count, 0);
  const words = isSend
    ? "The application took the record."
    : `${plural(records, "record")} on ${plural(trial.pages.length, "page")}.`;
  return <Note tone={records ? "green" : "grey"} title={words} />;
}

const given = <T,>(values: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ""));
