import { Button, MultiSelect, NumberInput, Select, Skeleton, Stack, Switch, Text } from "@mantine/core";
import { Link } from "react-router";
import { useConnector, useInstances } from "../../../api/connectors";
import type { Endpoint } from "../../../api/types";
import { instancesOf } from "../../../canvas/describe";
import { Empty, ErrorNote } from "../../../kit/Note";
import type { EditorProps } from ".";
import { ParameterField } from "./ParameterField";

/** Instances of one connector, an endpoint of it, and the endpoint's parameters. */
export function ConnectorEditor({ step, patch, errors }: EditorProps) {
  const instances = useInstances();
  const chosen = instancesOf(step);
  const all = instances.data ?? [];
  const slug = all.find((row) => chosen.includes(row.name))?.connector ?? null;
  const connector = useConnector(slug);
  if (instances.error) return <ErrorNote error={instances.error} again={() => instances.refetch()} />;
  if (!instances.data) return <Skeleton h={120} />;
  if (all.length === 0) {
    return (
      <Empty
        title="No instance yet"
        text="A connector shape needs an instance: a connector with your credentials."
        action={
          <Button component={Link} to="/connectors">
            Add an instance
          </Button>
        }
      />
    );
  }
  const endpoints = connector.data?.document.endpoints ?? [];
  const endpoint = endpoints.find((one) => one.key === step.endpoint);
  const choose = (names: string[]) =>
    patch(
      names.length > 1 ? { instances: names, instance: undefined } : { instance: names[0], instances: undefined },
    );
  const groups = [...new Set(all.map((row) => row.connector_title))].map((group) => ({
    group,
    items: all
      .filter((row) => row.connector_title === group)
      .map((row) => ({ value: row.name, label: row.name, disabled: slug !== null && row.connector !== slug })),
  }));
  const unknown = chosen.filter((name) => !all.some((row) => row.name === name));
  if (unknown.length)
    groups.push({
      group: "Not found",
      items: unknown.map((name) => ({ value: name, label: name, disabled: false })),
    });
  return (
    <Stack gap="sm">
      <MultiSelect
        label="Instances"
        description={
          endpoint?.direction === "send"
            ? "The one that receives the records"
            : "Each is a source of its own; all of one connector"
        }
        searchable
        hidePickedOptions={false}
        maxValues={endpoint?.direction === "send" ? 1 : undefined}
        data={groups}
        value={chosen}
        onChange={choose}
        error={errors.instance ?? errors.instances}
      />
      <Select
        label="Endpoint"
        description={endpoint?.description || undefined}
        searchable
        disabled={slug === null}
        placeholder={slug ? "What to receive or send" : "Choose an instance first"}
        data={entityGroups(endpoints)}
        value={(step.endpoint as string) || null}
        onChange={(value) => patch({ endpoint: value ?? undefined, filters: undefined, incremental: undefined })}
        error={errors.endpoint}
      />
      {(endpoint?.cursor || Boolean(step.incremental)) && (
        <Switch
          label="Only what is new"
          description={incrementalWords(endpoint)}
          checked={Boolean(step.incremental)}
          onChange={(event) => patch({ incremental: event.currentTarget.checked || undefined })}
          error={errors.incremental}
        />
      )}
      {endpoint && <Filters endpoint={endpoint} step={step} patch={patch} errors={errors} />}
      {endpoint?.direction === "send" && (
        <NumberInput
          label="Requests at once"
          min={1}
          max={256}
          value={Number(step.concurrency ?? 8)}
          onChange={(value) => patch({ concurrency: Number(value) || 8 })}
        />
      )}
    </Stack>
  );
}

function Filters({ endpoint, step, patch, errors }: EditorProps & { endpoint: Endpoint }) {
  const own = step.incremental ? endpoint.cursor?.parameter : undefined;
  const parameters = (endpoint.parameters ?? []).filter((one) => one.key !== own);
  const filters = (step.filters as Record<string, unknown> | undefined) ?? {};
  const set = (key: string, value: unknown) => {
    const { [key]: _, ...rest } = filters;
    const isSet = value !== undefined && value !== null && value !== "";
    const next = isSet ? { ...rest, [key]: value } : rest;
    patch({ filters: Object.keys(next).length ? next : undefined });
  };
  if (parameters.length === 0) return null;
  return (
    <>
      <Text size="xs" className="faint" mt={4}>
        {endpoint.direction === "send" ? "Parameters" : "Filters"}
      </Text>
      {parameters.map((parameter) => (
        <ParameterField
          key={`${endpoint.key}.${parameter.key}`}
          parameter={parameter}
          value={filters[parameter.key]}
          error={errors[`filters.${parameter.key}`]}
          onChange={(value) => set(parameter.key, value)}
        />
      ))}
    </>
  );
}

/** What the switch does, in terms of this endpoint. */
function incrementalWords(endpoint: Endpoint | undefined): string {
  const rule = endpoint?.cursor;
  if (!rule) return "This endpoint cannot tell what is new: switch it off.";
  const parameter = endpoint?.parameters?.find((one) => one.key === rule.parameter)?.title ?? rule.parameter;
  return `The first run receives everything; each later one only what came after the newest “${rule.path}” of the last run that ended well. It fills “${parameter}” by itself.`;
}

function entityGroups(endpoints: Endpoint[]) {
  return [...new Set(endpoints.map((one) => one.entity))].map((entity) => ({
    group: entity.replaceAll("_", " "),
    items: endpoints
      .filter((one) => one.entity === entity)
      .map((one) => ({ value: one.key, label: `${one.title} · ${one.direction}` })),
  }));
}
