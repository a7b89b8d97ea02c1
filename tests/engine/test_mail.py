"""Mails through a flow: one per record, those refused fail alone, a retry sends only what is missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.conftest import Work
from tests.transports.smtp_server import LOGIN, Mailbox, mail_server
from weftline.app import App
from weftline.workspace import Workspace

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings(
        "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::UserWarning:mail.log"
    ),
]


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mail_server() as server:
        yield server


async def test_a_mail_per_record(opened: App, box: Mailbox) -> None:
    work = Work(opened, None, None)  # type: ignore[arg-type]
    box.mails.clear()
    orders = [{"name": f"#{n}", "email": f"c{n}@example.com", "label": f"label {n}"} for n in range(4)]
    document = {
        "connectors": [{"slug": "smtp"}],
        "instances": [
            {
                "name": "Post", "connector": "smtp", "auth": "login", "credentials": LOGIN,
                "variables": {"host": "127.0.0.1", "port": box.port, "authorities": box.authority,
                              "sender": "Shop <shop@example.com>"},
            }
        ],
        "flows": [
            {
                "name": "Mails", "deploy": True,
                "steps": [
                    {"id": "orders", "shape": "manual_payload", "payload": orders},
                    {"id": "mail", "shape": "connector", "instance": "Post", "endpoint": "mail.send",
                     "filters": {"to": "{{ payload.email }}", "subject": "Order {{ payload.name }}",
                                 "text": "Dear customer,\nsee the label.",
                                 "attachments": [{"name": "label.txt", "content_type": "text/plain",
                                                  "text": "{{ payload.label }}"}]}},
                ],
            }
        ],
    }  # fmt: skip
    await opened.workspace.apply(Workspace.model_validate(document))
    assert next(row for row in await opened.instances.list() if row["name"] == "Post")["health"] == "healthy"
    flow_id = str((await opened.flows.get("Mails"))["id"])
    box.recipient["c2@example.com"] = ["550 5.1.1 no such user"]
    run = await work.run(flow_id)
    assert (run["status"], run["confirmed"], run["failed"]) == ("partial_success", 3, 1)
    again = await work.end(await opened.engine.retry(run["id"]))
    assert (again["status"], len(box.mails)) == ("success", 4)
    assert sorted(str(mail["Subject"]) for mail in box.mails) == [f"Order #{n}" for n in range(4)]
    last = next(mail for mail in box.mails if mail["Subject"] == "Order #2")
    (label,) = last.iter_attachments()
    assert label.get_content().strip() == "label 2"
    assert last["From"] == "Shop <shop@example.com>"
