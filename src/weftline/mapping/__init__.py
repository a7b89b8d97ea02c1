"""Floor 5: transforms and map rules."""

from weftline.mapping.base import Transform, TransformConfig
from weftline.mapping.check import Problem, check_map
from weftline.mapping.lookups import Lookups, MemoryLookups
from weftline.mapping.record_map import RecordMap, compile_map
from weftline.mapping.rule import MapRule
from weftline.mapping.transforms import TRANSFORMS

__all__ = [
    "TRANSFORMS",
    "Lookups",
    "MapRule",
    "MemoryLookups",
    "Problem",
    "RecordMap",
    "Transform",
    "TransformConfig",
    "check_map",
    "compile_map",
]
