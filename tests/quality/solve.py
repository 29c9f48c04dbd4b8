"""Solves the instances of the quality suite with HiGHS, as linear programs: no allocation is worth more.

The instances are made from hashes, here as in `suite.rs`; `answers.json` holds what HiGHS said.

    python solve.py                 solve all and write answers.json
    python solve.py --check         solve those of the first seed, and compare with answers.json
    python solve.py --customers N   print the answers for another size
"""

import argparse
import json
import sys
from pathlib import Path

import highspy
import numpy as np

ANSWERS = Path(__file__).with_name("answers.json")
SCORES = ["continuous", "tied", "clustered"]
SLOTS = [1, 3]
CAPS = {"tight": 1, "loose": 4}
SEEDS = [1, 2, 3]
OFFERS, CHANNELS, TOTALS, BUDGETS = 50, 4, 20, 2
QUALITY = [3, 5, 8, 10]
CAPACITY = [5, 10, 30, 50]

U = np.uint64


def draw(seed, tag, a, b):
    """64 bits that look like chance; `a` and `b` may be arrays."""
    with np.errstate(over="ignore"):
        h = np.zeros(np.broadcast(a, b).shape, dtype=U)
        for part in (seed, tag, a, b):
            h = h ^ np.asarray(part, dtype=U)
            h = h + U(0x9E3779B97F4A7C15)
            h = (h ^ (h >> U(30))) * U(0xBF58476D1CE4E5B9)
            h = (h ^ (h >> U(27))) * U(0x94D049BB133111EB)
            h = h ^ (h >> U(31))
    return h


def instance(scores, caps, seed, customers):
    """Worth by customer, offer and channel (0: not possible), what offers cost of which budget, and what there is."""
    c, o, ch = np.arange(customers, dtype=U), np.arange(OFFERS, dtype=U), np.arange(CHANNELS, dtype=U)
    reach = draw(seed, 2, c[:, None], ch[None, :]) % U(10) < U(7)
    eligible = draw(seed, 3, c[:, None], o[None, :]) % U(10) < U(4)
    by_offer = draw(seed, 5, U(0), o)
    if scores == "continuous":
        base = U(500_000) + draw(seed, 4, c[:, None], o[None, :]) % U(9_500_000)
    elif scores == "tied":
        base = U(1_000_000) * (U(1) + by_offer % U(5))[None, :] + U(0) * c[:, None]
    else:
        by_customer = draw(seed, 6, c, U(0))
        base = U(1_000_000) * (U(1) + (by_customer % U(4))[:, None] + (by_offer % U(3))[None, :])
    worth = base[:, :, None] * np.array(QUALITY, dtype=U)[None, None, :] // U(10)
    worth = np.where(eligible[:, :, None] & reach[:, None, :], worth, U(0)).astype(np.int64)
    cost = (U(500_000) * (U(1) + draw(seed, 9, U(0), o) % U(8))).astype(np.int64)
    t = CAPS[caps]
    share = lambda tag, k: 500 + int(draw(seed, tag, U(k), U(0))) % 1000
    totals = [customers * share(7, k) * t * 10 // 1_000_000 for k in range(TOTALS)]
    budgets = [customers * share(8, k) * 25 * t for k in range(BUDGETS)]
    capacity = [customers * CAPACITY[k] * t // 200 for k in range(CHANNELS)]
    return worth, cost, totals, budgets, capacity


def solve(scores, slots, caps, seed, customers):
    """What all customers can get is worth at most, in millionths."""
    worth, cost, totals, budgets, capacity = instance(scores, caps, seed, customers)
    cs, os, chs = np.nonzero(worth)
    values = worth[cs, os, chs]
    choices = len(values)
    # A message for each customer and channel, which choices open.
    pairs, message = np.unique(cs * CHANNELS + chs, return_inverse=True)
    rows, cols, coefficients, upper = [], [], [], []
    count = 0

    def add(row, col, value=1.0):
        rows.append(row), cols.append(col), coefficients.append(np.broadcast_to(value, np.shape(col)).astype(float))

    each = np.arange(choices)
    _, of_customer = np.unique(cs, return_inverse=True)
    add(of_customer, each)
    upper += [slots] * (of_customer.max() + 1)
    count = len(upper)
    if slots > 1:
        # Each offer once.
        _, of_offer = np.unique(cs * OFFERS + os, return_inverse=True)
        add(count + of_offer, each)
        upper += [1] * (of_offer.max() + 1)
        count = len(upper)
        # Only by a message that is opened.
        add(count + each, each)
        add(count + each, choices + message, -1.0)
        upper += [0] * choices
        count = len(upper)
        # Which carries as many as there are slots: what opens in part carries its part of them.
        add(count + message, each)
        add(count + np.arange(len(pairs)), choices + np.arange(len(pairs)), -float(slots))
        upper += [0] * len(pairs)
        count = len(upper)
        add(count + pairs % CHANNELS, choices + np.arange(len(pairs)))
    else:
        add(count + chs, each)
    upper += capacity
    count = len(upper)
    capped = os < TOTALS
    add(count + os[capped], each[capped])
    upper += totals
    count = len(upper)
    for k in range(BUDGETS):
        paid = os % 10 == k
        add(np.full(paid.sum(), count), each[paid], cost[os[paid]] / 1e6)
        upper.append(budgets[k] / 1e6)
        count += 1
    columns = choices + (len(pairs) if slots > 1 else 0)
    rows, cols, coefficients = map(np.concatenate, (rows, cols, coefficients))
    order = np.lexsort((rows, cols))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, count
    lp.col_cost_ = np.concatenate([-values / 1e6, np.zeros(columns - choices)])
    lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.ones(columns)
    lp.row_lower_, lp.row_upper_ = np.full(count, -highspy.kHighsInf), np.array(upper, dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.searchsorted(cols[order], np.arange(columns + 1)).astype(np.int32)
    lp.a_matrix_.index_ = rows[order].astype(np.int32)
    lp.a_matrix_.value_ = coefficients[order]
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    if customers > 5_000:
        # From corner to corner takes hours.
        highs.setOptionValue("solver", "ipm")
    highs.passModel(lp)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal, highs.getModelStatus()
    return round(-highs.getInfo().objective_function_value * 1e6)


def all_of(seeds, customers):
    for scores in SCORES:
        for slots in SLOTS:
            for caps in CAPS:
                for seed in seeds:
                    answer = solve(scores, slots, caps, seed, customers)
                    print(scores, slots, caps, seed, answer, file=sys.stderr, flush=True)
                    yield {"scores": scores, "slots": slots, "caps": caps, "seed": seed, "highs": answer}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("--customers", type=int, default=2_000)
    arguments = arguments.parse_args()
    if not arguments.check:
        lines = ",\n".join("  " + json.dumps(answer) for answer in all_of(SEEDS, arguments.customers))
        text = f"[\n{lines}\n]\n"
        if arguments.customers == 2_000:
            ANSWERS.write_text(text)
        else:
            print(text)
        return
    known = {tuple(a[k] for k in ("scores", "slots", "caps", "seed")): a["highs"] for a in json.loads(ANSWERS.read_text())}
    for fresh in all_of(SEEDS[:1], 2_000):
        key = tuple(fresh[k] for k in ("scores", "slots", "caps", "seed"))
        if abs(known[key] - fresh["highs"]) > fresh["highs"] / 1e6:
            sys.exit(f"{key}: HiGHS says {fresh['highs']}, answers.json {known[key]}")
    print("the quality suite's answers are what HiGHS says")


if __name__ == "__main__":
    main()
