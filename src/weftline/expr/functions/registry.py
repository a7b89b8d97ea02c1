"""The one registry that the families add to."""

from weftline.expr.functions.base import Functions

__all__ = ["FUNCTIONS"]

FUNCTIONS = Functions()
