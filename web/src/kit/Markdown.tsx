import type { ReactNode } from "react";

/** The little Markdown that connectors' pages use: headings, paragraphs, lists, code, bold, links. Never raw HTML. */
export function Markdown({ text }: { text: string }) {
  const blocks = text.replaceAll("\r\n", "\n").split(/\n{2,}(?![^`]*```\n)/);
  return <div className="markdown">{blocks.map((block, index) => draw(block.trim(), index))}</div>;
}

function draw(block: string, key: number): ReactNode {
  if (!block) return null;
  const heading = /^(#{1,4})\s+(.*)$/.exec(block);
  if (heading) return <h3 key={key}>{inline(heading[2] ?? "")}</h3>;
  if (block.startsWith("```"))
    return (
      <pre key={key} className="json codebox">
        {block.replace(/^```.*\n/, "").replace(/\n?```$/, "")}
      </pre>
    );
  if (/^[-*]\s/.test(block))
    return (
      <ul key={key}>
        {block.split(/\n(?=[-*]\s)/).map((item, index) => (
          <li key={index}>{inline(item.replace(/^[-*]\s+/, ""))}</li>
        ))}
      </ul>
    );
  return <p key={key}>{inline(block)}</p>;
}

const MARK = /(`[^`]+`|\*\*[^*]+\*\*|\*[^*\n]+\*|\[[^\]]+\]\(https?:[^)\s]+\))/;

function inline(text: string): ReactNode[] {
  return text.split(MARK).map((part, index) => {
    if (part.startsWith("`")) return <code key={index}>{part.slice(1, -1)}</code>;
    if (part.startsWith("**")) return <strong key={index}>{part.slice(2, -2)}</strong>;
    if (part.startsWith("*") && part.length > 2) return <em key={index}>{part.slice(1, -1)}</em>;
    const link = /^\[([^\]]+)\]\((.+)\)$/.exec(part);
    if (link)
      return (
        <a key={index} href={link[2]} target="_blank" rel="noreferrer" className="textlink">
          {link[1]}
        </a>
      );
    return part;
  });
}
