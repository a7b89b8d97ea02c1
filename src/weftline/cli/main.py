"""The command ``weftline``: its verbs, and how errors leave it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

import weftline
from weftline.cli import admin, codes, connector, instance, keys, marketplace
from weftline.cli.apply import apply
from weftline.cli.cursors import cursors
from weftline.cli.doctor import doctor
from weftline.cli.export import export
from weftline.cli.output import error_line, warn
from weftline.cli.plan import plan
from weftline.cli.retry import retry
from weftline.cli.run import run
from weftline.cli.run_log import run_log
from weftline.cli.runs import runs
from weftline.cli.sandbox import sandbox
from weftline.cli.serve import serve
from weftline.cli.stop import stop
from weftline.errors import WeftlineError

__all__ = ["app", "main"]

app = typer.Typer(
    name="weftline",
    help="Weftline moves records between applications, and never loses or repeats one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for verb in (serve, apply, plan, export, run, runs, stop, retry, cursors, sandbox, doctor):
    app.command()(verb)
app.command("run-log")(run_log)
for name, module in (
    ("connector", connector),
    ("instance", instance),
    ("keys", keys),
    ("marketplace", marketplace),
    ("admin", admin),
):
    app.add_typer(module.verbs, name=name)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"weftline {weftline.__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Weftline moves records between applications, and never loses or repeats one.

    Begin with 'weftline serve', or apply a workspace file and run one of its flows: commands start a server for
    their own time when none runs. Settings come from WEFTLINE_* variables; 'weftline doctor' shows them.
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; its exit code. Every expected error is one line on stderr, never a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = app(arguments, prog_name="weftline", standalone_mode=False)
        return int(code) if isinstance(code, int) else codes.SUCCESS
    except typer.Exit as ended:
        return ended.exit_code
    except typer.TyperException as error:
        message = error.format_message()
        if message:
            words = " ".join(["weftline", *(part for part in arguments[:2] if part.isalpha())][:2])
            warn(f"weftline: {message.rstrip('.')} -> try '{words} --help'")
        return codes.USAGE
    except WeftlineError as error:
        warn(error_line(error))
        return codes.FAILED
    except (KeyboardInterrupt, typer.Abort):
        warn("")
        return 130
    except BrokenPipeError:
        # The reader of a pipe (head, say) has gone: nothing more to say to it.
        sys.stderr.close()
        return codes.SUCCESS


def run_and_exit() -> None:
    """For ``python -m weftline.cli.main``."""
    raise SystemExit(main())


if __name__ == "__main__":
    run_and_exit()
