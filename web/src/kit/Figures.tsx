import type { ReactNode } from "react";
import { Link } from "react-router";

export interface FigureFacts {
  value: ReactNode;
  word: ReactNode;
  tone?: "green" | "amber" | "red";
  to?: string;
}

/** Figures in a row, each with its word. */
export function Figures({ items }: { items: FigureFacts[] }) {
  return (
    <div className="figures">
      {items.map((item, index) => {
        const value = (
          <div className="value" style={item.tone && { color: `var(--${item.tone})` }}>
            {item.value}
          </div>
        );
        return (
          <div key={index} className="figure">
            {item.to ? (
              <Link to={item.to} className="plainlink">
                {value}
              </Link>
            ) : (
              value
            )}
            <div className="word">{item.word}</div>
          </div>
        );
      })}
    </div>
  );
}
