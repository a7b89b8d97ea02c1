"""The same pull with dlt's REST client; run by run.py in an environment of its own."""

import json
import sys
import time

from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import APIKeyAuth
from dlt.sources.helpers.rest_client.paginators import HeaderLinkPaginator

url, token = sys.argv[1:]
base, _, path = url.partition("/admin")
client = RESTClient(
    base_url=base,
    auth=APIKeyAuth(name="X-Shopify-Access-Token", api_key=token, location="header"),
    paginator=HeaderLinkPaginator(),
    data_selector="orders",
)
started = time.perf_counter()
count = sum(len(page) for page in client.paginate(f"/admin{path}", params={"limit": 250, "status": "any"}))
print(json.dumps({"orders": count, "seconds": time.perf_counter() - started}))
