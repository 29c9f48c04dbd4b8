#!/usr/bin/env python3
"""Makes the bundled data: 500 invented subscribers in the very layout of IBM's Telco Customer Churn sample, their moves and calls.

    python generate.py            writes data/
    python generate.py --check    makes everything again and compares it with data/, cell by cell

Needs Python 3.11 and pyarrow. No row comes from the sample: whoever has what is drawn from one seed.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
from invented import Chance, run  # noqa: E402

SEED = 20261118
SUBSCRIBERS = 500
NOW = datetime(2026, 11, 18, 10, 0)
CONTRACTS = {"Month-to-month": 11, "One year": 4, "Two year": 5}
PAYMENTS = {"Electronic check": 7, "Mailed check": 4, "Bank transfer (automatic)": 4, "Credit card (automatic)": 4}
EXTRAS = {"OnlineSecurity": 5, "OnlineBackup": 5, "DeviceProtection": 5, "TechSupport": 5, "StreamingTV": 10,
          "StreamingMovies": 10}


def yes(chance, probability):
    return "Yes" if chance.happens(probability) else "No"


def make_subscriber(chance, number):
    internet = chance.weighted({"DSL": 6, "Fiber optic": 8, "No": 4})
    telephone = "Yes" if internet == "No" else yes(chance, 0.85)
    months = chance.weighted({0: 1, 1: 6, 6: 6, 18: 8, 40: 10, 70: 6}) + chance.whole(0, 2)
    extras = {name: "No internet service" if internet == "No" else yes(chance, 0.45) for name in EXTRAS}
    lines = "No phone service" if telephone == "No" else yes(chance, 0.45)
    price = {"DSL": 25.0, "Fiber optic": 50.0, "No": 0.0}[internet] + (20.0 if telephone == "Yes" else 0.0)
    price += sum(EXTRAS[name] for name, has in extras.items() if has == "Yes") + (5.0 if lines == "Yes" else 0.0)
    monthly = round(price + chance.whole(-8, 8) * 0.1, 2)
    return {
        "customerID": f"{number:04}-{''.join(chance.one('ABCDEFGHKLMNPRSTUVWXYZ') for _ in range(5))}",
        "gender": chance.one(["Female", "Male"]), "SeniorCitizen": int(chance.happens(0.16)),
        "Partner": yes(chance, 0.48), "Dependents": yes(chance, 0.3), "tenure": months, "PhoneService": telephone,
        "MultipleLines": lines, "InternetService": internet, **extras,
        "Contract": chance.weighted(CONTRACTS), "PaperlessBilling": yes(chance, 0.6),
        "PaymentMethod": chance.weighted(PAYMENTS), "MonthlyCharges": monthly,
        "TotalCharges": None if months == 0 else round(monthly * months, 2), "Churn": yes(chance, 0.08)}


def make_moves(chance, subscribers):
    return [{"customerID": subscriber["customerID"], "told_at": (told := chance.before(NOW, 45)),
             "moves_on": told.date() + timedelta(days=chance.whole(3, 50)), "stays_in_reach": chance.happens(0.8)}
            for subscriber in subscribers if chance.happens(0.14)]


def make_calls(chance, subscribers):
    return [{"customerID": subscriber["customerID"], "called_at": chance.before(NOW, 120),
             "reason": chance.weighted({"purchase": 2, "question": 5, "complaint": 3}), "in_hardship": chance.happens(0.06)}
            for subscriber in subscribers for _ in range(chance.weighted({0: 5, 1: 3, 2: 1}))]


def generate():
    chance = Chance(SEED)
    subscribers = [make_subscriber(chance, number) for number in range(1, SUBSCRIBERS + 1)]
    return {"telco_customer_churn.parquet": subscribers, "moves.csv": make_moves(chance, subscribers),
            "calls.csv": make_calls(chance, subscribers)}


if __name__ == "__main__":
    run(Path(__file__).resolve().parent / "data", __doc__, generate())
