"""Rules that may be learned: sentences about what a log holds, each a yes or no for a lead at an instant.

They are made from names and values alone, never from outcomes. The simpler ones come first: of two that hold for the
same leads the first is kept.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scoredsl.engine.seen import Seen
from scoredsl.semantics.values import as_number
from scoredsl.syntax.printer import backquote, keywords, print_number, quote

MOST = 600
"""More candidates are not tried: the events of the most leads come first."""
_COUNTS = (2, 3, 5, 10)
_TIMES = (3, 10)
_WINDOWS = (
    "5m", "15m", "30m", "1h", "3h", "6h", "12h", "1d", "2d", "3d", "5d", "7d", "14d", "30d", "60d", "90d", "180d",
)  # fmt: skip
_MOST_WINDOWS = 6
_SECONDS = {"m": 60, "h": 3_600, "d": 86_400}
_MOST_VALUES = 12
_MOST_SETS = 24
_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_NOT_PROPERTIES = frozenset({"lead", "event", "time", "id"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule without its points: `before` them and `after` them. `times`: its points count so often, at most; 0: its
    clauses say it. `title` is what it says in a few words.

    `field`, `value`: of a rule about one value of a profile field, so that values can be joined to a list.
    """

    before: str
    after: str
    title: str
    field: str = ""
    value: str = ""
    times: int = 0
    prop: str = ""
    """The property of events that it looks at."""

    def line(self, points: int) -> str:
        """The rule with its points."""
        verb = "add" if points >= 0 else "subtract"
        most = f" up to {abs(points) * self.times} points" if self.times else ""
        return f"{self.before} {verb} {abs(points)}{self.after}{most} as {quote(self.title)}"


def candidates(seen: Seen, longest: int) -> list[Candidate]:
    """Rules about the events and fields of a log. `longest`: microseconds that windows are shorter than."""
    writing = _Writing(seen, [window for window in _WINDOWS if _micros(window) < longest][-_MOST_WINDOWS:])
    found = [*writing.fields(), *writing.events(), *writing.any_event(), *writing.properties()]
    return list({each.line(1): each for each in found}.values())[:MOST]


def joined(several: Sequence[Candidate]) -> Candidate:
    """One rule for several values of one field."""
    values = sorted(each.value for each in several)
    field = several[0].field
    title = f"{_words(field)} is {' or '.join(_plain(value) for value in values)}"
    return Candidate(f"when {several[0].before.removeprefix('when ').split(' = ')[0]} in [{', '.join(values)}]", "",
                     title if len(title) <= 60 else f"{title[:59]}…", field)  # fmt: skip


def _micros(window: str) -> int:
    return int(window[:-1]) * _SECONDS[window[-1]] * 10**6


def _plain(value: str) -> str:
    return value.strip('"')


def _words(name: str) -> str:
    """A name as the beginning of a title."""
    text = " ".join(re.sub(r"[_`.]+", " ", name).split())
    return text[:1].upper() + text[1:]


def _event(name: str) -> str:
    plain = _IDENTIFIER.fullmatch(name) and not (keywords() | {"any"}) & set(name.split("."))
    return name if plain else quote(name)


def _rounded(number: float) -> float:
    """A number of two digits, as people choose limits."""
    if number == 0:
        return 0.0
    digits = 1 - math.floor(math.log10(abs(number)))
    return round(number, digits)


class _Writing:
    def __init__(self, seen: Seen, windows: Sequence[str]) -> None:
        self.seen = seen
        self.windows = windows
        self.names = sorted(
            (name for name in seen.events if name.isprintable()), key=lambda name: (-seen.events[name].leads, name)
        )

    def field(self, name: str) -> str | None:
        """The name of a field or property as rules have it; None where none can."""
        plain = _IDENTIFIER.fullmatch(name) and not keywords() & set(name.split(".")) and name not in self.seen.events
        if plain:
            return name
        return backquote(name) if name and "`" not in name and name.isprintable() else None

    # ---- events

    def events(self) -> Iterator[Candidate]:
        """Once, counted, and lately."""
        for name in self.names:
            event, words = _event(name), _words(name)
            yield Candidate(f"on {event}", " once", words)
            for count in _COUNTS:
                if self.seen.events[name].count >= count * 2:
                    yield Candidate(f"on {count} {event}", " once", f"{words}, {count} times")
            for count in _TIMES:
                if self.seen.events[name].count >= count * 2:
                    yield Candidate(f"on {event}", "", f"{words}, up to {count} times", times=count)
            for window in reversed(self.windows):
                yield Candidate(f"when has {event} in last {window}", "", f"{words} in the last {window}")

    def any_event(self) -> Iterator[Candidate]:
        """How much a lead did in all, and since when nothing."""
        for count in (2, 3, 4, 5, 7, 10, 15, 20, 30, 50):
            yield Candidate(f"on {count} any", " once", f"{count} events of any kind")
        for window in reversed(self.windows):
            yield Candidate(f"when inactive for {window}", "", f"Nothing for {window}")

    def properties(self) -> Iterator[Candidate]:
        """An event with one value of a property; sums and highest values of numbers."""
        for name in self.names:
            for prop, values in sorted(self.seen.events[name].properties.items()):
                written = self.field(prop)
                if written is None or prop in _NOT_PROPERTIES:
                    continue
                event, words = _event(name), _words(name)
                numbers = _numbers(values)
                if numbers is None:
                    for value, _ in _few(values):
                        title = f"{words} with {_words(prop).lower()} {value}"
                        yield Candidate(f"on {event} where {written} = {quote(value)}", " once", title, prop=prop)
                    continue
                for number in _limits(numbers):
                    shown = print_number(number)
                    yield Candidate(f"on {event} where {written} >= {shown}", " once",
                                    f"{words} with {_words(prop).lower()} from {shown}", prop=prop)  # fmt: skip
                highest = max(number for number, _ in numbers)
                for number in sorted({_rounded(each * k) for each in _limits(numbers)[-3:] for k in (1, 2, 4)}):
                    if 0 < number <= 10 * highest:
                        shown = print_number(number)
                        yield Candidate(f"when sum of {written} of {event} >= {shown}", "",
                                        f"{_words(prop)} of all {words.lower()} from {shown}", prop=prop)  # fmt: skip

    # ---- profile fields

    def fields(self) -> Iterator[Candidate]:
        """Values, limits of numbers, and whether a field is known."""
        for name, values in sorted(self.seen.fields.items()):
            written = self.field(name)
            if written is None or name in _NOT_PROPERTIES:
                continue
            words = _words(name)
            yield Candidate(f"when {written} is known", "", f"{words} is known", name)
            numbers = _numbers(values)
            if numbers is not None:
                for number in _limits(numbers):
                    shown = print_number(number)
                    yield Candidate(f"when {written} >= {shown}", "", f"{words} from {shown}", name)
                if len(values) > _MOST_VALUES:
                    continue
            for value, _ in _few(values):
                yield Candidate(f"when {written} = {quote(value)}", "", f"{words} is {value}", name, quote(value))


def _few(values: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent values that can stand in a rule."""
    return sorted(
        ((value, count) for value, count in values.items() if value.isprintable() and '"' not in value),
        key=lambda pair: (-pair[1], pair[0]),
    )[:_MOST_VALUES]


def _numbers(values: Counter[str]) -> list[tuple[float, int]] | None:
    """The values as numbers, in order, where nearly all of them are numbers, and more than two different ones."""
    found = [(number, count) for value, count in values.items() if (number := as_number(value)) is not None]
    if len(found) <= 2 or sum(count for _, count in found) < 0.95 * values.total():
        return None
    return sorted(found)


def _limits(numbers: Sequence[tuple[float, int]]) -> list[float]:
    """Limits that cut the values into tenths, rounded to two digits."""
    total = sum(count for _, count in numbers)
    limits: set[float] = set()
    for share in _SHARES:
        seen = 0
        for number, count in numbers:
            seen += count
            if seen >= share * total:
                limits.add(_rounded(number))
                break
    return sorted(limit for limit in limits if limit > numbers[0][0])
