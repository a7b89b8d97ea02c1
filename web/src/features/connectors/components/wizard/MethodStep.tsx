import { Button, Group, Radio, Stack } from "@mantine/core";
import { useKinds } from "../../../../api/flows";
import type { ConnectorDocument } from "../../../../api/types";

interface Props {
  options: NonNullable<ConnectorDocument["auth"]>;
  chosen: string;
  choose: (key: string) => void;
  back: () => void;
  next: () => void;
}

export function MethodStep({ options, chosen, choose, back, next }: Props) {
  const kinds = useKinds("auth");
  return (
    <Stack>
      <Radio.Group label="Authentication method" value={chosen} onChange={choose}>
        <Stack gap={8} mt={6}>
          {options.map((option) => (
            <Radio.Card key={option.key} value={option.key} p="sm" radius="md">
              <Group wrap="nowrap" align="flex-start" gap="sm">
                <Radio.Indicator mt={2} />
                <div>
                  <Group gap={8}>
                    <span style={{ fontWeight: 500 }}>{option.title}</span>
                    <span className="chip">{kinds.data?.[option.kind]?.title ?? option.kind}</span>
                  </Group>
                  <div className="quiet">{option.help || kinds.data?.[option.kind]?.description}</div>
                </div>
              </Group>
            </Radio.Card>
          ))}
        </Stack>
      </Radio.Group>
      <Group justify="space-between">
        <Button size="sm" variant="default" onClick={back}>
          Back
        </Button>
        <Button size="sm" onClick={next}>
          Next
        </Button>
      </Group>
    </Stack>
  );
}
