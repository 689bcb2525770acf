"""What a run counts for its report: things that could not be computed and are not silently dropped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Counts by rule (its name for people), over all leads of a run."""

    awards_lost: Counter[str] = field(default_factory=Counter)
    """Occurrences whose points could not be computed."""
    points_missing: Counter[str] = field(default_factory=Counter)
    """Leads for whom a `when` rule held and its points could not be computed."""
    without_value: Counter[str] = field(default_factory=Counter)
    """Events that took no part in a trigger `with same PROP`, for want of a value."""
    divisions_by_zero: Counter[str] = field(default_factory=Counter)
    """Leads for whom a formula divided by 0 (the quotient is 0)."""
    ignored: int = 0
    duplicates: int = 0
    excluded: int = 0
