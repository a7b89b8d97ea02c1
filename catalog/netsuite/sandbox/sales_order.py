"""What a sales order may hold, and how the record service judges one.

A subset of the vendor's record, under the vendor's names: unknown fields are refused as the service refuses them,
custom body and column fields (``custbody...``, ``custcol...``) are let through.
"""

from __future__ import annotations

import datetime
import json
import re
from decimal import Decimal
from typing import Any

import msgspec

from .errors import RecordError

__all__ = ["check"]


class _Link(msgspec.Struct, forbid_unknown_fields=True):
    rel: str
    href: str


class Reference(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """A pointer to another record, by internal or external id."""

    id: str | int | None = None
    external_id: str | None = None
    ref_name: str | None = None
    links: list[_Link] | None = None


Ref = Reference | str | int | None
Flag = bool | None
Text = str | None
Number = Decimal | None
Date = datetime.date | None


class Address(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    addressee: Text = None
    attention: Text = None
    addr_phone: Text = None
    addr1: Text = None
    addr2: Text = None
    addr3: Text = None
    addr_text: Text = None
    city: Text = None
    state: Text = None
    zip: Text = None
    country: Ref = None
    override: Flag = None


class Line(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    item: Ref = None
    line: int | None = None
    quantity: Number = None
    rate: Number = None
    amount: Number = None
    description: Text = None
    price: Ref = None
    units: Ref = None
    location: Ref = None
    department: Ref = None
    class_: Ref = msgspec.field(default=None, name="class")
    tax_code: Ref = None
    tax_rate1: Number = None
    tax1_amt: Number = None
    is_closed: Flag = None
    is_taxable: Flag = None
    commit_inventory: Ref = None
    expected_ship_date: Date = None
    cost_estimate: Number = None


class Lines(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    items: list[Line] = []
    links: list[_Link] | None = None


class SalesOrder(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    entity: Ref = None
    item: Lines | None = None
    external_id: Text = None
    id: str | int | None = None
    tran_id: Text = None
    tran_date: Date = None
    due_date: Date = None
    start_date: Date = None
    end_date: Date = None
    ship_date: Date = None
    other_ref_num: Text = None
    memo: Text = None
    message: Text = None
    email: Text = None
    to_be_emailed: Flag = None
    to_be_printed: Flag = None
    to_be_faxed: Flag = None
    currency: Ref = None
    exchange_rate: Number = None
    subsidiary: Ref = None
    location: Ref = None
    department: Ref = None
    class_: Ref = msgspec.field(default=None, name="class")
    custom_form: Ref = None
    order_status: Ref = None
    source: Ref = None
    sales_rep: Ref = None
    partner: Ref = None
    lead_source: Ref = None
    terms: Ref = None
    payment_method: Ref = None
    ship_method: Ref = None
    shipping_cost: Number = None
    handling_cost: Number = None
    ship_complete: Flag = None
    ship_is_residential: Flag = None
    is_taxable: Flag = None
    tax_item: Ref = None
    tax_rate: Number = None
    tax_total: Number = None
    tax_details_override: Flag = None
    discount_item: Ref = None
    discount_rate: str | int | float | None = None
    promo_code: Ref = None
    bill_addr_list: Ref = None
    ship_addr_list: Ref = None
    bill_address_list: Ref = None
    ship_address_list: Ref = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    links: list[_Link] | None = None


_decoder = msgspec.json.Decoder(SalesOrder)
_LINE_FIELDS = {field.encode_name for field in msgspec.structs.fields(Line)}
_ORDER_FIELDS = {field.encode_name for field in msgspec.structs.fields(SalesOrder)}
_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?$", re.DOTALL)


def check(body: bytes, *, new: bool, strict: bool = True) -> SalesOrder:
    """The order in ``body``; raises ``RecordError`` that names the path of what is wrong.

    ``new``: an order that does not exist yet needs its customer and at least one line. ``strict`` False lets
    unknown fields pass (the service's header that turns property name validation off).
    """
    try:
        order = _decoder.decode(body)
    except msgspec.DecodeError:
        # Not the plain case: custom fields, or a fault whose exact place the caller wants to read.
        order = _check_slowly(body, strict=strict)
    _check_needs(order, new=new)
    return order


def _check_needs(order: SalesOrder, *, new: bool) -> None:
    if new and not _points_somewhere(order.entity):
        raise RecordError(
            "Error while accessing a resource. Please enter value(s) for: Customer.",
            code="USER_ERROR",
            path="entity",
        )
    lines = order.item.items if order.item is not None else []
    if new and not lines:
        raise RecordError(
            "Error while accessing a resource. You must enter at least one line item for this transaction.",
            code="USER_ERROR",
            path="item.items",
        )
    for index, line in enumerate(lines):
        if line.line is None and not _points_somewhere(line.item):
            raise RecordError(
                "Error while accessing a resource. Please enter value(s) for: Item.",
                code="USER_ERROR",
                path=f"item.items[{index}].item",
            )


def _points_somewhere(reference: Ref) -> bool:
    if isinstance(reference, Reference):
        return bool(reference.id or reference.external_id or reference.ref_name)
    return bool(reference)


def _check_slowly(body: bytes, *, strict: bool) -> SalesOrder:
    try:
        content = json.loads(body, parse_float=Decimal)
    except ValueError as error:
        raise RecordError(
            f"Error while accessing a resource. The request body is not valid JSON: {error}",
            code="INVALID_CONTENT",
        ) from None
    if not isinstance(content, dict):
        raise RecordError(
            "Error while accessing a resource. The request body must be a JSON object.", code="INVALID_CONTENT"
        )
    order = _known(content, _ORDER_FIELDS, "custbody", "", strict)
    lines = order.get("item")
    if isinstance(lines, dict) and isinstance(lines.get("items"), list):
        checked = []
        for index, line in enumerate(lines["items"]):
            path = f"item.items[{index}]"
            if not isinstance(line, dict):
                raise _invalid("a line is an object", path)
            known = _known(line, _LINE_FIELDS, "custcol", f"{path}.", strict)
            checked.append(_convert(known, Line, path))
        order["item"] = {**lines, "items": []}
        result = _convert(order, SalesOrder, "")
        result.item.items = checked
        return result
    return _convert(order, SalesOrder, "")


def _known(content: dict[str, Any], fields: set[str], custom: str, prefix: str, strict: bool) -> dict[str, Any]:
    for name in content:
        if strict and name not in fields and not name.startswith(custom):
            raise RecordError(
                f"Error while accessing a resource. Unknown field '{name}' in the request body.",
                code="INVALID_CONTENT",
                path=prefix + name,
            )
    return {name: value for name, value in content.items() if name in fields}


def _convert(content: dict[str, Any], kind: type[Any], prefix: str) -> Any:
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        found = _WHERE.match(str(error))
        inner = (found and found["path"]) or ""
        path = f"{prefix}.{inner}" if prefix and inner else prefix or inner
        raise _invalid(found["what"] if found else str(error), path) from None


def _invalid(what: str, path: str) -> RecordError:
    return RecordError(
        f"Error while accessing a resource. You have entered an invalid field value: {what}.",
        code="INVALID_CONTENT",
        path=path,
    )
