"""Floor 9: the kinds of boxes on the canvas."""

from weftline.kernel import Registry
from weftline.shapes.base import (
    Delivery,
    EffectShape,
    Intent,
    Known,
    LintPlace,
    Port,
    Pulled,
    PureShape,
    Scope,
    Settled,
    Shape,
    ShapeContext,
    Tally,
    Workshop,
    WorkspaceFacts,
    fail,
)

BUILTIN = {
    "connector": "weftline.shapes.connector:ConnectorShape",
    "filter": "weftline.shapes.filter:FilterShape",
    "map": "weftline.shapes.map:MapShape",
    "flow_control": "weftline.shapes.flow_control:FlowControlShape",
    "route": "weftline.shapes.route:RouteShape",
    "try_catch": "weftline.shapes.try_catch:TryCatchShape",
    "set_variables": "weftline.shapes.set_variables:SetVariablesShape",
    "manual_payload": "weftline.shapes.manual_payload:ManualPayloadShape",
}

SHAPES: Registry[Shape] = Registry("shapes", BUILTIN)

__all__ = [
    "BUILTIN",
    "SHAPES",
    "Delivery",
    "EffectShape",
    "Intent",
    "Known",
    "LintPlace",
    "Port",
    "Pulled",
    "PureShape",
    "Scope",
    "Settled",
    "Shape",
    "ShapeContext",
    "Tally",
    "Workshop",
    "WorkspaceFacts",
    "fail",
]
