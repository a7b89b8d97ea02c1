"""``weftline connector lint``: judge connector files without installing them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from weftline import settings as setup
from weftline.cli import codes
from weftline.cli.options import AsJson
from weftline.cli.output import print_json, say
from weftline.errors import DocumentError, NotFoundError, did_you_mean
from weftline.model import Connector
from weftline.model.problem import Problem
from weftline.model.yaml import read_document

FILE = "connector.yaml"


def lint(
    what: Annotated[
        list[str],
        typer.Argument(metavar="PATH|SLUG...", help="Connector files, their folders, or slugs of the catalog."),
    ],
    as_json: AsJson = False,
) -> None:
    """Say what is wrong or missing in connector files. Exit code 1 if any has an error; warnings do not count."""
    found = [(path, _problems(path)) for path in map(_file, what)]
    if as_json:
        print_json([{"file": str(path), "problems": [_record(p) for p in problems]} for path, problems in found])
    else:
        for path, problems in found:
            for problem in problems:
                hint = f" -> {problem.hint}" if problem.hint else ""
                say(f"{path}: {problem.level}: {problem.message}{hint}")
            if not problems:
                say(f"{path}: nothing to say against it")
    if any(problem.level == "error" for _, problems in found for problem in problems):
        raise typer.Exit(codes.FAILED)


def _file(what: str) -> Path:
    path = Path(what)
    if path.is_file():
        return path
    if (path / FILE).is_file():
        return path / FILE
    catalog = setup.load().catalog_dir
    if (catalog / what / FILE).is_file():
        return catalog / what / FILE
    slugs = [folder.parent.name for folder in catalog.glob(f"*/{FILE}")]
    raise NotFoundError(
        f"'{what}' is neither a connector file nor a connector of the catalog", hint=did_you_mean(what, slugs)
    )


def problems_of(what: str) -> list[Problem]:
    """What is wrong with a connector file, its folder, or a connector of the catalog."""
    return _problems(_file(what))


def _problems(path: Path) -> list[Problem]:
    from weftline.connectors.lint import lint as judge

    try:
        return judge(read_document(path, Connector), path.parent)
    except DocumentError as error:
        return [Problem("error", None, None, error.message, error.hint)]


def _record(problem: Problem) -> dict[str, str | None]:
    return {"level": problem.level, "where": problem.field, "message": problem.message, "hint": problem.hint}
