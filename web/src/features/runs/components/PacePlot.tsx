import { count } from "../../../kit/numbers";
import type { Point } from "../useLive";

const WIDTH = 260;
const HEIGHT = 46;
const SLOTS = 60;

/** Records a second, over the time that this page has watched the run. */
export function PacePlot({ points }: { points: Point[] }) {
  const rates = ratesOf(points);
  const top = Math.max(1, ...rates);
  const step = WIDTH / Math.max(1, rates.length - 1);
  const line = rates
    .map((rate, index) => `${(index * step).toFixed(1)},${(HEIGHT - 2 - (rate / top) * (HEIGHT - 6)).toFixed(1)}`)
    .join(" ");
  return (
    <figure style={{ margin: 0, flex: "0 0 auto" }}>
      <svg width={WIDTH} height={HEIGHT} role="img" aria-label={`Records a second, up to ${count(Math.round(top))}`}>
        <polygon points={`0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}`} fill="var(--accent)" opacity={0.12} />
        <polyline points={line} fill="none" stroke="var(--accent)" strokeWidth={1.5} strokeLinejoin="round" />
        <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke="var(--line-strong)" />
      </svg>
      <figcaption className="faint" style={{ fontSize: 12 }}>
        records a second, up to {count(Math.round(top))}
      </figcaption>
    </figure>
  );
}

/** Points come when something changes; slots of equal length make the pace comparable. */
function ratesOf(points: Point[]): number[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || last.at === first.at) return [0, 0];
  const length = Math.max(500, (last.at - first.at) / SLOTS);
  const rates: number[] = [];
  let index = 0;
  let before = first;
  for (let end = first.at + length; end <= last.at + length; end += length) {
    while (index < points.length - 1 && (points[index + 1]?.at ?? 0) <= end) index++;
    const now = points[index] ?? before;
    rates.push(Math.max(0, ((now.done - before.done) / length) * 1000));
    before = now;
  }
  return rates;
}
