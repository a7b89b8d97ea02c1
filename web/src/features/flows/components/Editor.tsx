import { useHotkeys } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useAction } from "../../../api/actions";
import { post, put, sentence } from "../../../api/client";
import { flowKeys, flowsStale } from "../../../api/flows";
import type { FlowDetail, FlowDocument, Kinds, Step } from "../../../api/types";
import { Canvas, type CanvasEdits } from "../../../canvas/Canvas";
import { boxOf } from "../../../canvas/describe";
import { START } from "../../../canvas/graph";
import type { Names } from "../../../canvas/names";
import { useTitle } from "../../../kit/Page";
import * as edits from "../edits";
import { useDraft } from "../useDraft";
import { CanvasBar } from "./CanvasBar";
import { CursorsPanel } from "./CursorsPanel";
import { FlowHeader } from "./FlowHeader";
import { FlowSettingsPanel } from "./FlowSettingsPanel";
import { Problems } from "./Problems";
import { RunDialog } from "./RunDialog";
import { ShapePalette } from "./ShapePalette";
import { StartPanel } from "./StartPanel";
import { StepPanel } from "./StepPanel";
import { VersionsPanel } from "./VersionsPanel";
import "../flows.css";

/** What stands beside the canvas when no step is chosen. */
export type Side = "versions" | "settings" | "cursors" | null;

interface Props {
  flow: FlowDetail;
  kinds: Kinds;
  names: Names;
}

export function Editor({ flow, kinds, names }: Props) {
  useTitle(flow.name);
  const draft = useDraft(flow);
  const [selected, setSelected] = useState<string | null>(null);
  const [side, setSide] = useState<Side>(null);
  const [isRunning, setIsRunning] = useState(false);
  const stale = [flowKeys.one(flow.id), ...flowsStale];
  const write = (document: FlowDocument) => put<FlowDetail>(`/flows/${flow.id}/draft`, { document });
  const save = useAction(write, {
    stale,
    done: (answer, sent) => draft.accept(sent, answer),
    say: (answer) => {
      const errors = answer.problems.filter((one) => one.level === "error").length;
      return errors
        ? `The draft is saved; ${errors === 1 ? "one problem" : `${errors} problems`} to solve before it can be deployed.`
        : "The draft is saved.";
    },
  });
  const deploy = useAction(
    async (document: FlowDocument) => {
      if (draft.isChanged || flow.draft_version === null) draft.accept(document, await write(document));
      return post<FlowDetail>(`/flows/${flow.id}/deploy`);
    },
    { stale, say: (answer) => `Version ${answer.deployed_version} is deployed.` },
  );
  const document = draft.document ?? EMPTY;
  const boxes = useMemo(
    () => (document.steps ?? []).map((step) => boxOf(step, kinds, names)),
    [document.steps, kinds, names],
  );
  const problems = useMemo(() => {
    const found: Record<string, string> = {};
    for (const one of flow.problems) {
      if (one.step_id && one.level === "error")
        found[one.step_id] = `${found[one.step_id] ?? ""} ${sentence(one.message)}`.trim();
    }
    return found;
  }, [flow.problems]);
  const select = (id: string | null) => {
    setSelected(id);
    if (id) setSide(null);
  };
  const { change } = draft;
  const take = ([next, id]: edits.Edited) => {
    change(next);
    select(id);
  };
  const canvasEdits: CanvasEdits = {
    kinds: Object.values(kinds),
    addAfter: (kind, step, port) => take(edits.addAfter(document, kind, step, port)),
    insert: (kind, link) => take(edits.insert(document, kind, link, kinds)),
    removeLink: (link) => change(edits.removeLink(document, link)),
    move: (places) => change(edits.move(document, places)),
    connect: (from, port, to) => change(edits.connect(document, from, port, to)),
    removeSteps: (ids) => {
      change(edits.removeSteps(document, ids));
      select(null);
    },
    drop: (kind, place) => take(edits.dropAt(document, kind, place)),
  };
  useHotkeys([
    ["mod+Z", draft.undo],
    ["mod+shift+Z", draft.redo],
    ["mod+Y", draft.redo],
    ["Escape", () => select(null)],
  ]);
  useHotkeys([["mod+S", () => draft.isChanged && save.mutate(document)]], []);
  const step = document.steps?.find((one) => one.id === selected);
  return (
    <div className="flowpage">
      <FlowHeader
        flow={flow}
        draft={draft}
        isSaving={save.isPending}
        isDeploying={deploy.isPending}
        onSave={() => save.mutate(document)}
        onDeploy={() => deploy.mutate(document)}
        onRun={() => setIsRunning(true)}
        side={side}
        setSide={(next) => {
          setSide(next);
          setSelected(null);
        }}
      />
      <div className="flowbody">
        <ShapePalette
          kinds={kinds}
          onAdd={(kind) => take(edits.append(document, kind, selected === START ? null : selected, kinds))}
        />
        <div className="flowcanvas">
          <Canvas
            document={document}
            boxes={boxes}
            startLine={flow.triggers.length ? flow.triggers.join("; ") : "By hand or by API"}
            problems={problems}
            selected={selected}
            onSelect={select}
            edit={canvasEdits}
          >
            <CanvasBar draft={draft} onTidy={() => change(edits.tidy(document))} />
          </Canvas>
          <Problems problems={flow.problems} isStale={draft.isChanged} onSelect={select} />
        </div>
        {step && (
          <StepPanel
            key={step.id}
            step={step}
            kinds={kinds}
            names={names}
            problems={flow.problems.filter((one) => one.step_id === step.id)}
            isChanged={draft.isChanged}
            onChange={(next: Step) => change(edits.writeStep(document, next, kinds))}
            onRemove={() => canvasEdits.removeSteps([step.id])}
            onDuplicate={() => take(edits.duplicate(document, step.id))}
            onClose={() => select(null)}
          />
        )}
        {selected === START && (
          <StartPanel flow={flow} document={document} change={change} onClose={() => select(null)} />
        )}
        {!selected && side === "versions" && (
          <VersionsPanel flow={flow} stale={stale} isChanged={draft.isChanged} onClose={() => setSide(null)} />
        )}
        {!selected && side === "cursors" && (
          <CursorsPanel flow={flow} document={document} kinds={kinds} names={names} onClose={() => setSide(null)} />
        )}
        {!selected && side === "settings" && (
          <FlowSettingsPanel flow={flow} document={document} change={change} onClose={() => setSide(null)} />
        )}
      </div>
      {isRunning && (
        <RunDialog flow={flow} document={document} isChanged={draft.isChanged} onClose={() => setIsRunning(false)} />
      )}
    </div>
  );
}

const EMPTY: FlowDocument = { name: "", steps: [], links: [] };
