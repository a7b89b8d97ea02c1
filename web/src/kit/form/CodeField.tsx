import { Textarea, type TextareaProps } from "@mantine/core";

type Props = Omit<TextareaProps, "onChange"> & { onChange: (text: string) => void };

/** Several lines of code: SQL, templates. Tab leaves the field, as in every form. */
export function CodeField({ onChange, minRows = 4, ...shared }: Props) {
  return (
    <Textarea
      autosize
      minRows={minRows}
      maxRows={24}
      spellCheck={false}
      autoComplete="off"
      wrap="off"
      {...shared}
      classNames={{ input: "mono" }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
