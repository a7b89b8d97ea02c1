"""A session: an instance of a connector, ready to be called.

Read from the top: ``pages`` receives, ``prepare`` and ``send`` send, ``check`` proves the credentials. Each makes a
request (plan), hands it to the call loop (caller) and reads the answer.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from weftline.auth import AUTH_METHODS, AuthMethod, Consent, ConsentPlace, Token
from weftline.connectors import seeing
from weftline.connectors.answers import Answer, BulkAnswers, Prepared
from weftline.connectors.caller import Caller, RetryPolicy
from weftline.connectors.judge import Judge
from weftline.connectors.pacing import OnWait, Pacer
from weftline.connectors.plan import EndpointPlan
from weftline.connectors.streaming import OpenStreams, stream_pages
from weftline.connectors.tokens import Tokens
from weftline.errors import (
    CredentialError,
    DocumentError,
    FlowError,
    RequestRejectedError,
    WeftlineError,
    did_you_mean,
)
from weftline.expr import compile_template, to_text
from weftline.kernel import Redactor, digest, json
from weftline.model import AuthOption, Connector, CursorRule, Instance, Page, Request, Response
from weftline.pagination.files import KNOWN, FilesPaginator
from weftline.transports import TRANSPORTS, Connections, Transport


class Session:
    """One instance, ready to be called. Cheap to keep; safe to use from many tasks at once."""

    def __init__(
        self,
        connector: Connector,
        instance: Instance,
        instance_id: str,
        credentials: Mapping[str, str],
        connections: Connections,
        pacer: Pacer,
        retry: RetryPolicy | None = None,
        transport: Transport | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        self.connector = connector
        self.instance = instance
        self.variables = resolve_variables(connector, instance)
        option = connector.auth_option(instance.auth)
        self.auth = _auth(connector, option, instance, credentials, self.variables)
        self._who = f"the instance '{instance.name}' ({option.title if option else 'no authentication'})"
        self.transport = transport or _transport(connector, self.variables, connections, self.auth)
        self._caller = Caller(
            self.transport,
            self.auth,
            pacer.budget(connector, instance, instance_id),
            pacer.pool(connector, instance, instance_id),
            connector.pacing.learn_from if connector.pacing else None,
            retry or RetryPolicy(),
            self._note,
            tokens,
        )
        self._streams = OpenStreams()
        self._plans: dict[str, tuple[EndpointPlan, Judge]] = {}
        self._bulk: dict[str, BulkAnswers] = {}

    # --- receive ---

    async def pages(
        self,
        endpoint: str,
        parameters: Mapping[str, Any],
        scope: Mapping[str, Any],
        state: dict[str, Any] | None = None,
        on_wait: OnWait | None = None,
        known_files: Mapping[str, str] | None = None,
    ) -> AsyncGenerator[Page, None]:
        """The endpoint's pages, one by one, from the start or from an earlier page's ``next_state``.

        ``known_files`` (path to time of change) are those that an earlier run has read and left.
        """
        plan, judge = self._plan(endpoint)
        merged = {**self.variables, **scope}
        first = plan.request(merged, plan.parameters(parameters, merged), self._timeout_s)
        here = state or plan.paginator.first(first)
        if state is None and known_files:
            here["place"] |= {KNOWN: dict(known_files)}
        while True:
            request = plan.paginator.request(first, here)
            following: dict[str, Any] | None = None
            if plan.endpoint.stream and plan.paginator.holds_records(here["place"]):
                async with aclosing(self._streamed(plan, judge, request, here, on_wait)) as pages:
                    async for page in pages:
                        following = page.next_state
                        yield page
            else:
                page = await self._whole(plan, judge, request, here, on_wait)
                following = page.next_state
                yield page
            if following is None:
                return
            here = following

    async def _whole(
        self, plan: EndpointPlan, judge: Judge, request: Request, here: dict[str, Any], on_wait: OnWait | None
    ) -> Page:
        """An answer as one page."""
        response, _ = await self._caller.call(request, judge, on_wait)
        try:
            raw, count, rest = b"[]", 0, None
            if plan.paginator.holds_records(here["place"]):
                raw, count, rest = plan.records(response)
            last = json.decode(raw)[-1] if count and plan.paginator.wants_last else None
            following = plan.paginator.after(here, request, response, rest, count, plan.where, last)
            return Page(count, raw, here["number"], following, response, request, plan.meta(response, None))
        except WeftlineError as error:
            self._note(error, request, response)
            raise

    async def _streamed(
        self, plan: EndpointPlan, judge: Judge, request: Request, here: dict[str, Any], on_wait: OnWait | None
    ) -> AsyncGenerator[Page, None]:
        """An answer as several pages; left in the middle it is put away, so that the next call goes on with it."""
        stream = self._streams.take(OpenStreams.key(request, here)) or stream_pages(
            self._caller, plan, judge, request, here, on_wait
        )
        at: dict[str, Any] | None = here
        try:
            async for page in stream:
                at = page.next_state
                yield page
        except GeneratorExit:
            if at is not None and at.get("skip"):
                self._streams.put(OpenStreams.key(request, at), stream)
            raise

    # --- send ---

    def prepare(
        self, endpoint: str, record: Any, scope: Mapping[str, Any], parameters: Mapping[str, Any] | None = None
    ) -> Prepared:
        """The request that would send a record. Pure: the same record gives the same request."""
        plan, _ = self._plan(endpoint)
        merged = {**self.variables, **scope, "payload": record}
        values = plan.parameters(parameters or {}, merged) if parameters or plan.endpoint.parameters else {}
        request = plan.request(merged, values, self._timeout_s)
        body_hash = digest(request.method, request.url, request.body or b"", size=8)
        item = plan.item(merged, values) if plan.endpoint.bulk else None
        return Prepared(request, plan.record_key({**merged, "params": values} if values else merged), body_hash, item)

    async def send(
        self, endpoint: str, prepared: Prepared, idempotency_key: str, on_wait: OnWait | None = None
    ) -> Answer:
        """Send a prepared record; raises what the answer means when it is not good.

        Without an idempotency rule a record is never sent twice: when nobody can say whether it arrived, the error's
        context has ``uncertain``.
        """
        plan, judge = self._plan(endpoint)
        rule = plan.endpoint.idempotency
        if rule is not None and rule.header:  # with the kind none it is a name that a repeat would carry, no more
            prepared.request.headers[rule.header] = idempotency_key
        repeatable = rule is not None and rule.kind != "none"
        response, attempts = await self._caller.call(prepared.request, judge, on_wait, repeatable=repeatable)
        meta = plan.meta(response, None)
        return Answer(response.status, self._result_id(plan, response), attempts, response.elapsed_s, response, meta)

    def most_in_one(self, endpoint: str) -> int:
        """How many records one request may take."""
        rule = self._plan(endpoint)[0].endpoint.bulk
        return rule.max_records if rule is not None else 1

    async def send_many(
        self, endpoint: str, prepared: Sequence[Prepared], on_wait: OnWait | None = None
    ) -> list[Answer | WeftlineError]:
        """Send records in one request; per record, in their order, its answer or why it was refused.

        Raises what the answer means when the request as a whole was not good.
        """
        plan, judge = self._plan(endpoint)
        request = prepared[0].request.copy()
        request.body = plan.body_of([item.item for item in prepared], self.variables)
        repeatable = self.idempotency(endpoint) != "none"
        response, attempts = await self._caller.call(request, judge, on_wait, repeatable=repeatable)
        return self._bulk_answers(endpoint, plan).read(response, attempts, prepared)

    def reads_files(self, endpoint: str) -> bool:
        """Whether an endpoint reads files of a folder, one after the other."""
        return isinstance(self._plan(endpoint)[0].paginator, FilesPaginator)

    def cursor_rule(
        self, endpoint: str, parameters: Mapping[str, Any] | None = None, scope: Mapping[str, Any] | None = None
    ) -> CursorRule | None:
        """How an endpoint tells what is new, its templates filled with ``params``; None when it cannot."""
        plan, _ = self._plan(endpoint)
        rule = plan.endpoint.cursor
        if rule is None or "{{" not in rule.path + rule.key:
            return rule
        merged = {**self.variables, **(scope or {})}
        filled = {"params": plan.parameters(parameters or {}, merged)}
        path, key = (to_text(compile_template(text).render(filled, strict=True)) for text in (rule.path, rule.key))
        return rule.model_copy(update={"path": path, "key": key})

    def idempotency(self, endpoint: str) -> str:
        """How the endpoint makes a repeat harmless: upsert, header or none."""
        rule = self._plan(endpoint)[0].endpoint.idempotency
        return rule.kind if rule is not None else "none"

    async def lookup(self, endpoint: str, prepared: Prepared) -> bool | None:
        """Whether a record has arrived; None when the endpoint names no look-up."""
        rule = self._plan(endpoint)[0].endpoint.idempotency
        if rule is None or rule.lookup is None:
            return None
        plan, judge = self._plan(rule.lookup)
        scope = {**self.variables, "key": prepared.record_key}
        try:
            await self._caller.call(plan.request(scope, {}, self._timeout_s), judge)
        except RequestRejectedError as error:
            if error.context.get("status") == 404:
                return False
            raise
        return True

    # --- consent ---

    async def ask_consent(self, redirect_uri: str, state: str) -> ConsentPlace:
        """Where a person lets us in; :class:`DocumentError` for an authentication method that asks nobody."""
        return await self._caller.drive(self._consenting().consent(redirect_uri, state))

    async def take_consent(self, place: ConsentPlace, redirect_uri: str, answer: Mapping[str, str]) -> Token | None:
        """The first token after consent; None while a person has not yet typed a device's code."""
        return await self._caller.drive(self._consenting().exchange(place, redirect_uri, answer))

    def _consenting(self) -> Consent:
        if not isinstance(self.auth, Consent):
            raise DocumentError(
                f"{self._who} needs no consent", hint="its credentials are all it takes: check it instead"
            )
        return self.auth

    # --- check ---

    async def check(self) -> None:
        """Call the connector's check endpoint; raises what is wrong with the credentials or the way there."""
        if self.connector.check is None:
            return
        plan, judge = self._plan(self.connector.check)
        await self._caller.call(plan.request(self.variables, {}, self._timeout_s), judge)

    async def close(self) -> None:
        """Let go of what is this session's own."""
        await self._streams.close()
        await self.transport.close()

    # --- seeing ---

    def redactor(self) -> Redactor:
        """Masks this instance's secrets."""
        return Redactor(self.auth.secrets())

    def masked(self, request: Request) -> dict[str, Any]:
        """A request as people may see it."""
        return seeing.request(self.redactor(), request)

    def masked_response(self, response: Response) -> dict[str, Any]:
        """An answer as people may see it."""
        return seeing.response(self.redactor(), response)

    def _note(self, error: WeftlineError, request: Request, response: Response | None) -> None:
        """Give an error its exchange; an application that repeats our credentials does not get them into a log."""
        if isinstance(error, CredentialError):
            # Who must prove themselves again; and whether a person's consent lets what waits go on by itself.
            error.context |= {"instance": self.instance.name, "needs_consent": self.auth.interactive}
        seeing.explain(self.redactor(), error, request, response)

    # --- small things ---

    @property
    def _timeout_s(self) -> float:
        return float(getattr(self.transport.config, "timeout_s", 30.0))

    def _plan(self, key: str) -> tuple[EndpointPlan, Judge]:
        known = self._plans.get(key)
        if known is None:
            endpoint = self.connector.endpoint(key)
            if endpoint is None:
                keys = [item.key for item in self.connector.endpoints]
                raise FlowError(f"{self.connector.title} has no endpoint '{key}'", hint=did_you_mean(key, keys))
            config = self.transport.config
            base_url = getattr(config, "base_url", "")
            plan = EndpointPlan(self.connector, endpoint, base_url, getattr(config, "headers", {}))
            judge = Judge([*endpoint.judge, *self.connector.judge], plan.where, self._who)
            known = self._plans[key] = (plan, judge)
        return known

    def _bulk_answers(self, key: str, plan: EndpointPlan) -> BulkAnswers:
        known = self._bulk.get(key)
        if known is None:
            if plan.endpoint.bulk is None:
                raise FlowError(f"{plan.where} takes one record a request")
            known = self._bulk[key] = BulkAnswers(plan, plan.endpoint.bulk)
        return known

    def _result_id(self, plan: EndpointPlan, response: Response) -> str | None:
        template = plan.result
        if template is None:
            return None
        scope: dict[str, Any] = {"headers": response.headers, "status": response.status}
        if any(reference.startswith("body") for reference in template.references):
            scope["body"] = plan.format.decode(response.body, where=plan.where)
        value = template.render(scope)
        return None if value is None else to_text(value)


def resolve_variables(connector: Connector, instance: Instance) -> dict[str, Any]:
    """The instance's variables with defaults; a default may be a template over those before it."""
    known = {variable.key for variable in connector.variables}
    for name in instance.variables:
        if name not in known:
            raise DocumentError(
                f"the instance '{instance.name}' sets '{name}', which {connector.title} does not ask for",
                hint=did_you_mean(name, known),
            )
    values: dict[str, Any] = {}
    for variable in connector.variables:
        value = instance.variables.get(variable.key)
        if value in (None, "") and variable.default is not None:
            value = compile_template(variable.default).render(values, strict=True)
        if value in (None, "") and variable.required:
            raise DocumentError(
                f"the instance '{instance.name}' needs a value for '{variable.key}' ({variable.title})",
                hint=variable.help or "fill it in on the instance's settings",
            )
        values[variable.key] = value
    return values


def _auth(
    connector: Connector,
    option: AuthOption | None,
    instance: Instance,
    credentials: Mapping[str, str],
    variables: Mapping[str, Any],
) -> AuthMethod:
    if option is None:
        if instance.auth is not None:
            keys = [item.key for item in connector.auth]
            raise DocumentError(
                f"{connector.title} has no authentication method '{instance.auth}'",
                hint=did_you_mean(instance.auth, keys),
            )
        return AUTH_METHODS.get("none")(AUTH_METHODS.config("none", {}), {}, variables)
    config = AUTH_METHODS.config(option.kind, option.config, where=f"authentication method '{option.key}'")
    return AUTH_METHODS.get(option.kind)(config, credentials, variables)


def _transport(
    connector: Connector, variables: Mapping[str, Any], connections: Connections, auth: AuthMethod
) -> Transport:
    kind = str(connector.transport.get("kind", ""))
    settings = {key: value for key, value in connector.transport.items() if key != "kind"}
    rendered = compile_template(settings).render(variables, strict=True)
    config = TRANSPORTS.config(kind, rendered, where=f"the transport of {connector.title}")
    return TRANSPORTS.get(kind).build(config, connections, auth)
