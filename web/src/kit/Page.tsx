import { Group, Title } from "@mantine/core";
import { Fragment, type ReactNode, useEffect } from "react";
import { Link } from "react-router";

export interface Crumb {
  to: string;
  label: string;
}

/** Where one is, as links back. */
export function Crumbs({ items }: { items: Crumb[] }) {
  return (
    <nav className="crumbs" aria-label="Where you are">
      {items.map((item) => (
        <Fragment key={item.to}>
          <Link to={item.to}>{item.label}</Link>
          <span className="faint">/</span>
        </Fragment>
      ))}
    </nav>
  );
}

interface Props {
  /** For the browser's tab. */
  name: string;
  title?: ReactNode;
  /** The sentence that a person came for. */
  lead?: ReactNode;
  actions?: ReactNode;
  crumbs?: Crumb[];
  children: ReactNode;
}

/** A page: where one is, the title, the sentence a person came for, actions, content. */
export function Page({ name, title, lead, actions, crumbs, children }: Props) {
  useTitle(name);
  return (
    <div className="page">
      {crumbs && <Crumbs items={crumbs} />}
      <header className="page-head">
        <div style={{ minWidth: 0 }}>
          <Title order={1}>{title ?? name}</Title>
          {lead && <div className="lead">{lead}</div>}
        </div>
        {actions && (
          <Group gap={8} wrap="nowrap" className="page-actions">
            {actions}
          </Group>
        )}
      </header>
      {children}
    </div>
  );
}

export function useTitle(name: string) {
  useEffect(() => {
    document.title = `${name} · Weftline`;
  }, [name]);
}

/** A card with a heading, and what belongs to the right of it. */
export function Card({
  title,
  aside,
  children,
  padded,
}: {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  padded?: boolean;
}) {
  return (
    <section className="card">
      {title !== undefined && (
        <div className="card-head">
          <Title order={2}>{title}</Title>
          {aside}
        </div>
      )}
      {padded ? <div style={{ padding: 16 }}>{children}</div> : children}
    </section>
  );
}
