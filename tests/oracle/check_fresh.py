#!/usr/bin/env python3
"""Asks DuckDB every question of */questions/*.toml and compares with the committed answers.

    python check_fresh.py [--data FOLDER]             fails and names the question where an answer is stale
    python check_fresh.py [--data FOLDER] --update    writes the answers anew

An answer is the number of customers and the SHA-256 of their keys, sorted as texts and joined by newlines; of a family, of
keys and members joined by `|`; of a question about caps, of customer, offer, channel and member joined so. The SQL is the
second opinion on what a policy means: it is written from the words of the question, not from any engine of ours.
Needs Python 3.11 and duckdb (1.4 or later, with its ICU extension, which the wheels carry).
"""

import argparse
import hashlib
import re
import sys
import tomllib
from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent.parent / "shared" / "data"
# By world: the column that names a customer, the project's zone, the folder of the data, and the files.
JOURNEY = ["transactions_sample", "demographics", "products", "campaigns", "campaign_descriptions", "coupon_redemptions"]
WORLDS = {
    "complete_journey": ("household_id", "America/New_York", "complete_journey", JOURNEY),
    "online_retail": ("country", "Europe/London", "online_retail", ["online_retail"]),
    "caps_grocer": ("household_id", "America/New_York", "complete_journey", JOURNEY),
    "caps_bank": ("person_id", "America/New_York", "pega_cdh_sample", ["interaction_history"]),
}


def connect(folder, world):
    _, zone, home, tables = WORLDS[world]
    database = duckdb.connect()
    database.execute(f"set variable zone = '{zone}'")
    for table in tables:
        database.read_parquet(str(folder / home / f"{table}.parquet")).create(table)
    database.execute("set variable now = timestamptz '2017-11-20 09:00:00-05'")
    database.execute("set variable local = timestamp '2017-11-20 09:00:00'")
    database.execute((HERE / world / "views.sql").read_text(encoding="utf-8"))
    return database


def answer(database, world, question):
    """How many customers (with members) there are, and the hash of their keys."""
    key, zone, _, _ = WORLDS[world]
    zone = question.get("zone", zone)
    database.execute(f"set timezone = '{zone}'")
    database.execute(f"set variable zone = '{zone}'")
    database.execute(f"set variable now = timestamp '{question['now']}' at time zone '{zone}'")
    database.execute(f"set variable local = timestamp '{question['now']}'")
    found = database.execute(question["sql"]).fetchall()
    rows = ["|".join(row) for row in found]
    if len(set(rows)) != len(rows):
        sys.exit(f"{question['name']}: the SQL gives a customer twice")
    known = {row[0] for row in database.execute(f"select {key} from customer").fetchall()}
    if not known.issuperset(row[0] for row in found):
        sys.exit(f"{question['name']}: the SQL gives a customer that is not there")
    return len(rows), hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()


def with_answers(text, answers):
    """The text of a file with the answers after each question's SQL."""
    blocks = re.split(r"(?m)^(?=\[\[question\]\]$)", text)
    for at, block in enumerate(blocks[1:], 1):
        name = re.search(r'(?m)^name = "(\w+)"', block).group(1)
        count, digest = answers[name]
        block = re.sub(r'(?m)^(count = \d+|hash = "\w+")\n', "", block).rstrip("\n")
        blocks[at] = f'{block}\ncount = {count}\nhash = "{digest}"\n\n'
    return "".join(blocks).rstrip("\n") + "\n"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, default=DATA, help="the folder that holds the public data")
    arguments.add_argument("--update", action="store_true", help="write the answers anew")
    options = arguments.parse_args()
    total, stale, names = 0, [], set()
    for world in WORLDS:
        database = connect(options.data, world)
        for path in sorted((HERE / world / "questions").glob("*.toml")):
            text = path.read_text(encoding="utf-8")
            answers = {}
            for question in tomllib.loads(text)["question"]:
                if question["name"] in names:
                    sys.exit(f"{question['name']}: asked twice")
                names.add(question["name"])
                count, digest = answers[question["name"]] = answer(database, world, question)
                if (question.get("count"), question.get("hash")) != (count, digest):
                    stale.append(f"{path.name}: {question['name']}: {question.get('count')} committed, {count} found")
                total += 1
            if options.update:
                path.write_text(with_answers(text, answers), encoding="utf-8")
    if stale and not options.update:
        sys.exit("\n".join(stale))
    print(f"{total} questions, {len(stale)} answers {'written anew' if options.update else 'stale'}")


if __name__ == "__main__":
    main()
