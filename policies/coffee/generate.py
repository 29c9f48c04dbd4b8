#!/usr/bin/env python3
"""Makes the bundled data: 300 invented members of invented coffee houses, and half a year of their cups.

    python generate.py            writes data/
    python generate.py --check    makes everything again and compares it with data/, cell by cell

Needs Python 3.11 and pyarrow. Nothing comes from real people: names, places and cups are drawn from one seed.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
from invented import Chance, run  # noqa: E402

SEED = 20261120
MEMBERS = 300
NOW = datetime(2026, 11, 20, 17, 30)
NAMES = ["Abe", "Bea", "Cal", "Dee", "Eli", "Fay", "Gil", "Ida", "Jon", "Kit", "Liv", "Mia", "Ned", "Oda", "Pat", "Roy"]
STORES = [("s01", "Harbour Street", (40.7033, -74.0170), False), ("s02", "Library Square", (40.7295, -73.9965), True),
          ("s03", "North Campus", (40.8075, -73.9626), True), ("s04", "Station Hall", (40.7527, -73.9772), False),
          ("s05", "River Mall", (40.7425, -74.1724), False), ("s06", "Lakeside", (41.7658, -72.6734), False)]
DRINKS = [("flat white", "milk", False, 4.50), ("house filter", "filter", False, 3.00),
          ("winter latte", "milk", True, 5.50), ("black tea", "tea", False, 3.00),
          ("mint tea", "tea", True, 3.20), ("espresso", "espresso", False, 2.80),
          ("nitro cold brew", "nitro", False, 6.00), ("reserve pour over", "reserve", False, 7.50),
          ("affogato", "affogato", False, 7.00), ("hot chocolate", "cocoa", True, 4.00)]
OFFERS = ["house_regular", "second_visit", "cup_for_gold", "new_season", "three_cups"]


def make_member(chance, number):
    leave = lambda: chance.one([True, True, False, None])
    return {"member_id": f"m{number:03}", "first_name": chance.one(NAMES),
            "zone": None if chance.happens(0.1) else "America/New_York", "push_ok": leave(), "email_ok": leave(),
            "sms_ok": chance.happens(0.3), "mail_ok": chance.happens(0.4)}


def make_purchases(chance, member, houses, loved):
    purchases = []
    for _ in range(chance.weighted({2: 3, 10: 4, 30: 4, 70: 2})):
        drink = chance.one(loved) if chance.happens(0.8) else chance.one(DRINKS)
        purchases.append({"member_id": member["member_id"], "bought_at": chance.before(NOW, 180),
                          "store_id": chance.one(houses)[0], "drink_id": drink[0], "spend": drink[3],
                          "stars": round(drink[3]) * 2})
    return purchases


def make_checkins(chance, member, houses):
    """On some days, and for a few twenty minutes ago."""
    came = [chance.before(NOW, 60) for _ in range(chance.weighted({0: 4, 1: 2, 4: 2, 14: 1}))]
    came += [NOW - timedelta(minutes=20)] if chance.happens(0.1) else []
    return [{"member_id": member["member_id"], "came_at": at, "store_id": chance.one(houses)[0]} for at in came]


def make_scans(chance, checkins):
    return [{"member_id": checkin["member_id"], "scanned_at": checkin["came_at"] + timedelta(minutes=chance.whole(1, 40)),
             "drink_id": chance.one(DRINKS)[0]} for checkin in checkins if chance.happens(0.3)]


def make_pings(chance, member, houses, checkins):
    """Where the phone was: near stores, in the one where it is now, and late tonight by the library."""
    spots = {store[0]: store[2] for store in STORES}
    here = [checkin["store_id"] for checkin in checkins if checkin["came_at"] == NOW - timedelta(minutes=20)]
    pings = [{"member_id": member["member_id"], "seen_at": NOW - timedelta(minutes=12), "latitude": spots[store][0],
              "longitude": spots[store][1], "store_id": store} for store in here]
    if chance.happens(0.15):
        latitude, longitude = chance.near(spots["s02"], 0.01)
        pings.append({"member_id": member["member_id"], "seen_at": NOW + timedelta(hours=5, minutes=45),
                      "latitude": latitude, "longitude": longitude, "store_id": "s02"})
    for _ in range(chance.weighted({0: 3, 2: 3, 6: 2})):
        house = chance.one(houses)
        latitude, longitude = chance.near(house[2], 0.02)
        seen = NOW - timedelta(minutes=chance.weighted({10: 1, 45: 2, 600: 3, 3_000: 3}) + chance.whole(0, 9))
        pings.append({"member_id": member["member_id"], "seen_at": seen, "latitude": latitude, "longitude": longitude,
                      "store_id": house[0]})
    return pings


def make_contacts(chance, member):
    """What they were told; of a family also the store it was about."""
    contacts = []
    for _ in range(chance.weighted({0: 3, 1: 2, 3: 2, 6: 1})):
        offer = chance.one(OFFERS)
        contacts.append({
            "member_id": member["member_id"], "sent_at": chance.before(NOW, 90), "offer": offer,
            "member": chance.one(STORES)[0] if offer in ("house_regular", "second_visit") else None,
            "channel": chance.weighted({"push": 4, "email": 3, "app": 2, "sms": 1, "mail": 1}),
            "cost": 3 if offer == "cup_for_gold" else 0})
    return contacts


def make_responses(chance, contacts):
    return [{"member_id": contact["member_id"], "answered_at": contact["sent_at"] + timedelta(hours=chance.whole(1, 90)),
             "offer": contact["offer"], "channel": contact["channel"],
             "outcome": chance.weighted({"seen": 6, "redeemed": 4, "unsubscribed": 0.3})}
            for contact in contacts if chance.happens(0.5)]


def generate():
    chance = Chance(SEED)
    tables = {"members.csv": [], "purchases.parquet": [], "checkins.csv": [], "scans.csv": [], "pings.jsonl": [],
              "contacts.csv": [], "responses.csv": []}
    for number in range(1, MEMBERS + 1):
        member = make_member(chance, number)
        houses = [chance.one(STORES) for _ in range(chance.whole(1, 3))]
        loved = [chance.one(DRINKS) for _ in range(3)]
        checkins, contacts = make_checkins(chance, member, houses), make_contacts(chance, member)
        made = [[member], make_purchases(chance, member, houses, loved), checkins, make_scans(chance, checkins),
                make_pings(chance, member, houses, checkins), contacts, make_responses(chance, contacts)]
        for rows, new in zip(tables.values(), made):
            rows += new
    return tables | {
        "stores.csv": [{"store_id": key, "name": name, "latitude": place[0], "longitude": place[1], "by_university": near}
                       for key, name, place, near in STORES],
        "drinks.csv": [{"drink_id": key, "category": category, "promoted": promoted}
                       for key, category, promoted, _ in DRINKS]}


if __name__ == "__main__":
    run(Path(__file__).resolve().parent / "data", __doc__, generate())
