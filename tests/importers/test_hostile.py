"""Files that mean harm are refused with a reason, or read within bounds."""

import json

import pytest

from weftline.errors import DocumentError
from weftline.importers import import_description


def api(schema, **more):
    answer = {"200": {"content": {"application/json": {"schema": schema}}}}
    return json.dumps(
        {"openapi": "3.1.0", "info": {"title": "A"}, "paths": {"/a": {"get": {"responses": answer}}}} | more
    )


def test_circles_of_schemas_end():
    circle = {"properties": {"one": {"$ref": "#/x/a"}, "two": {"allOf": [{"$ref": "#/x/a"}]}}}
    assert import_description(api({"$ref": "#/x/a"}, x={"a": circle}).encode(), "a").operations == 1


def test_wide_circles_end_soon():
    circle = {"properties": {f"p{at}": {"$ref": "#/x/a"} for at in range(40)}}
    assert import_description(api({"$ref": "#/x/a"}, x={"a": circle}).encode(), "a").operations == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (api({"$ref": "#/x/a"}, x={"a": {"$ref": "#/x/a"}}), "leads to itself"),
        (api({"$ref": "https://evil.example/x.json"}), "evil.example"),
        (api({"$ref": "file:///etc/passwd"}), "another file"),
        ("a: " + "[" * 5000, "format|deeper"),
        ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [" + ",".join([f"*{chr(97 + n)}"] * 9) + "]\n" for n in range(9)), "anchors"),  # noqa: E501
        (b"PK\x03\x04" + bytes(100), "ZIP"),
        (b"\x1f\x8b" + bytes(100), "gzip"),
    ],
)  # fmt: skip
def test_is_refused_with_a_reason(data, said):
    with pytest.raises(DocumentError, match=said):
        import_description(data if isinstance(data, bytes) else data.encode(), "bad.yaml")
