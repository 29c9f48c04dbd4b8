#!/usr/bin/env python3
"""Makes the bundled data: 350 invented shoppers of an invented fashion house, and a year of what they looked at.

    python generate.py            writes data/
    python generate.py --check    makes everything again and compares it with data/, cell by cell

Needs Python 3.11 and pyarrow. Nothing comes from real people: names, pieces and days are drawn from one seed.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
from invented import Chance, run  # noqa: E402

SEED = 20261122
SHOPPERS = 350
NOW = datetime(2026, 11, 22, 14, 0)
NAMES = ["Ana", "Bo", "Cy", "Dora", "Emil", "Flo", "Gia", "Hugo", "Ines", "Jo", "Kim", "Lou", "Mei", "Nils", "Ona", "Paz"]
ZONES = ["America/New_York", "America/New_York", "America/Chicago", "Europe/London", None]
CATEGORIES = {"jackets": (120, 380), "shirts": (30, 90), "dresses": (60, 250), "scarves": (20, 70), "gloves": (20, 60),
              "running shoes": (80, 160), "jewellery": (200, 1_500), "umbrellas": (15, 40)}
INTERESTS = ["running", "marathon", "fashion", "cooking", "films", "gardens"]
SHOPS = ["Mercer Street", "Newbury Street", "Oak Street"]
OFFERS = ["still_thinking", "sunday_evening", "midweek_lunch", "winter_jacket", "paisley", "tell_us"]


def make_products(chance):
    products = []
    for category, (low, high) in CATEGORIES.items():
        for number in range(1, 9):
            back = NOW.date() - timedelta(days=chance.whole(0, 8)) if chance.happens(0.12) else None
            products.append({
                "product_id": f"{category} {number}", "category": category,
                "pattern": chance.weighted({"plain": 5, "paisley": 2, "stripes": 2, "checks": 1}),
                "colour": chance.one(["black", "red", "green", "blue", "white"]), "price": float(chance.whole(low, high)),
                "back_since": back})
    return products


def make_shopper(chance, number):
    leave = lambda: chance.one([True, True, False, None])
    return {"shopper_id": f"s{number:03}", "first_name": chance.one(NAMES), "zone": chance.one(ZONES), "email_ok": leave(),
            "push_ok": leave(), "social_ok": leave(), "gold": chance.happens(0.15),
            "moved": NOW.date() - timedelta(days=chance.whole(0, 60)) if chance.happens(0.08) else None,
            "interests": [interest for interest in INTERESTS if chance.happens(0.15)],
            "may_buy_shoes": None if chance.happens(0.2) else round(chance.draw() ** 2, 3)}


def make_views(chance, shopper, liked):
    return [{"shopper_id": shopper["shopper_id"], "seen_at": chance.before(NOW, chance.one([6, 60])),
             "product_id": chance.one(liked)["product_id"]} for _ in range(chance.weighted({0: 2, 3: 4, 9: 2}))]


def make_visits(chance, shopper):
    return [{"shopper_id": shopper["shopper_id"], "came_at": chance.before(NOW, 40), "shop": chance.one(SHOPS)}
            for _ in range(chance.weighted({0: 4, 1: 3, 3: 1}))]


def make_purchases(chance, shopper, liked):
    purchases = []
    for _ in range(chance.weighted({0: 2, 1: 3, 6: 3, 12: 1})):
        product = chance.one(liked)
        purchases.append({"shopper_id": shopper["shopper_id"], "bought_at": chance.before(NOW, 360),
                          "product_id": product["product_id"], "spend": product["price"],
                          "gift": chance.happens(0.15)})
    return purchases


def make_contacts(chance, shopper):
    return [{"shopper_id": shopper["shopper_id"], "sent_at": chance.before(NOW, 120), "offer": chance.one(OFFERS),
             "channel": chance.weighted({"email": 5, "push": 3, "social": 1}), "cost": 0}
            for _ in range(chance.weighted({0: 3, 1: 2, 3: 3, 5: 1}))]


def make_responses(chance, contacts):
    return [{"shopper_id": contact["shopper_id"], "answered_at": contact["sent_at"] + timedelta(hours=chance.whole(1, 150)),
             "offer": contact["offer"], "channel": contact["channel"],
             "outcome": chance.weighted({"seen": 7, "bought": 2, "unsubscribed": 0.4})}
            for contact in contacts if chance.happens(0.5)]


def generate():
    chance = Chance(SEED)
    products = make_products(chance)
    tables = {"shoppers.jsonl": [], "views.parquet": [], "visits.csv": [], "purchases.parquet": [], "contacts.csv": [],
              "responses.csv": []}
    for number in range(1, SHOPPERS + 1):
        shopper = make_shopper(chance, number)
        liked = [chance.one(products) for _ in range(8)]
        contacts = make_contacts(chance, shopper)
        made = [[shopper], make_views(chance, shopper, liked), make_visits(chance, shopper),
                make_purchases(chance, shopper, liked), contacts, make_responses(chance, contacts)]
        for rows, new in zip(tables.values(), made):
            rows += new
    return tables | {"products.csv": products}


if __name__ == "__main__":
    run(Path(__file__).resolve().parent / "data", __doc__, generate())
