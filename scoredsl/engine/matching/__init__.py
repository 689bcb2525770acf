"""The matching stage: a scan and a set of channels become one query, its rows Arrow batches."""

from scoredsl.engine.matching.query import (
    event_batches,
    event_sql,
    filled_batches,
    profile_batches,
    profile_sql,
    reading_batches,
    readings_sql,
)

__all__ = [
    "event_batches",
    "event_sql",
    "filled_batches",
    "profile_batches",
    "profile_sql",
    "reading_batches",
    "readings_sql",
]
