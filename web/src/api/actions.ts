import { notifications } from "@mantine/notifications";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { explain } from "./client";

interface Options<R, V> {
  /** Query keys (prefixes) that are out of date afterwards. */
  stale?: QueryKey[];
  done?: (result: R, values: V) => void;
  /** What to say when it is done. */
  say?: string | ((result: R) => string);
  /** The caller shows the error itself. */
  quiet?: boolean;
}

/** Something that a person does: call, refresh what it changed, tell how it went. */
export function useAction<R, V = void>(act: (values: V) => Promise<R>, options: Options<R, V> = {}) {
  const client = useQueryClient();
  return useMutation<R, Error, V>({
    mutationFn: act,
    onSuccess: async (result, values) => {
      options.done?.(result, values);
      if (options.say)
        notifications.show({ message: typeof options.say === "string" ? options.say : options.say(result) });
      await Promise.all((options.stale ?? []).map((queryKey) => client.invalidateQueries({ queryKey })));
    },
    onError: (error) => {
      if (options.quiet) return;
      const { message, hint } = explain(error);
      notifications.show({ color: "red", title: message, message: hint, autoClose: 9000 });
    },
  });
}
