"""The yardstick: the same job by hand, with asyncio and aiohttp and nothing else.

Pulls every order of three stores page by page, keeps those that are not cancelled, maps each to a sales order and
upserts it by external id with a signed request, 16 at once. No ledger, no log, nothing on disk: a crash loses it all.
Prints one JSON line: orders, seconds.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import secrets
import sys
import time
from urllib.parse import quote

import aiohttp
import orjson
import uvloop

AT_ONCE = 16


def signer(account: str, consumer_key: str, consumer_secret: str, token: str, token_secret: str):
    keyed = hmac.new(f"{quote(consumer_secret, safe='')}&{quote(token_secret, safe='')}".encode(), digestmod="sha256")

    def sign(method: str, url: str) -> str:
        nonce, now = secrets.token_hex(8), str(int(time.time()))
        parameters = (
            f"oauth_consumer_key={consumer_key}&oauth_nonce={nonce}&oauth_signature_method=HMAC-SHA256"
            f"&oauth_timestamp={now}&oauth_token={token}&oauth_version=1.0"
        )
        digest = keyed.copy()
        digest.update(f"{method}&{quote(url, safe='')}&{quote(parameters, safe='')}".encode())
        signature = quote(base64.b64encode(digest.digest()), safe="")
        return (
            f'OAuth realm="{account}", oauth_consumer_key="{consumer_key}", oauth_token="{token}", '
            f'oauth_signature_method="HMAC-SHA256", oauth_timestamp="{now}", oauth_nonce="{nonce}", '
            f'oauth_version="1.0", oauth_signature="{signature}"'
        )

    return sign


def to_sales_order(store: str, order: dict) -> dict:
    return {
        "externalId": f"{store}-{order['id']}",
        "entity": {"externalId": order["email"] or "guest"},
        "tranDate": order["created_at"][:10],
        "otherRefNum": order["name"],
        "memo": order["name"],
        "currency": {"refName": order["currency"]},
        "item": {
            "items": [
                {"item": {"externalId": line["sku"]}, "quantity": line["quantity"], "rate": float(line["price"])}
                for line in order["line_items"]
            ]
        },
    }


async def pages(session: aiohttp.ClientSession, base_url: str, token: str):
    url = f"{base_url}/admin/api/2026-07/orders.json?limit=250&status=any"
    while url:
        async with session.get(url, headers={"X-Shopify-Access-Token": token}) as response:
            response.raise_for_status()
            orders = orjson.loads(await response.read())["orders"]
            following = response.links.get("next")
            url = str(following["url"]) if following else ""
        yield orders


async def main(job: dict) -> None:
    erp = job["erp"]
    sign = signer(*[erp[name] for name in ("account", "consumer_key", "consumer_secret", "token_id", "token_secret")])
    sent = 0

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        slots = asyncio.Semaphore(AT_ONCE)

        async def upsert(order: dict) -> None:
            nonlocal sent
            url = f"{erp['base_url']}/services/rest/record/v1/salesOrder/eid:{order['externalId']}"
            headers = {"Authorization": sign("PUT", url), "Content-Type": "application/json"}
            try:
                async with session.put(url, data=orjson.dumps(order), headers=headers) as response:
                    response.raise_for_status()
                    await response.read()
                sent += 1
            finally:
                slots.release()

        async def store(name: str, base_url: str, token: str) -> None:
            async for page in pages(session, base_url, token):
                async with asyncio.TaskGroup() as group:
                    for order in page:
                        if order["cancelled_at"] is None:
                            await slots.acquire()
                            group.create_task(upsert(to_sales_order(name, order)))

        started = time.monotonic()
        await asyncio.gather(*(store(**source) for source in job["stores"]))
        seconds = time.monotonic() - started
    sys.stdout.write(json.dumps({"orders": sent, "seconds": seconds}) + "\n")


if __name__ == "__main__":
    uvloop.run(main(json.loads(sys.argv[1])))
