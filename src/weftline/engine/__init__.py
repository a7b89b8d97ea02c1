"""Floor 10: runs. Intake, interpreter, ledger, recovery; durability is DBOS Transact's, in ``durable`` alone."""

from weftline.engine.engine import Engine, EngineOptions
from weftline.engine.facts import Facts
from weftline.engine.plan import build, lint, with_links

__all__ = ["Engine", "EngineOptions", "Facts", "build", "lint", "with_links"]
