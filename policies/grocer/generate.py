#!/usr/bin/env python3
"""Makes the bundled data: a year of an invented grocer, in the very layout of The Complete Journey.

    python generate.py            writes data/*.parquet
    python generate.py --check    makes everything again and compares it with data/*.parquet, cell by cell

Needs Python 3.11 and pyarrow; the committed files are what a plain clone reads, so that nobody else needs either.

Households, products, campaigns and purchases are all drawn from one seed. The only source of chance is
`random.Random.random()`, which Python promises to keep; pyarrow's version changes bytes of the files, never cells. No
row comes from real data: the department, category and a few type labels of `catalogue.csv` are the trade's own, so that
one policy reads both, and the rest is invented. What the real tables have that is hard on a policy is here too:
two thirds of the households without demographics, unknown home owners, products without a category, lines whose product
nobody knows, coupons listed twice, campaigns that reach outside the year, a year without its Christmas Day.
"""

import csv
import math
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.append(str(Path(__file__).resolve().parent.parent))
import invented  # noqa: E402

HERE = Path(__file__).resolve().parent
SEED = 20170101
HOUSEHOLDS = 2_500
LINES = 85_000
CAMPAIGNS = 26
FIRST_DAY = date(2017, 1, 1)
DAYS = 365
CHRISTMAS = date(2017, 12, 25)
ZONE = "America/New_York"

AGES = ["19-24", "25-34", "35-44", "45-54", "55-64", "65+"]
INCOMES = ["Under 15K", "15-24K", "25-34K", "35-49K", "50-74K", "75-99K", "100-124K", "125-149K", "150-174K",
           "175-199K", "200-249K", "250K+"]
OWNERSHIP = ["Renter", "Probable Renter", "Homeowner", "Probable Homeowner", "Unknown"]
MARITAL = ["Married", "Unmarried", "Unknown"]
SIZES = ["1", "2", "3", "4", "5+"]
COMPOSITIONS = ["1 Adult Kids", "1 Adult No Kids", "2 Adults Kids", "2 Adults No Kids", "Unknown"]
KIDS = ["0", "1", "2", "3+", "Unknown"]
BRANDS = ["National", "Private"]
CAMPAIGN_TYPES = ["Type A", "Type B", "Type C"]

# Tastes that only some households have: how many of a hundred do, and how often they give in to it.
TASTES = {"cat": (14, 0.9), "dog": (18, 0.9), "beer": (18, 1.1), "wine": (12, 0.8), "coffee": (45, 0.9),
          "smoker": (11, 1.2), "fish": (22, 0.8), "gifts": (30, 0.6), "kids": (32, 1.3), "fresh": (70, 1.0),
          "meat": (80, 1.0), "senior": (20, 1.2), "lunch": (12, 0.9), "spirits": (6, 0.9), "driver": (20, 0.5)}


class Chance(invented.Chance):
    """What the other projects draw by, and the shapes that only a grocer needs."""

    def weighed(self, values, weights):
        left = self.draw() * sum(weights)
        for value, weight in zip(values, weights):
            left -= weight
            if left < 0:
                return value
        return values[-1]

    def sample(self, values, count):
        """Some of the values, none twice, in random order."""
        pool = list(values)
        for at in range(min(count, len(pool))):
            other = at + int(self.draw() * (len(pool) - at))
            pool[at], pool[other] = pool[other], pool[at]
        return pool[:count]

    def normal(self):
        """A standard normal number: twelve uniform ones, less six; no transcendental function to differ by machine."""
        return sum(self.draw() for _ in range(12)) - 6


def cents(value):
    return math.floor(value * 100 + 0.5) / 100


def is_summer_time(day, hour):
    """Whether New York's clocks are an hour ahead (2017: from 12 March 03:00 to 5 November 01:00, the first)."""
    return date(2017, 3, 12) <= day < date(2017, 11, 5) or (day == date(2017, 11, 5) and hour < 2)


def instant(day, hour, minute, second):
    """Milliseconds since 1970 of a local time in New York."""
    offset = timedelta(hours=4 if is_summer_time(day, hour) else 5)
    local = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=timezone.utc)
    return int((local + offset).timestamp()) * 1000


def catalogue():
    with open(HERE / "catalogue.csv", encoding="utf-8", newline="") as file:
        return [{**row, "products": int(row["products"]), "weight": float(row["weight"]), "low": float(row["low"]),
                 "high": float(row["high"]), "own_brand": float(row["own_brand"]), "taste": row["taste"].split(),
                 "types": row["types"].split(";")} for row in csv.DictReader(file)]


def make_products(chance, shelves):
    """Every shelf's products; `price` and `shelf` stay behind when the table is written."""
    products = []
    code = 800_000
    for index, shelf in enumerate(shelves):
        for _ in range(shelf["products"]):
            code += chance.whole(7, 900)
            own = chance.happens(shelf["own_brand"])
            span = shelf["high"] - shelf["low"]
            price = cents(shelf["low"] + span * chance.draw() * chance.draw() * (0.8 if own else 1.0))
            size = f"{chance.whole(1, 48)} {chance.one(['OZ', 'OZ', 'CT', 'LB', 'PK', 'FL OZ'])}"
            products.append({
                "product_id": str(code), "manufacturer_id": "69" if own else str(chance.whole(100, 900)),
                "department": shelf["department"], "brand": BRANDS[own], "product_category": shelf["category"] or None,
                "product_type": chance.one(shelf["types"]) or None,
                "package_size": None if chance.happens(0.33) else size, "price": price, "shelf": index})
    return products


def make_households(chance):
    """Who they are; most of it stays behind when the tables are written."""
    households = []
    for number in range(1, HOUSEHOLDS + 1):
        age = chance.weighed(range(6), [6, 18, 24, 36, 7, 9])
        adults = chance.whole(1, 2)
        kids = chance.weighed(range(4), [46, 26, 16, 12] if age in (1, 2, 3) else [88, 8, 3, 1])
        tastes = {name: effect for name, (share, effect) in TASTES.items() if chance.happens(share / 100)}
        tastes.pop("kids", None)
        if kids:
            tastes["kids"] = 1.3
        if age >= 4:
            tastes["senior"] = 1.4
        # A baby is born on a day before or within the year; diapers begin then.
        born = chance.whole(-300, 360) if age <= 3 and chance.happens(0.16) else None
        first, last = 0, DAYS - 1
        if chance.happens(0.06):
            first = chance.whole(60, 330)
        if chance.happens(0.12):
            last = chance.whole(max(first + 20, 120), DAYS - 1)
        households.append({
            "id": str(number), "age": age, "adults": adults, "kids": kids, "income": chance.whole(0, 5) + chance.whole(0, 6),
            "tastes": tastes, "born": born, "first": first, "last": last, "card": chance.happens(0.82),
            "own_brand": chance.draw(), "activity": max(0.4, 1 + 0.45 * chance.normal()) ** 2, "store": str(chance.whole(280, 450)),
            "couponer": chance.happens(0.25)})
    return households


def make_demographics(chance, households):
    rows = []
    for household in households:
        if not chance.happens(1 / 3):
            continue
        adults, kids = household["adults"], household["kids"]
        owner = chance.weighed(range(4), [12, 3, 82, 3])
        rows.append({
            "household_id": household["id"], "age": AGES[household["age"]], "income": INCOMES[household["income"]],
            "home_ownership": None if chance.happens(0.29) else OWNERSHIP[owner],
            "marital_status": None if chance.happens(0.17) else MARITAL[chance.happens(0.25 if adults == 2 else 0.8)],
            "household_size": SIZES[min(adults + kids, 5) - 1],
            "household_comp": COMPOSITIONS[(0 if adults == 1 else 2) + (not kids)], "kids_count": KIDS[kids]})
    return rows


def make_campaigns(chance):
    """Campaigns in the order in which they begin; the first begin before the year, the last end after it."""
    starts = sorted(chance.whole(-45, 355) for _ in range(CAMPAIGNS))
    rows = []
    for number, start in enumerate(starts, 1):
        kind = chance.weighed(range(3), [5, 15, 6])
        begins = FIRST_DAY + timedelta(days=start)
        length = [chance.whole(45, 55), chance.whole(32, 38), chance.whole(40, 110)][kind]
        rows.append({"campaign_id": str(number), "campaign_type": CAMPAIGN_TYPES[kind], "start_date": begins,
                     "end_date": begins + timedelta(days=length)})
    return rows


def make_contacts(chance, households, campaigns):
    contacts = []
    reached = [household for household in households if chance.happens(0.66)]
    for campaign in campaigns:
        share = {"Type A": 0.42, "Type B": 0.10, "Type C": 0.12}[campaign["campaign_type"]]
        for household in reached:
            if chance.happens(share * (1.5 if household["couponer"] else 0.9)):
                contacts.append({"campaign_id": campaign["campaign_id"], "household_id": household["id"]})
    return contacts


def make_coupons(chance, campaigns, shelves, by_shelf):
    """Which products each coupon may be used on; a few lines stand twice, a few products nobody knows."""
    rows = []
    for campaign in campaigns:
        for _ in range({"Type A": 40, "Type B": 16, "Type C": 10}[campaign["campaign_type"]]):
            upc = str(10_000_000_000 + chance.whole(0, 49_999_999_999))
            shelf = chance.whole(0, len(shelves) - 1)
            for product in chance.sample(by_shelf[shelf], chance.whole(4, 30)):
                row = {"coupon_upc": upc, "product_id": product["product_id"], "campaign_id": campaign["campaign_id"]}
                rows += [row, row] if chance.happens(0.04) else [row]
            if chance.happens(0.03):
                rows.append({"coupon_upc": upc, "product_id": str(chance.whole(1, 999)), "campaign_id": campaign["campaign_id"]})
    return rows


def make_redemptions(chance, households, campaigns, contacts, coupons):
    """Coupons used by those who got the campaign, within its window and the year."""
    of_campaign = {}
    for coupon in coupons:
        of_campaign.setdefault(coupon["campaign_id"], {})[coupon["coupon_upc"]] = None
    window = {campaign["campaign_id"]: campaign for campaign in campaigns}
    couponers = {household["id"] for household in households if household["couponer"]}
    rows = []
    for contact in contacts:
        if contact["household_id"] not in couponers or not chance.happens(0.42):
            continue
        campaign = window[contact["campaign_id"]]
        begins = max(campaign["start_date"], FIRST_DAY)
        ends = min(campaign["end_date"], FIRST_DAY + timedelta(days=DAYS - 1))
        for upc in chance.sample(of_campaign[contact["campaign_id"]], chance.weighed([1, 2, 3, 5], [5, 3, 2, 1])):
            day = begins + timedelta(days=chance.whole(0, (ends - begins).days))
            if day != CHRISTMAS:
                rows.append({"household_id": contact["household_id"], "coupon_upc": upc,
                             "campaign_id": contact["campaign_id"], "redemption_date": day})
    return sorted(rows, key=lambda row: row["redemption_date"])


def shelf_weights(household, shelves, day):
    """How likely each shelf is in a basket of this household on this day of the year."""
    weights = []
    for shelf in shelves:
        weight = shelf["weight"]
        for taste in shelf["taste"]:
            if taste == "baby":
                old = None if household["born"] is None else day - household["born"]
                weight *= 1.0 if old is not None and 0 <= old < 800 else 0.002
            elif taste == "food":
                old = None if household["born"] is None else day - household["born"]
                weight *= 1.0 if old is not None and old > 120 else 0.01
            else:
                weight *= household["tastes"].get(taste, 0.03 if TASTES[taste][0] < 40 else 0.2)
        if shelf["category"] in ("TURKEY", "PIES", "BAKING NEEDS") and 310 <= day:
            weight *= 3
        weights.append(weight)
    return weights


def pick_product(chance, household, shelf_products):
    """Households keep to a few products of a shelf, and to the grocer's own brand as they like it."""
    for _ in range(3):
        product = shelf_products[int(len(shelf_products) * chance.draw() * chance.draw())]
        if (product["brand"] == "Private") == chance.happens(household["own_brand"]):
            return product
    return product


def make_line(chance, household, product, day, basket, moment):
    quantity = chance.weighed([1, 2, 3, 4, 0], [78, 14, 4, 3.4, 0.6])
    if product["department"] == "FUEL":
        quantity = chance.whole(3_000, 18_000)
    price = product["price"]
    sales = cents(price * (1 if product["department"] == "FUEL" else quantity))
    off = cents(sales * (0.1 + 0.3 * chance.draw())) if household["card"] and chance.happens(0.5) else 0.0
    coupon = cents(0.25 + 1.5 * chance.draw()) if household["couponer"] and chance.happens(0.05) else 0.0
    coupon = min(coupon, cents(sales - off))
    match = cents(coupon / 2) if coupon and chance.happens(0.4) else 0.0
    known = not chance.happens(0.003)
    return {"household_id": household["id"], "store_id": household["store"], "basket_id": basket,
            "product_id": product["product_id"] if known else str(chance.whole(1_000, 1_005)), "quantity": quantity,
            "sales_value": cents(sales - off), "retail_disc": off, "coupon_disc": coupon, "coupon_match_disc": match,
            "week": (day + 6) // 7 + 1, "transaction_timestamp": moment}


def make_basket(chance, household, shelves, by_shelf, number):
    """The lines of one trip to the shop; none on Christmas Day."""
    day = chance.whole(household["first"], household["last"])
    when = FIRST_DAY + timedelta(days=day)
    if when == CHRISTMAS:
        return []
    hour = chance.weighed(range(7, 23), [2, 3, 4, 5, 6, 7, 7, 7, 8, 9, 10, 10, 8, 6, 4, 2])
    moment = instant(when, hour, chance.whole(0, 59), chance.whole(0, 59))
    weights = shelf_weights(household, shelves, day)
    lines = []
    for _ in range(chance.weighed([1, 2, 3, 4, 6], [52, 24, 12, 8, 4])):
        shelf = chance.weighed(range(len(shelves)), weights)
        product = pick_product(chance, household, by_shelf[shelf])
        lines.append(make_line(chance, household, product, day, str(number), moment))
    return lines


def make_transactions(chance, households, shelves, by_shelf):
    """Baskets until there are enough lines, more for busier households; in no order, as the real sample is."""
    lines = []
    basket = 31_000_000_000
    busy = [household["activity"] * (1.6 if household["born"] is not None else 1) for household in households]
    total = sum(busy)
    for household, activity in zip(households, busy):
        for _ in range(max(1, round(LINES / 1.98 * activity / total))):
            basket += chance.whole(1_000, 60_000)
            lines += make_basket(chance, household, shelves, by_shelf, basket)
    return chance.sample(lines, len(lines))


STRING = pa.string()
FACTOR = {False: pa.dictionary(pa.int8(), STRING), True: pa.dictionary(pa.int8(), STRING, ordered=True)}


def factor(levels, ordered):
    def column(values):
        codes = pa.array([None if value is None else levels.index(value) for value in values], pa.int8())
        return pa.DictionaryArray.from_arrays(codes, pa.array(levels, STRING), ordered=ordered)
    return column


def of(kind):
    return lambda values: pa.array(values, kind)


text = of(STRING)
LAYOUT = {
    "demographics": {
        "household_id": text, "age": factor(AGES, True), "income": factor(INCOMES, True),
        "home_ownership": factor(OWNERSHIP, True), "marital_status": factor(MARITAL, True),
        "household_size": factor(SIZES, True), "household_comp": factor(COMPOSITIONS, True),
        "kids_count": factor(KIDS, True)},
    "products": {
        "product_id": text, "manufacturer_id": text, "department": text, "brand": factor(BRANDS, False),
        "product_category": text, "product_type": text, "package_size": text},
    "campaign_descriptions": {
        "campaign_id": text, "campaign_type": factor(CAMPAIGN_TYPES, True), "start_date": of(pa.date32()),
        "end_date": of(pa.date32())},
    "campaigns": {"campaign_id": text, "household_id": text},
    "coupons": {"coupon_upc": text, "product_id": text, "campaign_id": text},
    "coupon_redemptions": {
        "household_id": text, "coupon_upc": text, "campaign_id": text, "redemption_date": of(pa.date32())},
    "transactions_sample": {
        "household_id": text, "store_id": text, "basket_id": text, "product_id": text, "quantity": of(pa.int32()),
        "sales_value": of(pa.float64()), "retail_disc": of(pa.float64()), "coupon_disc": of(pa.float64()),
        "coupon_match_disc": of(pa.float64()), "week": of(pa.int32()),
        "transaction_timestamp": of(pa.timestamp("ms", ZONE))},
}


def generate():
    """All tables by name."""
    chance = Chance(SEED)
    shelves = catalogue()
    products = make_products(chance, shelves)
    by_shelf = [[product for product in products if product["shelf"] == shelf] for shelf in range(len(shelves))]
    households = make_households(chance)
    campaigns = make_campaigns(chance)
    contacts = make_contacts(chance, households, campaigns)
    coupons = make_coupons(chance, campaigns, shelves, by_shelf)
    rows = {
        "demographics": make_demographics(chance, households), "products": products,
        "campaign_descriptions": campaigns, "campaigns": contacts, "coupons": coupons,
        "coupon_redemptions": make_redemptions(chance, households, campaigns, contacts, coupons),
        "transactions_sample": make_transactions(chance, households, shelves, by_shelf)}
    return {name: pa.table({column: make([row[column] for row in rows[name]]) for column, make in columns.items()})
            for name, columns in LAYOUT.items()}


def write(tables):
    (HERE / "data").mkdir(exist_ok=True)
    for name, table in tables.items():
        path = HERE / "data" / f"{name}.parquet"
        pq.write_table(table, path, compression="zstd", compression_level=19)
        print(f"{path.name}: {table.num_rows} rows, {path.stat().st_size} bytes")


def check(tables):
    """Compares schema and cells with the committed files; the exit code says whether all are the same."""
    stale = []
    for name, table in tables.items():
        path = HERE / "data" / f"{name}.parquet"
        if not path.exists():
            stale.append(f"{path.name} is not there")
            continue
        committed = pq.read_table(path)
        if committed.schema != table.schema:
            stale.append(f"{path.name}: another schema\n{committed.schema}\n-- made now:\n{table.schema}")
        elif committed.combine_chunks() != table.combine_chunks():
            stale.append(f"{path.name}: other cells")
    known = {f"{name}.parquet" for name in tables}
    stale += [f"{path.name} is made by nothing" for path in (HERE / "data").iterdir() if path.name not in known]
    print("\n".join(stale) or f"{len(tables)} tables are what generate.py makes")
    return 1 if stale else 0


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    tables = generate()
    if "--check" in sys.argv:
        sys.exit(check(tables))
    write(tables)


if __name__ == "__main__":
    main()
