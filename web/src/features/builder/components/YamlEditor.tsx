import { type KeyboardEvent, useEffect, useRef } from "react";

interface Props {
  text: string;
  /** Lines (from 1) with something wrong, and what. */
  marks: Map<number, { level: string; message: string }>;
  /** The line to show; each new object is shown once. */
  goto: { line: number } | null;
  onChange: (text: string) => void;
  onUndo: () => void;
  onRedo: () => void;
}

const LINE_PX = 20;

/** Text with line numbers. Tab leaves it, as every field; Enter keeps the indentation. */
export function YamlEditor({ text, marks, goto, onChange, onUndo, onRedo }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = text.split("\n").length;
  useEffect(() => {
    const field = area.current;
    if (!field || !goto) return;
    const before = field.value
      .split("\n")
      .slice(0, goto.line - 1)
      .join("\n").length;
    const start = goto.line > 1 ? before + 1 : 0;
    const end = field.value.indexOf("\n", start);
    field.focus({ preventScroll: true });
    field.setSelectionRange(start, end < 0 ? field.value.length : end);
    field.closest(".yamledit")?.scrollTo({ top: Math.max(0, (goto.line - 6) * LINE_PX) });
  }, [goto]);
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const field = event.currentTarget;
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && event.key.toLowerCase() === "z") {
      event.preventDefault();
      event.stopPropagation();
      if (event.shiftKey) onRedo();
      else onUndo();
    } else if (event.key === "Enter" && !isCommand && !event.nativeEvent.isComposing) {
      const line = field.value.slice(0, field.selectionStart).split("\n").at(-1) ?? "";
      const indent = /^ */.exec(line)?.[0] ?? "";
      if (!indent) return;
      event.preventDefault();
      field.setRangeText(`\n${indent}`, field.selectionStart, field.selectionEnd, "end");
      onChange(field.value);
    }
  };
  return (
    <div className="yamledit mono">
      <div className="gutter" aria-hidden="true">
        {Array.from({ length: lines }, (_, index) => {
          const mark = marks.get(index + 1);
          return (
            <div key={index} className={mark?.level} title={mark?.message}>
              {index + 1}
            </div>
          );
        })}
      </div>
      <textarea
        ref={area}
        aria-label="Connector file"
        spellCheck={false}
        autoComplete="off"
        wrap="off"
        rows={lines + 1}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}
