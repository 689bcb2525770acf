"""What the rules and the log of one random case have in common: a timezone, a grid of times, a few names.

All times lie on a coarse grid that begins at a local midnight, near a change of clocks, a year's or a month's end, and
all durations of the rules are multiples of its step: ties and exact boundaries are the rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from tests.strategies.choices import Choices

UNITS = {"s": 10**6, "m": 60 * 10**6, "h": 3600 * 10**6, "d": 86_400 * 10**6, "w": 7 * 86_400 * 10**6}
"""Microseconds of a unit of durations."""

EVENTS = ("visit", "order", "demo", "call")

PLACES = (
    ("UTC", "2026-03-01"),
    ("Europe/Berlin", "2026-03-26"),
    ("Europe/Berlin", "2026-10-22"),
    ("America/New_York", "2026-03-05"),
    ("America/New_York", "2026-10-29"),
    ("UTC", "2025-12-29"),
    ("Europe/Berlin", "2026-02-26"),
    ("Asia/Kolkata", "2026-03-01"),
    ("Australia/Lord_Howe", "2026-04-02"),
)
"""Timezones and days shortly before something happens there."""

ODD_PLACES = (
    ("America/Havana", "2026-03-06"),
    ("America/Havana", "2026-10-30"),
    ("Africa/Cairo", "2026-04-22"),
    ("Africa/Cairo", "2026-10-28"),
    ("Asia/Beirut", "2026-03-27"),
    ("Asia/Beirut", "2026-10-23"),
    ("America/Santiago", "2026-04-03"),
    ("America/Santiago", "2026-09-04"),
    ("Pacific/Apia", "2011-12-28"),
    ("America/Sao_Paulo", "2018-11-02"),
    ("America/Sao_Paulo", "2019-02-14"),
    ("Asia/Kathmandu", "1985-12-30"),
)
"""Midnights that do not exist or come twice, a day that is left out."""

DURATIONS = (
    ("1d", "2d"),
    ("1d", "2d", "3d"),
    ("12h", "1d", "36h"),
    ("6h", "12h", "1d"),
    ("2d", "3d", "1w"),
    ("1d", "24h", "3d"),
    ("1h", "2h", "1d"),
)

Flavour = Literal["plain", "frequent", "resets", "profile"]
"""What the case is rich in: everything, rules that fire often and meet, resets, profile versions and `if`."""

FLAVOURS: tuple[Flavour, ...] = ("plain", "frequent", "resets", "profile")


def micros(duration: str) -> int:
    """Microseconds of a duration of the language: `36h`."""
    return UNITS[duration[-1]] * int(duration[:-1])


@lru_cache(maxsize=64)
def zone_info(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@dataclass(slots=True)
class Setting:
    """The timezone, the grid of times and the names of a case; `sets` and `defines` grow with the program."""

    zone: str
    base: int
    """The first instant of the grid."""
    step: int
    steps: int
    """How many steps the log is long."""
    durations: tuple[str, ...]
    days: tuple[str, ...]
    """The durations in whole days and weeks."""
    names: tuple[str, ...]
    """The events, as they are written in rules."""
    flavour: Flavour
    odd_values: int
    """How many of a hundred values in the data are odd."""
    from_always: bool
    """Profile rows may lack a time. Then no points are a number of days: they would change each day since 1970."""
    with_if: bool = True
    sets: list[str] = field(default_factory=list)
    defines: dict[str, list[str]] = field(default_factory=dict)
    """Names of defines by what they stand for: `number`, `list`, `where` or `when` (a condition)."""

    @property
    def frequent(self) -> bool:
        """Few conditions: rules fire often and meet."""
        return self.flavour != "plain"

    def at(self, steps: int) -> int:
        """An instant of the grid."""
        return self.base + steps * self.step

    def local(self, instant: int) -> datetime:
        """The local time at an instant."""
        return datetime.fromtimestamp(instant // 10**6, zone_info(self.zone)).replace(microsecond=instant % 10**6)


def draw_setting(choices: Choices, with_if: bool = True) -> Setting:
    """A setting of any flavour, in a usual or an odd timezone."""
    flavour = choices.pick(FLAVOURS)
    zone, day = choices.pick(ODD_PLACES if choices.chance(20) else PLACES)
    durations = choices.pick(DURATIONS)
    names = EVENTS[: choices.one(1, 2, 2, 2, 3) if flavour != "plain" else choices.one(2, 2, 3, 3, 4)]
    if choices.chance(8):
        names = (*names[:-1], '"Order Completed"')
    return Setting(
        zone=zone,
        base=int(datetime.fromisoformat(day).replace(tzinfo=zone_info(zone)).timestamp()) * 10**6,
        step=min(micros(each) for each in durations) // choices.one(1, 1, 2),
        steps=choices.one(6, 8, 10, 14),
        durations=durations,
        days=tuple(each for each in durations if each[-1] in "dw") or ("1d",),
        names=names,
        flavour=flavour,
        odd_values=35 if choices.chance(30) else 10,
        from_always=choices.chance(70),
        with_if=with_if,
    )
