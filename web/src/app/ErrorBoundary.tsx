import { Button, Center, Stack, Text, Title } from "@mantine/core";
import { Component, type ReactNode } from "react";

/** A fault of the page itself: say so, and offer the way back. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  state = { error: null as Error | null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  render() {
    if (!this.state.error) return this.props.children;
    return (
      <Center h="100vh">
        <Stack align="center" gap="xs" maw={460}>
          <Title order={2}>This page cannot be shown</Title>
          <Text c="dimmed" ta="center">
            {this.state.error.message}
          </Text>
          <Button mt="sm" onClick={() => window.location.reload()}>
            Load it again
          </Button>
        </Stack>
      </Center>
    );
  }
}
