import { sentence } from "../../../api/client";
import { useCatalogProblems } from "../../../api/connectors";
import { Note } from "../../../kit/Note";
import { plural } from "../../../kit/numbers";

/** The folder is said already: of the place only the line is left. */
const inFile = (message: string) => message.replace(/\S*connector\.yaml:(\d+)(:\d+)?:/g, "line $1:");

/** Connectors whose file cannot be used: which, why, and what to do; nothing when all is well. */
export function CatalogProblems() {
  const problems = useCatalogProblems().data ?? [];
  if (problems.length === 0) return null;
  return (
    <div style={{ marginBottom: 16 }}>
      <Note
        tone="amber"
        title={`${plural(problems.length, "connector")} cannot be used: ${problems.length === 1 ? "its file is" : "their files are"} not right`}
      >
        Correct the file in the catalog folder; it is read again by itself. What is installed already goes on as it
        is.
        <ul className="problemlist">
          {problems.map((one) => (
            <li key={one.slug}>
              <span className="mono">{one.slug}</span> {sentence(inFile(one.message))} {sentence(one.hint)}
            </li>
          ))}
        </ul>
      </Note>
    </div>
  );
}
