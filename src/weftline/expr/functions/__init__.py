"""Functions of the expression language, one file per family; each registers itself with its docs and an example."""

from weftline.expr.functions.registry import FUNCTIONS  # isort: skip
from weftline.expr.functions import convert, dates, lists, logic, numbers, text  # noqa: F401 - they register
from weftline.expr.functions.base import Function, Functions

__all__ = ["FUNCTIONS", "Function", "Functions"]
