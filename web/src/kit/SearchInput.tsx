import { Kbd, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";

interface Props {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  width?: number;
}

/** A page's search; `/` brings the cursor here (see Shell). */
export function SearchInput({ value, onChange, placeholder = "Search", width = 230 }: Props) {
  return (
    <TextInput
      type="search"
      data-page-search
      size="xs"
      w={width}
      placeholder={placeholder}
      aria-label={placeholder}
      leftSection={<IconSearch size={14} />}
      rightSection={value ? null : <Kbd size="xs">/</Kbd>}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
    />
  );
}
