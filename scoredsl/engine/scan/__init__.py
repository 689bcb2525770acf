"""Logs and profiles as SQL on DuckDB, without an object a row: the fast way to what `engine/sources` reads."""

from scoredsl.engine.scan.parts import Part, Raw, Relation
from scoredsl.engine.scan.scan import (
    EventScan,
    ProfileScan,
    Scan,
    ScanFile,
    Sieve,
    scan_events,
    scan_file,
    scan_profiles,
)

__all__ = [
    "EventScan",
    "Part",
    "ProfileScan",
    "Raw",
    "Relation",
    "Scan",
    "ScanFile",
    "Sieve",
    "scan_events",
    "scan_file",
    "scan_profiles",
]
