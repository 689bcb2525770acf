"""Where a calendar day matters, so that a timezone does."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p


def asks_for_days(part: object) -> bool:
    """Whether a calendar day, or a date without an offset in the data, can matter anywhere in a part of a program."""
    return any(
        isinstance(each, p.Decay | e.CompareInstant | e.CompareNames | e.InWindow | e.DaysSince | e.DaysUntil)
        or (isinstance(each, p.Limit | p.UpTo) and each.period is not None)
        for each in walk(part)
    )


def walk(part: object) -> Iterator[object]:
    """A part of a program and all that is in it."""
    yield part
    if isinstance(part, tuple | frozenset):
        for each in part:
            yield from walk(each)
    elif dataclasses.is_dataclass(part) and not isinstance(part, type):
        for field in dataclasses.fields(part):
            yield from walk(getattr(part, field.name))
