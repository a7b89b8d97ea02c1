import { Textarea } from "@mantine/core";
import { useState } from "react";
import { parse, stringify } from "../../api/exact";

interface Props {
  label?: string;
  description?: string;
  withAsterisk?: boolean;
  error?: string;
  placeholder?: string;
  minRows?: number;
  value: unknown;
  onChange: (value: unknown) => void;
  /** Tells whether the text can be read. */
  onValid?: (isValid: boolean) => void;
}

/** Any value as JSON. While the text is not JSON, the last good value stays and the field says so. */
export function JsonField({ value, onChange, onValid, error, minRows = 4, ...shared }: Props) {
  const [text, setText] = useState(value === undefined ? "" : stringify(value, 2));
  const [fault, setFault] = useState("");
  const write = (next: string) => {
    setText(next);
    try {
      onChange(next.trim() ? parse(next) : undefined);
      setFault("");
      onValid?.(true);
    } catch {
      setFault("This is not JSON yet");
      onValid?.(false);
    }
  };
  return (
    <Textarea
      {...shared}
      error={fault || error}
      classNames={{ input: "mono" }}
      autosize
      minRows={minRows}
      maxRows={20}
      spellCheck={false}
      value={text}
      onChange={(event) => write(event.currentTarget.value)}
      onBlur={() => !fault && text.trim() && setText(stringify(parse(text), 2))}
    />
  );
}
