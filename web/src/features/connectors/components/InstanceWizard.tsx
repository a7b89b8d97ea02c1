import { Modal, Skeleton, Stack, Stepper } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../../../api/actions";
import { post, put } from "../../../api/client";
import { connectorsStale, useConnector, useInstance } from "../../../api/connectors";
import type { ConnectorDocument, InstanceDetail, InstanceDocument, InstanceRow } from "../../../api/types";
import { ErrorNote } from "../../../kit/Note";
import { CheckedStep } from "./wizard/CheckedStep";
import { CredentialsStep } from "./wizard/CredentialsStep";
import { MethodStep } from "./wizard/MethodStep";
import { NameStep } from "./wizard/NameStep";
import { SettingsStep } from "./wizard/SettingsStep";

export type WizardStep = "settings" | "credentials";

interface Props {
  slug: string;
  /** Change this instance instead of adding one. */
  id?: string;
  /** Begin there: the rest is well. */
  at?: WizardStep;
  onClose: () => void;
}

/** Name, settings, authentication, credentials; checked before it is saved. */
export function InstanceWizard({ slug, id, at, onClose }: Props) {
  const connector = useConnector(slug);
  const instance = useInstance(id ?? null);
  const error = connector.error ?? instance.error;
  const title = id ? `Edit ${instance.data?.name ?? "instance"}` : `New ${connector.data?.title ?? ""} instance`;
  return (
    <Modal opened onClose={onClose} size={640} title={title} closeOnClickOutside={false} ta="left">
      {error ? (
        <ErrorNote error={error} />
      ) : !connector.data || (id && !instance.data) ? (
        <Stack>
          <Skeleton h={40} />
          <Skeleton h={160} />
        </Stack>
      ) : (
        <Steps connector={connector.data.document} detail={instance.data} begin={at} onClose={onClose} />
      )}
    </Modal>
  );
}

interface StepsProps {
  connector: ConnectorDocument;
  detail?: InstanceDetail;
  begin?: WizardStep;
  onClose: () => void;
}

const fresh = (connector: ConnectorDocument): InstanceDocument => ({
  name: "",
  connector: connector.slug,
  auth: connector.auth?.[0]?.key ?? null,
  variables: {},
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
  date_format: "",
});

function Steps({ connector, detail, begin, onClose }: StepsProps) {
  const [document, setDocument] = useState<InstanceDocument>(() => detail?.document ?? fresh(connector));
  const [credentials, setCredentials] = useState<Record<string, string>>({});
  const [saved, setSaved] = useState<InstanceRow | null>(null);
  const options = connector.auth ?? [];
  const option = options.find((one) => one.key === document.auth) ?? options[0] ?? null;
  // A choice between one method is none: the step is left out.
  const steps = ["name", "settings", ...(options.length > 1 ? ["method"] : []), "credentials", "checked"];
  const [at, setAt] = useState(begin ? steps.indexOf(begin) : 0);
  const step = steps[at];
  const canGo = (index: number) => !saved && (index < at || (detail !== undefined && steps[index] !== "checked"));
  const save = useAction(
    (unchecked: boolean) => {
      const given = Object.fromEntries(Object.entries(credentials).filter(([, value]) => value !== ""));
      const body = {
        document: { ...document, auth: option?.key ?? null },
        credentials: given,
        save_unchecked: unchecked,
      };
      return detail ? put<InstanceRow>(`/instances/${detail.id}`, body) : post<InstanceRow>("/instances", body);
    },
    {
      stale: connectorsStale,
      quiet: true,
      done: (row) => {
        setSaved(row);
        setAt(steps.length - 1);
      },
    },
  );
  const patch = (change: Partial<InstanceDocument>) => setDocument((old) => ({ ...old, ...change }));
  const next = () => setAt(at + 1);
  const back = () => setAt(at - 1);
  const restart = () => {
    setDocument(fresh(connector));
    setCredentials({});
    setSaved(null);
    save.reset();
    setAt(0);
  };
  const words: Record<string, string> = {
    name: "Name",
    settings: "Settings",
    method: "Method",
    credentials: "Credentials",
    checked: "Checked",
  };
  return (
    <div>
      <Stepper
        active={saved ? steps.length : at}
        onStepClick={(index) => canGo(index) && setAt(index)}
        size="xs"
        iconSize={24}
        mb="lg"
      >
        {steps.map((one, index) => (
          <Stepper.Step key={one} label={words[one]} allowStepSelect={canGo(index)} />
        ))}
      </Stepper>
      {step === "name" && <NameStep connector={connector} document={document} patch={patch} next={next} />}
      {step === "settings" && (
        <SettingsStep
          connector={connector}
          document={document}
          patch={patch}
          back={back}
          next={next}
          isUnfolded={begin === "settings"}
          savedName={detail?.name}
        />
      )}
      {step === "method" && option && (
        <MethodStep
          options={options}
          chosen={option.key}
          choose={(auth) => {
            patch({ auth });
            setCredentials({});
          }}
          back={back}
          next={next}
        />
      )}
      {step === "credentials" && (
        <CredentialsStep
          option={option}
          docsUrl={connector.docs_url}
          kept={detail && (detail.document.auth ?? options[0]?.key) === option?.key ? detail.credentials_set : []}
          values={credentials}
          setValues={setCredentials}
          isSaving={save.isPending}
          error={save.error}
          save={(unchecked) => save.mutate(unchecked)}
          back={back}
        />
      )}
      {step === "checked" && saved && (
        <CheckedStep instance={saved} isNew={!detail} again={restart} onClose={onClose} />
      )}
    </div>
  );
}
