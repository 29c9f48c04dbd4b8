#!/usr/bin/env python3
"""Makes the bundled data: 400 invented clients of an invented bank, and two years of what went on between them.

    python generate.py            writes data/
    python generate.py --check    makes everything again and compares it with data/, cell by cell

Needs Python 3.11 and pyarrow. Nothing comes from real people: names, places and amounts are drawn from one seed.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
from invented import Chance, run  # noqa: E402

SEED = 20261118
CLIENTS = 400
NOW = datetime(2026, 11, 18, 10, 0)
NAMES = ["Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hana", "Ivo", "June", "Kai", "Lea", "Max", "Nora", "Omar", "Pia"]
# Where they live: whose law protects them (a state's where it has one), its clock, and a town's place.
HOMES = [("US", "America/New_York", (40.75, -73.99)), ("US-FL", "America/New_York", (25.77, -80.19)),
         ("US-TX", "America/Chicago", (29.76, -95.37)), ("US", "America/Los_Angeles", (34.05, -118.24)),
         ("US-CT", "America/New_York", (41.76, -72.68))]
PRODUCTS = [("current_account", "current account", "account"), ("savings_plan", "savings plan", "account"),
            ("home_savings", "first home savings", "account"), ("cash_back_card", "cash back card", "card"),
            ("travel_card", "travel card", "card"), ("mortgage", "mortgage", "loan"),
            ("home_insurance", "home insurance", "insurance"), ("pension", "pension", "investment")]
HELD = {"current_account": 0.9, "savings_plan": 0.25, "home_savings": 0.08, "cash_back_card": 0.3, "travel_card": 0.15,
        "mortgage": 0.2, "home_insurance": 0.1, "pension": 0.2}
PAGES = {"accounts": 10, "mortgages": 3, "travel": 2, "cards": 3, "fees": 1}
REPS = ["ruth", "sam", "tess"]
ADVISERS = ["alma", "bert", "cora", "dirk", "edna"]
OFFERS = {"cash_back_card": 4, "rainy_day": 3, "summer_plan": 3, "travel_card": 2, "paperless": 2, "pension_talk": 1}


def make_client(chance, number):
    law, zone, town = chance.one(HOMES)
    known = not chance.happens(0.1)
    latitude, longitude = chance.near(town, 0.6) if known else (None, None)
    age = chance.whole(16, 85) * 365 + chance.whole(0, 364)
    return {
        "client_id": f"c{number:03}", "first_name": chance.one(NAMES),
        "birth": None if chance.happens(0.05) else NOW.date() - timedelta(days=age),
        "gender": chance.one(["woman", "man", "other", None]), "latitude": latitude, "longitude": longitude,
        "protected_by": law if known else None, "zone": zone if known else None,
        "email_ok": chance.one([True, True, True, False, None]), "phone_ok": chance.one([True, True, False, False, None]),
        "adviser": ADVISERS[number % len(ADVISERS)],
        "balance": round(60_000 * chance.draw() ** 3, 2),
        "card_expires": NOW.date() + timedelta(days=chance.whole(1, 1_400)) if chance.happens(0.4) else None,
        "lifetime_value": None if chance.happens(0.1) else round(4_000 * chance.draw() ** 2, 2),
        "leaving": None if chance.happens(0.1) else round(chance.draw() ** 2, 3)}


def make_holdings(chance, client):
    return [{"client_id": client["client_id"], "opened": NOW.date() - timedelta(days=chance.whole(30, 4_000)),
             "product_id": product} for product, share in HELD.items() if chance.happens(share)]


def make_visits(chance, client):
    return [{"client_id": client["client_id"], "visited_at": chance.before(NOW, 90),
             "channel": chance.weighted({"web": 4, "app": 5, "branch": 1}), "page": chance.weighted(PAGES)}
            for _ in range(chance.whole(0, 8))]


def make_requests(chance, client):
    requests = []
    for _ in range(chance.weighted({0: 5, 1: 3, 2: 1})):
        channel = chance.weighted({"branch": 2, "atm": 3, "phone": 3})
        requests.append({
            "client_id": client["client_id"], "asked_at": chance.before(NOW, 60), "channel": channel,
            "reason": chance.weighted({"purchase": 2, "question": 6, "complaint": 2}),
            "mood": None if channel == "atm" else chance.weighted({"calm": 4, "upset": 1}),
            "rep": "machine" if channel == "atm" else chance.one(REPS)})
    return requests


def make_contacts(chance, client):
    contacts = []
    for _ in range(chance.weighted({0: 4, 1: 3, 2: 2, 3: 2, 5: 1})):
        channel = chance.weighted({"email": 6, "phone": 1, "branch": 1})
        contacts.append({
            "client_id": client["client_id"], "sent_at": chance.before(NOW, 300), "offer": chance.weighted(OFFERS),
            "channel": channel, "rep": "machine" if channel == "email" else chance.one(REPS)})
    return contacts


def make_responses(chance, contacts):
    responses = []
    for contact in contacts:
        if chance.happens(0.4):
            answered = min(contact["sent_at"] + timedelta(hours=chance.whole(1, 200)), NOW)
            responses.append({
                "client_id": contact["client_id"], "answered_at": answered, "offer": contact["offer"],
                "channel": contact["channel"],
                "outcome": chance.weighted({"seen": 6, "accepted": 2, "declined": 3, "unsubscribed": 1})})
    return responses


def generate():
    chance = Chance(SEED)
    clients = [make_client(chance, number) for number in range(1, CLIENTS + 1)]
    of_all = lambda make: [row for client in clients for row in make(chance, client)]
    contacts = of_all(make_contacts)
    return {
        "clients.parquet": clients, "holdings.csv": of_all(make_holdings), "visits.jsonl": of_all(make_visits),
        "requests.csv": of_all(make_requests), "contacts.csv": contacts,
        "responses.jsonl": make_responses(chance, contacts),
        "products.csv": [dict(zip(("product_id", "name", "kind"), product)) for product in PRODUCTS],
        "heard_today.csv": [{"offer": "travel_card", "rate": 0.03}, {"offer": "cash_back_card", "rate": 0.05}]}


if __name__ == "__main__":
    run(Path(__file__).resolve().parent / "data", __doc__, generate())
