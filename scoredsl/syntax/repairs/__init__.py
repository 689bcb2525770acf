"""Repairs of what newcomers write (LANGUAGE section 9).

A repair rewrites the text of a statement that cannot be read. Where the rewritten statement can be read, it was the
mistake, and its message is the one that is shown (`search.py`). Each module holds the mistakes of one part of the
language, most as patterns, in the order in which they are tried.
"""

from __future__ import annotations

from collections.abc import Iterator

from scoredsl.syntax.repairs import awards, conditions, declarations, durations, events, limits, names, numbers, words
from scoredsl.syntax.repairs.broken import Broken, Repair, Repairer

REPAIRS: tuple[Repairer, ...] = (
    words.two_statements,
    words.capitals,
    *numbers.REPAIRS,
    *limits.REPAIRS,
    *durations.REPAIRS,
    *awards.REPAIRS,
    *conditions.REPAIRS,
    *declarations.REPAIRS,
    words.misspelt,
    *events.REPAIRS,
    *awards.LAST,
    *names.REPAIRS,
)


def repairs_of(broken: Broken) -> Iterator[Repair]:
    """What may be wrong with a statement, the most particular first; none is sure before it is read."""
    for repairer in REPAIRS:
        yield from repairer(broken)
