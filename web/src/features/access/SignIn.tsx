import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { accessKeys } from "../../api/access";
import { useAction } from "../../api/actions";
import { post } from "../../api/client";
import { ErrorNote } from "../../kit/Note";
import { useTitle } from "../../kit/Page";
import { Door } from "./Door";

export function SignIn() {
  useTitle("Sign in");
  const [name, setName] = useState("admin");
  const [password, setPassword] = useState("");
  const enter = useAction(() => post("/sign-in", { name, password }), { stale: [accessKeys.me], quiet: true });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <Door title="Sign in" text="The server printed a one-time password for admin at its first start.">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            autoComplete="username"
            required
            withAsterisk={false}
          />
          <PasswordInput
            label="Password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            required
            withAsterisk={false}
            autoFocus
          />
          {enter.error && <ErrorNote error={enter.error} />}
          <Button type="submit" size="sm" mt={4} loading={enter.isPending} fullWidth>
            Sign in
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
