"""Floor 4: one reference and expression language, compiled to closures."""

from weftline.expr.expression import Expression, compile_expression
from weftline.expr.functions import FUNCTIONS
from weftline.expr.limits import Limits
from weftline.expr.path import Path, compile_path
from weftline.expr.reference import MISSING
from weftline.expr.template import Template, compile_template
from weftline.expr.values import to_text

__all__ = [
    "FUNCTIONS",
    "MISSING",
    "Expression",
    "Limits",
    "Path",
    "Template",
    "compile_expression",
    "compile_path",
    "compile_template",
    "to_text",
]
