"""Rules that cut the values of one thing into bands: `when size between 50 and 499`, `when size >= 500`."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from scoredsl.lint.keys import admission_key, pattern_key
from scoredsl.reasoning.intervals import NONE, Numbers
from scoredsl.reasoning.normal import TooLargeError, cubes
from scoredsl.reasoning.values import numbers_of, subject_of
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import constant_points

Values: TypeAlias = Numbers | frozenset[str]
"""Numbers, or texts in lower case."""


@dataclass(frozen=True, slots=True)
class Band:
    """A rule that holds for some values of one property or field."""

    rule: p.Rule
    subject: e.Value
    values: Values

    @property
    def name(self) -> str:
        assert isinstance(self.subject, e.Property | e.Field)
        return self.subject.name


def bands(rules: Sequence[p.Rule]) -> Iterator[list[Band]]:
    """Rules that are about the same value of the same events, or of the lead, in families."""
    families: dict[Hashable, list[Band]] = {}
    for rule in rules:
        key, condition = _about(rule)
        band = None if condition is None else _band(rule, condition)
        if band is not None:
            families.setdefault((key, band.subject, isinstance(band.values, Numbers)), []).append(band)
    yield from families.values()


def _about(rule: p.Rule) -> tuple[Hashable, e.Condition | None]:
    """What events a rule is about, None for the lead, and its one condition."""
    match rule:
        case p.WhenRule(branches=(p.Branch(condition, points),)):
            return None, condition if constant_points(points) else None
        case p.OnRule(trigger=p.Occurs(pattern), effect=p.Points() as points) if constant_points(points):
            return (pattern_key(replace(pattern, where=None)), admission_key(rule)), pattern.where
    return None, None


def _band(rule: p.Rule, condition: e.Condition) -> Band | None:
    """The values for which a condition about one value alone holds; None for any other condition."""
    try:
        found = cubes(condition)
    except TooLargeError:
        return None
    subjects: set[e.Value] = set()
    numbers, texts = NONE, frozenset[str]()
    for cube in found:
        if not all(literal.holds and isinstance(literal.atom, e.CompareNumbers | e.CompareText) for literal in cube):
            return None
        subjects |= {subject_of(literal.atom) for literal in cube}
        if all(isinstance(literal.atom, e.CompareNumbers) for literal in cube):
            if any(not isinstance(getattr(literal.atom, "right", None), e.Constant) for literal in cube):
                return None
            numbers = numbers | numbers_of(cube)
        elif len(cube) == 1 and isinstance(atom := next(iter(cube)).atom, e.CompareText) and atom.equal:
            texts |= {atom.text}
        else:
            return None
    if len(subjects) != 1 or bool(numbers) == bool(texts):
        return None
    subject = subjects.pop()
    if not isinstance(subject, e.Property | e.Field):
        return None
    return Band(rule, subject, numbers if numbers else texts)


def partly_overlap(family: Sequence[Band]) -> Iterator[tuple[Band, Band]]:
    """Pairs that have values in common; nothing where some rule lies within another: then rules stack on purpose."""
    pairs = [(one, other) for i, one in enumerate(family) for other in family[i + 1 :]]
    if len(pairs) > 2_000 or any(_within(a.values, b.values) or _within(b.values, a.values) for a, b in pairs):
        return
    for one, other in pairs:
        if _common(one.values, other.values):
            yield one, other


def _within(inner: Values, outer: Values) -> bool:
    if isinstance(inner, Numbers):
        return isinstance(outer, Numbers) and inner <= outer
    return not isinstance(outer, Numbers) and inner <= outer


def _common(one: Values, other: Values) -> bool:
    if isinstance(one, Numbers):
        return isinstance(other, Numbers) and bool(one & other)
    return not isinstance(other, Numbers) and bool(one & other)
