import { useCallback, useEffect, useRef, useState } from "react";
import { stringify } from "../../api/exact";
import type { FlowDetail, FlowDocument } from "../../api/types";

const KEPT = 200;
/** Changes that follow each other this fast (typing) are undone together. */
const TOGETHER_MS = 700;

interface History {
  document: FlowDocument | null;
  past: FlowDocument[];
  future: FlowDocument[];
}

export interface Draft {
  document: FlowDocument | null;
  change: (next: FlowDocument) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
  isChanged: boolean;
  accept: (sent: FlowDocument, answer: FlowDetail) => void;
}

/** A flow document being edited, with undo and redo. What is saved on the server replaces it unless it is changed here. */
export function useDraft(flow: FlowDetail): Draft {
  const stored = (flow.draft ?? flow.deployed) as FlowDocument | null;
  const [history, setHistory] = useState<History>({ document: stored, past: [], future: [] });
  const [saved, setSaved] = useState(() => stringify(stored));
  const changedAt = useRef(0);
  const isChanged = stringify(history.document) !== saved;
  const current = stringify(stored);
  const seen = useRef(current);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another text on the server counts
  useEffect(() => {
    if (current === seen.current) return;
    seen.current = current;
    if (isChanged) return;
    setSaved(current);
    setHistory((old) => ({ ...old, document: stored }));
  }, [current]);
  /** The server took this document and gave it back with its defaults filled in. */
  const accept = useCallback((sent: FlowDocument, answer: FlowDetail) => {
    const given = (answer.draft ?? answer.deployed) as FlowDocument | null;
    seen.current = stringify(given);
    setSaved(stringify(given));
    // Typed on while it was being saved: those changes stay, unsaved.
    setHistory((old) => (old.document === sent ? { ...old, document: given } : old));
  }, []);
  const change = useCallback((next: FlowDocument) => {
    const now = Date.now();
    const isTogether = now - changedAt.current < TOGETHER_MS;
    changedAt.current = now;
    setHistory(({ document, past }) => ({
      document: next,
      past: document && !(isTogether && past.length) ? [...past, document].slice(-KEPT) : past,
      future: [],
    }));
  }, []);
  const undo = useCallback(() => {
    changedAt.current = 0;
    setHistory((old) => {
      const before = old.past.at(-1);
      if (!before || !old.document) return old;
      return { document: before, past: old.past.slice(0, -1), future: [...old.future, old.document] };
    });
  }, []);
  const redo = useCallback(() => {
    changedAt.current = 0;
    setHistory((old) => {
      const after = old.future.at(-1);
      if (!after || !old.document) return old;
      return { document: after, past: [...old.past, old.document], future: old.future.slice(0, -1) };
    });
  }, []);
  useEffect(() => {
    if (!isChanged) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isChanged]);
  return {
    document: history.document,
    change,
    undo,
    redo,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    isChanged,
    accept,
  };
}
