"""A learned program as text: rules below their evidence, tiers, and tests of leads that were really there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scoredsl.impact.gates import percent
from scoredsl.learning.intervals import Estimate
from scoredsl.learning.learn import LearnedRule
from scoredsl.prose.words import Words, counted
from scoredsl.reference import Log
from scoredsl.semantics.check import check_program
from scoredsl.semantics.imports import Reader, Unreadable
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.semantics.program import Expectation, Program
from scoredsl.syntax.format import format_source
from scoredsl.syntax.printer import quote
from scoredsl.testing.block import test_block
from scoredsl.testing.telling import NOWHERE, Givens
from scoredsl.text import Source

_SECOND = 1_000_000
_MOST_EVENTS = 12
LEAST_TESTS, MOST_TESTS = 3, 8


class NoFiles:
    """A reader for programs that import nothing."""

    def same(self, path: str) -> str:
        return path

    def read(self, path: str) -> str:
        raise Unreadable(f"There is no file {path}.")


@dataclass(frozen=True, slots=True)
class Tier:
    name: str
    number: int


def checked(text: str, path: str, reader: Reader | None = None) -> Program:
    """The program of a text that was written here: an error in it is ours."""
    program, said = check_program(path, text, reader or NoFiles())
    if program is None:
        raise ValueError(f"A learned program has errors: {[each.message for each in said]}")
    return program


def formatted(text: str, path: str) -> str:
    """In the canonical layout."""
    found = format_source(Source(text, path))
    if found.refused is not None:
        raise ValueError(f"A learned program cannot be formatted: {found.refused}")
    return found.text


def evidence(rule: LearnedRule, leads: int) -> str:
    """`# 1,395 of 7,852 leads; win rate 54% (51% to 56%), lift 1.89 (1.80 to 1.98)`"""
    lift = rule.lift
    said = f"lift {lift.value:.2f} ({lift.low:.2f} to {lift.high:.2f})" if lift.low is not None else ""
    return f"# {rule.leads:,} of {counted(leads, 'lead')}; win rate {_share(rule.rate)}, {said}"


def _share(found: Estimate) -> str:
    assert found.value is not None and found.low is not None and found.high is not None
    return f"{percent(100 * found.value)} ({percent(100 * found.low)} to {percent(100 * found.high)})"


def rule_lines(rules: Iterable[LearnedRule], leads: int, indent: str) -> Iterator[str]:
    """Each rule below its evidence."""
    for rule in rules:
        yield f"{indent}{evidence(rule, leads)}"
        yield f"{indent}{rule.rule.line(rule.points)}"


def program_text(
    name: str, header: Sequence[str], rules: Sequence[LearnedRule], leads: int, start: int, tiers: Sequence[Tier]
) -> str:
    """A program of one score."""
    lines = [*(f"# {line}" for line in header), f"score {name} {quote('Learned from outcomes')}"]
    if start:
        lines.append(f"  start at {start}")
    lines += [f"  tier {tier.name} from {tier.number}" for tier in tiers]
    lines += ["", *rule_lines(rules, leads, "  ")]
    return "\n".join(lines) + "\n"


def text_with(kept: str, program: Program, score: str, lines: Sequence[str]) -> str:
    """The text of a program with more rules after the last rule of a score (after its header where it has none)."""
    own = [rule for rule in program.score(score).rules if rule.place.span.file == program.path]
    if own:
        last = max(own, key=lambda rule: rule.place.span.end)
        end = last.place.span.end
        indent = kept[kept.rfind("\n", 0, last.place.span.start) + 1 : last.place.span.start]
        indent = indent if not indent.strip() else "  "
    else:
        end, indent = program.score(score).place.span.end, "  "
    cut = kept.find("\n", end)
    cut = len(kept) if cut < 0 else cut
    return f"{kept[:cut]}\n\n{chr(10).join(indent + line for line in lines)}{kept[cut:]}"


# ---- tests


def tests_of(
    program: Program,
    score: str,
    cases: Sequence[tuple[Sequence[Event], Sequence[ProfileRow], int]],
    names: Sequence[str],
) -> list[str]:
    """Test blocks: what leads had done by an instant (to the second), and the score that they had then."""
    words = Words.of(program)
    found = []
    for (events, rows, instant), name in zip(cases, names, strict=True):
        at = instant - instant % _SECOND
        seen = [replace(event, lead="lead", id=None, time=event.time - event.time % _SECOND) for event in events]
        known = [replace(row, lead="lead", time=None if row.time is None else row.time - row.time % _SECOND)
                 for row in rows]  # fmt: skip
        value = Log.of(program, seen, known).run("lead", at).state(program.score(score), at).value
        expectation = Expectation("value", at, NOWHERE, score, "=", value)
        try:
            found.append(test_block(name, Givens(tuple(seen), tuple(known)), expectation, words))
        except ValueError:
            continue  # what no test can say: a value that cannot be written
    return found


def few_enough(events: Sequence[Event]) -> bool:
    """Whether a test of these events can be read."""
    return len(events) <= _MOST_EVENTS


def only(values: Any, names: frozenset[str] | None) -> dict[str, Any]:
    """The values that rules look at (None: all), less what a test cannot write."""
    return {
        name: value
        for name, value in values.items()
        if (names is None or name in names) and isinstance(value, (str, int, float, bool)) and value != ""
    }
