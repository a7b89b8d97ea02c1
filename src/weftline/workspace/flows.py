"""Use cases of flows: draft, deploy, restore, enable, remove."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pydantic import ValidationError

from weftline import triggers
from weftline.engine import with_links
from weftline.errors import ConflictError, DocumentError, FlowError, NotFoundError, StillInUseError, did_you_mean
from weftline.kernel import explain, new_id, slugify
from weftline.model import Flow
from weftline.model.problem import Problem
from weftline.store import Connection, Database, cursors, instances, runs, webhooks
from weftline.store import flows as rows
from weftline.store.definitions import lock_definitions
from weftline.store.flows import FlowRow

Json = dict[str, Any]
Lint = Callable[[Flow], Awaitable[list[Problem]]]


class Flows:
    """Flows and their versions."""

    def __init__(self, db: Database, lint: Lint, public_url: Callable[[], str]) -> None:
        self._db = db
        self._lint = lint
        self._public_url = public_url

    async def problems(self, document: Flow) -> list[Problem]:
        """What is wrong with a flow's steps and triggers."""
        return [*triggers.lint(document), *await self._lint(document)]

    async def list(self) -> list[Json]:
        """All flows by name."""

        def read(connection: Connection) -> list[tuple[Json, Flow | None]]:
            return [_row(connection, row) for row in rows.list_all(connection)]

        found = await self._db.read(read)
        return [shown | {"problems": await self._errors(document)} for shown, document in found]

    async def get(self, flow_id: str) -> Json:
        """One flow with its versions, documents, webhooks and problems."""

        def read(connection: Connection) -> tuple[Json, Flow | None]:
            row = must_find(connection, flow_id)
            shown, newest = _row(connection, row)
            draft = row.draft_version and rows.document(connection, row.id, row.draft_version)
            deployed = row.deployed_version and rows.document(connection, row.id, row.deployed_version)
            base = self._public_url().rstrip("/")
            return shown | {
                "versions": [
                    {
                        "version": version.version,
                        "status": version.status,
                        "created_at": version.created_at,
                        "updated_at": version.updated_at,
                        "deployed_at": version.deployed_at,
                    }
                    for version in rows.versions(connection, row.id)
                ],
                "draft": shown_document(draft) if draft else None,
                "deployed": shown_document(deployed) if deployed else None,
                "webhooks": [
                    {"key": key, "url": f"{base}/hooks/{public_id}"}
                    for key, public_id in webhooks.of_flow(connection, row.id).items()
                ],
            }, newest

        shown, newest = await self._db.read(read)
        problems = [] if newest is None else await self.problems(newest)
        return shown | {"problems": [problem.to_json() for problem in problems]}

    async def create(self, document: Json) -> Json:
        """A new flow with its first draft."""
        flow = read_document(document)
        flow_id = new_id("flow")
        await self._change(lambda connection: add(connection, flow_id, flow))
        return await self.get(flow_id)

    async def save_draft(self, flow_id: str, document: Json) -> Json:
        """Write the draft; there is always at most one."""
        flow = read_document(document)
        await self._change(lambda connection: save_draft(connection, must_find(connection, flow_id), flow))
        return await self.get(flow_id)

    async def deploy(self, flow_id: str, version: int | None = None) -> Json:
        """Deploy the draft (or an inactive version); refused with the problems when it has errors."""

        def read(connection: Connection) -> Flow:
            row = must_find(connection, flow_id)
            number = version or row.draft_version
            found = rows.document(connection, row.id, number) if number else None
            if found is None:
                raise FlowError(
                    f"'{row.name}' has no {'version ' + str(version) if version else 'draft'} to deploy",
                    hint="save a draft first",
                )
            return found

        document = await self._db.read(read)
        refuse_errors(document.name, await self.problems(document))

        def write(connection: Connection) -> None:
            if rows.document_text(read(connection)) != rows.document_text(document):
                raise ConflictError(f"'{document.name}' was changed meanwhile", hint="look at it, then deploy again")
            deploy_version(connection, must_find(connection, flow_id), version)

        await self._change(write)
        return await self.get(flow_id)

    async def restore(self, flow_id: str, version: int) -> Json:
        """Make an earlier version the draft."""

        def write(connection: Connection) -> None:
            row = must_find(connection, flow_id)
            document = rows.document(connection, row.id, version)
            if document is None:
                raise NotFoundError(f"'{row.name}' has no version {version}")
            save_draft(connection, row, document)

        await self._change(write)
        return await self.get(flow_id)

    async def version(self, flow_id: str, version: int) -> Json:
        """One version with its document."""

        def read(connection: Connection) -> Json:
            row = must_find(connection, flow_id)
            document = rows.document(connection, row.id, version)
            found = next((item for item in rows.versions(connection, row.id) if item.version == version), None)
            if document is None or found is None:
                raise NotFoundError(f"'{row.name}' has no version {version}")
            return {"version": version, "status": found.status, "document": shown_document(document)}

        return await self._db.read(read)

    async def set_enabled(self, flow_id: str, enabled: bool) -> Json:
        """Whether triggers start runs; runs by hand work in any state."""

        def write(connection: Connection) -> None:
            row = must_find(connection, flow_id)
            rows.touch(connection, row.id, enabled=enabled)
            _sync(connection, row.id, row.deployed_version, enabled)

        await self._change(write)
        return await self.get(flow_id)

    async def cursors(self, flow_id: str) -> Sequence[Json]:
        """Where the flow's incremental pulls left off: step, instance, what they stand at, since when."""

        def read(connection: Connection) -> Sequence[Json]:
            row = must_find(connection, flow_id)
            names = {found.id: found.document.name for found in instances.list_all(connection)}
            return [
                {
                    "step_id": found["step_id"],
                    "instance": names.get(found["instance_id"], ""),
                    "value": found["value"]["value"],
                    "run_id": found["run_id"],
                    "updated_at": found["updated_at"],
                }
                for found in cursors.of_flow(connection, row.id)
            ]

        return await self._db.read(read)

    async def forget_cursors(self, flow_id: str, step_id: str | None = None) -> int:
        """Let the next run pull everything again; how many cursors were forgotten."""

        def write(connection: Connection) -> int:
            return cursors.forget(connection, must_find(connection, flow_id).id, step_id)

        return await self._db.write(write)

    async def remove(self, flow_id: str) -> None:
        """Remove a flow; refused while runs of it are under way."""

        def write(connection: Connection) -> None:
            row = must_find(connection, flow_id)
            busy = runs.under_way(connection, row.id)
            if busy:
                raise StillInUseError(
                    f"'{row.name}' has {busy} {'run' if busy == 1 else 'runs'} under way",
                    hint="stop them, or wait until they end",
                    context={"runs": busy},
                )
            triggers.sync(connection, row.id, None, False)
            for webhook_id in webhooks.of_flow(connection, row.id).values():
                webhooks.remove(connection, webhook_id)  # with its secret, which would stay otherwise
            rows.remove(connection, row.id)

        await self._change(write)

    async def id_of(self, flow_id: str) -> str:
        """The id of the flow of that id, key or name."""
        return (await self._db.read(lambda connection: must_find(connection, flow_id))).id

    async def _change(self, work: Callable[[Connection], None]) -> None:
        def write(connection: Connection) -> None:
            lock_definitions(connection)
            work(connection)

        await self._db.write(write)

    async def _errors(self, document: Flow | None) -> int:
        return 0 if document is None else sum(p.level == "error" for p in await self.problems(document))


def read_document(document: Json) -> Flow:
    """JSON as a flow with its links written out; :class:`DocumentError` names what does not fit."""
    try:
        return with_links(Flow.model_validate(document))
    except ValidationError as error:
        name = document.get("name") or "the flow"
        raise DocumentError(f"flow '{name}': {explain(error)}") from None


def shown_document(document: Flow) -> Json:
    """A flow document as plain values; decimals stay decimals."""
    # Not mode="json": that writes decimals as text, and a draft that is saved again would then compare texts.
    return document.model_dump(exclude_defaults=True)


def refuse_errors(name: str, problems: list[Problem]) -> None:
    """Raise a :class:`FlowError` that lists the errors, if there are any."""
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        raise FlowError(
            f"'{name}' cannot be deployed: " + "; ".join(problem.message for problem in errors),
            hint="; ".join(dict.fromkeys(problem.hint for problem in errors if problem.hint)),
            context={"problems": [problem.to_json() for problem in problems]},
        )


def must_find(connection: Connection, flow_id: str) -> FlowRow:
    """The flow of that id, key or name; :class:`NotFoundError` when there is none."""
    row = rows.find(connection, flow_id)
    if row is None:
        known = [found.name for found in rows.list_all(connection)]
        raise NotFoundError(f"there is no flow '{flow_id}'", hint=did_you_mean(flow_id, known))
    return row


def add(connection: Connection, flow_id: str, flow: Flow) -> None:
    """Add a flow with its first draft."""
    _refuse_taken(connection, flow.name, None)
    rows.add(connection, flow_id, _free_key(connection, flow.name, flow_id), flow)


def _refuse_taken(connection: Connection, name: str, own_id: str | None) -> None:
    other = rows.find(connection, name)
    if other is not None and other.id != own_id:
        raise ConflictError(f"there is a flow '{name}' already", hint="choose another name")


def _free_key(connection: Connection, name: str, flow_id: str) -> str:
    """A key from the name; several names may give the same, so the later ones are numbered."""
    wanted = slugify(name) or flow_id
    taken = rows.keys(connection)
    return next(key for n in itertools.count(1) if (key := wanted if n == 1 else f"{wanted}-{n}") not in taken)


def save_draft(connection: Connection, row: FlowRow, flow: Flow) -> None:
    """Write the draft: over the one that is there, or as the next version."""
    if flow.name != row.name:
        _refuse_taken(connection, flow.name, row.id)
        rows.touch(connection, row.id, name=flow.name)  # the key stays: scripts and addresses name the flow by it
    else:
        rows.touch(connection, row.id)
    newest = max((version.version for version in rows.versions(connection, row.id)), default=0)
    rows.put_version(connection, row.id, row.draft_version or newest + 1, "draft", flow)


def deploy_version(connection: Connection, row: FlowRow, version: int | None) -> None:
    """Deploy a version (the draft by default); the one deployed before becomes inactive."""
    number = version or row.draft_version
    if number is None:
        raise FlowError(f"'{row.name}' has no draft to deploy", hint="save a draft first")
    if row.deployed_version is not None and row.deployed_version != number:
        rows.set_status(connection, row.id, row.deployed_version, "inactive")
    rows.set_status(connection, row.id, number, "deployed")
    rows.touch(connection, row.id)
    _sync(connection, row.id, number, row.enabled)


def settle(connection: Connection, flow_id: str, *, deploy: bool, enabled: bool) -> None:
    """Switch a flow on or off, and deploy its draft if asked."""
    row = must_find(connection, flow_id)
    if row.enabled != enabled:
        rows.touch(connection, row.id, enabled=enabled)
        row = must_find(connection, flow_id)
    if deploy:
        deploy_version(connection, row, None)
    else:
        _sync(connection, row.id, row.deployed_version, enabled)


def _sync(connection: Connection, flow_id: str, deployed: int | None, enabled: bool) -> None:
    document = rows.document(connection, flow_id, deployed) if deployed else None
    triggers.sync(connection, flow_id, document, enabled)


def _row(connection: Connection, row: FlowRow) -> tuple[Json, Flow | None]:
    number = row.draft_version or row.deployed_version
    document = rows.document(connection, row.id, number) if number else None
    last = runs.newest(connection, flow_id=row.id, status=None, limit=1, before=None)
    return {
        "id": row.id,
        "key": row.key,
        "name": row.name,
        "enabled": row.enabled,
        "status": "deployed" if row.deployed_version else "draft",
        "draft_version": row.draft_version,
        "deployed_version": row.deployed_version,
        "versions": row.versions,
        "labels": document.settings.labels if document else [],
        "triggers": triggers.describe(document) if document else [],
        "last_run": {name: last[0][name] for name in ("id", "status", "queued_at", "ended_at")} if last else None,
        "updated_at": row.updated_at,
    }, document
