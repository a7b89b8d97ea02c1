import { Button, PasswordInput, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { accessKeys } from "../../api/access";
import { useAction } from "../../api/actions";
import { post } from "../../api/client";
import { ErrorNote } from "../../kit/Note";
import { useTitle } from "../../kit/Page";
import { Door } from "./Door";

/** The one-time password is changed before anything else. */
export function ChangePassword() {
  useTitle("Choose a password");
  return (
    <Door
      title="Choose a password"
      text="The one-time password has done its work. From now on you sign in with your own."
    >
      <PasswordForm currentLabel="One-time password" say="Welcome to Weftline." />
    </Door>
  );
}

/** Current and new password; also on the page of settings. */
export function PasswordForm({ currentLabel, say }: { currentLabel: string; say: string }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useAction(() => post("/me/password", { current, new: next }), {
    stale: [accessKeys.me],
    quiet: true,
    say,
    done: () => {
      setCurrent("");
      setNext("");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <PasswordInput
          label={currentLabel}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          autoComplete="current-password"
          required
          withAsterisk={false}
        />
        <PasswordInput
          label="New password"
          description="At least 12 characters"
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
          autoComplete="new-password"
          minLength={12}
          required
          withAsterisk={false}
        />
        {change.error && <ErrorNote error={change.error} />}
        <Button type="submit" size="sm" mt={4} w="fit-content" loading={change.isPending}>
          Change password
        </Button>
      </Stack>
    </form>
  );
}
