import { ActionIcon, Button, FileButton, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDots, IconTrash, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { useAction } from "../../api/actions";
import { put, remove } from "../../api/client";
import { lookupKeys, lookupPath, useLookup } from "../../api/lookups";
import type { Lookup } from "../../api/types";
import { ConfirmRemove } from "../../kit/ConfirmRemove";
import { ErrorNote } from "../../kit/Note";
import { plural } from "../../kit/numbers";
import { Page } from "../../kit/Page";
import { TableSkeleton } from "../../kit/Skeletons";
import { readPairs } from "./csv";
import { PairTable } from "./PairTable";
import { type Pair, repeatedIn } from "./pairs";

const CRUMBS = [{ to: "/lookups", label: "Lookups" }];

/** One lookup: its rows, to be read and changed. */
export function LookupPage() {
  const { name = "" } = useParams();
  const lookup = useLookup(name);
  if (lookup.error && !lookup.data) {
    return (
      <Page name="Lookup" crumbs={CRUMBS}>
        <ErrorNote error={lookup.error} again={() => lookup.refetch()} />
      </Page>
    );
  }
  if (!lookup.data) {
    return (
      <Page name="Lookup" crumbs={CRUMBS} title=" ">
        <TableSkeleton rows={9} />
      </Page>
    );
  }
  return <LookupView key={name} lookup={lookup.data} />;
}

function LookupView({ lookup }: { lookup: Lookup }) {
  const [changed, setChanged] = useState<Pair[] | null>(null);
  const [isRemoving, setIsRemoving] = useState(false);
  const go = useNavigate();
  const rows = changed ?? lookup.rows;
  const repeated = repeatedIn(rows);
  const save = useAction(
    (pairs: Pair[]) => put<Lookup>(lookupPath(lookup.name), { rows: pairs.filter(([left]) => left !== "") }),
    {
      stale: [lookupKeys.all],
      done: () => setChanged(null),
      say: (answer) => `${answer.name} is saved with ${plural(answer.rows.length, "row")}.`,
    },
  );
  const read = async (file: File | null) => {
    if (!file) return;
    try {
      setChanged(readPairs(await file.text()));
    } catch (error) {
      const why = error instanceof Error ? error.message : "";
      notifications.show({ color: "red", title: `${file.name} cannot be read`, message: why, autoClose: 9000 });
    }
  };
  return (
    <Page
      name={lookup.name}
      crumbs={CRUMBS}
      lead={`${plural(rows.length, "row")}${changed ? ", with changes that are not saved" : ""}.`}
      actions={
        <>
          <FileButton onChange={read} accept=".csv,text/csv">
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconUpload size={14} />}>
                Read a CSV file
              </Button>
            )}
          </FileButton>
          {changed && (
            <Button variant="default" onClick={() => setChanged(null)}>
              Discard
            </Button>
          )}
          <Button
            disabled={!changed || repeated.size > 0}
            loading={save.isPending}
            onClick={() => changed && save.mutate(changed)}
            title={repeated.size ? "A left value stands twice" : undefined}
          >
            Save
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon aria-label={`More for ${lookup.name}`}>
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => setIsRemoving(true)}>
                Remove
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      }
    >
      <PairTable rows={rows} repeated={repeated} onChange={setChanged} />
      {isRemoving && (
        <ConfirmRemove
          name={lookup.name}
          title={`Remove ${lookup.name}`}
          act={() => remove(lookupPath(lookup.name))}
          stale={[lookupKeys.all]}
          gone={lookupKeys.one(lookup.name)}
          onDone={() => go("/lookups", { replace: true })}
          onClose={() => setIsRemoving(false)}
        >
          All {plural(rows.length, "row")} are gone at once. It is refused while a flow uses the lookup.
        </ConfirmRemove>
      )}
    </Page>
  );
}
