import { Group, Skeleton, Stack } from "@mantine/core";

/** Rows of a table to come. */
export function TableSkeleton({ rows = 6 }: { rows?: number }) {
  return (
    <Stack gap={0} className="card">
      {Array.from({ length: rows }, (_, index) => (
        <Group
          key={index}
          px={16}
          py={13}
          gap={24}
          style={{ borderBottom: index < rows - 1 ? "1px solid var(--line)" : 0 }}
        >
          <Skeleton h={12} w="24%" />
          <Skeleton h={12} w="14%" />
          <Skeleton h={12} w="18%" />
          <Skeleton h={12} w="10%" ml="auto" />
        </Group>
      ))}
    </Stack>
  );
}

/** Cards to come. */
export function CardsSkeleton({ cards = 3, height = 130 }: { cards?: number; height?: number }) {
  return (
    <Stack>
      {Array.from({ length: cards }, (_, index) => (
        <Skeleton key={index} h={height} radius={10} />
      ))}
    </Stack>
  );
}
