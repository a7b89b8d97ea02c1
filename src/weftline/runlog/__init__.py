"""Floor 7: what happened in runs, for people to read."""

from weftline.runlog.log import KEPT_EXCHANGES, KEPT_FAILURES, RunLog

__all__ = ["KEPT_EXCHANGES", "KEPT_FAILURES", "RunLog"]
