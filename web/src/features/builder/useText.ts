import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useBlocker } from "react-router";

const KEPT = 200;
/** Changes that follow each other this fast (typing) are undone together. */
const TOGETHER_MS = 700;

interface History {
  text: string;
  past: string[];
  future: string[];
}

/** A file being edited: its text with undo and redo, and whether it differs from what is saved. */
export function useText(begun: string, saved: string | null) {
  const [history, setHistory] = useState<History>({ text: begun, past: [], future: [] });
  /** Counts changes that came from elsewhere than the form: forms with state of their own begin anew. */
  const [revision, setRevision] = useState(0);
  const [kept, setKept] = useState(saved);
  const changedAt = useRef(0);
  const change = useCallback((next: string | ((old: string) => string), isOutside = false) => {
    const now = Date.now();
    const isTogether = !isOutside && now - changedAt.current < TOGETHER_MS;
    changedAt.current = isOutside ? 0 : now;
    if (isOutside) setRevision((old) => old + 1);
    setHistory((old) => {
      const text = typeof next === "string" ? next : next(old.text);
      if (text === old.text) return old;
      return {
        text,
        past: isTogether && old.past.length ? old.past : [...old.past, old.text].slice(-KEPT),
        future: [],
      };
    });
  }, []);
  const undo = useCallback(() => {
    changedAt.current = 0;
    setRevision((old) => old + 1);
    setHistory((old) => {
      const before = old.past.at(-1);
      return before === undefined
        ? old
        : { text: before, past: old.past.slice(0, -1), future: [...old.future, old.text] };
    });
  }, []);
  const redo = useCallback(() => {
    changedAt.current = 0;
    setRevision((old) => old + 1);
    setHistory((old) => {
      const after = old.future.at(-1);
      return after === undefined
        ? old
        : { text: after, past: [...old.past, old.text], future: old.future.slice(0, -1) };
    });
  }, []);
  const isChanged = history.text !== kept;
  return {
    text: history.text,
    revision,
    change,
    undo,
    redo,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    isChanged,
    keep: setKept,
  };
}

export type Text = ReturnType<typeof useText>;

/** Leaving with changes that are not saved asks first; `blocker` is to be answered. */
export function useGuard(isChanged: boolean, isDone: RefObject<boolean>) {
  useEffect(() => {
    if (!isChanged) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isChanged]);
  return useBlocker(
    ({ currentLocation, nextLocation }) =>
      isChanged && !isDone.current && currentLocation.pathname !== nextLocation.pathname,
  );
}
