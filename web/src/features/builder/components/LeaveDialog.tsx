import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { Blocker } from "react-router";

/** Leaving would lose what is not saved: a person decides. */
export function LeaveDialog({ blocker }: { blocker: Blocker }) {
  if (blocker.state !== "blocked") return null;
  return (
    <Modal opened onClose={() => blocker.reset()} title="Leave without saving?">
      <Stack gap="sm">
        <Text size="sm">What you have changed in this file is not saved and will be lost.</Text>
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={() => blocker.reset()}>
            Stay here
          </Button>
          <Button color="red" onClick={() => blocker.proceed()}>
            Leave and lose it
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
