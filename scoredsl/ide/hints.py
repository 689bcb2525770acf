"""Inlay hints, what a reader would have to look up; and code lenses above scores and tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scoredsl.ide.project import Analysis
from scoredsl.prose.words import counted
from scoredsl.reasoning.bounds import bounds_of
from scoredsl.semantics import program as p
from scoredsl.semantics.values import millionths_text
from scoredsl.syntax import nodes as n
from scoredsl.syntax.printer import print_duration
from scoredsl.syntax.tree import Statement
from scoredsl.text import Span


@dataclass(frozen=True, slots=True)
class Hint:
    """A few words shown at an offset, and what is said when they are pointed at."""

    offset: int
    text: str
    says: str


def hints(analysis: Analysis, program: p.Program | None, start: int, end: int) -> list[Hint]:
    """The hints between two offsets."""
    found: list[Hint] = []
    for statement in analysis.file.statements:
        found += _in_block(statement, (), program)
    if not any(statement.keyword == "score" for statement in analysis.file.statements):
        defaults = tuple(s.node for s in analysis.file.statements if isinstance(s.node, n.Default))
        for statement in analysis.file.statements:
            found += _of_rule(statement, defaults)
    return sorted((h for h in found if start <= h.offset <= end), key=lambda h: h.offset)


def _in_block(header: Statement, above: tuple[n.Default, ...], program: p.Program | None) -> Iterator[Hint]:
    own = tuple(child.node for child in header.children if isinstance(child.node, n.Default))
    for child in header.children:
        if child.keyword == "group":
            yield from _in_block(child, (*own, *above), program)
        yield from _of_rule(child, (*own, *above))
        yield from _of_threshold(child)
        yield from _of_expectation(child, program)


def _of_rule(statement: Statement, defaults: tuple[n.Default, ...]) -> Iterator[Hint]:
    """The defaults that reach a rule; the innermost first."""
    node = statement.node
    if not isinstance(node, n.OnRule) or not isinstance(node.effect, n.Award):
        return
    for kind in ("expire", "decay"):
        if any(_kind(clause) == kind for clause in node.clauses):
            continue
        default = next((each.clause for each in defaults if _kind(each.clause) == kind), None)
        if default is not None and not isinstance(default, n.Never):
            yield Hint(statement.span.end, f" {_words(default)}", "By default, as the score or group says.")


def _kind(clause: object) -> str:
    match clause:
        case n.Expire():
            return "expire"
        case n.Decay():
            return "decay"
        case n.Never(what):
            return what
        case _:
            return ""


def _words(clause: n.Expire | n.Decay) -> str:
    length = print_duration(clause.duration)
    match clause:
        case n.Expire(_, repeated):
            return f"expire after {length}" + (" unless repeated" if repeated else "")
        case n.Decay("zero"):
            return f"decay to zero over {length}"
        case n.Decay("half"):
            return f"decay by half every {length}"
        case n.Decay():
            return f"decay {clause.percent:g}% every {length}"


def _of_threshold(statement: Statement) -> Iterator[Hint]:
    node = statement.node
    if isinstance(node, n.Tier) and node.name is None and all(clause.kind != "as" for clause in node.clauses):
        yield Hint(statement.span.end, " as qualified", "The name of a threshold that has none of its own.")


def _of_expectation(statement: Statement, program: p.Program | None) -> Iterator[Hint]:
    """The plain tier that an expected number means."""
    node = statement.node
    if program is None or not isinstance(node, n.ExpectValue) or node.op != "=":
        return
    score = next((each for each in program.scores if each.name == node.score.text), None)
    if score is None or any(tier.follows_the_course for tier in score.tiers):
        return
    value = round(node.number.value * 1_000_000)
    tier = next((t for t in score.tiers if value > t.number or (value == t.number and not t.above)), None)
    if tier is not None:
        says = f"{tier.name} is {'above' if tier.above else 'from'} {millionths_text(tier.number)}."
        yield Hint(node.number.span.end, f" {tier.name}", says)


# ---- lenses


@dataclass(frozen=True, slots=True)
class Lens:
    """A line above a statement; `command` is what a click does, with the name of the test."""

    span: Span
    title: str
    command: Literal["run test", "run tests", ""] = ""
    test: str = ""


def lenses(analysis: Analysis, program: p.Program | None, fired: dict[Span, str]) -> list[Lens]:
    """Above each test one that runs it, above the first one for all; `fired` is what the log says of rules."""
    found: list[Lens] = []
    tests = [s for s in analysis.file.statements if s.keyword == "test" and isinstance(s.node, n.Test)]
    if len(tests) > 1:
        found.append(Lens(tests[0].span, f"Run all {len(tests)} tests", "run tests"))
    for statement in tests:
        assert isinstance(statement.node, n.Test)
        found.append(Lens(statement.span, "Run this test", "run test", statement.node.name.value))
    for statement in analysis.file.walk():
        said = fired.get(statement.span)
        if said:
            found.append(Lens(statement.span, said))
        if program is not None and analysis.program is program and statement.keyword == "score":
            score = next((s for s in program.scores if s.place.span == statement.span), None)
            if score is not None and score.formula is None:
                parts = [counted(len(score.rules), "rule"), counted(len(score.tiers), "tier")]
                most = bounds_of(program)[score.name].most
                parts += [] if most is None else [f"most a lead can have: {millionths_text(most)}"]
                found.append(Lens(statement.span, ", ".join(parts)))
    return found
