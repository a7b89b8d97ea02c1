import { Checkbox, NumberInput, PasswordInput, Select, TextInput } from "@mantine/core";
import { KeyField } from "./KeyField";
import { showExample } from "./schema";

/** What variables, credentials and parameters of a connector have in common. */
export interface VariableFacts {
  key: string;
  title: string;
  help: string;
  type: "text" | "number" | "boolean" | "datetime";
  default?: unknown;
  required: boolean;
  secret?: boolean;
  options?: string[];
  example?: string | null;
}

interface Props {
  variable: VariableFacts;
  value: unknown;
  onChange: (value: unknown) => void;
  /** A secret that is stored already and is kept when nothing is typed. */
  isKept?: boolean;
}

/** Keys and certificates are texts of several lines. */
const isKeyText = (variable: VariableFacts) =>
  variable.example?.startsWith("-----BEGIN") ||
  variable.example?.includes("\n") ||
  /^PEM\b/.test(variable.help ?? "") ||
  /(^|_)(private_key|client_key|certificate|cert|pem|ca)$/.test(variable.key);

/** One field with the vendor's word for it, and where to find the value. */
export function VariableField({ variable, value, onChange, isKept }: Props) {
  const text = value === undefined || value === null ? "" : String(value);
  const shared = {
    label: variable.title,
    description: variable.help || undefined,
    withAsterisk: variable.required && !isKept && (variable.default === undefined || variable.default === null),
    placeholder: isKept
      ? "Kept as it is; type to replace"
      : showExample(variable.default) || variable.example || undefined,
  };
  const write = (next: string) => onChange(next === "" ? undefined : next);
  if (variable.options?.length) {
    return (
      <Select
        {...shared}
        clearable={!variable.required}
        data={variable.options}
        value={text || null}
        onChange={(next) => write(next ?? "")}
      />
    );
  }
  if (variable.type === "boolean") {
    return (
      <Checkbox
        label={variable.title}
        description={shared.description}
        checked={Boolean(value ?? variable.default)}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  if (variable.type === "number" && !text.includes("{{")) {
    return (
      <NumberInput {...shared} value={text} onChange={(next) => onChange(next === "" ? undefined : Number(next))} />
    );
  }
  if ((variable.type ?? "text") === "text" && isKeyText(variable)) {
    const placeholder = isKept
      ? shared.placeholder
      : `-----BEGIN ${variable.secret ? "PRIVATE KEY" : "CERTIFICATE"}-----`;
    return (
      <KeyField
        {...shared}
        placeholder={placeholder}
        value={text}
        isSecret={variable.secret ?? false}
        onChange={write}
      />
    );
  }
  const Field = variable.secret ? PasswordInput : TextInput;
  return (
    <Field
      {...shared}
      value={text}
      autoComplete="off"
      data-1p-ignore
      classNames={{ input: variable.secret ? "mono" : undefined }}
      onChange={(event: React.ChangeEvent<HTMLInputElement>) => write(event.currentTarget.value)}
    />
  );
}
