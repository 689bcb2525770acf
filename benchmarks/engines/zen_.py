"""GoRules ZEN: a decision table gives the points of an event; adding up, and `once`, are left to Python."""

import json
import sys
from datetime import datetime

import pyarrow.parquet as pq
import zen
from model import EVERY, ONCE

log, as_of = sys.argv[1], datetime.fromisoformat(sys.argv[2])
rules = [{"_id": str(i), "name": json.dumps(name), "age": f"< {days}", "points": str(points), "kind": json.dumps(kind)}
         for i, (name, points, days, kind) in enumerate(
             [(*rule, "every") for rule in EVERY] + [(*rule, "once") for rule in ONCE])]
table = {"id": "table", "type": "decisionTableNode", "name": "points", "content": {
    "hitPolicy": "first", "rules": rules,
    "inputs": [{"id": "name", "name": "name", "field": "event"}, {"id": "age", "name": "age", "field": "days"}],
    "outputs": [{"id": "points", "name": "points", "field": "points"}, {"id": "kind", "name": "kind", "field": "kind"}],
}}
begin, end = ({"id": kind, "type": f"{kind}Node", "name": kind} for kind in ("input", "output"))
edges = [{"id": "a", "sourceId": "input", "targetId": "table"}, {"id": "b", "sourceId": "table", "targetId": "output"}]
content = {"nodes": [begin, table, end], "edges": edges}
decision = zen.ZenEngine().create_decision(json.dumps(content))
once = {name for name, _, _ in ONCE}
scores: dict[str, float] = {}
seen: set[tuple[str, str]] = set()
for batch in pq.ParquetFile(log).iter_batches(columns=["lead", "event", "time"]):
    for lead, event, time in zip(*(batch.column(i).to_pylist() for i in range(3)), strict=True):
        if time > as_of:
            continue
        scores.setdefault(lead, 0)
        if event in once:  # the log is in order of time: only the first can count
            if (lead, event) in seen:
                continue
            seen.add((lead, event))
        days = (as_of - time).total_seconds() / 86400
        result = decision.evaluate({"event": event, "days": days})["result"]
        if result:
            scores[lead] += result["points"]
print(len(scores), int(sum(scores.values())))
