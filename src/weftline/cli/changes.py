"""What a change of a connector brings, in lines."""

from __future__ import annotations

from typing import Any

from weftline.cli.output import say
from weftline.kernel import json


def show_changes(slug: str, changes: dict[str, Any]) -> None:
    """What a change of a connector brings, and what it touches."""
    say(f"{slug} {changes['from']} -> {changes['to']}")
    for mark, name in (("+", "added"), ("~", "changed"), ("-", "removed")):
        for item in changes[name]:
            say(f"  {mark} {item}")
    for item in changes["breaking"]:
        say(f"  breaking: {item}")
    for path in changes["edited"]:
        say(f"  edited here: {path}")
    for conflict in changes["conflicts"]:
        here, there = (json.encode_text(conflict[side]) for side in ("mine", "theirs"))
        say(f"  conflict at {conflict['path']}: mine {here}, theirs {there}")
    for use in changes["flows"]:
        say(f"  touches flow '{use['name']}', step '{use['step_id']}' ({use['endpoint']})")
