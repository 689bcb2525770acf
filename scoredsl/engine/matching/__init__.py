"""The matching stage: a scan and a set of channels become one query, its rows Arrow batches."""

from scoredsl.engine.matching.query import event_batches, event_sql, profile_batches, profile_sql

__all__ = ["event_batches", "event_sql", "profile_batches", "profile_sql"]
