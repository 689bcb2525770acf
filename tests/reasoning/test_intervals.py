"""Sets of numbers against sets of small numbers, one by one."""

from __future__ import annotations

import math
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoredsl.reasoning.intervals import (
    ALL,
    NONE,
    Interval,
    Numbers,
    after,
    before,
    between,
    comparing,
    cuts,
    only,
    pick,
)

SMALL = range(-6, 7)
OPERATORS = {
    "=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip


def inside(numbers: Numbers) -> set[int]:
    return {number for number in SMALL if number in numbers}


@st.composite
def sets(draw: st.DrawFn) -> Numbers:
    """A union of comparisons with small whole numbers."""
    found = NONE
    compared = st.tuples(st.sampled_from(sorted(OPERATORS)), st.integers(-5, 5))
    for op, number in draw(st.lists(compared, max_size=3)):
        found = found | comparing(op, number)  # type: ignore[arg-type]
    low, high = draw(st.integers(-5, 5)), draw(st.integers(-5, 5))
    return found if draw(st.booleans()) else found & between(low, high)


@given(sets(), sets())
def test_sets(one: Numbers, other: Numbers) -> None:
    assert inside(one & other) == inside(one) & inside(other)
    assert inside(one | other) == inside(one) | inside(other)
    assert inside(~one) == set(SMALL) - inside(one)
    assert bool(one) == (one != NONE) and ~~one == one
    assert (one <= other) == (one & other == one)
    for each in (one | other, one & other, ~one):
        for first, second in zip(each.intervals, each.intervals[1:], strict=False):
            assert first.low <= first.high and after(first.high) < second.low


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("number", [0.0, 3.0, -2.0, 0.5, -0.0])
def test_comparing(op: str, number: float) -> None:
    found = comparing(op, number)  # type: ignore[arg-type]
    for each in (-5, -2, -1, 0, 0.25, 0.5, 1, 3, 4, after(number), before(number)):
        assert (each in found) == OPERATORS[op](each, number)


def test_doubles_and_whole_numbers_have_neighbours() -> None:
    assert after(5) == 6 and before(5) == 4
    assert after(5.0) == math.nextafter(5.0, 9) and before(5.0) == math.nextafter(5.0, 0)
    assert comparing(">", 5.0) & comparing("<", math.nextafter(5.0, 9)) == NONE
    assert comparing(">", 5.0) | only(5.0) | comparing("<", 5.0) == ALL
    assert comparing(">", 5) & comparing("<", 7) == only(6)


def test_whole() -> None:
    assert between(0.5, 2.5).whole() == between(1, 2)
    assert between(0.5, 0.9).whole() == NONE
    assert comparing(">", 3.0).whole() == comparing(">=", 4)
    assert (between(-2.5, -1.5) | between(1.0, 1.0)).whole() == Numbers((Interval(-2, -2), Interval(1, 1)))
    assert ALL.whole() == ALL


@pytest.mark.parametrize(("numbers", "chosen"), [
    (ALL, 0), (comparing(">", 100.0), 101), (between(5.0, 7.0), 5), (between(-7.5, -5.5), -6), (between(0.2, 0.9), 0.5),
    (between(0.01, 0.04), 0.01), (between(-5.0, 5.0), 0), (comparing("<", 0.0), -1), (only(12.5), 12.5), (only(7), 7),
    (between(1e-9, 2e-9), 1e-9), (between(30.0, 40.0) | between(3.5, 3.9), 30), (comparing(">", 5), 6), (only(-3), -3),
])  # fmt: skip
def test_pick(numbers: Numbers, chosen: float) -> None:
    assert pick(numbers) == chosen
    assert pick(NONE) is None


def test_pick_is_plain_and_of_its_kind() -> None:
    assert pick(between(0.0085, 0.0105)) == 0.01
    assert pick(between(0.0005, 0.0015)) == 0.001
    assert pick(between(0.0001, 0.0002)) == 0.0001
    assert pick(between(-0.0105, -0.0085)) == -0.01
    assert pick(between(0.3, 0.4)) == 0.4 or pick(between(0.3, 0.4)) == 0.30000000000000004
    micros = pick(between(2**60 + 1, 2**60 + 3))
    assert micros == 2**60 + 1 and isinstance(micros, int)
    assert isinstance(pick(only(7)), int) and isinstance(pick(only(7.0)), float)


def test_cuts() -> None:
    assert cuts([]) == [0]
    assert cuts([4, 6]) == [0, 4, 5, 6, 7]
    assert cuts([0.0, 1.0]) == [-1.0, 0.0, 0.5, 1.0, 2.0]
    assert cuts([5, 5, 6]) == [0, 5, 6, 7]


@given(st.lists(st.integers(-5, 5), max_size=4))
def test_cuts_have_a_number_of_each_piece(points: list[int]) -> None:
    doubled = [2 * point for point in points]
    found = cuts([float(point) for point in doubled])
    pieces = {tuple((number > point, number == point) for point in doubled) for number in range(-12, 13)}
    assert pieces == {tuple((number > point, number == point) for point in doubled) for number in found}
