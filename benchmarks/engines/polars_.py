"""As a user of Polars writes it: a lazy scan, a join, two aggregations. Prints leads and the sum of scores."""

import sys
from datetime import datetime

import polars as pl
from model import EVERY, ONCE

log, as_of = sys.argv[1], datetime.fromisoformat(sys.argv[2])
rules = pl.LazyFrame(
    [(name, points, days, once) for once, all_ in ((False, EVERY), (True, ONCE)) for name, points, days in all_],
    schema=["event", "points", "days", "once"], orient="row",
)
age = pl.lit(as_of) - pl.col("time")
lives = age < pl.duration(days=pl.col("days"))
events = pl.scan_parquet(log).filter(pl.col("time") <= as_of).select("lead", "event", "time")
joined = events.join(rules, on="event", how="left")
every = pl.col("points").filter(~pl.col("once") & lives).sum()
first = joined.filter(pl.col("once")).group_by("lead", "event").agg(
    pl.col("points").first(), pl.col("days").first(), pl.col("time").min())
once = first.filter(lives).group_by("lead").agg(pl.col("points").sum().alias("once"))
scores = joined.group_by("lead").agg(every.alias("every")).join(once, on="lead", how="left").select(
    "lead", score=pl.col("every").fill_null(0) + pl.col("once").fill_null(0)).sort("lead").collect()
print(scores.height, scores["score"].sum())
