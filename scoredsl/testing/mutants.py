"""Small changes of the rules, one at a time: points, durations, thresholds, comparisons, limits and dates.

A mutant is an edit of the text, so that it can be shown as the line that somebody might have written. What no program
can say (a window of 0 days) is left out when it is checked.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from scoredsl.semantics.values import shortest
from scoredsl.syntax import nodes as n
from scoredsl.syntax.tree import File
from scoredsl.text import Source, Span

Kind: TypeAlias = Literal["points", "duration", "threshold", "comparison", "limit", "date"]

_OPERATORS = {">=": ">", ">": ">=", "<=": "<", "<": "<=", "=": "!=", "!=": "="}
_PERIODS = {"day": "week", "week": "month", "month": "year", "year": "day"}
_SMALLER = {"w": ("d", 7), "d": ("h", 24), "h": ("m", 60), "m": ("s", 60)}
_NOT_RULES = n.Test | n.Timezone | n.Import | n.EventDecl | n.ProfileDecl
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PERCENT = re.compile(r"([0-9][0-9_.]*)%")


@dataclass(frozen=True, slots=True)
class Mutant:
    """What stands in `span` becomes `text`."""

    kind: Kind
    span: Span
    text: str
    statement: Span
    """The statement that it is a part of."""


def mutants(file: File) -> list[Mutant]:
    """All mutants of the rules in a file, by place; its tests and declarations are left as they are."""
    found: list[Mutant] = []
    for top in file.statements:
        if top.node is None or isinstance(top.node, _NOT_RULES):
            continue
        for statement in top.walk():
            if statement.node is not None:
                changes = _Changes(file.source).of(statement.node)
                found += [Mutant(kind, span, text, statement.span) for kind, span, text in changes]
    return sorted(found, key=lambda mutant: (mutant.span, mutant.text))


def mutated(text: str, mutant: Mutant) -> str:
    """The text of the mutant's file with the change."""
    return text[: mutant.span.start] + mutant.text + text[mutant.span.end :]


Change: TypeAlias = tuple[Kind, Span, str]


class _Changes:
    """The changes of one statement."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def of(self, node: object) -> Iterator[Change]:
        """The changes of a node and all below it; a number that nobody above speaks for is one of points."""
        match node:
            case tuple():
                for each in node:
                    yield from self.of(each)
            case n.Number():
                yield from self.number("points", node, (1,))
            case n.Duration():
                yield from self.duration(node)
            case n.Date():
                yield from self.date(node)
            case n.Award():
                yield from self.word("points", node.span, {"add": "subtract", "subtract": "add"})
                yield from self.of(node.amount)
            case n.Limit() if node.once:
                yield from self.word("limit", node.span, {"once": "at most 2 times"})
                yield from self.period(node)
                yield from self.of(node.every)
            case n.Compare():
                yield from self.between("comparison", node.left, node.right, {node.op: _OPERATORS[node.op]})
                yield from self.sides(node.left, node.right)
            case n.Between():
                yield from self.of(node.value)
                yield from self.sides(node.low, node.high)
            case n.Known():
                yield from self.last_word("comparison", node.span, {"known": "missing", "missing": "known"})
            case n.Has():
                yield from self.word("comparison", node.span, {"has": "no", "no": "has"})
                yield from self.of(node.source)
            case n.Decay():
                yield from self.of(node.duration)
                yield from self.percent(node.span)
            case n.Define(_, n.Number() as number):
                yield from self.number("comparison", number, (1, -1))
            case n.TierClause():
                yield from self.tier_clause(node)
            case n.Limit() | n.UpTo() | n.ButNot() | n.Count():
                number = node.count if isinstance(node, n.Limit | n.Count) else node.number
                yield from self.number("limit", number, (1, -1))
                if isinstance(node, n.Limit | n.UpTo):
                    yield from self.period(node)
                yield from self.rest(node, ("count", "number"))
            case n.Band() if node.number is not None:  # bands often stand one apart, so that one more is no program
                yield from self.number("threshold", node.number, (0.5, -1))
            case n.Bound():
                yield from self.number("threshold", node.number, (1, -1))
                yield from self.rest(node, ("number",))
            case n.Expire():
                yield from self.of(node.duration)
                if node.unless_repeated:
                    yield "duration", Span(node.duration.span.end, node.span.end, node.span.file), ""
            case _ if dataclasses.is_dataclass(node):
                yield from self.rest(node, ())
            case _:
                return

    def rest(self, node: object, done: Iterable[str]) -> Iterator[Change]:
        """The changes of all parts of a node but those that are done."""
        for each in dataclasses.fields(node):  # type: ignore[arg-type]
            if each.name not in done and each.compare:
                yield from self.of(getattr(node, each.name))

    # ---- numbers

    def number(self, kind: Kind, number: n.Number, steps: Iterable[float]) -> Iterator[Change]:
        """So many more or less: of the last decimal that is written."""
        _, _, decimals = shortest(number.value).partition(".")
        for step in steps:
            changed = round(number.value + step * 10 ** -len(decimals), len(decimals) + 1)
            yield kind, number.span, shortest(changed)

    def sides(self, *values: n.Value) -> Iterator[Change]:
        """What is compared with: numbers one more and one less."""
        for value in values:
            match value:
                case n.Number() | n.Negate(n.Number()):
                    number = value if isinstance(value, n.Number) else value.operand
                    assert isinstance(number, n.Number)
                    yield from self.number("comparison", number, (1, -1))
                case _:
                    yield from self.of(value)

    def percent(self, span: Span) -> Iterator[Change]:
        match = _PERCENT.search(self.source.text, span.start, span.end)
        if match is not None:
            place = Span(match.start(1), match.end(1), span.file)
            yield from self.number("points", n.Number(float(match[1].replace("_", "")), place), (1, -1))

    def duration(self, duration: n.Duration) -> Iterator[Change]:
        """One unit more, and one less: of the next smaller unit where there is but one."""
        yield "duration", duration.span, f"{duration.count + 1}{duration.unit}"
        if duration.count > 1:
            yield "duration", duration.span, f"{duration.count - 1}{duration.unit}"
        elif duration.unit in _SMALLER:
            unit, count = _SMALLER[duration.unit]
            yield "duration", duration.span, f"{count - 1}{unit}"

    def date(self, written: n.Date) -> Iterator[Change]:
        """A day later, and a day earlier."""
        match = _DAY.match(written.text)
        if match is None:
            return
        day = date.fromisoformat(match[0])
        place = Span(written.span.start, written.span.start + 10, written.span.file)
        for step in (1, -1):
            yield "date", place, (day + timedelta(days=step)).isoformat()

    # ---- words

    def word(self, kind: Kind, span: Span, words: dict[str, str]) -> Iterator[Change]:
        """The first word of a span."""
        for word, other in words.items():
            if self.source.text.startswith(word, span.start):
                yield kind, Span(span.start, span.start + len(word), span.file), other
                return

    def last_word(self, kind: Kind, span: Span, words: dict[str, str]) -> Iterator[Change]:
        for word, other in words.items():
            if self.source.text.endswith(word, span.start, span.end):
                yield kind, Span(span.end - len(word), span.end, span.file), other

    def between(self, kind: Kind, left: n.Value, right: n.Value, words: dict[str, str]) -> Iterator[Change]:
        """A sign between two values."""
        for word, other in words.items():
            at = self.source.text.find(word, left.span.end, right.span.start)
            if at >= 0:
                yield kind, Span(at, at + len(word), left.span.file), other

    def period(self, node: n.Limit | n.UpTo) -> Iterator[Change]:
        if node.period is not None:
            yield from self.last_word("limit", node.span, {node.period: _PERIODS[node.period]})

    def tier_clause(self, clause: n.TierClause) -> Iterator[Change]:
        if clause.number is not None:
            yield from self.number("threshold", clause.number, (1, -1))
        match clause.kind:
            case "from" | "above":
                yield from self.word("threshold", clause.span, {"from": "above", "above": "from"})
            case "for good":
                yield "threshold", clause.span, ""
            case _:
                return
