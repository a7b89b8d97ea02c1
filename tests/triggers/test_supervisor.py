"""Ticks of schedules over the real store."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.triggers.conftest import NOT_DEPLOYED, AddFlow, Intake
from weftline.errors import StorageError
from weftline.kernel import to_text
from weftline.model import Flow
from weftline.store import Database, schedules
from weftline.triggers import Supervisor, sync

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVERY = {"kind": "schedule", "every": "10 minutes"}


def after(**delta: float) -> datetime:
    return NOON + timedelta(**delta)


async def rows(db: Database, flow_id: str) -> dict[str, Any]:
    return await db.read(lambda connection: schedules.of_flow(connection, flow_id))


async def test_each_tick_starts_one_run(db: Database, intake: Intake, add_flow: AddFlow) -> None:
    flow_id = add_flow(EVERY, moment=NOON)
    supervisor = Supervisor(db, intake)
    assert await supervisor.tick(after(minutes=9, seconds=59)) == 0
    assert await supervisor.tick(after(minutes=10)) == 1
    assert await supervisor.tick(after(minutes=10, seconds=1)) == 0
    await intake.finish_all()
    assert await supervisor.tick(after(minutes=20)) == 1
    assert [(request.flow_id, request.trigger) for request in intake.requests] == [(flow_id, "schedule")] * 2
    assert intake.requests[0].meta == {"due_at": to_text(after(minutes=10))}


async def test_several_supervisors_start_a_tick_once(db: Database, intake: Intake, add_flow: AddFlow) -> None:
    flow_id = add_flow(
        EVERY, {"kind": "schedule", "key": "other", "cron": "*/10 * * * *", "overlap": "cancel"}, moment=NOON
    )
    supervisors = [Supervisor(db, intake) for _ in range(5)]
    await asyncio.gather(*(supervisor.tick(after(minutes=10)) for supervisor in supervisors))
    runs = await intake.runs()
    assert 1 <= len(runs) <= 2
    assert {request.dedupe_key for request in intake.requests} >= {
        f"schedule:{flow_id}:other:{to_text(after(minutes=10))}"
    }
    assert {row["next_at"] for row in (await rows(db, flow_id)).values()} == {to_text(after(minutes=20))}


async def test_a_crash_between_admission_and_advance_repeats_nothing(
    db: Database, intake: Intake, add_flow: AddFlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow_id = add_flow(EVERY | {"overlap": "cancel"}, moment=NOON)
    supervisor = Supervisor(db, intake)
    with monkeypatch.context() as patch:
        patch.setattr(schedules, "advance", lambda *_: (_ for _ in ()).throw(StorageError("gone")))
        with pytest.raises(StorageError):
            await supervisor.tick(after(minutes=10))
    assert (await rows(db, flow_id))["schedule"]["next_at"] == to_text(after(minutes=10))
    await supervisor.tick(after(minutes=10, seconds=5))
    assert len(intake.requests) == 1
    assert intake.stopped == []
    assert (await rows(db, flow_id))["schedule"]["next_at"] == to_text(after(minutes=20))


async def test_missed_ticks_become_one_run(db: Database, intake: Intake, add_flow: AddFlow) -> None:
    flow_id = add_flow(EVERY, moment=NOON)
    assert await Supervisor(db, intake).tick(after(hours=5, minutes=3)) == 1
    assert (await rows(db, flow_id))["schedule"]["next_at"] == to_text(after(hours=5, minutes=10))


async def test_overlap_skip_leaves_a_tick_out(db: Database, intake: Intake, add_flow: AddFlow) -> None:
    add_flow(EVERY, moment=NOON)
    supervisor = Supervisor(db, intake)
    await supervisor.tick(after(minutes=10))
    assert await supervisor.tick(after(minutes=20)) == 0
    await intake.finish_all()
    assert await supervisor.tick(after(minutes=25)) == 0
    assert await supervisor.tick(after(minutes=30)) == 1


async def test_overlap_queue_waits_for_the_run_to_end(db: Database, intake: Intake, add_flow: AddFlow) -> None:
    add_flow(EVERY | {"overlap": "queue"}, moment=NOON)
    supervisor = Supervisor(db, intake)
    await supervisor.tick(after(minutes=10))
    assert await supervisor.tick(after(minutes=20)) == 0
    await intake.finish_all()
    assert await supervisor.tick(after(minutes=25)) == 1
    assert intake.requests[-1].meta == {"due_at": to_text(after(minutes=20))}


async def test_overlap_cancel_stops_the_run_before(db: Database, intake: Intake, add_flow: AddFlow) -> None:
    add_flow(EVERY | {"overlap": "cancel"}, moment=NOON)
    supervisor = Supervisor(db, intake)
    await supervisor.tick(after(minutes=10))
    first = (await intake.runs())[0]["id"]
    assert await supervisor.tick(after(minutes=20)) == 1
    assert intake.stopped == [first]


async def test_a_refused_tick_does_not_come_back_every_second(
    db: Database, intake: Intake, add_flow: AddFlow
) -> None:
    add_flow(EVERY, moment=NOON)
    supervisor = Supervisor(db, intake)
    intake.refuse = NOT_DEPLOYED
    assert await supervisor.tick(after(minutes=10)) == 0
    intake.refuse = None
    assert await supervisor.tick(after(minutes=10, seconds=1)) == 0
    assert await supervisor.tick(after(minutes=20)) == 1


async def test_while_the_store_is_away_a_tick_waits(db: Database, intake: Intake, add_flow: AddFlow) -> None:
    add_flow(EVERY, moment=NOON)
    supervisor = Supervisor(db, intake)
    intake.refuse = StorageError("away")
    with pytest.raises(StorageError):
        await supervisor.tick(after(minutes=10))
    intake.refuse = None
    assert await supervisor.tick(after(minutes=10, seconds=1)) == 1


async def test_one_flows_trouble_does_not_stop_the_others(db: Database, intake: Intake, add_flow: AddFlow) -> None:
    broken = add_flow(EVERY, name="A", moment=NOON)
    fine = add_flow(EVERY, name="B", moment=NOON)
    await db.write(lambda connection: schedules.put(connection, broken, "schedule", to_text(NOON), {"every": "?"}))
    assert await Supervisor(db, intake).tick(after(minutes=10)) == 1
    assert intake.requests[0].flow_id == fine


async def test_the_loop_looks_by_itself(db: Database, intake: Intake, add_flow: AddFlow) -> None:
    add_flow({"kind": "schedule", "every": "1 second"})
    supervisor = Supervisor(db, intake)
    supervisor.start()
    async with asyncio.timeout(5):
        while not intake.requests:
            await asyncio.sleep(0.05)
    await supervisor.close()


async def test_deploying_again_keeps_the_next_time(db: Database, add_flow: AddFlow) -> None:
    flow_id = add_flow(EVERY, {"kind": "schedule", "key": "b", "every": "1 hour"}, moment=NOON)
    changed = Flow.model_validate(
        {"name": "F", "triggers": [EVERY, {"kind": "schedule", "key": "b", "every": "2 hours"}]}
    )
    await db.write(lambda connection: sync(connection, flow_id, changed, True, moment=after(minutes=10)))
    found = await rows(db, flow_id)
    assert found["schedule"]["next_at"] == to_text(after(minutes=10))
    assert found["b"]["next_at"] == to_text(after(hours=2))


async def test_a_flow_that_is_off_or_gone_has_no_schedules(db: Database, add_flow: AddFlow) -> None:
    flow_id = add_flow(EVERY, moment=NOON)
    flow = Flow.model_validate({"name": "F", "triggers": [EVERY]})
    await db.write(lambda connection: sync(connection, flow_id, flow, False))
    assert await rows(db, flow_id) == {}
    await db.write(lambda connection: sync(connection, flow_id, flow, True))
    assert len(await rows(db, flow_id)) == 1
    await db.write(lambda connection: sync(connection, flow_id, None, True))
    assert await rows(db, flow_id) == {}
