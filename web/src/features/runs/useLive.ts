import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { parse } from "../../api/exact";
import { runKeys } from "../../api/runs";
import type { RunDetail, RunEvent, RunState } from "../../api/types";

const KEPT_LINES = 2000;
const KEPT_POINTS = 1200;

/** Records done by then, to draw the pace from. */
export interface Point {
  at: number;
  done: number;
  failed: number;
}

/** How far a run is: what was confirmed, or what passed its last steps where nothing is sent. */
export const doneOf = (run: RunState): number =>
  run.confirmed || Math.max(run.pulled, ...run.steps.map((step) => step.records_out), 0);

/** Follow a run: its state goes into the query cache; log lines and points of the plot come back. */
export function useLive(id: string) {
  const client = useQueryClient();
  const [lines, setLines] = useState<RunEvent[]>([]);
  const [points, setPoints] = useState<Point[]>([]);
  const [isLive, setIsLive] = useState(true);
  useEffect(() => {
    setLines([]);
    setPoints([]);
    setIsLive(true);
    const source = new EventSource(`/api/runs/${id}/live`);
    let waiting: RunEvent[] = [];
    // Thousands of lines a second would be thousands of renders: they are taken in together.
    const timer = setInterval(() => {
      if (waiting.length === 0) return;
      const taken = waiting;
      waiting = [];
      setLines((old) => [...old, ...taken].slice(-KEPT_LINES));
    }, 200);
    source.addEventListener("run", (event: MessageEvent<string>) => {
      const run = parse(event.data) as RunState;
      client.setQueryData<RunDetail>(runKeys.one(id), (old) => (old ? { ...old, ...run } : old));
      setPoints((old) => [...old, { at: Date.now(), done: doneOf(run), failed: run.failed }].slice(-KEPT_POINTS));
    });
    source.addEventListener("log", (event: MessageEvent<string>) => {
      waiting.push(parse(event.data) as RunEvent);
    });
    source.addEventListener("end", () => {
      source.close();
      setIsLive(false);
      for (const queryKey of [runKeys.one(id), runKeys.all, ["flows"], ["summary"]])
        void client.invalidateQueries({ queryKey });
    });
    return () => {
      source.close();
      clearInterval(timer);
    };
  }, [id, client]);
  return { lines, points, isLive };
}
