"""The least and the most that scores can be: by hand, and never refuted by a random log."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl import api
from scoredsl.reasoning.bounds import Bounds, bounds_of
from scoredsl.reference import Log, leads_at
from scoredsl.semantics.log import Event
from tests.strategies.programs import Case, cases

MILLION = 1_000_000


def bounds(text: str) -> Bounds:
    """The bounds of the last score of a program."""
    program, said = api.check_text(text)
    assert program is not None, said
    return bounds_of(program)[program.scores[-1].name]


def points(number: int | None) -> float | None:
    return None if number is None else number / MILLION


@pytest.mark.parametrize(("text", "least", "most"), [
    ("on a add 30 once", 0, 30),
    ("on a add 30", 0, None),
    ("on a subtract 5 at most 3 times", -15, 0),
    ("on a add 10 once per day, expire after 14d", 0, 150),
    ("on a add 10 once per day, expire after 36h", 0, 30),
    ('timezone "Europe/Berlin"\non a add 10 once per day, expire after 14d', 0, 160),
    ("on a add 10 once every 7d, expire after 30d", 0, 50),
    ("on a add 10 once every 7d, expire after 28d", 0, 40),
    ("on a add 10 once every 7d, expire after 28d unless repeated", 0, None),
    ("on a add 10 at most 2 times every 7d, expire after 28d", 0, 80),
    ("on a add 10 once per week, expire after 14d", 0, 30),
    ("on a add 10 once per month, expire after 30d", 0, 30),
    ("on a add 10 once per month, expire after 28d", 0, 20),
    ("on a add 10 once per year, expire after 30d", 0, 20),
    ("on a 1d apart add 5 expire after 3d", 0, 15),
    ("on 2 a 1d apart add 5 expire after 3d", 0, 10),
    ("on every 7d of inactivity subtract 5 expire after 30d", -25, 0),
    ("on a add 10 once every 2d, decay to zero over 4d", 0, 15),
    ("on a add 10 once per day, decay to zero over 4d", 0, 25),
    ("on a add 100 once every 10d, decay 50% every 10d", 0, 200),
    ("on a add 10 up to 25 points", 0, 25),
    ("on a subtract 10 up to 25 points", -25, 0),
    ('on a where form in ["x", "y"] add 10 once per form', 0, 20),
    ("on a add 10 once per form", 0, None),
    ("on a add 10 up to 15 points per day, expire after 2d", 0, 45),
    ("on a add 10 up to 15 points per day", 0, None),
    ("on a add 10 once per day from 2026-03-01 until 2026-03-03", 0, 40),
    ("on a add 10 once every 1d from 2026-03-01 until 2026-03-03", 0, 30),
    ("on a add 10 from 2026-03-03 until 2026-03-01", 0, 0),
    ("on a add min(amount, 50) once", None, 50),
    ("on a where amount between 10 and 100 add amount / 10 once", 0, 10),
    ("on a where amount <= 100 add amount - 20 once", None, 80),
    ("on a where x > 5 and x < 3 add 10", 0, 0),
    ("on a add 1 / 0", 0, 0),
    ("start at 5; on a add 10 once", 5, 15),
    ("start at 5; on a add 10 once; on b set to 50; on c set to -3", -3, 60),
    ("maximum 20; on a add 30 once; minimum 0", 0, 20),
    ("maximum 20 when x = 1; on a add 30 once", 0, 30),
    ("minimum 40 when x = 1; on a add 30 once", 0, 40),
    ("minimum 40 when x = 1; maximum 35; on a add 30 once", 0, 35),
    ("minimum 10; maximum 5 when x = 1; on a add 30 once", 5, 30),
    ("group g\n  maximum 10\n  on a add 3\ngroup h\n  on b add 4 once\n", 0, 14),
    ("when x > 5 add 10", 0, 10),
    ("when x > 5 add 10, else add 3", 3, 10),
    ("when x > 5 add 10, else subtract 3", -3, 10),
    ("when x > 5 add 10, else add y", None, None),
    ("when x between 50 and 499 add 10; when x >= 500 add 20; when y = 1 add 5", 0, 25),
    ('when x = "a" add 10; when x = "b" add 20; when x in ["a", "b"] add 5', 0, 25),
    ("when x is missing subtract 5; when x > 5 add 10; when x < 3 subtract 2", -5, 10),
    ("when has a in last 7d add 10; when no a in last 30d add 20", 0, 20),
    ("when has a add 10; when no b add 20", 0, 30),
    ("when x is known add x up to 20 points", -20, 20),
    ("when x between 1 and 5 add x * 2", 0, 10),
    ("when has a add count of a", 0, None),
    ("score a\n  on v add 10 once\nscore b\n  on w add 20 once\nscore c = 0.5 * a + b - 5", -5, 20),
    ("score a\n  on v add 10 once\nscore c = a / a", None, None),
    ("score a\n  on v add 10 once\nscore c = a / 0", 0, 0),
    ("score a\n  on v add 10\nscore c = min(a, 30) + 1", 1, 31),
    ("score a\n  on v add 10\nscore c = a * 2\n  maximum 50", 0, 50),
])  # fmt: skip
def test_bounds(text: str, least: float | None, most: float | None) -> None:
    found = bounds(text + "\n")
    assert (points(found.least), points(found.most)) == (least, most)


_BANDS = "\n".join(f"when x between {10 * i} and {10 * i + 9} add {i + 1}" for i in range(14))


@pytest.mark.parametrize(("text", "most"), [
    # more rules about one field than combinations are tried for: each band excludes each other
    (_BANDS, 14),
    (f"{_BANDS}\nwhen y = 1 add 100", 114),
    ("\n".join(f'when x = "{name}" add 5' for name in "abcdefghijklm") + "\nwhen x is missing add 7", 7),
    ("\n".join(f"when x > {i} add 1" for i in range(14)), 14),
    ("\n".join(f"when x > {i} add 1" for i in range(9)) + "\nwhen x < 0 add 3", 9),
    (f"{_BANDS}\nwhen x between 0 and 25 add 20", 23),
    # conditions about any event are about those of each name
    ("when no any add 10\nwhen has a add 5", 10),
    ("when no any add 10\nwhen has a and x = 1 add 5", 10),
    ("when no any add 10\nwhen x = 1 add 5", 15),
    ("when inactive for 3d add 10\nwhen has a in last 1d add 5", 10),
    ("when inactive for 3d add 10\nwhen has a in last 4d add 5", 15),
    ("when has a add 10\nwhen no b add 5", 15),
    # the branch that gives more, where it goes together with others
    ("when x < 0 add 15\nwhen x >= 100 add 30, else when x >= 0 add 10", 30),
    ("when x < 50 add 15\nwhen x >= 100 add 20, else when x >= 0 add 10", 25),
    ("when x = 1 add 0.000001", 0.000001),
    ("when a.b = 1 add 5\nwhen a.c = 1 add 5\nwhen a.b = 2 add 7", 12),
    # so many values of a property of the event that is the occurrence
    ('on a then b where form in ["x", "y"] within 3d add 10 once per form', 20),
    ('on a where form in ["x", "y"] then b within 3d add 10 once per form', None),
    ('on a where form in ["x", "y"] without b within 3d add 10 once per form', 20),
    ('on a without b where form in ["x", "y"] within 3d add 10 once per form', None),
    ('on a then b then c where form in ["x", "y"] within 3d add 10 once per form', 20),
    ('on 3 a where form in ["x", "y"] within 3d add 10 once per form', 20),
    ('on a where not form = "x" add 10 once per form', None),
    ('on a where other = "x" add 10 once per form', None),
    ('on a where form = "x" and other = "y" add 10 once per form', 10),
    ('on a where form = "x" or other = "y" add 10 once per form', None),
    ('on a add 10 up to 15 points per form', None),
    ('on a where form in ["x", "y"] add 10 up to 15 points per form', 30),
    # events apart, once each step back
    ("on a 2d apart then b 1d apart within 9d add 10 expire after 3d", 30),
    ("on a 1d apart without b within 9d add 10 expire after 3d", 30),
    ("on 3 a 1d apart add 10 expire after 6d", 20),
    ("on inactivity of 2d add 10 expire after 5d", 30),
    ("on a add 10 once every 1d, decay 100% every 3d", 30),
    ("on a add 10 once every 1d, decay 50% every 2d, expire after 4d", 30),
    ("on a add 10 once every 12h, decay to zero over 1d", 20),
    ("on a add 10 at most 2 times per week, expire after 7d", 40),
    ("on a add 0.000001 once every 1d, decay by half every 1d", 0.000002),
    ('timezone "America/St_Johns"\non a add 10 once, decay to zero over 2d', 15),
    ("on a add 10 up to 15 points per month, expire after 30d", 45),
    ("on a add 10 up to 15 points per day, decay to zero over 3d", 45),
    ("on a add 10 once every 1d, decay by half every 2d, expire after 3d", 22.071068),
    ("on a add 10 once per week, decay to zero over 8d", 18.75),
    ('timezone "America/St_Johns"\non a add 10 once every 1d, decay to zero over 2d', 30),
    # a part that can never be so is left out, wherever it stands
    ('on a where (k = "a" and k = "b" and amount > 50) or amount = 2 add amount once', 2),
    ('on a where amount = 2 or (k = "a" and k = "b" and amount > 50) add amount once', 2),
    ("when has a add min(count of a, 7)", 7),
])  # fmt: skip
def test_most(text: str, most: float | None) -> None:
    assert points(bounds(text + "\n").most) == most


def test_parts() -> None:
    found = bounds(
        'score fit\n  when size >= 500 add 20, else when size >= 50 add 10 as "Size"\n  when country = "DE" add 10\n'
        "  on webinar add 5 at most 3 times\n  group mail \"Email\"\n    maximum 30\n    on opened add 1\n"
        "  on complaint subtract 10\n"
    )
    assert [(part.name, points(part.least), points(part.most)) for part in found.parts] == [
        ("Size", 0, 20), ("country", 0, 10), ("webinar", 0, 15), ("Email", 0, 30), ("complaint", None, 0),
    ]  # fmt: skip
    assert points(found.most) == 75 and found.maximum is None


def test_parts_without_events() -> None:
    named = lambda text: [(part.name, points(part.least), points(part.most)) for part in bounds(text).parts]  # noqa: E731
    assert named("start at 5\non a add 10 once") == [("start", 5, 5), ("a", 0, 10)]
    assert named("start at 5\non a set to 7\non b reset") == [("start or set", 5, 7)]
    assert named("on a set to 7\non b add 1 once") == [("start or set", 0, 7), ("b", 0, 1)]
    assert named("when has a add count of a") == [("a", 0, None)]
    assert named("when x = 1 add count of a") == [("x", 0, None)]
    assert named("when x = 1 add days since last a") == [("x", None, None)]


def test_the_bound_that_decides() -> None:
    found = bounds("maximum 50\nminimum 0\non a add 10\non b subtract 10\n")
    assert found.maximum is not None and points(found.maximum.number) == 50
    assert found.minimum is not None and points(found.minimum.number) == 0


@given(cases())
def test_no_log_goes_beyond_the_bounds(case: Case) -> None:
    found = bounds_of(case.program)
    log = case.log
    for instant in case.instants:
        for run in leads_at(log, instant):
            for name, value in run.scores().values.items():
                least, most = found[name].least, found[name].most
                assert least is None or least <= value, (name, value, found[name])
                assert most is None or value <= most, (name, value, found[name])


# ---- awards as close to each other as limits allow

_HOUR = 3_600_000_000
_DAYS = (
    ("UTC", 1_772_323_200), ("Europe/Berlin", 1_774_400_000), ("Europe/Berlin", 1_792_700_000),
    ("America/St_Johns", 1_288_800_000), ("America/Havana", 1_793_300_000), ("Pacific/Apia", 1_325_000_000),
)  # fmt: skip
"""Timezones, and seconds shortly before clocks are changed there: set back over midnight in St. John's."""


@st.composite
def dense(draw: st.DrawFn) -> tuple[str, list[int]]:
    """A rule with a limit and a lifetime, and the times of many events."""
    pick = lambda *options: draw(st.sampled_from(options))  # noqa: E731
    zone, start = pick(*_DAYS)
    limit = pick("once per day", "once per week", "once every 1d", "once every 36h", "at most 2 times per day", "once",
                 "at most 3 times every 2d", "once per month")  # fmt: skip
    life = pick("expire after 3d", "expire after 36h", "decay to zero over 3d", "decay by half every 1d",
                "decay 50% every 2d", "decay 50% every 2d, expire after 5d", "decay to zero over 4d, expire after 3d",
                "up to 25 points per day, expire after 2d", "up to 15 points per week, expire after 8d")  # fmt: skip
    text = f'timezone "{zone}"\non visit add 10 {limit}, {life}\n'
    step = pick(_HOUR, 6 * _HOUR, 12 * _HOUR, 24 * _HOUR, 25 * _HOUR)
    offset = draw(st.integers(0, 48)) * _HOUR // 2
    shifts = draw(st.lists(st.sampled_from([0, 0, 0, 1, -1, _HOUR]), min_size=20, max_size=20))
    return text, sorted(start * 1_000_000 + offset + i * step + shift for i, shift in enumerate(shifts))


@given(dense())
def test_no_dense_log_goes_beyond_the_bounds(drawn: tuple[str, list[int]]) -> None:
    text, times = drawn
    program, said = api.check_text(text)
    assert program is not None, said
    most = bounds_of(program)["score"].most
    assert most is not None
    log = Log.of(program, [Event("a", "visit", time, None, i, {}) for i, time in enumerate(times)])
    for time in times:
        for instant in (time, time + _HOUR):
            for run in leads_at(log, instant):
                assert run.scores().values["score"] <= most, (text, instant)
