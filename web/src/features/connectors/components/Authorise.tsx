import { Button, Group, Loader, Stack, Text } from "@mantine/core";
import { IconExternalLink, IconLockOpen } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useAction } from "../../../api/actions";
import { get, post, sentence } from "../../../api/client";
import { connectorsStale } from "../../../api/connectors";
import type { Consent, ConsentState, InstanceRow } from "../../../api/types";
import { CopyIcon } from "../../../kit/Copy";
import { Note } from "../../../kit/Note";
import { clock } from "../../../kit/Time";

/** Lets a person consent on the application's own page, and waits until they have. */
export function Authorise({ instance, onDone }: { instance: InstanceRow; onDone?: () => void }) {
  const [asked, setAsked] = useState<Consent | null>(null);
  const ask = useAction(
    async () => {
      // Opened within the click: a browser refuses windows that come later.
      const page = window.open("", "_blank");
      if (page) page.opener = null; // the page is another's, it gets no hold of this one
      try {
        const consent = await post<Consent>(`/instances/${instance.id}/authorise`);
        if (consent.user_code) page?.close();
        else page?.location.replace(consent.url);
        return consent;
      } catch (error) {
        page?.close();
        throw error;
      }
    },
    { done: setAsked },
  );
  const state = useConsent(instance, asked, onDone);
  const isOver = asked !== null && state.state === "open" && state.isExpired;
  if (asked && state.state === "granted")
    return <Note tone="green" title={`${instance.connector_title} let Weftline in. Runs that waited go on.`} />;
  if (asked && state.state === "open" && !isOver)
    return <Waiting title={instance.connector_title} consent={asked} onCancel={() => setAsked(null)} />;
  return (
    <Stack gap="sm" align="flex-start">
      {state.state === "refused" && <Note tone="red" title={sentence(state.message) || "The consent was refused."} />}
      {isOver && <Note tone="amber" title="Nobody consented in time. Ask again." />}
      <Button
        variant={instance.health === "healthy" ? "default" : "filled"}
        leftSection={<IconLockOpen size={14} />}
        loading={ask.isPending}
        onClick={() => ask.mutate()}
      >
        {instance.health === "healthy" ? "Authorise again" : `Authorise at ${instance.connector_title}`}
      </Button>
    </Stack>
  );
}

function useConsent(instance: InstanceRow, asked: Consent | null, onDone?: () => void) {
  const client = useQueryClient();
  const look = useQuery({
    queryKey: ["consents", asked?.id],
    queryFn: () => get<ConsentState>(`/instances/${instance.id}/consents/${asked?.id}`),
    enabled: asked !== null,
    staleTime: 0,
    refetchInterval: (query) =>
      query.state.data?.state === "granted" || query.state.data?.state === "refused" || isPast(asked)
        ? false
        : Math.max(1, asked?.user_code ? (asked.interval_s ?? 5) : 1) * 1000,
  });
  const state = asked ? (look.data?.state ?? "open") : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is settled
  useEffect(() => {
    if (state !== "granted" && state !== "refused") return;
    for (const queryKey of connectorsStale) void client.invalidateQueries({ queryKey });
    if (state === "granted") onDone?.();
  }, [state]);
  return { state, message: look.data?.message ?? "", isExpired: isPast(asked) || look.isError };
}

const isPast = (asked: Consent | null) => asked !== null && new Date(asked.expires_at).getTime() < Date.now();

function Waiting({ title, consent, onCancel }: { title: string; consent: Consent; onCancel: () => void }) {
  return (
    <div className="note grey" role="status" style={{ flexDirection: "column", gap: 12 }}>
      {consent.user_code && (
        <div>
          <div className="why">Type this code at {title}</div>
          <Group gap={10} mt={6}>
            <span className="usercode">{consent.user_code}</span>
            <CopyIcon value={consent.user_code} label="Copy the code" />
          </Group>
        </div>
      )}
      <Group gap={10}>
        <Loader size={14} />
        <Text size="sm">
          Waiting until somebody consents at {title}, until {clock(consent.expires_at)} at the latest.
        </Text>
      </Group>
      <Group gap={8}>
        <Button
          variant="default"
          component="a"
          href={consent.url}
          target="_blank"
          rel="noreferrer"
          rightSection={<IconExternalLink size={13} />}
        >
          {consent.user_code ? `Open ${title}` : "Open the page again"}
        </Button>
        <Button variant="subtle" color="gray" onClick={onCancel}>
          Cancel
        </Button>
      </Group>
    </div>
  );
}
