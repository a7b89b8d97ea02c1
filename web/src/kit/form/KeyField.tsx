import { Button, FileButton, Group, Textarea, UnstyledButton } from "@mantine/core";
import { IconEye, IconEyeOff, IconUpload } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";

interface Props {
  label: string;
  description?: ReactNode;
  placeholder?: string;
  withAsterisk?: boolean;
  value: string;
  onChange: (text: string) => void;
  /** Shown as dots until the eye is pressed. */
  isSecret: boolean;
}

const LARGEST_BYTES = 256 * 1024;

/** A key or certificate of several lines: pasted, or read from a file that never leaves the browser by itself. */
export function KeyField({ value, onChange, isSecret, ...shared }: Props) {
  const [isSeen, setIsSeen] = useState(!isSecret);
  const [fault, setFault] = useState("");
  const read = async (file: File | null) => {
    if (!file) return;
    const text = file.size <= LARGEST_BYTES ? await file.text() : "";
    const isText = text !== "" && !text.includes("\0");
    setFault(isText ? "" : `${file.name} is no text file: a PEM or OpenSSH file is wanted`);
    if (isText) onChange(text.trim());
  };
  return (
    <div>
      <Textarea
        {...shared}
        error={fault}
        autosize
        minRows={4}
        maxRows={10}
        spellCheck={false}
        autoComplete="off"
        data-1p-ignore
        classNames={{ input: isSeen ? "mono" : "mono masked" }}
        value={value}
        onChange={(event) => {
          setFault("");
          onChange(event.currentTarget.value);
        }}
      />
      <Group justify="space-between" mt={6}>
        <FileButton onChange={read} accept=".pem,.key,.crt,.cer,.pub,.txt,application/x-pem-file,text/plain">
          {(props) => (
            <Button {...props} size="compact-xs" variant="default" leftSection={<IconUpload size={13} />}>
              Read from a file
            </Button>
          )}
        </FileButton>
        {isSecret && value !== "" && (
          <UnstyledButton className="quiet" fz={12.5} onClick={() => setIsSeen(!isSeen)}>
            <Group gap={5}>
              {isSeen ? <IconEyeOff size={14} /> : <IconEye size={14} />}
              {isSeen ? "Hide" : "Show"}
            </Group>
          </UnstyledButton>
        )}
      </Group>
    </div>
  );
}
