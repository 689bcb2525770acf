"""The tests of a program as examples: what happens, and what the scores are then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from scoredsl.prose.words import Words, duration, listed, quoted, spaced
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Value
from scoredsl.semantics.values import millionths_text, shortest

_OPERATORS = {
    "=": "is",
    "!=": "is not",
    ">": "is more than",
    ">=": "is at least",
    "<": "is less than",
    "<=": "is at most",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an example: something that is given, or something that is expected then."""

    when: str
    what: str
    expected: bool = False


def steps(test: p.TestCase, words: Words) -> list[Step]:
    """What is known, what happens and what the scores are, in the order of time."""
    always = [Step("From the beginning", _fields(each)) for each in test.fields if each.time is None]
    timed = [
        *(
            (each.time, Step(f"From {words.instant(each.time)} on", _fields(each)))
            for each in test.fields
            if each.time is not None
        ),
        *_events(test, words),
        *((each.at, Step(words.instant(each.at), _expected(each), True)) for each in test.expectations),
    ]
    return always + [step for _, step in sorted(timed, key=lambda pair: (pair[0], pair[1].expected))]


def _fields(given: p.GivenFields) -> str:
    return f"the lead has {_properties(given.fields)}"


def _events(test: p.TestCase, words: Words) -> Iterator[tuple[int, Step]]:
    """The events of one `given` line share its place."""
    for _, group in groupby(test.events, key=lambda event: event.place):
        events = list(group)
        first = events[0]
        with_ = f" with {_properties(first.properties)}" if first.properties else ""
        many = ""
        if len(events) > 1:
            step = events[1].time - first.time
            many = f" ({len(events):,} times, {f'every {duration(step)}' if step else 'at once'})"
        yield first.time, Step(words.instant(first.time), f"{words.event(first.name)}{with_}{many}")


def _properties(values: Mapping[str, Value]) -> str:
    return listed([f"{spaced(name)} {_data(value)}" for name, value in values.items()], "and") if values else "nothing"


def _data(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return shortest(float(value))
    if isinstance(value, list):
        return f"[{', '.join(_data(each) for each in value)}]"
    return quoted(str(value))


def _expected(expected: p.Expectation) -> str:
    name = spaced(expected.score)
    match expected.kind:
        case "value" if expected.op == "between":
            return f"{name} is between {millionths_text(expected.number)} and {millionths_text(expected.high)}"
        case "value":
            return f"{name} {_OPERATORS[expected.op]} {millionths_text(expected.number)}"
        case "tier":
            return f"in {name} the lead is in {_tier(expected.tier)}"
        case "becomes":
            return f"in {name} the lead comes into {_tier(expected.tier)} at this moment"
        case "cell":
            return f"{name} is {expected.text}"
        case "label":
            return f"{name} is {'yes' if expected.holds else 'no'}"
        case "excluded":
            return "the lead gets no score"


def _tier(tier: str | None) -> str:
    return "no tier" if tier is None else f"the tier {spaced(tier)}"
