"""Tries the repairs of a broken statement and keeps the one with which it can be read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scoredsl.syntax.repairs import repairs_of
from scoredsl.syntax.repairs.broken import Broken, Repair, read

LONGEST = 20_000
"""Characters of the longest statement that is repaired."""

_READS = 40
_CHARACTERS = 60_000
_SECOND = 4


@dataclass(slots=True)
class Budget:
    """How much may still be read: a number of times, and of characters."""

    reads: int = _READS
    characters: int = _CHARACTERS

    def spent(self) -> bool:
        return self.reads <= 0 or self.characters <= 0

    def read(self, text: str, broken: Broken) -> Broken | None:
        result = read(text, broken.keyword, broken.below)
        self.reads -= 1
        self.characters -= 200 + (len(text) if result is None else result.at)
        return result


def find(broken: Broken) -> Repair | None:
    """The repair with which the statement can be read, alone or with one more; None where no repair helps.

    Of two that are needed it is the one that lets reading come further, which is the first mistake. Where even two do
    not make it readable, the message of the one that came furthest is kept, without its changes.
    """
    if len(broken.text) > LONGEST:
        return None
    budget = Budget()
    further: list[tuple[int, int, Repair, Broken]] = []
    left = len(broken.text) - broken.at
    for i, repair in enumerate(repairs_of(broken)):
        if budget.spent() or i > 60:
            break
        text = repair.applied(broken.text)
        result = budget.read(text, broken)
        if result is None:
            return repair
        remaining = len(text) - result.at
        if remaining < left or (remaining == left == 0 and len(result.text) > len(broken.text) + 3):
            further.append((remaining, i, repair, result))
    further.sort(key=lambda entry: entry[:2])
    for _, _, repair, result in further[:_SECOND]:
        tried = 0
        for second in repairs_of(result):
            if budget.spent() or tried >= 14:
                break
            tried += 1
            if budget.read(second.applied(result.text), result) is None:
                return repair
    for _, _, repair, _result in further:
        if repair.start <= broken.at + 1 and repair.code not in _ONLY_WHEN_READ:
            return replace(repair, offered=False)
    return None


_ONLY_WHEN_READ = frozenset(("event-name", "property-name", "name", "text-quotes", "where-word", "events-or", "filler-word"))
