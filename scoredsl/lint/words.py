"""The words of warnings: lists of quotes, points, durations and dates."""

from __future__ import annotations

from collections.abc import Sequence

from scoredsl.reasoning.bounds import Bounds, Part
from scoredsl.semantics.values import MILLION, instant_text, millionths_text
from scoredsl.semantics.zones import Zone


def listed(items: Sequence[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"


def capital(text: str) -> str:
    """The text as the beginning of a sentence."""
    return text[0].upper() + text[1:]


def points(number: int) -> str:
    """`1 point`, `12.5 points`."""
    return f"{millionths_text(number)} point{'' if number == MILLION else 's'}"


def gives(number: int) -> str:
    """`gives 5 points`, `takes 1 point`."""
    return f"takes {points(-number)}" if number < 0 else f"gives {points(number)}"


_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60))


def duration(micros: int) -> str:
    """As it is written in rules: `30d`, `36h`."""
    seconds = micros // MILLION
    for unit, size in _UNITS:
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def date(instant: int, zone: Zone) -> str:
    """`2026-03-01` where that is a local midnight, else with the time, in UTC."""
    day = zone.local_date(instant)
    return day.isoformat() if zone.midnight(day) == instant else instant_text(instant)


_MOST_PARTS = 7


def the_sum(bounds: Bounds, formula: bool) -> str:
    """`fit 40, email 30, webinar 15`: what the most is the sum of, empty where it is of one part.

    Of a `formula` it is `fit at most 40, engagement at most 60`.
    """
    if formula:
        return ", ".join(f"{part.name} at most {_number(part.most)}" for part in bounds.parts if part.most is not None)
    given = [part for part in bounds.parts if part.most != 0]
    if len(given) == 1 and (bounds.maximum is None or given[0].most is None):
        return ""
    kept = len(given) if len(given) <= _MOST_PARTS else _MOST_PARTS - 1
    shown = [f"{part.name} {_number(part.most)}" for part in given[:kept]]
    if given[kept:]:
        shown.append(f"{len(given[kept:])} others {_number(_total(given[kept:]))}")
    return ", ".join(shown)


def _total(parts: Sequence[Part]) -> int | None:
    numbers = [part.most for part in parts]
    return None if None in numbers else sum(number for number in numbers if number is not None)


def _number(number: int | None) -> str:
    return "without limit" if number is None else millionths_text(number)
