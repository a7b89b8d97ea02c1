import { Button, CopyButton, Group, Skeleton } from "@mantine/core";
import { IconCheck, IconCopy, IconDownload } from "@tabler/icons-react";
import { useConnectorFile } from "../../../api/connectors";
import { ErrorNote } from "../../../kit/Note";
import { Card } from "../../../kit/Page";

/** The connector as one YAML file: to read, to copy, to take along. */
export function FileView({ slug }: { slug: string }) {
  const file = useConnectorFile(slug);
  if (file.error) return <ErrorNote error={file.error} again={() => file.refetch()} />;
  return (
    <Card
      title="File"
      aside={
        <Group gap={8}>
          <CopyButton value={file.data ?? ""}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                onClick={copy}
                leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              >
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
          <Button
            component="a"
            variant="default"
            href={fileAddress(slug)}
            download={`${slug}.yaml`}
            leftSection={<IconDownload size={14} />}
          >
            Download
          </Button>
        </Group>
      }
    >
      {file.data === undefined ? <Skeleton h={300} m={16} /> : <pre className="yamlfile mono">{file.data}</pre>}
    </Card>
  );
}

export const fileAddress = (slug: string) => `/api/connectors/${slug}/file`;
