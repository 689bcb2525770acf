"""Random logs and profiles on the grid of times of a setting, with odd values, and instants to ask for scores at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.semantics.values import instant_text
from tests.strategies.choices import Choices
from tests.strategies.setting import Setting, micros, zone_info

IDS = ("1", "2", "3", "10", "x", "y", "4", "5", "6", "7", "8")
_DURATION = re.compile(r"\b[0-9]+[smhdw]\b")


class Logs:
    """Makes the events, profile rows and instants of a case."""

    def __init__(self, choices: Choices, setting: Setting) -> None:
        self.choices = choices
        self.setting = setting

    def log(self) -> tuple[list[Event], list[ProfileRow]]:
        """Events of one to three leads in some order, and their profile rows; a lead with a profile only, at times."""
        choices, setting = self.choices, self.setting
        leads = ["a", *(["b"] if choices.chance(30) else []), *(["Z"] if choices.chance(10) else [])]
        events: list[Event] = []
        rows: list[ProfileRow] = []
        for lead in leads:
            shared = [self.instant() for _ in range(choices.one(3, 5, 6))]
            events += [self.event(lead, shared) for _ in range(choices.one(3, 5, 7, 9, 12))]
            several = (2, 3, 5) if setting.flavour == "profile" else (0, 0, 1, 1, 2, 3)
            rows += [self.row(lead, len(rows) + i) for i in range(choices.pick(several))]
        if setting.from_always and choices.chance(10):
            rows.append(ProfileRow("p", None, len(rows), {"plan": "k1", "seats": 10, "renewal": self.timestamp()}))
        return [moved(event, place) for place, event in enumerate(choices.shuffled(events))], rows

    def later(self, instant: int, count: int) -> tuple[list[Event], list[ProfileRow]]:
        """Events and profile rows after an instant, of leads that are in the log and of one that is not."""
        events, rows = [], []
        for i in range(count):
            time = instant + self.choices.one(1, self.setting.step, 2 * self.setting.step, 10 * self.setting.step)
            lead = self.choices.one("a", "b", "new")
            if self.choices.chance(70):
                events.append(Event(lead, self.name(), time, self.event_id(), 1000 + i, self.properties()))
            else:
                rows.append(ProfileRow(lead, time, 1000 + i, self.fields()))
        return events, rows

    # ---- times

    def instant(self, least: int = 0) -> int:
        return self.setting.at(self.choices.number(least, self.setting.steps))

    def beside(self, instant: int, percent: int) -> int:
        """The instant, or in so many of a hundred cases a microsecond from it."""
        return instant + self.choices.one(1, -1) if self.choices.chance(percent) else instant

    def timestamp(self) -> str:
        """A time in the data, as text in one of several forms."""
        instant = self.beside(self.setting.at(self.choices.number(-2, self.setting.steps + 3)), 20)
        local = self.setting.local(instant)
        return self.choices.one(
            instant_text(instant),
            instant_text(instant),
            local.strftime("%Y-%m-%d"),
            instant_text(instant)[:19].replace("T", " "),
            local.isoformat(),
        )

    # ---- events

    def name(self) -> str:
        if self.choices.chance(5):
            return "other"
        return self.choices.pick(self.setting.names).strip('"')

    def event_id(self) -> str | None:
        return self.choices.pick(IDS) if self.choices.chance(40) else None

    def event(self, lead: str, shared: Sequence[int]) -> Event:
        time = self.choices.pick(shared) if self.choices.chance(25) else self.instant()
        return Event(lead, self.name(), self.beside(time, 10), self.event_id(), 0, self.properties())

    def value(self, usual: Sequence[Any], odd: Sequence[Any]) -> Any:
        return self.choices.pick(odd if self.choices.chance(self.setting.odd_values) else usual)

    def properties(self) -> dict[str, Any]:
        chance, value, found = self.choices.chance, self.value, {}
        if chance(85):
            found["amount"] = value(
                [10, 5, 7, 12.5, 10, 20, 3],
                ["5", " 10 ", "1e1", "x", True, None, "", [5], {"a": 1}, 0, -3, 0.1, 33.3333333, "1_0", "1,5",
                 2500000000, 1e-7, "-7", "+5", float("nan")],
            )
        if chance(85):
            found["kind"] = value(
                ["k1", "k1", "k2", "K1"],
                [5, "5", 5.0, None, "", ["k1", "k2"], {"k1": 1}, True, "true", "K1 b", "a-k1", "5.0"],
            )
        if chance(50):
            found["url"] = value(["/a", "/b", "/A"], ["", None, 5, ["/a"], "k1"])
        if chance(40):
            found["order-id"] = value(["k1", "k2", "5"], [5, None, "K2", []])
        if chance(40):
            found["paid"] = value([True, False], ["true", "no", "1", 1, 0, "YES", "maybe", 2, None, "true "])
        if chance(40):
            found["due"] = value([self.timestamp()], ["soon", None, 20260301, "2026-02-30"])
        if chance(30):
            found["paid_on"] = self.timestamp()
        if chance(30):
            found["level"] = value([5, 10, 7], ["7", "x", None])
        if chance(25):
            found["meta"] = value([{"level": 5}, {"level": 10}], [{"level": None}, 5, {}, [], {"level": "x"}])
        if chance(5):
            found["meta.level"] = self.choices.one(7, None, 10)
        if chance(30):
            found["tags"] = value([["k1", "b"], ["K2"], []], ["k1", [5, True, None], [["k1"]], None])
        return found

    # ---- profile rows

    def row(self, lead: str, place: int) -> ProfileRow:
        time = self.beside(self.instant(-1), 10) if not self.setting.from_always or self.choices.chance(40) else None
        return ProfileRow(lead, time, place, self.fields())

    def fields(self) -> dict[str, Any]:
        chance, value, found = self.choices.chance, self.value, {}
        if chance(60):
            found["seats"] = value([5, 10, 12], ["10", "5.0", "x", None, "", True])
        if chance(60):
            found["plan"] = value(["k1", "k2", "5"], [5, None, "", "K1", True])
        if chance(50):
            found["renewal"] = value([self.timestamp()], ["never", None, ""])
        if chance(40):
            found["member"] = value([True, False], ["yes", "no", 1, 0, "x"])
        if chance(20):
            found["Job Level"] = self.choices.one("k1", "b", 5)
        if chance(30):
            found["langs"] = self.choices.one(["k1", "b"], ["5"], "k1")
        return found

    # ---- instants

    def instants(self, events: Sequence[Event], text: str) -> list[int]:
        """Instants to ask at: times of events, what the program's durations make of them, midnights, and the end."""
        choices, setting = self.choices, self.setting
        times = [event.time for event in events]
        durations = sorted({micros(each) for each in _DURATION.findall(text)} | {micros("1d")})
        found: set[int] = set()
        for _ in range(choices.one(4, 6)):
            time = choices.pick(times)
            match choices.weighted(event=25, duration=35, durations=15, midnight=15, end=10):
                case "duration":
                    time += choices.pick(durations)
                case "durations":
                    time += choices.pick(durations) + choices.pick(durations)
                case "midnight":
                    day = setting.local(time).date() + timedelta(days=choices.number(0, 3))
                    midnight = datetime(day.year, day.month, day.day, tzinfo=zone_info(setting.zone))
                    time = int(midnight.timestamp()) * 10**6
                case "end":
                    time = max(times) + choices.number(0, 12) * setting.step
            found.add(time + choices.one(0, 0, -1, 1, 0))
        found.add(max(times) + choices.one(0, setting.step, 3 * setting.step))
        return sorted(found)


def moved(event: Event, place: int, event_id: str | None = None) -> Event:
    """The event at another place in the log, with another id where one is given."""
    return Event(event.lead, event.name, event.time, event_id or event.id, place, event.properties)
