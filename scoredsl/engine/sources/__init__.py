"""Event logs and profiles from files, read by DuckDB (LANGUAGE sections 2 and 3)."""

from scoredsl.engine.sources.options import (
    FORMATS,
    ColumnNames,
    EventLog,
    Found,
    ProfileTable,
    ReadOptions,
    SourceError,
)
from scoredsl.engine.sources.read import read_events, read_profiles, write_rejects

__all__ = [
    "FORMATS",
    "ColumnNames",
    "EventLog",
    "Found",
    "ProfileTable",
    "ReadOptions",
    "SourceError",
    "read_events",
    "read_profiles",
    "write_rejects",
]
