"""The same pull with a declarative source of airbyte-cdk; run by run.py in an environment of its own."""

import json
import sys
import time

from airbyte_cdk.models import SyncMode
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

url, token = sys.argv[1:]
base, _, path = url.partition("/admin")
MANIFEST = {
    "version": "6.0.0",
    "type": "DeclarativeSource",
    "check": {"type": "CheckStream", "stream_names": ["orders"]},
    "streams": [
        {
            "type": "DeclarativeStream",
            "name": "orders",
            "primary_key": ["id"],
            "schema_loader": {"type": "InlineSchemaLoader", "schema": {"type": "object", "properties": {}}},
            "retriever": {
                "type": "SimpleRetriever",
                "requester": {
                    "type": "HttpRequester",
                    "url_base": base,
                    "path": f"/admin{path}",
                    "http_method": "GET",
                    "request_headers": {"X-Shopify-Access-Token": token},
                    "request_parameters": {"limit": "250", "status": "{{ '' if next_page_token else 'any' }}"},
                },
                "record_selector": {
                    "type": "RecordSelector",
                    "extractor": {"type": "DpathExtractor", "field_path": ["orders"]},
                },
                "paginator": {
                    "type": "DefaultPaginator",
                    "page_token_option": {"type": "RequestPath"},
                    "pagination_strategy": {
                        "type": "CursorPagination",
                        "cursor_value": "{{ headers['link']['next']['url'] }}",
                        "stop_condition": "{{ 'next' not in headers['link'] }}",
                    },
                },
            },
        }
    ],
    "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
}
source = ConcurrentDeclarativeSource(catalog=None, config={}, state=[], source_config=MANIFEST)
(stream,) = source.streams({})
started = time.perf_counter()
if hasattr(stream, "generate_partitions"):
    count = sum(1 for partition in stream.generate_partitions() for _ in partition.read())
else:
    count = sum(
        1
        for part in stream.stream_slices(sync_mode=SyncMode.full_refresh)
        for _ in stream.read_records(SyncMode.full_refresh, stream_slice=part)
    )
print(json.dumps({"orders": count, "seconds": time.perf_counter() - started}))
