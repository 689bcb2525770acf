"""As a user of pandas writes it: columns, masks, two groupings. Prints leads and the sum of scores."""

import sys

import pandas as pd
from model import EVERY, ONCE

log, as_of = sys.argv[1], pd.Timestamp(sys.argv[2])
events = pd.read_parquet(log, columns=["lead", "event", "time"])
events = events[events.time <= as_of]
leads = events.lead.drop_duplicates()
every = pd.DataFrame(EVERY, columns=["event", "points", "days"])
once = pd.DataFrame(ONCE, columns=["event", "points", "days"])
many = events.merge(every, on="event")
many = many[as_of - many.time < pd.to_timedelta(many.days, unit="D")].groupby("lead").points.sum()
first = events[events.event.isin(once.event)].groupby(["lead", "event"], as_index=False).time.min()
first = first.merge(once, on="event")
first = first[as_of - first.time < pd.to_timedelta(first.days, unit="D")].groupby("lead").points.sum()
scores = many.add(first, fill_value=0).reindex(leads, fill_value=0).sort_index()
print(len(scores), int(scores.sum()))
