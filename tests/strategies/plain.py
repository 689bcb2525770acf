"""Random plain programs: rules on single events with constant points, sums and counts, and logs on a coarse grid."""

from __future__ import annotations

from hypothesis import strategies as st

from scoredsl.semantics.log import Event, ProfileRow
from tests.strategies.choices import Choices
from tests.strategies.programs import MAIN, Case

DAY = 86_400_000_000
START = 20_500 * DAY
NAMES = ("visit", "order", "demo", '"Order Completed"', "o'clock")


class Plain:
    """Writes programs of plain rules; `ordered`: with what depends on the order of events, too."""

    def __init__(self, choices: Choices, ordered: bool) -> None:
        self.choices = choices
        self.ordered = ordered

    def rule(self) -> str:
        one, chance = self.choices.one, self.choices.chance
        names = self.choices.some(("visit", "order", "demo", '"Order Completed"', '"o\'clock"'), one(1, 1, 2))
        events = "any" if chance(10) else " or ".join(names)
        clauses: list[str] = []
        once = chance(50)
        if once:
            clauses.append("once")
        if chance(60):
            clauses.append(f"expire after {one('1d', '2d', '3d')}")
        if chance(15):
            clauses.append(f"from 2026-02-{self.choices.number(14, 20)}")
        if chance(15):
            clauses.append(f"until 2026-02-{self.choices.number(16, 24)}")
        if self.ordered and not once and chance(40):
            clauses.append(f"at most {one('2', '3')} times")
        if not self.ordered and chance(15):
            clauses.append(f"up to {one('3', '7.5')} points")
        points = one("5", "2", "0.5", "0.000001", "100000000", "7", "-3", "0")
        return f"on {events} {one('add', 'add', 'subtract')} {points} " + ", ".join(clauses)

    def bounds(self) -> list[str]:
        one, chance = self.choices.one, self.choices.chance
        return [
            f"{kind} {one(*numbers)}"
            for kind, numbers in (("minimum", ("0", "3")), ("maximum", ("10", "20.5")))
            if chance(25)
        ]

    def score(self, name: str) -> list[str]:
        lines = [f"score {name}", *("  " + line for line in self.bounds())]
        if self.choices.chance(15):
            lines.append("  start at 4")
        lines += ["  " + self.rule() for _ in range(self.choices.one(0, 1, 2, 3, 5))]
        if self.choices.chance(30):
            lines += ["  group g", *("    " + line for line in self.bounds())]
            lines += ["    " + self.rule() for _ in range(self.choices.one(1, 2, 3))]
        return lines + self.tiers()

    def tiers(self) -> list[str]:
        lasting = ("from 9 until below 4", "above 6 for good", "from 0 until below -2") if self.ordered else ()
        numbers = self.choices.one(0, 1, 2)
        chosen = self.choices.some(("from 10", "above 5", "from 20", "from -2", *lasting), numbers)
        return [f"  tier t{i} {each}" for i, each in enumerate(chosen)]

    def text(self) -> str:
        lines = (
            []
            if self.choices.chance(80)
            else [
                "score total = "
                + self.choices.one("0.4 * a + B / 3", "round(a / 7) - max(a, B, 3)", "min(-a, B) * 1.5"),
                *self.tiers(),
            ]
        )
        lines += [*self.score("a"), *self.score("B")]
        if self.choices.chance(20):
            lines.append("grid place = a (A from 10, B from 5, C) by B (1 from 5, 2)")
        if self.choices.chance(20):
            lines.append("label hot when a >= 5 and not B > 3 or a < B")
        return "\n".join(lines) + "\n"


@st.composite
def plain_cases(draw: st.DrawFn, *, ordered: bool = False) -> Case:
    choices = Choices(draw)
    text = Plain(choices, ordered).text()
    leads = ("a", "b", "a long lead that no entry holds", "Ä" * choices.number(1, 9))

    def time() -> int:
        return START + choices.number(0, 8) * DAY // 2 + choices.one(0, 0, 1, -1)

    events = [
        Event(choices.pick(leads), choices.pick(NAMES).strip('"'), time(), None, place, {})
        for place in range(choices.one(1, 3, 6, 12, 20))
    ]
    rows = [
        ProfileRow(choices.pick(leads), choices.one(None, time()), place, {})
        for place in range(choices.one(0, 0, 1, 3) if ordered else 0)
    ]
    return Case({MAIN: text}, events, rows, [START + choices.number(0, 16) * DAY // 2 + choices.one(0, 0, 1, -1)])
