import { Button, Group, SegmentedControl, SimpleGrid, Skeleton, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowUpCircle, IconBuildingStore, IconCircleCheck } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useMarketplace } from "../../../api/connectors";
import type { MarketplaceRow } from "../../../api/types";
import { ConnectorIcon } from "../../../kit/ConnectorIcon";
import { Empty, ErrorNote } from "../../../kit/Note";
import { count, plural } from "../../../kit/numbers";
import { Page } from "../../../kit/Page";
import { SearchInput } from "../../../kit/SearchInput";
import { categoryWord } from "../categories";
import { CatalogProblems } from "../components/CatalogProblems";
import { EntryDrawer } from "../components/EntryDrawer";

/** Find a connector and install it. */
export function MarketplacePage() {
  const { slug } = useParams();
  const [search, setSearch] = useState("");
  const [category, setCategory] = useState("");
  const [settled] = useDebouncedValue(search.trim(), 150);
  const go = useNavigate();
  const everything = useMarketplace("", "");
  const found = useMarketplace(settled, category);
  const categories = [...new Set((everything.data ?? []).map((row) => row.category))].sort();
  const installed = (everything.data ?? []).filter((row) => row.installed_version).length;
  return (
    <Page
      name="Marketplace"
      lead={everything.data && `${plural(everything.data.length, "connector")}, ${count(installed)} installed.`}
      actions={<SearchInput value={search} onChange={setSearch} placeholder="Application or category" />}
    >
      <CatalogProblems />
      {categories.length > 1 && (
        <div className="scroll" style={{ marginBottom: 16 }}>
          <SegmentedControl
            size="xs"
            value={category}
            onChange={setCategory}
            data={[
              { value: "", label: "All" },
              ...categories.map((value) => ({ value, label: categoryWord(value) })),
            ]}
          />
        </div>
      )}
      {found.error && !found.data ? (
        <ErrorNote error={found.error} again={() => found.refetch()} />
      ) : !found.data ? (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {[0, 1, 2].map((index) => (
            <Skeleton key={index} h={148} radius={10} />
          ))}
        </SimpleGrid>
      ) : found.data.length === 0 ? (
        <div className="card">
          <Empty
            icon={<IconBuildingStore size={32} stroke={1.4} />}
            title="No connector fits"
            text={settled ? `Nothing in the marketplace answers to “${settled}”.` : "The marketplace is empty."}
            action={
              <>
                <Button
                  variant="default"
                  onClick={() => {
                    setSearch("");
                    setCategory("");
                  }}
                >
                  Show all
                </Button>
                <Button component={Link} to="/connectors/new">
                  Make a connector
                </Button>
              </>
            }
          />
        </div>
      ) : (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {found.data.map((row) => (
            <Tile key={row.slug} row={row} open={() => go(`/marketplace/${row.slug}`)} />
          ))}
        </SimpleGrid>
      )}
      {slug && <EntryDrawer slug={slug} onClose={() => go("/marketplace")} />}
    </Page>
  );
}

function Tile({ row, open }: { row: MarketplaceRow; open: () => void }) {
  return (
    <button type="button" className="card tile" onClick={open}>
      <Group gap={11} wrap="nowrap" align="flex-start">
        <ConnectorIcon slug={row.slug} size={40} />
        <div style={{ minWidth: 0 }}>
          <div style={{ fontWeight: 600 }}>{row.title}</div>
          <Text size="xs" c="dimmed">
            {categoryWord(row.category)}
          </Text>
        </div>
        <div style={{ marginLeft: "auto" }}>
          {row.update_available ? (
            <span className="status accent">
              <IconArrowUpCircle size={14} /> Update
            </span>
          ) : (
            row.installed_version && (
              <span className="status grey">
                <IconCircleCheck size={14} /> Installed
              </span>
            )
          )}
        </div>
      </Group>
      <Text size="sm" c="dimmed" mt={10} lineClamp={2} style={{ minHeight: 38 }}>
        {row.summary}
      </Text>
      <Text size="xs" className="faint" mt={10}>
        {plural(row.endpoints, "endpoint")} · {row.version}
      </Text>
    </button>
  );
}
