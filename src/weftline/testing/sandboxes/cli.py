"""The command line of the sandboxes: ``list``, ``run SLUG`` or a whole file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from weftline.errors import SettingsError, WeftlineError
from weftline.testing.sandboxes.discovery import discover
from weftline.testing.sandboxes.runner import run_file, run_one

__all__ = ["main", "parse_pairs"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0 when it ended as asked, 2 when the input was wrong (said on stderr)."""
    arguments = _parser().parse_args(argv)
    try:
        if arguments.file:
            run_file(arguments.file, host=arguments.host, catalog=arguments.catalog)
        elif arguments.command == "list":
            for slug in discover(arguments.catalog):
                sys.stdout.write(f"{slug}\n")
        elif arguments.command == "run":
            options = parse_pairs(arguments.option)
            run_one(arguments.slug, options, host=arguments.host, port=arguments.port, catalog=arguments.catalog)
        else:
            _parser().print_usage(sys.stderr)
            return 2
    except WeftlineError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


def parse_pairs(pairs: Sequence[str]) -> dict[str, str]:
    """``["orders=20", "store=uk"]`` as a dict; raises ``SettingsError`` for one without ``=``."""
    options: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise SettingsError(f"--option {key!r} has no value", hint="write it as key=value")
        options[key.strip()] = value
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m weftline.testing.sandboxes", description=__doc__)
    parser.add_argument("--catalog", help="catalog folder (default: catalog/ of the repository)")
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on")
    parser.add_argument("--file", help="YAML file that names several sandboxes")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("list", help="name every sandbox of the catalog")
    run = commands.add_parser("run", help="run one sandbox until stopped")
    run.add_argument("slug")
    run.add_argument("--port", type=int, default=0)
    run.add_argument("--option", action="append", default=[], metavar="KEY=VALUE")
    return parser
