import { Button } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { useEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { useAction } from "../../../api/actions";
import { useConnectorSchema, useProblems } from "../../../api/builder";
import { post } from "../../../api/client";
import { connectorsStale, useConnectorFile } from "../../../api/connectors";
import type { ConnectorDetail } from "../../../api/types";
import type { Values } from "../../../kit/form/schema";
import { ErrorNote, Note } from "../../../kit/Note";
import { Page } from "../../../kit/Page";
import { linesOf, type Place, read, write } from "../document";
import { type Inputs, NO_INPUTS, type Seen } from "../trial";
import { useGuard, useText } from "../useText";
import { isShown, leadOf, marksOf } from "../words";
import { BuilderBar } from "./BuilderBar";
import { Console } from "./Console";
import { Forms } from "./Forms";
import { LeaveDialog } from "./LeaveDialog";
import { Problems } from "./Problems";
import { SaveDialog } from "./SaveDialog";
import { type Part, SectionNav } from "./SectionNav";
import { YamlEditor } from "./YamlEditor";

interface Props {
  begun: string;
  /** The installed one that is edited; null for a new one. */
  connector: ConnectorDetail | null;
  view: "forms" | "yaml";
}

/** Two views of one file, and a console that calls its endpoints as they stand. */
export function Builder({ begun, connector, view: first }: Props) {
  const file = useText(begun, connector ? begun : null);
  const { text } = file;
  const [view, setView] = useState<string>(first);
  const [part, setPart] = useState<Part>(connector ? "details" : "endpoints");
  const [at, setAt] = useState(0);
  const [goto, setGoto] = useState<{ line: number } | null>(null);
  const [inputs, setInputs] = useState<Inputs>(NO_INPUTS);
  const [seen, setSeen] = useState<Seen | null>(null);
  const [isSaving, setIsSaving] = useState(false);
  const isDone = useRef(false);
  const testing = useRef<HTMLDivElement>(null);
  const go = useNavigate();
  const schema = useConnectorSchema();
  const exported = useConnectorFile(connector?.slug ?? null);
  const samples = useMemo(() => (read(exported.data ?? "").document?.samples ?? {}) as Values, [exported.data]);
  const reading = useMemo(() => read(text), [text]);
  // While a text cannot be read, forms and console stand on the last one that could.
  const last = useRef<Values>({});
  if (reading.document) last.current = reading.document;
  const document = last.current;
  const [settled] = useDebouncedValue(reading.document, 400);
  const problems = useProblems(settled).data ?? [];
  const errors = problems.filter((one) => one.level === "error").length;
  const guard = useGuard(file.isChanged, isDone);
  useHotkeys([
    ["mod+z", file.undo],
    ["mod+shift+z", file.redo],
  ]);
  const create = useAction(() => post<ConnectorDetail>("/connectors/own", { document }), {
    stale: connectorsStale,
    quiet: true,
    say: (made) => `${made.title} is saved. Next: an instance.`,
    done: (made) => {
      isDone.current = true;
      file.keep(text);
      go(`/connectors/${made.slug}`);
    },
  });
  const set = (place: Place, value: unknown, isOutside = false) =>
    file.change((old) => write(old, place, value), isOutside);
  const patch = (change: Values) =>
    file.change((old) => Object.entries(change).reduce((now, [key, value]) => write(now, [key], value), old));
  const show = (place: Place) => {
    if (view === "yaml") return setGoto({ line: linesOf(text, [place])[0] ?? 1 });
    const [room, index] = place;
    setPart(room === "variables" || room === "auth" || room === "endpoints" ? room : "details");
    if (room === "endpoints") setAt(typeof index === "number" ? index : 0);
  };
  useEffect(() => {
    if (!reading.fault) return;
    setView("yaml");
  }, [reading.fault]);
  const marks = useMemo(() => marksOf(text, problems, reading.fault), [problems, text, reading.fault]);
  const hasConsole = view === "yaml" || part === "endpoints";
  const endpoints = Array.isArray(document.endpoints) ? document.endpoints.length : 0;
  const title = String(document.title || "New connector");
  return (
    <Page
      name={title}
      crumbs={[
        { to: "/connectors", label: "Connectors" },
        ...(connector ? [{ to: `/connectors/${connector.slug}`, label: connector.title }] : []),
      ]}
      title={connector ? `Edit ${title}` : title}
      lead={leadOf(file.isChanged, connector !== null, errors, problems.length - errors, reading.fault !== null)}
      actions={
        <BuilderBar
          file={file}
          view={view}
          setView={setView}
          isFaulty={reading.fault !== null}
          canSave={file.isChanged && reading.fault === null && errors === 0}
          isSaving={create.isPending}
          word={connector ? "Save" : "Save connector"}
          save={() => (connector ? setIsSaving(true) : create.mutate())}
        />
      }
    >
      {create.error && <ErrorNote error={create.error} />}
      {reading.fault && (
        <Note
          tone="red"
          title={`Line ${reading.fault.line}: ${reading.fault.message}`}
          action={
            <Button variant="default" onClick={() => setGoto({ line: reading.fault?.line ?? 1 })}>
              Show the line
            </Button>
          }
        />
      )}
      <div className={`builder ${view}${hasConsole && endpoints > 0 ? " withconsole" : ""}`}>
        {view === "forms" && (
          <SectionNav
            part={part}
            at={at}
            go={(to, index = 0) => {
              setPart(to);
              setAt(index);
            }}
            document={document}
            problems={problems}
            setEndpoints={(next) => set(["endpoints"], next, true)}
          />
        )}
        <div className="buildmain">
          {hasConsole && endpoints > 0 && (
            <Button
              hiddenFrom="md"
              variant="default"
              mb="sm"
              onClick={() => testing.current?.scrollIntoView({ block: "start" })}
            >
              Go to the test
            </Button>
          )}
          <Problems
            problems={view === "yaml" ? problems : problems.filter((one) => isShown(one.place, part, at))}
            document={document}
            go={show}
          />
          {view === "yaml" ? (
            <YamlEditor
              text={text}
              marks={marks}
              goto={goto}
              onChange={(next) => file.change(next)}
              onUndo={file.undo}
              onRedo={file.redo}
            />
          ) : schema.error ? (
            <ErrorNote error={schema.error} again={() => schema.refetch()} />
          ) : (
            schema.data && (
              <Forms
                key={`${part} ${at} ${file.revision}`}
                root={schema.data}
                document={document}
                part={part}
                at={at}
                isInstalled={connector !== null}
                patch={patch}
                set={set}
              />
            )
          )}
        </div>
        {hasConsole && endpoints > 0 && (
          <div className="buildconsole" ref={testing}>
            <Console
              document={document}
              at={Math.min(at, endpoints - 1)}
              choose={setAt}
              inputs={inputs}
              patch={(change) => setInputs((old) => ({ ...old, ...change }))}
              seen={seen}
              setSeen={setSeen}
              isInstalled={connector !== null}
              samples={samples}
              write={(place, value) => set(place, value, true)}
            />
          </div>
        )}
      </div>
      {isSaving && connector && (
        <SaveDialog
          connector={connector}
          document={document}
          onSaved={() => {
            file.keep(text);
            setIsSaving(false);
          }}
          onClose={() => setIsSaving(false)}
        />
      )}
      <LeaveDialog blocker={guard} />
    </Page>
  );
}
