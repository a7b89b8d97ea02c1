"""The door for webhooks over the real store and vault."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest

from tests.triggers.conftest import AddFlow, Intake
from weftline.errors import ConflictError, DocumentError, NotAllowedError, NotFoundError, NotSignedInError
from weftline.model import Flow
from weftline.payloads import PayloadStore
from weftline.store import Database, flows
from weftline.triggers import Call, Webhooks, describe, lint, sync

OPEN = {"kind": "webhook", "secret": False}


async def call(webhooks: Webhooks, flow_id: str, body: bytes = b"{}", **options: Any) -> Any:
    webhook_id = (await webhooks.of_flow(flow_id))[options.pop("key", "webhook")]
    fields = {"method": "POST", "headers": {"content-type": "application/json"}, "query": {}} | options
    return await webhooks.receive(Call(webhook_id, body=body, **fields))


async def stored(intake: Intake, payloads: PayloadStore) -> bytes:
    assert intake.requests[-1].payload_id is not None
    return await payloads.raw(intake.requests[-1].payload_id)


@pytest.mark.parametrize(
    ("body", "content_type", "raw"),
    [
        (
            b'{"total": 1.10, "id": 12345678901234567890}',
            "application/json",
            b'[{"total": 1.10, "id": 12345678901234567890}]',
        ),
        (b'[{"a":1},{"a":2}]', "application/json", b'[{"a":1},{"a":2}]'),
        (b"a=1&b=x+y", "application/x-www-form-urlencoded", b'[{"a":"1","b":"x y"}]'),
        (b"<order/>", "text/xml", b'[{"body":"<order/>"}]'),
        (b"", "", b"[{}]"),
    ],
)
async def test_the_body_is_stored_as_records(
    webhooks: Webhooks,
    intake: Intake,
    payloads: PayloadStore,
    add_flow: AddFlow,
    body: bytes,
    content_type: str,
    raw: bytes,
) -> None:
    answer = await call(webhooks, add_flow(OPEN), body, headers={"content-type": content_type})
    assert answer.status == 202
    assert answer.body.startswith(b'{"run_id":"run_')
    assert await stored(intake, payloads) == raw


async def test_a_get_brings_its_query(
    webhooks: Webhooks, intake: Intake, payloads: PayloadStore, add_flow: AddFlow
) -> None:
    flow_id = add_flow(OPEN | {"method": "GET"})
    await call(webhooks, flow_id, b"", method="GET", headers={}, query={"order": "7", "secret": "x"})
    assert await stored(intake, payloads) == b'[{"order":"7"}]'
    with pytest.raises(NotAllowedError):
        await call(webhooks, flow_id)


async def test_json_that_is_none_is_refused(webhooks: Webhooks, intake: Intake, add_flow: AddFlow) -> None:
    with pytest.raises(DocumentError, match="not JSON"):
        await call(webhooks, add_flow(OPEN), b"{oops")
    assert intake.requests == []


async def test_a_secret_is_asked_for(webhooks: Webhooks, intake: Intake, add_flow: AddFlow) -> None:
    flow_id = add_flow({"kind": "webhook"})
    with pytest.raises(NotSignedInError, match="no secret yet"):
        await call(webhooks, flow_id)
    secret = await webhooks.secret(flow_id, "webhook")
    assert await webhooks.secret(flow_id, "webhook") == secret
    for headers, query in (({}, {}), ({"x-weftline-secret": secret + "x"}, {}), ({}, {"secret": ""})):
        with pytest.raises(NotSignedInError, match="missing or wrong"):
            await call(webhooks, flow_id, headers=headers, query=query)
    assert (await call(webhooks, flow_id, headers={"x-weftline-secret": secret})).status == 202
    assert (await call(webhooks, flow_id, query={"secret": secret})).status == 202
    seen = str(intake.requests)
    assert secret not in seen


@pytest.mark.parametrize(
    ("encoding", "prefix", "algorithm"), [("hex", "sha256=", "sha256"), ("base64", "", "sha512")]
)
async def test_a_signature_is_checked_over_the_raw_body(
    webhooks: Webhooks, add_flow: AddFlow, encoding: str, prefix: str, algorithm: str
) -> None:
    rule = {"header": "X-Sig", "encoding": encoding, "prefix": prefix, "algorithm": algorithm}
    flow_id = add_flow({"kind": "webhook", "secret": rule})
    await webhooks.set_secret(flow_id, "webhook", "the shared secret")
    body = b'{"a": 1}'
    signature = hmac.new(b"the shared secret", body, getattr(hashlib, algorithm)).digest()
    text = prefix + (signature.hex() if encoding == "hex" else base64.b64encode(signature).decode())
    assert (await call(webhooks, flow_id, body, headers={"x-sig": text})).status == 202
    for wrong, given in (
        (b'{"a":1}', text),
        (body, ""),
        (body, text[:-2]),
        (body, "zz" + text),
        (body, prefix + "é"),
    ):
        with pytest.raises(NotSignedInError, match="X-Sig"):
            await call(webhooks, flow_id, wrong, headers={"x-sig": given})


async def test_a_repeated_delivery_starts_nothing(webhooks: Webhooks, intake: Intake, add_flow: AddFlow) -> None:
    flow_id = add_flow(OPEN | {"delivery_id": "X-Delivery", "same_body_once": True})
    first = await call(webhooks, flow_id, b'{"a":1}', headers={"x-delivery": "d1"})
    again = await call(webhooks, flow_id, b'{"a":2}', headers={"x-delivery": "d1"})
    assert first.body == again.body
    await call(webhooks, flow_id, b'{"a":1}', headers={"x-delivery": "d2"})
    assert len(intake.requests) == 2
    for _ in range(2):
        await call(webhooks, flow_id, b'{"a":3}')
    assert len(intake.requests) == 3


async def test_without_a_rule_every_call_is_a_run(webhooks: Webhooks, intake: Intake, add_flow: AddFlow) -> None:
    flow_id = add_flow(OPEN)
    for _ in range(2):
        await call(webhooks, flow_id)
    assert len(intake.requests) == 2


async def test_states_that_cannot_run_answer_why(webhooks: Webhooks, db: Database, add_flow: AddFlow) -> None:
    with pytest.raises(NotFoundError):
        await webhooks.receive(Call("nowhere", "POST", {}, {}, b""))
    flow_id = add_flow(OPEN)
    await db.write(lambda connection: flows.touch(connection, flow_id, enabled=False))
    with pytest.raises(ConflictError, match="switched off"):
        await call(webhooks, flow_id)
    await db.write(lambda connection: flows.set_status(connection, flow_id, 1, "inactive"))
    with pytest.raises(ConflictError, match="not deployed"):
        await call(webhooks, flow_id)


async def test_the_address_is_stable_and_a_removed_one_forgets_its_secret(
    webhooks: Webhooks, db: Database, add_flow: AddFlow
) -> None:
    flow_id = add_flow(OPEN, {"kind": "webhook", "key": "b"})
    before = await webhooks.of_flow(flow_id)
    await webhooks.set_secret(flow_id, "b", "a secret of b")
    both = Flow.model_validate({"name": "F", "triggers": [OPEN, {"kind": "webhook", "key": "b"}]})
    for flow in (both, None, both):
        await db.write(lambda connection, flow=flow: sync(connection, flow_id, flow, True))
    assert await webhooks.of_flow(flow_id) == before
    one = Flow.model_validate({"name": "F", "triggers": [OPEN]})
    await db.write(lambda connection: sync(connection, flow_id, one, True))
    await db.write(lambda connection: sync(connection, flow_id, both, True))
    after = await webhooks.of_flow(flow_id)
    assert after["webhook"] == before["webhook"]
    assert after["b"] != before["b"]
    assert await webhooks.secret(flow_id, "b") != "a secret of b"


@pytest.mark.parametrize(
    ("reply", "status", "body"),
    [
        ({"status": 200}, 200, b""),
        ({"body": "thanks"}, 200, b"thanks"),
        ({"status": 201, "body": {"ok": True}}, 201, b'{"ok":true}'),
    ],
)
async def test_the_reply_may_be_ones_own(
    webhooks: Webhooks, add_flow: AddFlow, reply: dict[str, Any], status: int, body: bytes
) -> None:
    answer = await call(webhooks, add_flow(OPEN | {"reply": reply}))
    assert (answer.status, answer.body) == (status, body)


def test_triggers_are_described_and_linted() -> None:
    flow = Flow.model_validate(
        {
            "name": "F",
            "triggers": [
                {"kind": "schedule", "every": "15 minutes"},
                {"kind": "schedule", "key": "n", "at": ["09:00"], "days": ["mon"], "timezone": "Europe/London"},
                {"kind": "webhook", "key": "w"},
                {"kind": "webhook", "key": "w", "secret": {"header": "X"}},
                {"kind": "manual"},
                {"kind": "wehbook"},
                OPEN | {"colour": "red"},
                OPEN,
            ],
        }
    )
    assert describe(flow) == [
        "every 15 minutes", "at 09:00 on Mon (Europe/London)", "webhook w (POST, secret)",
        "webhook w (POST, HMAC SHA256)", "by hand", "wehbook (not complete)", "webhook (not complete)",
        "webhook webhook (POST, open)",
    ]  # fmt: skip
    found = [f"{problem.level} {problem.field}: {problem.message} {problem.hint}" for problem in lint(flow)]
    assert "error triggers.3: two triggers have the key 'w'" in found[0]
    assert "did you mean 'webhook'?" in found[1]
    assert "unknown key 'colour'" in found[2]
    assert found[3].startswith("warning triggers.7: anyone who knows")
