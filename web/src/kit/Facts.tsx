import { Fragment, type ReactNode } from "react";

export interface Fact {
  word: string;
  value: ReactNode;
}

/** What is known of a thing, a line each; a line without a value is left out. */
export function Facts({ items }: { items: Fact[] }) {
  return (
    <dl className="facts">
      {items
        .filter(({ value }) => value !== null && value !== undefined && value !== "")
        .map(({ word, value }) => (
          <Fragment key={word}>
            <dt>{word}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}
