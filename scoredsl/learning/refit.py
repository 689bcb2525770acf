"""Points refitted: the rules, limits and windows of a program stay, and only its points follow what became of leads.

What can be refitted are points that are written as a number. What a rule gives for one point is what it gives alone,
divided by its points; the rest of the score (rules that are not refitted, caps, where it starts) is kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scoredsl.learning.scorecard import Data
from scoredsl.learning.variants import alone, rule_name
from scoredsl.plan.logical import LogicalPlan, written
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.inspect import constant_points
from scoredsl.semantics.values import MILLION
from scoredsl.syntax import nodes as n
from scoredsl.syntax.parse import parse_file
from scoredsl.text import Source, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_LEADS = 20
"""Points that fewer leads have stay as they are."""
_SCALES = 41


@dataclass(frozen=True, slots=True)
class Place:
    """Points in the text of a rule: `branch` of a `when` rule, else None; `span` is where `add N` stands."""

    name: str
    rule: p.Rule
    branch: int | None
    old: float
    span: Span


@dataclass(frozen=True, slots=True)
class Refitted:
    """New points by place; None where they stay. `unit`: what a point is worth in the logarithm of the odds."""

    points: tuple[int | None, ...]


def places(program: p.Program, score: p.Score, text: str) -> list[Place]:
    """The points that can be refitted, in the order of the file."""
    awards = dict(_awards(text, program.path))
    found: list[Place] = []
    for rule in score.rules:
        if rule.place.span.file != program.path or alone(score, rule) is None:
            continue
        written_here = awards.get(rule.place.span.start, ())
        name = rule_name(program, rule)
        if isinstance(rule, p.WhenRule):
            for number, (branch, award) in enumerate(zip(rule.branches, written_here, strict=False)):
                several = f" ({number + 1}. branch)" if len(rule.branches) > 1 else ""
                found += _place(f"{name}{several}", rule, number, branch.points, award)
        elif isinstance(rule.effect, p.Points):
            for award in written_here:
                found += _place(name, rule, None, rule.effect, award)
    return found


def _place(name: str, rule: p.Rule, branch: int | None, points: p.Points, award: n.Award) -> Iterator[Place]:
    constant = constant_points(points)
    if constant and isinstance(award.amount, n.Number):
        yield Place(name, rule, branch, constant / MILLION, award.span)


def _awards(text: str, path: str) -> Iterator[tuple[int, tuple[n.Award, ...]]]:
    """The awards of each rule, by where it begins."""
    for top in parse_file(Source(text, path)).statements:
        for statement in top.walk():
            match statement.node:
                case n.OnRule(effect=n.Award() as award):
                    yield statement.span.start, (award,)
                case n.WhenRule(branches):
                    yield statement.span.start, tuple(branch.award for branch in branches)


def unit_plan(program: p.Program, score: p.Score, found: Sequence[Place]) -> LogicalPlan:
    """A plan of a score for each place: what its rule gives, with these points alone."""
    scores = []
    for number, place in enumerate(found):
        lone = alone(score, _only_branch(place))
        assert lone is not None
        scores.append(replace(lone, name=f"points {number}"))
    return replace(written(program), scores=tuple(scores), grids=(), labels=(), excludes=())


def _only_branch(place: Place) -> p.Rule:
    if not isinstance(place.rule, p.WhenRule) or place.branch is None:
        return place.rule
    nothing = p.Points(1, e.Constant(0.0))
    branches = tuple(
        branch if number == place.branch else replace(branch, points=nothing)
        for number, branch in enumerate(place.rule.branches)
    )
    return replace(place.rule, branches=branches)


@dataclass(frozen=True, slots=True)
class Known:
    """Looks to fit on: what each place gives for one point, the score as it is, and what became of the lead."""

    values: NDArray[np.float64]
    score: NDArray[np.float64]
    won: NDArray[np.bool_]


def refit(known: Known, found: Sequence[Place], border: float | None, most: int) -> Refitted:
    """New whole points, at most `most` up or down.

    The scale is free where all of the score is refitted: it is chosen so that as many leads as before reach `border`
    (a tier; None: so that the score is spread as before). Else a point is worth what a point of the rest is.
    """
    import numpy as np

    free = [i for i in range(len(found)) if int((known.values[:, i] != 0).sum()) >= LEAST_LEADS]
    old = np.array([found[i].old for i in free])
    values = known.values[:, free]
    rest = known.score - values @ old
    beside = float(rest.std()) > 1e-9
    fit = Data(values, known.won, rest if beside else None).fit(tuple(range(len(free))))
    if beside and fit.base > 0:
        points = np.rint(fit.weights / fit.base)
    else:
        points = _scaled(values, fit.weights, rest, known.score, border)
    whole = np.clip(points, -most, most).astype(int).tolist()
    new = dict(zip(free, whole, strict=True))
    return Refitted(tuple(new.get(i) for i in range(len(found))))


def _scaled(
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    rest: NDArray[np.float64],
    score: NDArray[np.float64],
    border: float | None,
) -> NDArray[np.float64]:
    """The weights as whole points, on the scale that changes the score least for who reads it."""
    import numpy as np

    spread = float((values @ weights).std())
    alike = float((score - rest).std()) / spread if spread > 0 else 1.0
    candidates: list[NDArray[np.float64]] = [
        np.rint(weights * (alike * scale)) for scale in np.geomspace(0.4, 2.5, _SCALES).tolist()
    ]
    middle = candidates[_SCALES // 2]
    if border is None:
        return middle
    before = float((score >= border).mean())
    missed = [abs(float((rest + values @ points >= border).mean()) - before) for points in candidates]
    best = min(range(_SCALES), key=lambda i: (round(missed[i], 6), abs(i - _SCALES // 2)))
    return candidates[best]


def text_of(text: str, found: Sequence[Place], new: Refitted) -> str:
    """The program with the new points; nothing else is touched."""
    for place, points in sorted(zip(found, new.points, strict=True), key=lambda pair: -pair[0].span.start):
        if points is not None and points != place.old:
            award = f"{'add' if points >= 0 else 'subtract'} {abs(points)}"
            text = text[: place.span.start] + award + text[place.span.end :]
    return text
