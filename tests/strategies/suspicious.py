"""Random programs that give cause for warnings: limits beside limits, branches behind branches, rules inside rules.

They are about the events and fields of `tests.strategies.logs`, so that a log can contradict what is claimed of them.
"""

from __future__ import annotations

from hypothesis import strategies as st

from tests.strategies.choices import Choices
from tests.strategies.logs import Logs
from tests.strategies.programs import MAIN, Case
from tests.strategies.rules import Rules
from tests.strategies.setting import Setting, draw_setting

_ROWS = (
    "amount > 5", "amount > 10", "amount >= 10", "amount < 10", "amount between 5 and 10", 'kind = "k1"',
    'kind in ["k1", "k2"]', 'kind != "k1"', 'kind starts with "k"', "amount is known", "paid",
)  # fmt: skip
_FIELDS = (
    "seats > 5", "seats >= 10", "seats between 5 and 10", "seats < 5", 'plan = "k1"', 'plan in ["k1", "k2"]',
    "plan is known", "plan is missing", "seats is known", "member", "not seats >= 10",
)  # fmt: skip


class Suspicious:
    """Writes the lines of one score."""

    def __init__(self, choices: Choices, setting: Setting) -> None:
        self.choices = choices
        self.setting = setting
        self.rules = Rules(choices, setting)

    def event(self) -> str:
        return self.choices.pick(self.setting.names)

    def where(self) -> str:
        kind = self.choices.weighted(none=30, one=45, both=25)
        if kind == "none":
            return ""
        rows = [self.choices.pick(_ROWS) for _ in range(1 if kind == "one" else 2)]
        return " where " + self.choices.one(" and ", " and ", " or ").join(rows)

    def events(self) -> str:
        names = self.event() if self.choices.chance(75) else f"{self.event()} or {self.event()}"
        return names + self.where()

    def limit(self, has_properties: bool) -> str:
        """Nearly always without a property, so that limits are easily compared."""
        return self.rules.limit(has_properties and self.choices.chance(20))

    def award(self) -> str:
        return f"{self.choices.one('add', 'add', 'add', 'subtract')} {self.choices.one('10', '5', '10', '0')}"

    def on_rule(self) -> str:
        choices, rules = self.choices, self.rules
        trigger, silence = self.events(), choices.chance(8)
        if silence:
            trigger = f"inactivity of {rules.conditions.duration()}"
        elif choices.chance(10):
            trigger = f"{self.event()} {rules.conditions.duration()} apart"
        clauses = [self.limit(not silence) for _ in range(choices.one(0, 1, 2, 2))]
        if choices.chance(35):
            more = ("decay to zero over 4d", "decay to zero over 2d", "decay 20% every 3d")
            clauses.append(choices.one(*more, rules.decay()))
        if choices.chance(40):
            clauses.append(rules.expiry())
        if choices.chance(15):
            clauses.append("never expire")
            clauses = [each for each in clauses if not each.startswith("expire")]
        if choices.chance(25):
            clauses.append(rules.up_to(has_properties=False))
        state = ""
        if choices.chance(8):
            state = f" if score {choices.one('>', '<', '>=')} {choices.one('10', '20', '0', '-5')}"
        return f"on {trigger}{state} {self.award()} {', '.join(clauses)}".strip()

    def reset(self) -> str:
        return f"on {self.events()} {self.choices.one('reset', 'reset', 'set to 5', 'set to 20')}"

    def when_rule(self) -> str:
        choices = self.choices

        def condition() -> str:
            rows = [choices.pick(_FIELDS) for _ in range(choices.one(1, 1, 2))]
            return choices.one(" and ", " or ").join(rows)

        text = f"when {condition()} {self.award()}"
        for _ in range(choices.one(0, 1, 2, 3)):
            text += f", else when {condition()} {self.award()}"
        if choices.chance(40):
            text += f", else {self.award()}"
        return text + (f" up to {choices.one('5', '10', '20')} points" if choices.chance(20) else "")

    def lines(self) -> list[str]:
        choices = self.choices
        lines = [self.on_rule() for _ in range(choices.one(1, 2, 3))]
        if choices.chance(50):
            lines.append(self.when_rule())
        if choices.chance(35):
            lines += [self.reset() for _ in range(choices.one(1, 2, 3))]
        if choices.chance(25):
            lines.append(choices.pick(lines))
        if choices.chance(35):
            lines += [f"ignore {self.events()}" for _ in range(choices.one(1, 2))]
        if choices.chance(25):
            lines += [f"exclude when {choices.pick(_FIELDS)}" for _ in range(choices.one(1, 2))]
        if choices.chance(20):
            lines.append(self.rules.expiry())
        if choices.chance(25):
            lines.append(choices.one("maximum 10", "minimum 0", "minimum 5", "maximum 30"))
        lines = choices.shuffled(lines)
        return lines + [f"tier t{n} from {n}" for n in choices.some((0, 5, 10, 20, 45), choices.one(0, 1, 2))]


@st.composite
def suspicious_cases(draw: st.DrawFn) -> Case:
    """A program that is likely to be warned about, and a log."""
    choices = Choices(draw)
    setting = draw_setting(choices, with_if=False)
    lines = Suspicious(choices, setting).lines()
    if setting.zone != "UTC":
        lines.insert(0, f'timezone "{setting.zone}"')
    text = "\n".join(lines) + "\n"
    logs = Logs(choices, setting)
    events, rows = logs.log()
    return Case({MAIN: text}, events, rows, logs.instants(events, text))
