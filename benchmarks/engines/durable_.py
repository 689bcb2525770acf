"""durable_rules: a rule for each event name, asserted lead by lead; the points are kept beside it."""

import sys
from datetime import datetime

import pyarrow.parquet as pq
from durable.lang import m, post, ruleset, when_all
from model import EVERY, ONCE

log, as_of = sys.argv[1], datetime.fromisoformat(sys.argv[2])
scores: dict[str, int] = {}


def award(points):
    def action(c):
        scores[c.m.lead] += points

    return action


with ruleset("scoring"):
    for event, worth, lasts in EVERY + ONCE:
        when_all((m.event == event) & (m.days < lasts))(award(worth))

once = {name for name, _, _ in ONCE}
known = {name: days for name, _, days in EVERY + ONCE}
seen: set[tuple[str, str]] = set()
for batch in pq.ParquetFile(log).iter_batches(columns=["lead", "event", "time"]):
    for lead, event, time in zip(*(batch.column(i).to_pylist() for i in range(3)), strict=True):
        if time > as_of:
            continue
        scores.setdefault(lead, 0)
        if event in once:
            if (lead, event) in seen:
                continue
            seen.add((lead, event))
        days = (as_of - time).total_seconds() / 86400
        if days < known.get(event, 0):  # it refuses an event that no rule takes
            post("scoring", {"lead": lead, "event": event, "days": days, "sid": lead})
print(len(scores), sum(scores.values()))
