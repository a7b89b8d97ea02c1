"""The words that made-up stores, people and goods are put together from."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COLOURS", "COUNTRIES", "FIRST_NAMES", "GOODS", "LAST_NAMES", "MATERIALS", "NOTE", "STREETS", "Country"]


class Country(NamedTuple):
    """Where a store sells: what addresses and taxes look like there."""

    name: str
    code: str
    currency: str
    offset: str
    tax_title: str
    tax_percent: int
    places: tuple[tuple[str, str, str, str], ...]  # city, province, province code, postcode
    phone: str


COUNTRIES = {
    "uk": Country(
        "United Kingdom",
        "GB",
        "GBP",
        "+00:00",
        "VAT",
        20,
        (
            ("Leeds", "England", "ENG", "LS1 4AP"),
            ("Bristol", "England", "ENG", "BS1 5TR"),
            ("Glasgow", "Scotland", "SCT", "G1 1XQ"),
            ("Llandudno", "Wales", "WLS", "LL30 2SR"),
        ),
        "+44 20 7946 0",
    ),
    "eu": Country(
        "Germany",
        "DE",
        "EUR",
        "+01:00",
        "MwSt",
        19,
        (
            ("München", "Bayern", "BY", "80331"),
            ("Köln", "Nordrhein-Westfalen", "NW", "50667"),
            ("Würzburg", "Bayern", "BY", "97070"),
            ("Lübeck", "Schleswig-Holstein", "SH", "23552"),
        ),
        "+49 30 23125 ",
    ),
    "us": Country(
        "United States",
        "US",
        "USD",
        "-05:00",
        "State Tax",
        6,
        (
            ("Louisville", "Kentucky", "KY", "40202"),
            ("Portland", "Maine", "ME", "04101"),
            ("Cañon City", "Colorado", "CO", "81212"),
            ("Burlington", "Vermont", "VT", "05401"),
        ),
        "+1 555 0100 ",
    ),
}
FIRST_NAMES = (
    "Zoë",
    "Bob",
    "Siân",
    "François",
    "Łukasz",
    "Mia",
    "Jürgen",
    "Ana",
    "Øystein",
    "Dmitri",
    "美咲",
    "Noor",
)
LAST_NAMES = (
    "Norman",
    "O'Brien",
    "Müller",
    "García",
    "Nowak",
    "Ångström",
    "Dubois",
    "Smith",
    "Çelik",
    "佐藤",
    "Ní Bhriain",
)
STREETS = (
    "Chestnut Street",
    "Mill Lane",
    "Bahnhofstraße",
    "Quay Road",
    "Rue de l’Église",
    "Harbour View",
    "Elm Court",
)
GOODS = (
    "Teapot",
    "Lantern",
    "Blanket",
    "Notebook",
    "Satchel",
    "Café Tray",
    "Desk Clock",
    "Bottle",
    "Apron",
    "Candle",
)
MATERIALS = ("Walnut", "Linen", "Copper", "Wool", "Enamel", "Oak", "Leather", "Glass")
COLOURS = ("green", "red", "black", "crème", "navy")
# Delivery notes are made of these words.
NOTE = (
    "please leave the parcel with a neighbour when nobody answers the bell and write a short card with the text "
    "all the best for the new house from everyone at the allotment the gate code works after nine in the morning "
    "wrap the large piece twice it travelled badly last time thank you kindly"
)
