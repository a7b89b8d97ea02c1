"""Makes a store's products, customers and orders: always the same for the same options.

An order depends only on the store, the seed and its place in the row, so any page can be made without the others.
Money is text with two decimals and adds up: lines less discounts plus tax plus shipping is the total. Ids of orders
and customers lie on both sides of 2**53, so that whoever reads them as floats sees it.
"""

from __future__ import annotations

import datetime
import hashlib
import random
import zlib
from typing import Any

import msgspec

from .options import ShopifyOptions
from .words import COLOURS, COUNTRIES, FIRST_NAMES, GOODS, LAST_NAMES, MATERIALS, NOTE, STREETS

__all__ = ["TARGET_BYTES", "Generator"]

TARGET_BYTES = 7600
BORDER = 2**53
ORDER_STEP_S = 420
# (financial, fulfilment) with the weight of each.
STATES = (
    (("paid", "fulfilled"), 50),
    (("paid", None), 20),
    (("authorized", None), 10),
    (("pending", None), 8),
    (("partially_paid", None), 4),
    (("partially_refunded", "fulfilled"), 4),
    (("refunded", "fulfilled"), 2),
    (("voided", None), 2),
)
GATEWAYS = ("shopify_payments", "paypal", "manual")
_WORDS = NOTE.split()
_encode = msgspec.json.encode


class Generator:
    """The data of one store."""

    def __init__(self, options: ShopifyOptions) -> None:
        self._options = options
        self.country = COUNTRIES.get(options.store[:2], COUNTRIES["us"])
        self.currency = options.currency or self.country.currency
        self._offset = datetime.timezone(
            datetime.timedelta(hours=int(self.country.offset[:3])), name=self.country.offset
        )
        # Stores share one space of ids, as at the vendor: each takes its own place between two steps. The place is
        # odd, since a float holds every even number up to 2**54.
        self._slot = zlib.crc32(options.store.encode()) % 512 * 2 + 1
        self.products = [self._product(i) for i in range(options.products)]
        self.customers = [self._customer(i) for i in range(options.customers)]

    @property
    def domain(self) -> str:
        return f"{self._options.store}.example.com"

    def order_id(self, index: int) -> int:
        return BORDER + (index - self._options.orders // 2) * 1024 + self._slot

    def shop(self) -> dict[str, Any]:
        city, province, province_code, postcode = self.country.places[0]
        return {
            "id": 690_000_000 + self._slot,
            "name": f"Weftline Demo {self._options.store.upper()}",
            "email": f"shop@{self.domain}",
            "domain": self.domain,
            "province": province,
            "province_code": province_code,
            "country": self.country.code,
            "country_code": self.country.code,
            "country_name": self.country.name,
            "address1": f"1 {STREETS[0]}",
            "zip": postcode,
            "city": city,
            "phone": None,
            "created_at": self._time(-86400 * 400),
            "updated_at": self._time(0),
            "currency": self.currency,
            "money_format": "{{amount}} " + self.currency,
            "myshopify_domain": f"{self._options.store}.myshopify.com",
            "plan_name": "partner_test",
            "shop_owner": "Demo Owner",
            "timezone": f"(GMT{self.country.offset})",
            "taxes_included": False,
            "source": None,
        }

    def _random(self, kind: str, index: int) -> random.Random:
        return random.Random(f"{self._options.seed}/{self._options.store}/{kind}/{index}")

    def _time(self, seconds: float) -> str:
        moment = self._options.first_order_at + datetime.timedelta(seconds=seconds)
        return moment.astimezone(self._offset).isoformat(timespec="seconds")

    def _product(self, index: int) -> dict[str, Any]:
        rng = self._random("product", index)
        number = 632_910_000_000 + index * 1024 + self._slot
        title = f"{rng.choice(MATERIALS)} {GOODS[index % len(GOODS)]}"
        code = f"{title.split()[0][:3]}-{GOODS[index % len(GOODS)][:4]}-{index:03d}".upper().replace("É", "E")
        made_at = self._time(-86400 * (30 + index))
        price = rng.randrange(450, 24_000)
        variants = [
            {
                "id": 39_072_000_000_000 + (index * 8 + place) * 1024 + self._slot,
                "product_id": number,
                "title": colour,
                "price": _money(price + place * 100),
                "sku": f"{code}-{colour[:3].upper().replace('È', 'E')}",
                "position": place + 1,
                "inventory_policy": "deny",
                "compare_at_price": None,
                "fulfillment_service": "manual",
                "inventory_management": "shopify",
                "option1": colour,
                "option2": None,
                "option3": None,
                "created_at": made_at,
                "updated_at": made_at,
                "taxable": True,
                "grams": rng.randrange(80, 2400, 20),
                "inventory_quantity": rng.randrange(0, 90),
                "requires_shipping": True,
            }
            for place, colour in enumerate(rng.sample(COLOURS, 3))
        ]
        return {
            "id": number,
            "title": title,
            "body_html": f"<p>{title}, made to last.</p>",
            "vendor": f"{rng.choice(LAST_NAMES)} & Co",
            "product_type": title.split()[1],
            "created_at": made_at,
            "handle": code.lower(),
            "updated_at": made_at,
            "published_at": made_at,
            "template_suffix": None,
            "status": "active",
            "tags": f"demo, {title.split()[0].lower()}",
            "admin_graphql_api_id": f"gid://shopify/Product/{number}",
            "variants": variants,
            "options": [{"name": "Colour", "values": [variant["title"] for variant in variants]}],
            "images": [],
            "image": None,
        }

    def _customer(self, index: int) -> dict[str, Any]:
        rng = self._random("customer", index)
        number = BORDER + (index - self._options.customers // 2) * 1024 + self._slot + 512
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        address = {"id": number + 1, "customer_id": number, **self._address(rng, first, last), "default": True}
        made_at = self._time(-86400 * rng.randrange(1, 365))
        return {
            "id": number,
            "email": f"customer.{index:05d}@{self.domain}",
            "accepts_marketing": rng.random() < 0.3,
            "created_at": made_at,
            "updated_at": made_at,
            "first_name": first,
            "last_name": last,
            "orders_count": rng.randrange(1, 9),
            "state": "enabled",
            "total_spent": _money(rng.randrange(1000, 200_000)),
            "last_order_id": None,
            "note": None,
            "verified_email": True,
            "multipass_identifier": None,
            "tax_exempt": False,
            "tags": "",
            "last_order_name": None,
            "currency": self.currency,
            "phone": address["phone"],
            "addresses": [address],
            "default_address": address,
        }

    def _address(self, rng: random.Random, first: str, last: str) -> dict[str, Any]:
        city, province, province_code, postcode = rng.choice(self.country.places)
        return {
            "first_name": first,
            "last_name": last,
            "company": None,
            "address1": f"{rng.choice(STREETS)} {rng.randrange(1, 180)}",
            "address2": "",
            "city": city,
            "province": province,
            "country": self.country.name,
            "zip": postcode,
            "phone": f"{self.country.phone}{rng.randrange(100, 1000)}",
            "name": f"{first} {last}",
            "province_code": province_code,
            "country_code": self.country.code,
            "country_name": self.country.name,
        }

    def order(self, index: int) -> dict[str, Any]:
        """One order; as compact JSON it takes about ``TARGET_BYTES``."""
        rng = self._random("order", index)
        order = self._order(rng, index)
        gap = TARGET_BYTES + rng.randrange(-250, 250) - len(_encode(order))
        if gap > 0:
            text = " ".join(rng.choices(_WORDS, k=gap // 5 + 1))[:gap].strip()
            order["note_attributes"][0]["value"] = text
        return order

    def _order(self, rng: random.Random, index: int) -> dict[str, Any]:
        number = self.order_id(index)
        financial, fulfilled = rng.choices([s for s, _ in STATES], [w for _, w in STATES])[0]
        customer = rng.choice(self.customers)
        address = {k: v for k, v in customer["default_address"].items() if k not in ("id", "customer_id", "default")}
        address |= {"latitude": "51.50853", "longitude": "-0.12574"}
        at_s = index * ORDER_STEP_S + rng.randrange(ORDER_STEP_S)
        made_at = self._time(at_s)
        changed_at = self._time(at_s + rng.randrange(30, 86_400 * 3))
        lines = [self._line(rng, number, place) for place in range(rng.choice((2, 3, 3, 4)))]
        gross = sum(_cents(line["price"]) * line["quantity"] for line in lines)
        discount = gross // 10 if rng.random() < 0.2 else 0
        net = gross - discount
        tax = net * self.country.tax_percent // 100
        shipping = rng.choice((0, 0, 395, 750))
        total = net + tax + shipping
        cancelled_at = changed_at if financial == "voided" else None
        closed_at = changed_at if fulfilled and rng.random() < 0.3 else None
        token = hashlib.md5(f"{self._slot}/{number}".encode(), usedforsecurity=False).hexdigest()
        money = self._both
        tax_lines = [
            {
                "price": _money(tax),
                "rate": self.country.tax_percent / 100,
                "title": self.country.tax_title,
                "price_set": money(tax),
                "channel_liable": False,
            }
        ]
        return {
            "id": number,
            "admin_graphql_api_id": f"gid://shopify/Order/{number}",
            "app_id": 580111,
            "browser_ip": "203.0.113.7",
            "buyer_accepts_marketing": customer["accepts_marketing"],
            "cancel_reason": "customer" if cancelled_at else None,
            "cancelled_at": cancelled_at,
            "cart_token": token[::-1],
            "checkout_id": 901_414_060_000 + index,
            "checkout_token": token[8:] + token[:8],
            "client_details": {
                "accept_language": None,
                "browser_ip": "203.0.113.7",
                "session_hash": None,
                "user_agent": None,
            },
            "closed_at": closed_at,
            "confirmed": True,
            "contact_email": customer["email"],
            "created_at": made_at,
            "currency": self.currency,
            "current_subtotal_price": _money(net),
            "current_total_discounts": _money(discount),
            "current_total_price": _money(total),
            "current_total_tax": _money(tax),
            "customer_locale": "en",
            "discount_codes": [{"code": "TENOFF", "amount": _money(discount), "type": "percentage"}]
            if discount
            else [],
            "email": customer["email"],
            "financial_status": financial,
            "fulfillment_status": fulfilled,
            "gateway": GATEWAYS[index % len(GATEWAYS)],
            "landing_site": "/?utm_source=newsletter&utm_medium=email",
            "landing_site_ref": None,
            "location_id": None,
            "name": f"#{1001 + index}",
            "note": None,
            "note_attributes": [{"name": "delivery note", "value": ""}, {"name": "colour", "value": "green"}],
            "number": index + 1,
            "order_number": 1001 + index,
            "order_status_url": f"https://{self.domain}/orders/{token}/authenticate",
            "payment_gateway_names": [GATEWAYS[index % len(GATEWAYS)]],
            "phone": None,
            "presentment_currency": self.currency,
            "processed_at": made_at,
            "processing_method": "direct",
            "reference": None,
            "referring_site": f"https://search.{self.domain}/",
            "source_identifier": None,
            "source_name": "web",
            "subtotal_price": _money(net),
            "subtotal_price_set": money(net),
            "tags": "",
            "tax_lines": tax_lines,
            "taxes_included": False,
            "test": False,
            "token": token,
            "total_discounts": _money(discount),
            "total_discounts_set": money(discount),
            "total_line_items_price": _money(gross),
            "total_outstanding": _money(0 if financial in ("paid", "refunded", "partially_refunded") else total),
            "total_price": _money(total),
            "total_price_set": money(total),
            "total_shipping_price_set": money(shipping),
            "total_tax": _money(tax),
            "total_tax_set": money(tax),
            "total_weight": sum(line["grams"] * line["quantity"] for line in lines),
            "updated_at": changed_at,
            "user_id": None,
            "billing_address": address,
            "shipping_address": address,
            "customer": {k: v for k, v in customer.items() if k not in ("addresses", "orders_count", "total_spent")},
            "fulfillments": [self._fulfillment(number, changed_at, lines[0])] if fulfilled else [],
            "line_items": lines,
            "payment_details": {
                "avs_result_code": None,
                "credit_card_bin": None,
                "cvv_result_code": None,
                "credit_card_number": f"•••• •••• •••• {rng.randrange(1000, 10_000)}",
                "credit_card_company": "Visa",
            },
            "refunds": [],
            "shipping_lines": [
                {
                    "id": 369_256_000_000 + index,
                    "code": "Standard" if shipping else "Free Shipping",
                    "price": _money(shipping),
                    "source": "shopify",
                    "title": "Standard" if shipping else "Free Shipping",
                    "tax_lines": [],
                }
            ],
        }

    def _line(self, rng: random.Random, order_id: int, place: int) -> dict[str, Any]:
        product = rng.choice(self.products)
        variant = rng.choice(product["variants"])
        return {
            "id": order_id * 8 + place,
            "fulfillable_quantity": 0,
            "fulfillment_service": "manual",
            "fulfillment_status": None,
            "gift_card": False,
            "grams": variant["grams"],
            "name": f"{product['title']} - {variant['title']}",
            "price": variant["price"],
            "price_set": self._both(_cents(variant["price"])),
            "product_exists": True,
            "product_id": product["id"],
            "properties": [],
            "quantity": rng.choice((1, 1, 1, 2, 3)),
            "requires_shipping": True,
            "sku": variant["sku"],
            "taxable": True,
            "title": product["title"],
            "total_discount": "0.00",
            "variant_id": variant["id"],
            "variant_inventory_management": "shopify",
            "variant_title": variant["title"],
            "vendor": product["vendor"],
            "tax_lines": [],
        }

    def _fulfillment(self, order_id: int, at: str, line: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": order_id * 8 + 7,
            "order_id": order_id,
            "status": "success",
            "created_at": at,
            "updated_at": at,
            "service": "manual",
            "tracking_company": "Demo Post",
            "tracking_number": f"DP{order_id}",
            "tracking_numbers": [f"DP{order_id}"],
            "tracking_url": f"https://post.example.com/?parcel=DP{order_id}",
            "tracking_urls": [f"https://post.example.com/?parcel=DP{order_id}"],
            "receipt": {},
            "line_items": [{k: line[k] for k in ("id", "sku", "title", "quantity", "price", "variant_id")}],
        }

    def _both(self, cents: int) -> dict[str, Any]:
        money = {"amount": _money(cents), "currency_code": self.currency}
        return {"shop_money": money, "presentment_money": money}


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _cents(money: str) -> int:
    return int(money.replace(".", ""))
