import type { Schema } from "../../../kit/form/schema";

/** Fields with their types; those that some records lack say so. */
export function SchemaTree({ schema }: { schema: Schema }) {
  return (
    <div className="codebox schematree mono">
      <Fields schema={schema} />
    </div>
  );
}

function Fields({ schema }: { schema: Schema }) {
  const inner = schema.type === "array" ? (schema.items ?? {}) : schema;
  if (!inner.properties) return null;
  return (
    <ul>
      {Object.entries(inner.properties).map(([name, field]) => (
        <li key={name}>
          <b>{name}</b> <span className="quiet">{typeWord(field)}</span>
          {!inner.required?.includes(name) && <span className="faint"> not in all</span>}
          <Fields schema={field} />
        </li>
      ))}
    </ul>
  );
}

function typeWord(field: Schema): string {
  const options = field.anyOf ?? field.oneOf;
  if (options) return options.map(typeWord).join(" or ");
  const type = Array.isArray(field.type) ? field.type.join(" or ") : (field.type ?? "any");
  if (type === "array") return `list of ${field.items ? typeWord(field.items) : "anything"}`;
  return field.format ? `${type} (${field.format})` : type;
}
