"""Files of a folder, one after the other: list, read the first, put it away, read the next.

A file is put away (moved or deleted) at a place with ``"barrier": True``: by then its records are kept for good. Both
requests may be repeated without harm, so that a chain goes on wherever it broke.
"""

from __future__ import annotations

import posixpath
from typing import Any, ClassVar, Literal, cast
from urllib.parse import quote

from pydantic import BaseModel

from weftline.errors import DocumentError, did_you_mean
from weftline.kernel import json
from weftline.model import Request, Response, field
from weftline.pagination.base import Paginator, PaginatorConfig, State

After = Literal["leave", "move", "delete"]
_OURS = ("after", "move_to", "max_files")


KNOWN = "known"
"""In the first place: files that were read before and left, path to ``modified_at``; they are not read again."""


def listed_in(response: Response) -> list[dict[str, Any]]:
    """The files of a listing: path, name, size, modified_at."""
    return cast("list[dict[str, Any]]", json.decode(response.body))


class FilesConfig(PaginatorConfig):
    """What becomes of a file once it is read; the request's query may say otherwise, by the same names."""

    after: After = field("leave", title="After reading", description="Leave the file, move it or delete it")
    move_to: str = field(
        "done", title="Move to", description="A folder, seen from the file's own; from the base folder with a / first"
    )
    max_files: int = field(
        500, title="Most files", description="So many a run, the oldest first; the others are for the next", ge=1
    )


class FilesPaginator(Paginator):
    """LIST, then READ for each file, and MOVE or DELETE behind it if it is not to be left."""

    kind: ClassVar[str] = "files"
    title: ClassVar[str] = "Files of a folder"
    Config: ClassVar[type[BaseModel]] = FilesConfig
    pages_differ: ClassVar[bool] = False

    def first_place(self, request: Request) -> State:
        """The listing; and what the request says that is for us."""
        said = {name: value for name, value in request.query if name in _OURS and value}
        after = said.get("after", self.config.after)
        if after not in ("leave", "move", "delete"):
            raise DocumentError(
                f"a file cannot be '{after}' after it is read", hint=did_you_mean(after, ("leave", "move", "delete"))
            )
        most = str(said.get("max_files", self.config.max_files))
        if not most.isdecimal() or int(most) < 1:
            raise DocumentError(f"max_files cannot be '{most}'", hint="give a number, such as 500")
        move_to = said.get("move_to", self.config.move_to)
        return {"phase": "list", "after": after, "move_to": move_to, "max_files": int(most)}

    def next_place(self, place: State, request: Request, response: Response, body: Any, records: int) -> State | None:
        """The next file, or what is to be done with this one."""
        if place["phase"] == "list":
            known = place.get(KNOWN, {})
            fresh = [
                file
                for file in listed_in(response)
                if file["path"] not in known or known[file["path"]] != file["modified_at"]
            ]
            todo = [file["path"] for file in fresh[: place["max_files"]]]
        elif place["phase"] == "read" and place["after"] != "leave":
            return place | {"phase": place["after"], "barrier": True}
        else:
            todo = place["todo"][1:]
        if not todo:
            return None
        kept = {name: value for name, value in place.items() if name not in ("barrier", KNOWN)}
        return kept | {"phase": "read", "todo": todo}

    def apply(self, request: Request, place: State) -> Request:
        """The verb of the phase."""
        one = request.copy()
        if place["phase"] == "list":
            one.query = [(name, value) for name, value in one.query if name not in _OURS]
            return one
        path = place["todo"][0]
        # Only the path is a file's own; what the query says is for the listing.
        one.method, one.url, one.query, one.body = place["phase"].upper(), quote(path), [], None
        if place["phase"] == "move":
            folder, name = posixpath.split(path)
            one.query = [("to", posixpath.join(folder, place["move_to"], name))]
        return one

    def holds_records(self, place: State) -> bool:
        """Only a file does."""
        return bool(place["phase"] == "read")
