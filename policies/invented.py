"""What the projects' generators share: chance from one seed, and tables as CSV, JSON lines or Parquet.

The only source of chance is `random.Random.random()`, which Python promises to keep. `--check` compares cells: pyarrow's
version changes bytes of a Parquet file, never cells.
"""

import csv
import io
import json
import random
import sys
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq


class Chance:
    """Draws of every shape from `random()` alone."""

    def __init__(self, seed):
        self.draw = random.Random(seed).random

    def whole(self, low, high):
        """A whole number, both ends included."""
        return low + int(self.draw() * (high - low + 1))

    def happens(self, probability):
        return self.draw() < probability

    def one(self, values):
        return values[int(self.draw() * len(values))]

    def weighted(self, weights):
        """One of the keys, as often as its value says."""
        left = self.draw() * sum(weights.values())
        for value, weight in weights.items():
            left -= weight
            if left < 0:
                return value
        return value

    def before(self, moment, days):
        """A moment by day, at most so many days earlier, to the minute."""
        day = moment - timedelta(days=self.draw() * days)
        return day.replace(hour=self.whole(7, 21), minute=self.whole(0, 59), second=0, microsecond=0)

    def near(self, place, degrees):
        return (round(place[0] + (self.draw() - 0.5) * degrees, 4), round(place[1] + (self.draw() - 0.5) * degrees, 4))


def as_text(value):
    """A value as CSV and JSON lines hold it; times are told on the project's clock."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return value


def as_cell(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "|".join(value) or "|"
    return as_text(value)


def as_csv(rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([as_cell(value) for value in row.values()] for row in rows)
    return out.getvalue()


def as_json_lines(rows):
    """A field without a value is left out."""
    known = ({name: as_text(value) for name, value in row.items() if value is not None} for row in rows)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in known)


def as_parquet(rows):
    return pa.table({name: [row[name] for row in rows] for name in rows[0]})


def run(folder, doc, tables):
    """Writes the tables into `folder`, or with `--check` compares them; a name's ending tells the format."""
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(doc)
    folder.mkdir(exist_ok=True)
    stale = [path.name for path in folder.iterdir() if path.name not in tables]
    for name, rows in tables.items():
        path = folder / name
        is_same = same(path, rows)
        if sys.argv[1:] and not is_same:
            stale.append(name)
        elif not is_same:
            save(path, rows)
    sys.exit("other than made now: " + ", ".join(sorted(stale)) if stale else 0)


def same(path, rows):
    if not path.exists():
        return False
    if path.suffix == ".parquet":
        return pq.read_table(path).combine_chunks() == as_parquet(rows).combine_chunks()
    return path.read_text(encoding="utf-8") == text(path, rows)


def save(path, rows):
    if path.suffix == ".parquet":
        pq.write_table(as_parquet(rows), path, compression="zstd", compression_level=19)
    else:
        path.write_text(text(path, rows), encoding="utf-8")


def text(path, rows):
    return as_csv(rows) if path.suffix == ".csv" else as_json_lines(rows)
