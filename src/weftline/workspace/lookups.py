"""Use cases of cross-reference lookups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weftline.errors import DocumentError, NotFoundError, StillInUseError, did_you_mean
from weftline.expr import to_text
from weftline.store import Connection, Database, flows
from weftline.store import lookups as rows
from weftline.store.definitions import lock_definitions
from weftline.workspace.uses import in_words, uses_of_lookup

Json = dict[str, Any]


class LookupTables:
    """Tables of left and right values that maps look up."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def list(self) -> list[Json]:
        """Names and sizes."""
        found = await self._db.read(rows.sizes)
        return [{"name": name, "rows": count} for name, count in found]

    async def get(self, name: str) -> Json:
        """One table."""

        def read(connection: Connection) -> Json:
            _must_exist(connection, name)
            return {"name": name, "rows": [list(pair) for pair in rows.load_table(connection, name)]}

        return await self._db.read(read)

    async def put(self, name: str, table: Sequence[Sequence[Any]]) -> Json:
        """Write a table in place of any of that name."""
        pairs = read_rows(name, table)
        if not name.strip() or len(name) > 120:
            raise DocumentError("a lookup needs a name of 1 to 120 characters")
        await self._db.write(lambda connection: rows.put(connection, name, pairs))
        return await self.get(name)

    async def remove(self, name: str) -> None:
        """Remove a table; refused while a draft or deployed flow version uses it."""

        def write(connection: Connection) -> None:
            lock_definitions(connection)
            _must_exist(connection, name)
            uses = uses_of_lookup(flows.in_use(connection), name)
            if uses:
                raise StillInUseError(
                    f"the lookup '{name}' cannot be removed: flows use it: {in_words(uses)}",
                    hint="take it out of those flows first",
                    context={"flows": uses},
                )
            rows.remove(connection, name)

        await self._db.write(write)


def read_rows(name: str, table: Sequence[Sequence[Any]]) -> list[tuple[str, str]]:
    """Rows as pairs of text; :class:`DocumentError` names a wrong or repeated one."""
    pairs: dict[str, str] = {}
    for number, row in enumerate(table, 1):
        if len(row) != 2:
            raise DocumentError(f"lookup '{name}': row {number} has {len(row)} values", hint="give left and right")
        left, right = to_text(row[0]), to_text(row[1])
        if left in pairs:
            raise DocumentError(f"lookup '{name}': the left value '{left}' stands twice (row {number})")
        pairs[left] = right
    return list(pairs.items())


def _must_exist(connection: Connection, name: str) -> None:
    known = rows.names(connection)
    if name not in known:
        raise NotFoundError(f"there is no lookup '{name}'", hint=did_you_mean(name, known))
