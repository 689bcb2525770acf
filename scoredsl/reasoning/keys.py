"""How many different values a property can have in the events of a trigger, as `per PROP` tells them apart."""

from __future__ import annotations

from scoredsl.reasoning.normal import Cube, TooLargeError, cubes, where_parts
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p


def number_of_values(trigger: p.Trigger, prop: str) -> int | None:
    """The number of values of a property that an occurrence can have; None where there is no bound."""
    pattern = occurring(trigger)
    if pattern is None:
        return None
    found: set[str] = set()
    for alternative in pattern.matcher.alternatives:
        try:
            conjunctions = cubes(where_parts(pattern, alternative))
        except TooLargeError:
            return None
        for cube in conjunctions:
            text = _text(cube, e.Property(prop))
            if text is None:
                return None
            found.add(text)
    return len(found)


def occurring(trigger: p.Trigger) -> e.Pattern | None:
    """The pattern of the event whose properties an occurrence has; None where it has none."""
    match trigger:
        case p.Occurs(pattern) | p.Count(_, pattern, _, _):
            return pattern
        case p.Chain(steps, _, _):
            return steps[-1]
        case p.Absence(opening, _, _, _):
            return opening
        case p.Inactivity():
            return None


def _text(cube: Cube, value: e.Value) -> str | None:
    """The text that a value must be."""
    for literal in cube:
        match literal.atom:
            case e.CompareText(True, asked, text) if literal.holds and asked == value:
                return text
            case _:
                pass
    return None
