"""Values for which a condition holds: found among likely ones, then evaluated by definition.

Between what is shown here and what `conditions` proves lies what is not decided: regular expressions, mostly, and facts
whose events would have to be found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import islice, product

from scoredsl.reasoning import values
from scoredsl.reasoning.conditions import NOTHING, Case, Counts, Known, never, never_more, numbers_for
from scoredsl.reasoning.intervals import Numbers
from scoredsl.reasoning.normal import Cube, Literal, TooLargeError, conjunction, cubes, never_missing
from scoredsl.reasoning.suppose import computed_from, holds
from scoredsl.semantics import expressions as e
from scoredsl.semantics.inspect import leaves
from scoredsl.semantics.log import Value


class Verdict(Enum):
    """Whether a condition can hold."""

    NEVER = "never"
    POSSIBLE = "possible"
    UNKNOWN = "unknown"


def satisfiable(condition: e.Condition, known: Known = NOTHING) -> Verdict:
    """Whether there are data for which a condition holds."""
    if never(condition, known):
        return Verdict.NEVER
    return Verdict.POSSIBLE if model(condition, known) is not None else Verdict.UNKNOWN


_TRIED = 300
"""Combinations of candidates that are tried for one cube."""
_OPTIONS = 8
"""Candidates for one value in them."""


def model(condition: e.Condition, known: Known = NOTHING) -> Mapping[e.Value, Value] | None:
    """Values for which a condition holds, evaluated by definition; None where none were found.

    Facts and scores are given like other values: whether there are events that give them is another question.
    """
    return next(models(condition, known), None)


def models(condition: e.Condition, known: Known = NOTHING) -> Iterator[Mapping[e.Value, Value]]:
    """Several such values, cube by cube."""
    try:
        found = cubes(condition)
    except TooLargeError:
        return
    for cube in found:
        yield from _models(cube, known)


def _models(cube: Cube, known: Known) -> Iterator[Mapping[e.Value, Value]]:
    case = Case.of(cube)
    crossed = [value for literal in case.crossed for value in _values(literal.atom)]
    subjects = dict.fromkeys([*(value for subject in case.single for value in _values(subject)), *crossed])
    counts = Counts(case.single, known)
    if counts.contradictory:
        return
    options: list[tuple[Value, ...]] = []
    for subject in subjects:
        literals = case.single.get(subject, [])
        hints = list(_hints(subject, case))
        found = tuple(values.possible(subject, literals, hints).values if values.is_raw(subject)
                      else _computed(subject, literals, hints, counts.numbers.get(subject), known))
        alone = [each for other in case.single if other != subject and set(_values(other)) == {subject}
                 for each in case.single[other]]  # fmt: skip
        fitting = tuple(each for each in found if all(holds(one.condition, {subject: each}) for one in alone))
        options.append((fitting or found or (None,))[:_OPTIONS])
    condition = conjunction(e.Always(True), *(literal.condition for literal in cube))
    for combination in islice(product(*options), _TRIED):
        given = dict(zip(subjects, combination, strict=True))
        if holds(condition, given) and _fits(given, case):
            yield given


def _values(node: e.Condition | e.Value) -> Iterator[e.Value]:
    """The values of the data that a condition or a computed value is made of."""
    for leaf in leaves(node):
        match leaf:
            case e.Property() | e.Field() | e.Fact() | e.DaysSince() | e.DaysUntil() | e.ScoreValue():
                yield leaf
            case _:
                pass


def _hints(subject: e.Value, case: Case) -> Iterator[Value]:
    """Values that make comparisons with other constants or values likely to hold."""
    for other, literals in case.single.items():
        if other == subject or subject not in set(leaves(other)):
            continue
        for each in literals:
            if isinstance(each.atom, e.CompareNumbers) and isinstance(each.atom.right, e.Constant):
                yield from _about(_solved(other, subject, each.atom.right.value))
    if case.crossed:
        yield from (10.0, 5.0, 1.0, 100.0, 0.0)


def _about(number: float) -> tuple[float, ...]:
    return number, number + 1, number - 1, number + 0.5, number - 0.5, number * 2, number + 0.01, number - 0.01


def _solved(computed: e.Value, part: e.Value, wanted: float) -> float:
    """Where arithmetic over one value would give a number, if it were a straight line, near 0 or far from it."""
    for low, high in ((0.0, 1.0), (1000.0, 2000.0), (-2000.0, -1000.0)):
        one, other = (computed_from(computed, {part: number}) for number in (low, high))
        if one is not None and other is not None and one != other:
            return low + (wanted - one) / (other - one) * (high - low)
    return wanted


def _computed(
    subject: e.Value, literals: Sequence[Literal], hints: Sequence[Value], counted: Numbers | None, known: Known
) -> list[Value]:
    """What a computed number may be: the plainest that fits, the hints that fit, or missing.

    `counted` is what it can be beside other counts, where it is one.
    """
    numbers = numbers_for(subject, literals, known) if counted is None else counted
    found: list[Value] = [values.number_that_fits(numbers)] if numbers else []
    found += [hint for hint in hints if hint is not None and float(hint) in numbers]
    if not never_missing(subject) and all(holds(each.atom, {subject: None}) == each.holds for each in literals):
        found.append(None)
    return found


def _fits(given: Mapping[e.Value, Value], case: Case) -> bool:
    """Whether counts do not contradict each other: what is part of another is not larger."""
    facts = [subject for subject in given if isinstance(subject, e.Fact) and subject.kind in ("count", "distinct")]
    return all(
        given[a] is None or given[b] is None or given[a] <= given[b]
        for a in facts
        for b in facts
        if a is not b and never_more(a, b)
    )
