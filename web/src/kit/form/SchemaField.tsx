import { Checkbox, Input, NumberInput, PasswordInput, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { DictField } from "./DictField";
import { JsonField } from "./JsonField";
import { ListField } from "./ListField";
import { SchemaForm } from "./SchemaForm";
import { alternatives, enumWord, resolve, type Schema, showExample, type Values } from "./schema";
import { UnionField } from "./UnionField";

export interface FieldProps {
  name: string;
  field: Schema;
  root: Schema;
  value: unknown;
  required: boolean;
  error?: string;
  onChange: (value: unknown) => void;
}

/** One field: text, number, choice, list, object or key-value pairs; JSON where nothing else fits. */
export function SchemaField(props: FieldProps) {
  const { name, root, value, required, error, onChange } = props;
  const field = resolve(props.field, root);
  const label = field.title ?? name;
  const shared = { label, description: field.description || undefined, withAsterisk: required, error };
  const placeholder = field.default ? showExample(field.default) : showExample(field.examples?.[0]);
  if (field.widget === "json") return <JsonField {...shared} value={value} onChange={onChange} />;
  if (alternatives(field, root).length > 1) return <UnionField {...props} field={field} />;
  if (field.enum) {
    return (
      <Select
        {...shared}
        data={field.enum.map((item) => ({ value: String(item), label: enumWord(item) }))}
        value={value === undefined || value === null ? ((field.default as string) ?? null) : String(value)}
        allowDeselect={!required && field.default === null}
        onChange={(chosen) => onChange(chosen ?? undefined)}
      />
    );
  }
  switch (field.type) {
    case "boolean":
      return (
        <Checkbox
          label={label}
          description={field.description || undefined}
          size="sm"
          checked={Boolean(value ?? field.default)}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "integer":
    case "number":
      return (
        <NumberInput
          {...shared}
          min={field.minimum}
          max={field.maximum}
          placeholder={placeholder}
          allowDecimal={field.type === "number"}
          value={(value as number | undefined) ?? (field.default as number | null) ?? ""}
          onChange={(next) => onChange(next === "" ? undefined : Number(next))}
        />
      );
    case "array":
      return isText(field.items, root) ? (
        <TagsInput
          {...shared}
          placeholder={((value as unknown[] | undefined)?.length ?? 0) > 0 ? "" : "Type and press Enter"}
          value={((value as unknown[] | undefined) ?? []).map(String)}
          data={(resolve(field.items ?? {}, root).enum ?? []).map(String)}
          onChange={(list) => onChange(list.length ? list : undefined)}
        />
      ) : (
        <ListField
          {...shared}
          items={field.items ?? {}}
          root={root}
          value={(value as unknown[]) ?? []}
          onChange={onChange}
        />
      );
    case "object":
      if (field.properties) {
        return (
          <Input.Wrapper {...shared}>
            <div className="card" style={{ padding: 12, marginTop: 4, boxShadow: "none" }}>
              <SchemaForm schema={field} root={root} value={(value as Values) ?? {}} onChange={onChange} />
            </div>
          </Input.Wrapper>
        );
      }
      return (
        <DictField
          {...shared}
          isText={typeof field.additionalProperties === "object" && isText(field.additionalProperties, root)}
          value={(value as Values) ?? {}}
          onChange={onChange}
        />
      );
    case "string":
      return <TextField {...shared} placeholder={placeholder} field={field} value={value} onChange={onChange} />;
    default:
      return field.type === undefined &&
        (value === undefined || value === null || typeof value === "string") &&
        field.widget === undefined ? (
        <TextField {...shared} placeholder={placeholder} field={field} value={value} onChange={onChange} />
      ) : (
        <JsonField {...shared} value={value} onChange={onChange} />
      );
  }
}

function isText(items: Schema | undefined, root: Schema): boolean {
  const type = items && resolve(items, root).type;
  return type === "string";
}

interface TextProps {
  label: string;
  description?: string;
  withAsterisk: boolean;
  error?: string;
  placeholder: string;
  field: Schema;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** Text that may hold {{ references }}: monospace, so that they can be read. */
function TextField({ field, value, onChange, ...shared }: TextProps) {
  const text = value === undefined || value === null ? "" : String(value);
  const write = (next: string) => onChange(next === "" ? undefined : next);
  if (field.secret)
    return <PasswordInput {...shared} value={text} onChange={(event) => write(event.currentTarget.value)} />;
  if (field.multiline || text.includes("\n")) {
    return (
      <Textarea
        {...shared}
        classNames={{ input: "mono" }}
        autosize
        minRows={2}
        maxRows={14}
        value={text}
        onChange={(event) => write(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      classNames={{ input: "mono" }}
      value={text}
      onChange={(event) => write(event.currentTarget.value)}
    />
  );
}
