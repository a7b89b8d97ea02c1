"""What a bulk endpoint may not be."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from weftline.model import Endpoint


def test_a_bulk_request_has_no_idempotency_header() -> None:
    endpoint = {
        "key": "items.put", "title": "Put", "entity": "item", "direction": "send", "bulk": {"max_records": 10},
        "request": {"method": "POST", "path": "/items"},
        "idempotency": {"kind": "header", "header": "Idempotency-Key", "record_key": "{{ payload.id }}"},
    }  # fmt: skip
    with pytest.raises(ValidationError, match="only an upsert"):
        Endpoint.model_validate(endpoint)
    assert Endpoint.model_validate(endpoint | {"idempotency": {"kind": "upsert"}}).bulk
