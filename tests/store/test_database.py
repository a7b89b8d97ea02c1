"""The door to the database: what becomes of work at its end."""

from __future__ import annotations

import asyncio

import pytest

from weftline.errors import StorageError
from weftline.store import Database


async def test_work_that_comes_after_the_end_is_refused_and_does_not_wait_for_ever(sqlite_template, tmp_path):
    (tmp_path / "weftline.db").write_bytes(sqlite_template.read_bytes())
    db = Database.open(f"sqlite:///{tmp_path / 'weftline.db'}")
    before = [asyncio.ensure_future(db.write(lambda connection: connection.exec_driver_sql("SELECT 1").scalar()))]
    await asyncio.sleep(0)
    await asyncio.to_thread(db.close)
    assert await asyncio.wait_for(before[0], 5) == 1, "what came before the end is done"
    with pytest.raises(StorageError, match="closed"):
        await asyncio.wait_for(db.write(lambda connection: None), 5)
