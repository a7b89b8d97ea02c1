"""Plan and apply a workspace file: everything is looked at first, then written in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from weftline.connectors.sessions import Sessions
from weftline.engine import Facts, lint, with_links
from weftline.errors import DocumentError, WeftlineError, did_you_mean
from weftline.kernel import new_id
from weftline.mapping import MemoryLookups
from weftline.marketplace import Catalog
from weftline.model import Connector, Instance
from weftline.shapes import Workshop
from weftline.store import Connection, Database, connectors, flows, instances, lookups
from weftline.store.definitions import lock_definitions
from weftline.store.flows import document_text
from weftline.triggers import lint as lint_triggers
from weftline.vault import Vault
from weftline.workspace import flows as flow_cases
from weftline.workspace.check import merged, outcome, validate
from weftline.workspace.document import ConnectorEntry, FlowEntry, InstanceEntry, LookupEntry, Workspace
from weftline.workspace.export import export
from weftline.workspace.instances import put as put_instance
from weftline.workspace.lookups import read_rows
from weftline.workspace.ranges import fits
from weftline.workspace.versions import merged_update

Json = dict[str, Any]
Act = Literal["install", "create", "update", "deploy", "unchanged"]
CHECKS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that applying does."""

    act: Act
    kind: Literal["connector", "instance", "lookup", "flow"]
    name: str
    detail: str = ""

    def to_json(self) -> Json:
        """As the API shows it."""
        return {"act": self.act, "kind": self.kind, "name": self.name, "detail": self.detail}


@dataclass(slots=True)
class _Work:
    """One plan or apply: what is known so far, what is done, and what is wrong."""

    connection: Connection
    do: bool
    connectors: dict[str, Connector]
    instances: dict[str, Instance]
    lookups: set[str]
    actions: list[Action] = field(default_factory=list)
    problems: list[tuple[str, WeftlineError]] = field(default_factory=list)


class Workspaces:
    """Brings a workspace to what a document says. Applying the same document again changes nothing."""

    def __init__(self, db: Database, vault: Vault, catalog: Catalog, sessions: Sessions) -> None:
        self._db = db
        self._vault = vault
        self._catalog = catalog
        self._sessions = sessions

    async def plan(self, document: Workspace) -> list[Action]:
        """What applying would do; raises all that is wrong with the document."""
        return await self._db.read(lambda connection: self._run(connection, document, do=False))

    async def apply(self, document: Workspace) -> list[Action]:
        """Do it: all of it or, when something is wrong, nothing.

        New and changed instances are checked afterwards, side by side; a check that fails is noted as the instance's
        health and in the action's detail, but does not undo what was applied: the application may just be down.
        """

        def write(connection: Connection) -> list[Action]:
            lock_definitions(connection)
            return self._run(connection, document, do=True)

        actions = await self._db.write(write)
        slots = asyncio.Semaphore(CHECKS_AT_ONCE)

        async def checked(action: Action) -> Action:
            if action.kind != "instance" or action.act == "unchanged":
                return action
            async with slots:
                return replace(action, detail=f"{action.detail}; {await self._check(action.name)}")

        return list(await asyncio.gather(*(checked(action) for action in actions)))

    async def export(self) -> Json:
        """The workspace as a document; credentials as ``${env:NAME}`` places."""
        return await self._db.read(lambda connection: export(connection, self._vault))

    async def _check(self, name: str) -> str:
        def read(connection: Connection) -> tuple[str, Connector, Instance, dict[str, str]] | None:
            row = instances.find(connection, name)
            connector = connectors.find(connection, row.document.connector) if row else None
            if row is None or connector is None:
                return None
            return row.id, connector.document, row.document, self._vault.readable(connection, row.id)

        found = await self._db.read(read)
        if found is None:
            return "removed meanwhile"
        instance_id, connector, instance, credentials = found
        health, message = await outcome(self._sessions, connector, instance, credentials)
        await self._db.write(lambda connection: instances.set_health(connection, instance_id, health, message))
        return f"{health.replace('_', ' ')}: {message}" if message else health

    # --- plan and apply ---

    def _run(self, connection: Connection, document: Workspace, *, do: bool) -> list[Action]:
        work = _Work(
            connection,
            do,
            {row.document.slug: row.document for row in connectors.list_all(connection)},
            {row.document.name: row.document for row in instances.list_all(connection)},
            set(lookups.names(connection)),
        )
        _each(work, "connector", document.connectors, lambda entry: entry.slug, self._connector)
        _each(work, "instance", document.instances, lambda entry: entry.name, self._instance)
        _each(work, "lookup", document.lookups, lambda entry: entry.name, self._lookup)
        _each(work, "flow", document.flows, lambda entry: entry.name, self._flow)
        _refuse_problems(work.problems)  # in apply this rolls everything back
        return work.actions

    def _connector(self, work: _Work, entry: ConnectorEntry) -> Action:
        installed = work.connectors.get(entry.slug)
        if installed is not None and fits(installed.version, entry.version):
            return Action("unchanged", "connector", installed.title, installed.version)
        newest = self._catalog.must_find(entry.slug).document
        if not fits(newest.version, entry.version):
            raise DocumentError(
                f"the marketplace has version {newest.version}, which is not {entry.version}",
                hint="change the version in the file",
            )
        row = connectors.find(work.connection, entry.slug)
        document = newest if row is None else merged_update(row, newest, {})
        work.connectors[entry.slug] = document
        if work.do:
            connectors.put(work.connection, document, newest)
        if installed is None:
            return Action("install", "connector", newest.title, newest.version)
        return Action("update", "connector", newest.title, f"{installed.version} to {newest.version}")

    def _instance(self, work: _Work, entry: InstanceEntry) -> Action:
        connector = work.connectors.get(entry.connector)
        if connector is None:
            raise DocumentError(
                f"the connector '{entry.connector}' is not installed",
                hint=f"{did_you_mean(entry.connector, work.connectors)} Or add it to 'connectors'",
            )
        instance = Instance.model_validate(entry.model_dump(exclude={"credentials"}))
        row = instances.find(work.connection, entry.name)
        if row is not None and row.document.connector != entry.connector:
            raise DocumentError(
                f"it is an instance of '{row.document.connector}', not of '{entry.connector}'",
                hint="give the new instance another name",
            )
        old = self._vault.readable(work.connection, row.id) if row else {}
        credentials = merged(connector, row.document if row else None, instance, old, entry.credentials)
        validate(connector, instance, credentials)
        work.instances[entry.name] = instance
        if row is not None and row.document == instance and credentials == old:
            return Action("unchanged", "instance", entry.name, connector.title)
        if work.do:
            instance_id = row.id if row else new_id("ins")
            put_instance(work.connection, self._vault, instance_id, instance, credentials)
        return Action("create" if row is None else "update", "instance", entry.name, connector.title)

    def _lookup(self, work: _Work, entry: LookupEntry) -> Action:
        if entry.file is not None:
            raise DocumentError(
                f"the file '{entry.file}' was not read", hint="the command line reads it; here, send its rows"
            )
        pairs = read_rows(entry.name, entry.rows)
        exists = entry.name in work.lookups
        work.lookups.add(entry.name)
        detail = f"{len(pairs):,} rows"
        if exists and sorted(lookups.load_table(work.connection, entry.name)) == sorted(pairs):
            return Action("unchanged", "lookup", entry.name, detail)
        if work.do:
            lookups.put(work.connection, entry.name, pairs)
        return Action("update" if exists else "create", "lookup", entry.name, detail)

    def _flow(self, work: _Work, entry: FlowEntry) -> Action:
        connection = work.connection
        flow = with_links(entry.flow())
        if entry.deploy:
            facts = Facts(work.instances, work.connectors, sorted(work.lookups), self._catalog.sample)
            problems = [*lint_triggers(flow), *lint(flow, Workshop(MemoryLookups({}), facts))]
            flow_cases.refuse_errors(flow.name, problems)
        row = flows.find(connection, flow.name)
        if row is None:
            if work.do:
                flow_id = new_id("flow")
                flow_cases.add(connection, flow_id, flow)
                flow_cases.settle(connection, flow_id, deploy=entry.deploy, enabled=entry.enabled)
            return Action("create", "flow", flow.name, "deployed" if entry.deploy else "draft")

        text = document_text(flow)
        deployed = _text_of(connection, row.id, row.deployed_version)
        draft = _text_of(connection, row.id, row.draft_version)
        stands = deployed == text if entry.deploy else text in (draft, deployed)
        if stands and row.enabled == entry.enabled:
            return Action("unchanged", "flow", flow.name, f"version {row.deployed_version or row.draft_version}")
        if work.do:
            if not stands and draft != text:
                flow_cases.save_draft(connection, row, flow)
            flow_cases.settle(connection, row.id, deploy=entry.deploy and not stands, enabled=entry.enabled)
        if stands:
            return Action("update", "flow", flow.name, "enabled" if entry.enabled else "disabled")
        version = row.draft_version or row.versions + 1
        if entry.deploy:
            return Action("deploy", "flow", flow.name, f"version {version}")
        return Action("update", "flow", flow.name, f"draft, version {version}")


def _each(
    work: _Work, kind: str, entries: Sequence[Any], name: Callable[[Any], str], one: Callable[[_Work, Any], Action]
) -> None:
    """Take every entry; what is wrong with one is noted, so that a person sees all at once."""
    seen: set[str] = set()
    for entry in entries:
        where = f"{kind} '{name(entry)}'"
        try:
            if name(entry) in seen:
                raise DocumentError("it stands twice in the document", hint="remove one")
            seen.add(name(entry))
            work.actions.append(one(work, entry))
        except WeftlineError as error:
            work.problems.append((where, error))


def _refuse_problems(problems: list[tuple[str, WeftlineError]]) -> None:
    if not problems:
        return
    texts = [
        # A message that names the thing itself needs no second name.
        error.message if where.partition(" ")[2] in error.message else f"{where}: {error.message}"
        for where, error in problems
    ]
    hints = [error.hint for _, error in problems if error.hint]
    raise DocumentError(
        "; ".join(texts),
        hint=hints[0] if len(problems) == 1 and hints else "; ".join(dict.fromkeys(hints)),
        context={
            "problems": [
                {"where": where, "code": error.code, "message": error.message, "hint": error.hint} | error.context
                for where, error in problems
            ]
        },
    ) from problems[0][1]


def _text_of(connection: Connection, flow_id: str, version: int | None) -> str | None:
    document = flows.document(connection, flow_id, version) if version else None
    return None if document is None else document_text(document)
