"""A log and what is expected of it as a `test` block, ready to stand in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scoredsl.prose.words import Words
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, ProfileRow, Value
from scoredsl.syntax import nodes as n
from scoredsl.syntax.printer import print_statement
from scoredsl.testing.telling import Givens

_UNITS = (("w", 604_800_000_000), ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000))


def test_block(name: str, givens: Givens, expectation: p.Expectation, words: Words) -> str:
    """The block. Raises ValueError for what no test can give (an event between two seconds)."""
    nodes = [*_fields(givens.rows, words), *_events(givens.events, words), _expected(expectation, words)]
    return "\n".join([print_statement(n.Test(n.Text(name))), *(f"  {print_statement(node)}" for node in nodes)])


test_block.__test__ = False  # type: ignore[attr-defined]


def _fields(rows: Sequence[ProfileRow], words: Words) -> Iterator[n.GivenProfile]:
    for row in rows:
        at = None if row.time is None else n.Date(words.instant(row.time))
        yield n.GivenProfile(_assigns(row.fields), at)


def _events(events: Sequence[Event], words: Words) -> Iterator[n.Given]:
    """Equal events that follow each other by one step are one line."""
    at = 0
    while at < len(events):
        first = events[at]
        count, step = 1, 0
        while at + count < len(events) and _same(events[at + count], first):
            gap = events[at + count].time - events[at + count - 1].time
            if count > 1 and gap != step:
                break
            count, step = count + 1, gap
        yield n.Given(
            None if count == 1 else n.Number(count),
            n.Name(first.name),
            _assigns(first.properties),
            n.Date(words.instant(first.time)),
            _duration(step) if count > 1 and step else None,
        )
        at += count


def _same(one: Event, other: Event) -> bool:
    return one.name == other.name and one.properties == other.properties


def _duration(micros: int) -> n.Duration:
    for unit, size in _UNITS:
        if micros % size == 0:
            return n.Duration(micros // size, unit)
    raise ValueError(f"{micros} microseconds are no duration that can be written.")


def _assigns(values: object) -> tuple[n.Assign, ...]:
    assert hasattr(values, "items")
    return tuple(n.Assign(n.Name(name), _literal(value)) for name, value in values.items())


def _literal(value: Value) -> n.Literal_:
    match value:
        case bool():
            return n.Boolean(value)
        case int() | float():
            return n.Number(float(value)) if value >= 0 else n.Negate(n.Number(-float(value)))  # type: ignore[return-value]
        case list():
            return n.ListOf(tuple(_literal(each) for each in value))
        case _:
            return n.Text(str(value))


def _expected(expected: p.Expectation, words: Words) -> n.Node:
    name, at = n.Name(expected.score), n.Date(words.instant(expected.at))
    match expected.kind:
        case "value":
            return n.ExpectValue(name, "=", n.Number(expected.number / 1_000_000), at=at)
        case "tier":
            return n.ExpectTier(name, None if expected.tier is None else n.Name(expected.tier), False, at)
        case "cell":
            return n.ExpectCell(name, n.Name(expected.text), at)
        case "label":
            return n.ExpectLabel(name, expected.holds, at)
        case _:
            return n.ExpectExcluded(at)
