"""Exit codes: what a shell script may rely on."""

from __future__ import annotations

SUCCESS = 0
FAILED = 1
"""The run failed, or the command could not do what was asked."""
PARTIAL = 2
"""The run ended, but some records failed."""
UNFINISHED = 3
"""The run was stopped, or had not ended when the time was up."""
USAGE = 64
"""The command was not understood."""

OF_STATUS = {
    "success": SUCCESS,
    "partial_success": PARTIAL,
    "failed": FAILED,
    "stopped": UNFINISHED,
    "parked": UNFINISHED,
}


def of_status(status: str) -> int:
    """The exit code for a run's status; a run that is not at its end is unfinished."""
    return OF_STATUS.get(status, UNFINISHED)
