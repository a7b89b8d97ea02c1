"""The registry of transforms; outsiders add theirs with the entry-point group ``weftline.transforms``."""

from __future__ import annotations

from weftline.kernel import Registry
from weftline.mapping.base import Transform

__all__ = ["TRANSFORMS"]

_HERE = "weftline.mapping"
BUILTIN = {
    "upper": f"{_HERE}.text:UpperTransform",
    "lower": f"{_HERE}.text:LowerTransform",
    "trim": f"{_HERE}.text:TrimTransform",
    "replace": f"{_HERE}.text:ReplaceTransform",
    "prefix": f"{_HERE}.text:PrefixTransform",
    "suffix": f"{_HERE}.text:SuffixTransform",
    "substring": f"{_HERE}.text:SubstringTransform",
    "split": f"{_HERE}.text:SplitTransform",
    "pad": f"{_HERE}.text:PadTransform",
    "default": f"{_HERE}.text:DefaultTransform",
    "concat": f"{_HERE}.text:ConcatTransform",
    "text_template": f"{_HERE}.text:TextTemplateTransform",
    "round": f"{_HERE}.number:RoundTransform",
    "add": f"{_HERE}.number:AddTransform",
    "multiply": f"{_HERE}.number:MultiplyTransform",
    "divide": f"{_HERE}.number:DivideTransform",
    "absolute": f"{_HERE}.number:AbsoluteTransform",
    "format_number": f"{_HERE}.number:FormatNumberTransform",
    "to_number": f"{_HERE}.number:ToNumberTransform",
    "date_format": f"{_HERE}.date:DateFormatTransform",
    "date_add": f"{_HERE}.date:DateAddTransform",
    "start_of": f"{_HERE}.date:StartOfTransform",
    "join": f"{_HERE}.list:JoinTransform",
    "first": f"{_HERE}.list:FirstTransform",
    "last": f"{_HERE}.list:LastTransform",
    "nth": f"{_HERE}.list:NthTransform",
    "count": f"{_HERE}.list:CountTransform",
    "sum": f"{_HERE}.list:SumTransform",
    "unique": f"{_HERE}.list:UniqueTransform",
    "flatten": f"{_HERE}.list:FlattenTransform",
    "sort": f"{_HERE}.list:SortTransform",
    "pick": f"{_HERE}.list:PickTransform",
    "lookup": f"{_HERE}.lookup:LookupTransform",
    "to_text": f"{_HERE}.convert:ToTextTransform",
    "to_boolean": f"{_HERE}.convert:ToBooleanTransform",
    "constant": f"{_HERE}.convert:ConstantTransform",
    "null_if": f"{_HERE}.convert:NullIfTransform",
}

TRANSFORMS: Registry[Transform] = Registry("transforms", BUILTIN)
