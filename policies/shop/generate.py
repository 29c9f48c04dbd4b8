#!/usr/bin/env python3
"""Makes the bundled data: thirteen months of an invented online shop, its lines in the very layout of Online Retail.

    python generate.py            writes data/
    python generate.py --check    makes everything again and compares it with data/, cell by cell

Needs Python 3.11 and pyarrow. No row comes from real data: shoppers, things, orders and looks are drawn from one seed. What
the real lines have that is hard on a policy is here too: lines without a shopper, returns, postage that is no product, one
thing under two descriptions, an order of one thing twice on one invoice.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
from invented import Chance, run  # noqa: E402

SEED = 20111121
SHOPPERS = 320
NOW = datetime(2011, 11, 21, 9, 0)
FIRST = datetime(2010, 11, 1, 9, 0)
DAYS = 385
NAMES = ["Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hana", "Ivo", "June", "Kai", "Lea"]
ZONES = {"Europe/London": 12, "Europe/Berlin": 2, "Europe/Athens": 1}
COUNTRIES = {"United Kingdom": 12, "Germany": 2, "EIRE": 1}
# A thing: its name, its shelf, its price in pence, and after how many days it is used up, where it is.
THINGS = [
    ("TEA LIGHTS PACK OF 50", "candles", 295, 35), ("SCENTED CANDLE FIG", "candles", 495, 50),
    ("HEART SHAPED CANDLE", "candles", 195, 45), ("CHRISTMAS PILLAR CANDLE", "candles", 375, None),
    ("PAPER NAPKINS SPOTS", "napkins", 85, 30), ("PAPER NAPKINS HEARTS", "napkins", 85, 30),
    ("NAPKINS CHRISTMAS ROBIN", "napkins", 95, None), ("WRAP RED SPOTS", "wrap", 42, 40),
    ("WRAP VINTAGE HEART", "wrap", 42, 40), ("WRAP CHRISTMAS STARS", "wrap", 55, None),
    ("LUNCH BAG RED SPOTS", "bags", 165, 90), ("LUNCH BAG HEARTS", "bags", 165, 90), ("JUMBO BAG OWLS", "bags", 208, 120),
    ("HAND SOAP LAVENDER", "bath", 325, 45), ("BATH SALTS ROSE", "bath", 425, 60),
    ("WHITE HANGING HEART HOLDER", "lights", 255, None), ("METAL LANTERN", "lights", 339, None),
    ("CHRISTMAS STAR LIGHT", "lights", 895, None), ("CAKE CASES SPOTS", "baking", 55, 35), ("CAKE STAND REGENCY", "baking", 1275, None),
    ("BAKING SET HEARTS", "baking", 495, None), ("TEACUP AND SAUCER ROSES", "kitchen", 295, None), ("TIN SPICE OF LIFE", "kitchen", 125, None),
    ("HOT WATER BOTTLE HEART", "warm", 425, None), ("HAND WARMER OWL", "warm", 210, None), ("CHRISTMAS STOCKING", "warm", 650, None)]
CODES = [str(22_000 + 7 * number) for number in range(len(THINGS))]
HEARTS = [at for at, thing in enumerate(THINGS) if "HEART" in thing[0]]
CHRISTMAS = [at for at, thing in enumerate(THINGS) if "CHRISTMAS" in thing[0]]
LASTING = [at for at, thing in enumerate(THINGS) if thing[3] is None]
USED_UP = [at for at, thing in enumerate(THINGS) if thing[3] is not None]


def line(invoice, at, quantity, moment, shopper, country):
    name, _, pence, _ = THINGS[at]
    if int(invoice.strip("C")) % 29 == 0:
        name = name + " "           # the same thing as somebody else typed it
    return {"InvoiceNo": invoice, "StockCode": CODES[at], "Description": name, "Quantity": quantity, "InvoiceDate": moment,
            "UnitPrice": pence / 100, "CustomerID": shopper, "Country": country}


def rhythms(chance):
    """What one uses up, and after how many days."""
    kept = [at for at in USED_UP if chance.happens(0.22)]
    return {at: THINGS[at][3] * (0.6 + 0.8 * chance.draw()) for at in kept}


def moments(chance, gap, until):
    """Moments with such a gap between them, by day."""
    moment = FIRST + timedelta(days=chance.draw() * gap)
    while moment < until:
        yield moment.replace(hour=chance.whole(8, 19), minute=chance.whole(0, 59))
        moment += timedelta(days=gap * (0.8 + 0.4 * chance.draw()))


def orders_of(chance, likes, dozens, until):
    """Orders as (moment, thing, quantity)."""
    orders = []
    pieces = lambda: chance.whole(12, 48) if dozens else chance.whole(1, 6)
    for at, gap in rhythms(chance).items():
        orders += [(moment, at, pieces()) for moment in moments(chance, gap, until)]
    for _ in range(chance.weighted({1: 3, 3: 3, 8: 2, 20: 1})):
        moment = chance.before(until, DAYS - 10)
        orders.append((moment, chance.one(HEARTS if likes == "hearts" else LASTING), pieces()))
    if likes == "christmas":
        for _ in range(3):
            orders.append((datetime(2010, 11, chance.whole(5, 28), chance.whole(8, 19), 0), chance.one(CHRISTMAS), pieces()))
    return sorted(orders)


def make_lines(chance):
    lines, number = [], 540_000
    for shopper in range(12_001, 12_001 + SHOPPERS):
        likes = chance.weighted({"anything": 6, "hearts": 2, "christmas": 3})
        dozens, country = chance.happens(0.15), chance.weighted(COUNTRIES)
        left = chance.happens(0.2)
        until = NOW - timedelta(days=chance.whole(80, 200)) if left else NOW + timedelta(days=14)
        sends_back = chance.happens(0.06)
        for moment, at, quantity in orders_of(chance, likes, dozens, until):
            number += chance.whole(1, 3)
            whose = None if chance.happens(0.04) else shopper
            lines.append(line(str(number), at, quantity, moment, whose, country))
            if chance.happens(0.3):
                lines.append(line(str(number), chance.one(LASTING), chance.whole(1, 4), moment, whose, country))
            if chance.happens(0.02):
                lines.append(line(str(number), at, quantity, moment, whose, country))
            if chance.happens(0.1):
                lines.append({**line(str(number), at, 1, moment, whose, country), "StockCode": "POST",
                              "Description": "POSTAGE", "UnitPrice": 3.95})
            if chance.happens(0.5 if sends_back else 0.02):
                number += 1
                back = moment + timedelta(days=chance.whole(2, 12))
                lines.append(line(f"C{number}", at, -quantity, back, whose, country))
    return sorted(lines, key=lambda row: (row["InvoiceDate"], row["InvoiceNo"], row["StockCode"]))


def make_shoppers(chance):
    shoppers = []
    for number in range(12_001, 12_001 + SHOPPERS):
        if chance.happens(0.4):
            continue                # never made an account
        told = chance.happens(0.5)
        day = NOW.date() - timedelta(days=chance.whole(20 * 365, 70 * 365))
        shoppers.append({
            "CustomerID": number, "first_name": chance.one(NAMES) if told else None,
            "birth": (NOW.date().replace(year=day.year) if chance.happens(0.03) else day) if told else None,
            "zone": chance.weighted(ZONES) if chance.happens(0.9) else None,
            "email_ok": chance.one([True, True, True, False, None]), "no_cards": chance.one([True, False, None, None])})
    return shoppers


def make_views(chance, shoppers):
    return [{"CustomerID": shopper["CustomerID"], "seen_at": chance.before(NOW, chance.weighted({4: 2, 60: 3})),
             "stock_code": chance.one(CODES)} for shopper in shoppers for _ in range(chance.weighted({0: 4, 1: 2, 3: 2}))]


def generate():
    chance = Chance(SEED)
    lines, shoppers = make_lines(chance), make_shoppers(chance)
    products = [{"stock_code": code, "name": name, "shelf": shelf, "is_used_up": lasts is not None,
                 "reduced_since": NOW.date() - timedelta(days=chance.whole(0, 20)) if chance.happens(0.3) else None}
                for code, (name, shelf, _, lasts) in zip(CODES, THINGS)]
    return {"online_retail.parquet": lines, "shoppers.csv": shoppers, "views.csv": make_views(chance, shoppers),
            "products.csv": products, "novelties.csv": [{"shelf": shelf} for shelf in ("candles", "napkins", "lights")]}


if __name__ == "__main__":
    run(Path(__file__).resolve().parent / "data", __doc__, generate())
