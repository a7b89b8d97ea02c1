"""Parts that a low-code stream is read in: partitions become parameters, a date cursor ours, with windows."""

from __future__ import annotations

from typing import Any

from weftline.importers import naming
from weftline.importers.airbyte_auth import seconds
from weftline.importers.airbyte_config import Asked
from weftline.importers.airbyte_jinja import (
    Code,
    NoEquivalentError,
    Part,
    condition,
    dated,
    path,
    pattern,
    quoted,
    template,
)
from weftline.importers.airbyte_paging import option

Json = dict[str, Any]
_FORMS = {"%Y-%m-%d": "date", "%Y-%m-%dT%H:%M:%SZ": "datetime", "%s": "epoch_s", "%ms": "epoch_ms"}
_TICKS = {"date": "P1D", "datetime": "PT1S", "epoch_s": "PT1S", "epoch_ms": "PT0.001S"}
_SLICES = ("stream_slice", "stream_partition", "stream_interval")


class Slices:
    """The parameters of a stream's endpoint, and what ``stream_slice`` means in its templates."""

    def __init__(self, asked: Asked, where: str) -> None:
        self.parameters: dict[str, Json] = {}
        self.cursor: Json | None = None
        self.window: Json | None = None
        self.fixed: list[tuple[str, str, Any]] = []
        self._asked, self._where = asked, where
        self._codes: dict[str, Code] = {}
        self._start_key = ""
        self._referred = False

    def root(self, root: str, parts: list[Part]) -> Code:
        """What a name means in the stream's own templates."""
        if root in _SLICES and parts and str(parts[0]) in self._codes and len(parts) == 1:
            self._referred = self._referred or str(parts[0]) == self._start_key
            return self._codes[str(parts[0])]
        raise NoEquivalentError(f"the name '{path(root, parts)}'")

    def todo(self, what: str) -> None:
        """Something at this endpoint for a person."""
        self._asked.draft.todo(self._where, what)

    def partition(self, router: Json) -> None:
        """A partition router: the values it walks are a parameter's."""
        kind = router.get("type")
        if kind == "ListPartitionRouter":
            values = router.get("values")
            field = str(
                template(router.get("cursor_field", "value"), self._asked.roots(router.get("$parameters") or {}))
            )
            facts: Json = {"required": True}
            if isinstance(values, list):
                facts["options"] = [str(value) for value in values]
            self._add(field, router.get("request_option"), facts)
            shown = ", ".join(map(str, values)) if isinstance(values, list) else str(values)
            self.todo(f"the manifest asks once for each '{field}' of: {shown[:300]}")
        elif kind == "SubstreamPartitionRouter":
            for parent in router.get("parent_stream_configs") or []:
                self._parent(parent)
        else:
            self.todo(f"the partition router '{router.get('class_name') or kind}' is not translated")

    def _parent(self, parent: Json) -> None:
        field = str(parent.get("partition_field", "parent_id"))
        stream = parent.get("stream") or {}
        source = f"{naming.key(str(stream.get('name') or 'parent'))}.list"
        self._add(field, parent.get("request_option"), {"required": True})
        self.todo(
            f"needs '{field}': in a flow receive '{source}' first, and for each of its records give its "
            f"'{parent.get('parent_key')}'"
        )
        if parent.get("extra_fields") or parent.get("lazy_read_pointer"):
            self.todo("the manifest takes more fields of the parent along, or its children out of it: see there")

    def _add(self, field: str, given: Json | None, facts: Json) -> None:
        key = naming.unique(naming.key(field), self.parameters)
        place = {"path": key}  # where templates can use it
        if given:
            where, name = option(given, self._asked)
            place = {where: name}
        self.parameters[key] = {"key": key, "title": naming.title(field), "place": place} | facts
        self._codes[field] = Code(f"params.{key}")

    def incremental(self, one: Json) -> None:
        """A cursor over time."""
        if one.get("type") != "DatetimeBasedCursor":
            self.todo(f"the incremental sync '{one.get('class_name') or one.get('type')}' is not translated")
            return
        parameters = one.get("$parameters") or {}
        form = str(one.get("datetime_format", ""))
        start = self._moment(one.get("start_datetime"), form, parameters)
        given_end = one.get("end_datetime")
        self._start_key = str(one.get("partition_field_start") or "start_time")
        end_field = str(one.get("partition_field_end") or "end_time")
        start_at = option(one["start_time_option"], self._asked) if one.get("start_time_option") else None
        end_at = option(one["end_time_option"], self._asked) if one.get("end_time_option") else None
        key = naming.key(start_at[1] if start_at else self._start_key)
        place = {start_at[0]: start_at[1]} if start_at else {"path": key}
        self.parameters[key] = {"key": key, "title": naming.title(key), "place": place}
        self._codes[self._start_key] = Code(f"(params.{key} ?? {start})")
        if start_at:
            self.fixed.append((*start_at, f"{{{{ {start} }}}}" if not start.startswith('"') else start.strip('"')))
        end = self._moment(given_end, form, parameters) if given_end else dated("now()", form)
        now = "now()" in end
        self._codes[end_field] = Code(end)
        windowed = self._window(one, form, start_at, end_at) if one.get("step") else False
        if end_at and not (windowed and now):
            self.fixed.append((*end_at, f"{{{{ {end} }}}}" if not end.startswith('"') else end.strip('"')))
        roots = self._asked.roots(parameters)
        kind = "number" if form in ("%s", "%ms") else "datetime"
        self.cursor = {"path": str(template(one.get("cursor_field"), roots)), "parameter": key, "type": kind}
        if one.get("lookback_window"):
            try:
                self.cursor["overlap_s"] = float(seconds(str(template(one["lookback_window"], roots))))
            except NoEquivalentError as error:
                self.todo(f"the look-back is not translated: {error}")

    def finish(self) -> None:
        """Without the cursor if nothing in the request takes its start."""
        if self.cursor is None:
            return
        parameter = self.parameters[self.cursor["parameter"]]
        if "path" in parameter["place"] and not self._referred:
            self.todo("the application cannot be asked for what is new: the manifest filters after reading")
            del self.parameters[parameter["key"]]
            self.cursor = None

    def _moment(self, one: Any, form: str, parameters: Json) -> str:
        """An expression for a moment in the cursor's format."""
        facts = one if isinstance(one, dict) else {"datetime": one}
        text = facts.get("datetime")
        roots = self._asked.roots({**parameters, **(facts.get("$parameters") or {})})
        code = condition(text, roots) if "{{" in str(text) else quoted(str(text))
        own = str(facts.get("datetime_format") or form)
        if facts.get("min_datetime") or facts.get("max_datetime"):
            self.todo(f"the moment {text} has bounds in the manifest, which are left out")
        if own != form:
            code = dated(
                f"parse_date({code}, {quoted({'%s': 'unix', '%ms': 'unix_ms'}.get(own) or pattern(own))})", form
            )
        elif "now()" in code and "format_date" not in code:
            code = dated(code, form)
        return code

    def _window(self, one: Json, form: str, start_at: Any, end_at: Any) -> bool:
        try:
            length = seconds(str(one["step"]))
        except NoEquivalentError:
            length = 0
        ours = _FORMS.get(form)
        granularity = one.get("cursor_granularity")
        if (
            ours is None
            or not length
            or length % 3600
            or not start_at
            or not end_at
            or (start_at[0], end_at[0]) != ("query",) * 2
        ):
            self.todo(f"the manifest walks in windows of {one['step']} ({form}); here all is asked for at once")
            return False
        if granularity and granularity != _TICKS[ours]:
            self.todo(f"windows end {granularity} before the next begins; here one unit of the format")
        self.window = {
            "kind": "date_window", "start_parameter": start_at[1], "end_parameter": end_at[1],
            "days": length // 86400, "hours": length % 86400 // 3600, "form": ours, "end_included": bool(granularity),
        }  # fmt: skip
        return True
