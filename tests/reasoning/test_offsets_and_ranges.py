"""Fields seen from the clock, and numbers computed from others: exactly what can be, tried one by one."""

from __future__ import annotations

import itertools
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoredsl import api
from scoredsl.reasoning.conditions import never
from scoredsl.reasoning.intervals import NONE, between
from scoredsl.reasoning.ranges import EVERYTHING, Range, as_numbers, hull, range_of
from scoredsl.reasoning.suppose import CLOCK
from scoredsl.reference.clock import NO_EVENTS, Profile, Seen
from scoredsl.reference.evaluate import Evaluator
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.log import ProfileRow
from scoredsl.semantics.values import instant_text
from scoredsl.semantics.zones import zone

DAY = 86_400_000_000
NEAR = sorted({half * DAY // 2 + micro for half in range(-9, 10) for micro in (-1, 0, 1)})
"""Microseconds from the clock to a field: about every half day, four days either way."""


def when(text: str) -> e.Condition:
    program, said = api.check_text(f"when {text} add 1\n")
    assert program is not None, said
    (rule,) = program.scores[0].rules
    assert isinstance(rule, p.WhenRule) and rule.branches[0].condition is not None
    return rule.branches[0].condition


days = st.sampled_from(["days since renewal", "days until renewal"])
rows = st.one_of(
    st.tuples(days, st.sampled_from(["=", ">", ">=", "<", "<="]), st.integers(-3, 3)).map(
        lambda made: f"{made[0]} {made[1]} {made[2]}"
    ),
    st.tuples(st.sampled_from(["last", "next"]), st.sampled_from(["12h", "1d", "2d", "36h"])).map(
        lambda made: f"renewal in {made[0]} {made[1]}"
    ),
)


@given(st.lists(rows, min_size=2, max_size=3))
def test_where_a_field_can_lie(asked: list[str]) -> None:
    """Nothing is claimed that some instant refutes, and what none of them can do is known to be impossible."""
    condition = when(" and ".join(asked))
    evaluator, possible = Evaluator(zone("UTC")), False
    for offset in NEAR:
        profile = Profile([ProfileRow("a", None, 0, {"renewal": instant_text(CLOCK + offset)})])
        possible = possible or evaluator.holds(condition, Seen(NO_EVENTS, 0, profile, CLOCK, {}))
    if all(" = " in row or " in " in row for row in asked):  # beyond four days nothing of this is so
        assert never(condition) is not possible
    else:
        assert not (never(condition) and possible)


# ---- arithmetic

X, Y = e.Field("x"), e.Field("y")
_numbers = st.sampled_from([-7.0, -2.0, -0.5, 0.0, 0.25, 1.0, 3.0, 10.0])


def values() -> st.SearchStrategy[e.Value]:
    leaf: st.SearchStrategy[e.Value] = st.one_of(st.just(X), st.just(Y), _numbers.map(e.Constant))

    def more(inner: st.SearchStrategy[e.Value]) -> st.SearchStrategy[e.Value]:
        return st.one_of(
            inner.map(e.Negative),
            st.builds(e.Arithmetic, st.sampled_from(["+", "-", "*", "/"]), inner, inner),
            st.builds(lambda name, a, b: e.Call(name, (a, b)), st.sampled_from(["min", "max"]), inner, inner),
            inner.map(lambda a: e.Call("round", (a,))),
        )

    return st.recursive(leaf, more, max_leaves=5)


@given(values(), st.tuples(_numbers, _numbers), st.tuples(_numbers, _numbers))
def test_no_number_lies_outside_its_range(value: e.Value, x: tuple[float, float], y: tuple[float, float]) -> None:
    ends = {X: (min(x), max(x)), Y: (min(y), max(y))}
    found = range_of(value, lambda leaf: ends[leaf])  # type: ignore[index]
    evaluator = Evaluator(zone("UTC"))
    steps = [0.0, 0.25, 0.5, 1.0]
    for one, other in itertools.product(steps, steps):
        fields = {"x": x[0] + (x[1] - x[0]) * one, "y": y[0] + (y[1] - y[0]) * other}
        seen = Seen(NO_EVENTS, 0, Profile([ProfileRow("a", None, 0, fields)]), CLOCK, {})
        number = evaluator.number(value, seen, None)
        assert number is None or (found is not None and found[0] <= number <= found[1]), (number, found)


@pytest.mark.parametrize(("value", "expected"), [
    (e.Negative(X), (-3, 2)), (e.Arithmetic("+", X, Y), (3, 13)), (e.Arithmetic("-", X, Y), (-12, -2)),
    (e.Arithmetic("*", X, Y), (-20, 30)), (e.Arithmetic("/", X, Y), (-0.4, 0.6)), (e.Call("min", (X, Y)), (-2, 3)),
    (e.Call("max", (X, Y)), (5, 10)), (e.Arithmetic("*", X, e.Constant(0.0)), (0, 0)),
    (e.Call("round", (e.Arithmetic("/", X, e.Constant(4.0)),)), (-1, 1)),
])  # fmt: skip
def test_ranges_are_tight(value: e.Value, expected: tuple[float, float]) -> None:
    """Of one operation the ends are reached; x lies from -2 to 3, y from 5 to 10."""
    ends = {X: (-2.0, 3.0), Y: (5.0, 10.0)}
    assert range_of(value, lambda leaf: ends[leaf]) == expected  # type: ignore[index]


INF = float("inf")


@pytest.mark.parametrize(("op", "x", "y", "expected"), [
    ("/", (2, 10), (1, INF), (0, 10)),
    ("/", (2, INF), (1, INF), (0, INF)),
    ("/", (-INF, -2), (1, INF), (-INF, 0)),
    ("/", (-INF, -2), (-INF, -1), (0, INF)),
    ("/", (1, 2), (-1, 1), EVERYTHING),
    ("/", (1, 2), (0, 1), EVERYTHING),
    ("/", (1, 2), (0, 0), None),
    ("*", (0, 0), (1, INF), (0, 0)),
    ("*", (0, 2), (1, INF), (0, INF)),
    ("*", (-3, 2), (1, INF), (-INF, INF)),
    ("*", (0, 2), (-INF, 5), (-INF, 10)),
    ("+", (1, INF), (2, INF), (3, INF)),
    ("-", (0, INF), (0, INF), EVERYTHING),
    ("-", (INF, INF), (INF, INF), EVERYTHING),  # beyond all doubles
    ("+", (1, 2), None, None),
])  # fmt: skip
def test_ranges_without_end(
    op: Literal["+", "-", "*", "/"], x: Range, y: Range | None, expected: Range | None
) -> None:
    ends: dict[e.Value, Range | None] = {X: x, Y: y}
    assert range_of(e.Arithmetic(op, X, Y), lambda leaf: ends[leaf]) == expected


def test_a_quotient_by_zero_in_a_formula_is_zero() -> None:
    value = e.Arithmetic("/", X, Y)
    assert range_of(value, lambda leaf: (0.0, 0.0), on_zero=(0.0, 0.0)) == (0, 0)
    assert range_of(e.Negative(value), lambda leaf: (0.0, 0.0)) is None
    assert range_of(e.Call("max", (value, X)), lambda leaf: (0.0, 0.0)) is None


def test_ranges_and_sets() -> None:
    assert hull(NONE) is None and hull(between(1, 2) | between(5, 7)) == (1, 7)
    assert as_numbers(None) == NONE and as_numbers((1.0, 2.0)) == between(1.0, 2.0)
