"""Windows of time: an application that only answers for a day, a week or a month at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal

from pydantic import BaseModel

from weftline.errors import DocumentError
from weftline.kernel import from_text, now, to_text
from weftline.model import Request, Response, field
from weftline.pagination.base import Paginator, PaginatorConfig, State, set_query

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Form = Literal["datetime", "date", "epoch_s", "epoch_ms"]
_TICK = {
    "datetime": timedelta(seconds=1),
    "date": timedelta(days=1),
    "epoch_s": timedelta(seconds=1),
    "epoch_ms": timedelta(milliseconds=1),
}


class DateWindowConfig(PaginatorConfig):
    """The two parameters, how wide a window is, and how pages follow each other within one."""

    start_parameter: str = field(title="Start parameter", example="from")
    end_parameter: str = field(title="End parameter", example="to")
    days: int = field(0, title="Days", description="A window's length, together with hours", ge=0, example=7)
    hours: int = field(0, title="Hours", ge=0)
    start: str | None = field(
        None,
        title="Start",
        description="Of the first window (ISO 8601), when the request's own start parameter has no value",
        example="2024-01-01",
    )
    form: Form = field("datetime", title="Form", description="How the parameters are written, always in UTC")
    end_included: bool = field(
        False,
        title="End included",
        description="The application counts the end as part of the window; then it is written one unit earlier",
    )
    inner: dict[str, Any] = field(
        lambda: {"kind": "none"},
        title="Within a window",
        description="A kind of paginator with its config",
        example={"kind": "page_number", "size": 100},
    )


class DateWindowPaginator(Paginator):
    """Walk from a start to now (or to the request's own end), window by window; empty windows are walked past."""

    kind: ClassVar[str] = "date_window"
    title: ClassVar[str] = "Windows of time"
    Config: ClassVar[type[BaseModel]] = DateWindowConfig

    def __init__(self, config: DateWindowConfig) -> None:
        from weftline.pagination import PAGINATORS  # the room's register, which names this file

        super().__init__(config)
        self._length = timedelta(days=config.days, hours=config.hours)
        if not self._length or self._length % _TICK[config.form]:
            raise DocumentError("a date_window needs days or hours, and whole days when its form is 'date'")
        inner = dict(config.inner)
        kind = str(inner.pop("kind", "none"))
        if kind == self.kind:
            raise DocumentError("a date_window cannot stand within another", hint="choose another kind for 'inner'")
        self._inner = PAGINATORS.get(kind)(PAGINATORS.config(kind, inner, where="the inner pagination"))
        self.wants_last = self._inner.wants_last  # type: ignore[misc] # of this one, not of the class
        self.reads_body = self._inner.reads_body  # type: ignore[misc]

    def first_place(self, request: Request) -> State:
        """The first window. The end of the last one is fixed here, so that a chain that is continued later ends."""
        given = dict(request.query)
        start = given.get(self.config.start_parameter) or self.config.start
        if not start:
            raise DocumentError(
                f"the first window has no start: '{self.config.start_parameter}' is empty",
                hint="give the parameter a value on the step, or set 'start' in the endpoint's pagination",
            )
        end = given.get(self.config.end_parameter)
        tick = _TICK[self.config.form]
        until = self._read(end) + (tick if self.config.end_included else timedelta()) if end else now()
        # Up to the end of the unit that is under way, so that nothing of it is missed.
        return self._window(_floor(self._read(start), tick), -((EPOCH - until) // tick) * tick + EPOCH, request)

    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """The next page of the window, else the next window."""
        return self.next_place_after(None, place, request, response, body, records)

    def next_place_after(
        self, last: Any, place: State, request: Request, response: Response, body: Any, records: int
    ) -> State | None:
        """The next page of the window, else the next window."""
        inner = self._inner.next_place_after(last, place["inner"], request, response, body, records)
        if inner is not None:
            return place | {"inner": inner}
        start, until = from_text(place["start"]) + self._length, from_text(place["until"])
        return self._window(start, until, request) if start < until else None

    def apply(self, request: Request, place: State) -> Request:
        """With start and end of the window, at the inner place."""
        start, until = from_text(place["start"]), from_text(place["until"])
        end = min(start + self._length, until)
        if self.config.end_included:
            end = max(start, end - _TICK[self.config.form])
        paged = request.copy()
        set_query(paged, self.config.start_parameter, self._written(start))
        set_query(paged, self.config.end_parameter, self._written(end))
        return self._inner.apply(paged, place["inner"])

    def _window(self, start: datetime, until: datetime, request: Request) -> State:
        return {"start": to_text(start), "until": to_text(until), "inner": self._inner.first_place(request)}

    def _read(self, text: str) -> datetime:
        try:
            if self.config.form in ("epoch_s", "epoch_ms") and text.isdigit():
                return EPOCH + int(text) * _TICK[self.config.form]
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise DocumentError(
                f"'{text}' is not a time such as 2024-01-31 or 2024-01-31T12:00:00Z", hint="see the step's filters"
            ) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _written(self, moment: datetime) -> str:
        match self.config.form:
            case "date":
                return moment.strftime("%Y-%m-%d")
            case "datetime":
                return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
            case other:
                return str((moment - EPOCH) // _TICK[other])


def _floor(moment: datetime, tick: timedelta) -> datetime:
    return EPOCH + (moment - EPOCH) // tick * tick
