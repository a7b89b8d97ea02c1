import { Button } from "@mantine/core";
import { IconPlus, IconTable } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useLookups } from "../../api/lookups";
import { Empty, ErrorNote } from "../../kit/Note";
import { count, plural } from "../../kit/numbers";
import { Page } from "../../kit/Page";
import { SearchInput } from "../../kit/SearchInput";
import { TableSkeleton } from "../../kit/Skeletons";
import { NewLookupDialog } from "./NewLookupDialog";

/** Every lookup: tables by which maps turn one application's values into another's. */
export function LookupsPage() {
  const lookups = useLookups();
  const [search, setSearch] = useState("");
  const [isMaking, setIsMaking] = useState(false);
  const go = useNavigate();
  const all = lookups.data ?? [];
  const shown = all.filter((row) => row.name.toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <Page
      name="Lookups"
      lead={
        all.length > 0 &&
        `${plural(all.length, "lookup")} with ${plural(
          all.reduce((sum, row) => sum + row.rows, 0),
          "row",
        )}.`
      }
      actions={
        <>
          <SearchInput value={search} onChange={setSearch} placeholder="Lookup" />
          <Button leftSection={<IconPlus size={14} />} onClick={() => setIsMaking(true)}>
            New lookup
          </Button>
        </>
      }
    >
      {lookups.error && !lookups.data ? (
        <ErrorNote error={lookups.error} again={() => lookups.refetch()} />
      ) : !lookups.data ? (
        <TableSkeleton />
      ) : shown.length === 0 ? (
        <div className="card">
          <Empty
            icon={<IconTable size={32} stroke={1.4} />}
            title={all.length ? `No lookup is called “${search}”` : "No lookup yet"}
            text={
              all.length
                ? "Only names were searched; what a lookup holds is searched on its page."
                : "A lookup turns one application's values into another's: a store's name into a subsidiary's number, say. Maps use it by its name."
            }
            action={
              all.length ? (
                <Button variant="default" onClick={() => setSearch("")}>
                  Clear the search
                </Button>
              ) : (
                <Button onClick={() => setIsMaking(true)}>Make the first lookup</Button>
              )
            }
          />
        </div>
      ) : (
        <div className="card scroll">
          <table className="rows">
            <thead>
              <tr>
                <th>Lookup</th>
                <th className="num">Rows</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={row.name} className="go" onClick={() => go(`/lookups/${encodeURIComponent(row.name)}`)}>
                  <td>
                    <Link
                      to={`/lookups/${encodeURIComponent(row.name)}`}
                      className="plainlink"
                      style={{ fontWeight: 500 }}
                      onClick={(event) => event.stopPropagation()}
                    >
                      {row.name}
                    </Link>
                  </td>
                  <td className="num">{count(row.rows)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isMaking && <NewLookupDialog taken={all.map((row) => row.name)} onClose={() => setIsMaking(false)} />}
    </Page>
  );
}
