"""Tries the repairs of a broken statement and keeps the one with which it can be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from scoredsl.syntax.repairs import repairs_of
from scoredsl.syntax.repairs.broken import Broken, Repair, read

LONGEST = 12_000
"""Characters of the longest statement that is repaired."""

_ENDLESS = re.compile(r"[\d_]{60}")
"""A number that is no slip of the hand, and that no arithmetic should be done with."""

_READS = 60
_CHARACTERS = 60_000
_WIDTHS = (4, 3, 2, 0)
"""How many of the repairs that let reading come further are repaired once more, at each depth."""
_GUESS = 12
"""Characters by which a repair that guesses must come further than one that knows a particular mistake."""


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


_BLANKS = re.compile(r"\s{2,}")


def find(broken: Broken) -> Repair | None:
    """The repair with which the statement can be read, alone or with one more; None where no repair helps.

    It is looked for where every run of blanks (a line end with its indentation, a comment that is masked) is one, as
    patterns are slow on long runs.
    """
    if len(broken.text) > 20 * LONGEST:
        return None
    short, places = _compact(broken.text)
    if short == broken.text:
        return _find(broken)
    now = read(short, broken.keyword, broken.below)
    repair = None if now is None else _find(now)
    if repair is None:
        return None
    changes = tuple((places[start], places[end], new) for start, end, new in repair.changes)
    return replace(repair, start=places[repair.start], end=places[repair.end], changes=changes)


def _compact(text: str) -> tuple[str, list[int]]:
    """The text with one blank for each run of them, and the offset of each of its characters and its end."""
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for match in _BLANKS.finditer(text):
        parts += [text[at : match.start()], "\n" if "\n" in match.group() or "\r" in match.group() else " "]
        places += range(at, match.start() + 1)
        at = match.end()
    parts.append(text[at:])
    places += range(at, len(text) + 1)
    return "".join(parts), places


def _find(broken: Broken) -> Repair | None:
    """The same for a text without runs of blanks.

    Of two repairs that are needed it is the one that lets reading come further, which is the first mistake; it is sure
    only if both are. Where no repair makes it readable, the message of the one that came furthest is kept, without its
    changes.
    """
    if len(broken.text) > LONGEST or _ENDLESS.search(broken.text):
        return None
    budget = Budget()
    frontier: list[tuple[Repair | None, Broken]] = [(None, broken)]
    best: Repair | None = None
    for depth, width in enumerate(_WIDTHS):
        further: list[tuple[int, int, Repair, Broken]] = []
        for root, now in frontier:
            left = len(now.text) - now.at
            for tried, repair in enumerate(repairs_of(now)):
                if budget.spent() or tried > (40 if depth == 0 else 14):
                    break
                text = repair.applied(now.text)
                result = budget.read(text, now)
                first = repair if root is None else replace(root, sure=root.sure and repair.sure)
                if result is None:
                    return first
                remaining = len(text) - result.at
                if min((change[0] for change in repair.changes), default=0) > result.at:
                    continue
                if remaining < left or (remaining == left == 0 and len(text) > len(now.text) + 3):
                    guess = _GUESS if repair.code in _ONLY_WHEN_READ else 0
                    further.append((remaining + guess, len(further), first, result))
        further.sort(key=lambda entry: entry[:2])
        if best is None:
            best = next((entry[2] for entry in further if _worth_saying(entry[2], broken)), None)
        frontier = [(first, result) for _, _, first, result in further[:width]]
    return None if best is None else replace(best, offered=False)


def _worth_saying(repair: Repair, broken: Broken) -> bool:
    return repair.start <= broken.at + 1 and repair.code not in _ONLY_WHEN_READ


_ONLY_WHEN_READ = frozenset(
    ("event-name", "property-name", "name", "text-quotes", "where-word", "events-or", "filler-word")
)
