"""Random valid programs over the whole language, each with a log that meets its boundaries.

`cases()` is the strategy. A program is text, written by `Rules` and `Conditions` about the events and fields that
`Logs` makes; both lie on one grid of times (`Setting`), so that ties and exact boundaries are the rule. Every statement
is on a line of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from hypothesis import strategies as st

from scoredsl import api
from scoredsl.reference import Log
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.semantics.program import Program
from tests.strategies.choices import Choices
from tests.strategies.logs import Logs
from tests.strategies.rules import Rules
from tests.strategies.setting import Setting, draw_setting

MAIN, LIBRARY = "main.score", "library.score"
PROFILE = (
    "profile seats number",
    "profile plan text",
    "profile member boolean",
    "profile renewal time",
    "profile `Job Level` text",
    "profile langs list",
)


@dataclass(frozen=True)
class Case:
    """A valid program (texts by path; MAIN is run), a log, and instants to ask at, in order."""

    files: dict[str, str]
    events: list[Event]
    profile_rows: list[ProfileRow]
    instants: list[int]

    def __repr__(self) -> str:
        """What is needed to play a failure again."""
        parts = [f"--- {path}\n{text}" for path, text in self.files.items()]
        parts += [str(each) for each in (*self.events, *self.profile_rows)]
        return "\n".join([*parts, f"instants {self.instants}"])

    @cached_property
    def program(self) -> Program:
        return checked(self.files)

    @property
    def log(self) -> Log:
        return Log.of(self.program, self.events, self.profile_rows)

    def with_files(self, files: dict[str, str]) -> Case:
        return replace(self, files=files)

    def with_ids(self) -> Case:
        """Each event gets an id of its own, which keeps the order of events of one instant or changes it."""
        events = [
            Event(e.lead, e.name, e.time, f"{(e.place * 7) % 10}-{e.place}", e.place, e.properties) for e in self.events
        ]
        return replace(self, events=events)


def checked(files: dict[str, str]) -> Program:
    """The program of these files, which must have no errors."""
    program, diagnostics = api.check(MAIN, files)
    problems = [(d.span.file, d.code, d.message, files[d.span.file][d.span.start : d.span.end])
                for d in diagnostics if d.is_error]
    assert program is not None, problems
    return program


@st.composite
def cases(draw: st.DrawFn, *, with_if: bool = True) -> Case:
    """A program with its log; without any `if` where so asked."""
    choices = Choices(draw)
    setting = draw_setting(choices, with_if)
    files = Programs(choices, setting).files()
    logs = Logs(choices, setting)
    events, rows = logs.log()
    return Case(files, events, rows, logs.instants(events, "\n".join(files.values())))


@st.composite
def cases_with_later(draw: st.DrawFn) -> tuple[Case, int, list[Event], list[ProfileRow]]:
    """A case, one of its instants, and random events and profile rows after that instant."""
    choices = Choices(draw)
    setting = draw_setting(choices)
    files = Programs(choices, setting).files()
    logs = Logs(choices, setting)
    events, rows = logs.log()
    instants = logs.instants(events, "\n".join(files.values()))
    instant = choices.pick(instants)
    return Case(files, events, rows, instants), instant, *logs.later(instant, choices.one(1, 3, 6))


class Programs:
    """Writes the files of a program."""

    def __init__(self, choices: Choices, setting: Setting) -> None:
        self.choices = choices
        self.setting = setting
        self.rules = Rules(choices, setting)

    def files(self) -> dict[str, str]:
        """One file, or one that imports another."""
        choices, rules = self.choices, self.rules
        head: list[str] = []
        library: list[str] = []
        imports = choices.chance(12)
        if self.setting.zone != "UTC" or choices.chance(20):
            head.append(f'timezone "{self.setting.zone}"')
        (library if imports else head).extend(self.names())
        if choices.chance(8):
            head.append(f"exclude when {rules.conditions.condition()}")
        if imports:
            head.insert(choices.number(0, len(head)), f'import "{LIBRARY}"')
        scores: list[str] = []
        if imports and choices.chance(50):
            library += ["score lib1", *self.score("  ")]
            scores.append("lib1")
        if not imports and choices.chance(25):
            body = self.score("")
        else:
            body = self.scores(scores)
            if choices.chance(20):
                body.append(self.grid(scores))
        if choices.chance(20):
            body.append(f"label lab when {rules.conditions.condition(scores=tuple(scores))}")
        if choices.chance(10):
            head += PROFILE
        files = {MAIN: "\n".join(head + body) + "\n"}
        if imports:
            files[LIBRARY] = "\n".join(library or ["# nothing"]) + "\n"
        return files

    def names(self) -> list[str]:
        """Event sets, defines, ignores; the setting learns them."""
        choices, setting, conditions = self.choices, self.setting, self.rules.conditions
        found: list[str] = []
        if choices.chance(20):
            events = f"{choices.pick(setting.names)} or {choices.pick(setting.names)}"
            found.append(f"events touch: {events} where {conditions.where()}")
            setting.sets.append("touch")
            if choices.chance(30):
                found.append(f"events deep: (touch where {conditions.where()}) or {choices.pick(setting.names)}")
                setting.sets.append("deep")
        if choices.chance(15):
            found.append("define big: 10")
            setting.defines["number"] = ["big"]
        if choices.chance(15):
            found.append(f"define dear: {conditions.where()}")
            setting.defines["where"] = ["dear"]
        if choices.chance(10):
            found.append('define plans: ["k1", "k2"]')
            setting.defines["list"] = ["plans"]
        if choices.chance(12):
            found.append(f"define lively: {conditions.condition()}")
            setting.defines["when"] = ["lively"]
        if choices.chance(10):
            found.append(f"ignore {conditions.events()} where {conditions.where()}")
        return found

    def scores(self, names: list[str]) -> list[str]:
        """One or two scores, at times with formulas over them; their names are added to those there are."""
        choices, found = self.choices, []
        for i in range(choices.one(1, 1, 2)):
            found += [f"score s{i + 1}", *self.score("  ")]
            names.append(f"s{i + 1}")
        if choices.chance(25):
            one, other = choices.pick(names), choices.pick(names)
            formula = choices.one(
                f"0.4 * {one} + 0.6 * {other}", f"{one} / {other}", f"max({one}, {other}) - min({one}, 5)",
                f"round({one} / 3) + {other}", f"({one} - 3) * 2", f"-{one} / 7", f"{one} * {other} / 10",
            )
            found.append(f"score total = {formula}")
            found += [f"  {line}" for line in self.rules.bounds() + self.rules.tiers()]
            names.append("total")
            if choices.chance(20):
                number = self.rules.conditions.small().replace("-", "")
                found.append(f"score top = total + {one} / (total - {number})")
                found += [f"  {line}" for line in self.rules.tiers()]
                names.append("top")
        return found

    def score(self, indent: str) -> list[str]:
        """The lines of a score: defaults, rules, bounds, tiers and a group, in many orders."""
        choices, rules = self.choices, self.rules
        resets = choices.chance(50)
        lines = [rules.rule(resets) for _ in range(choices.one(2, 2, 3, 3, 4, 5))]
        match choices.weighted(none=77, expiry=20, never=3):
            case "expiry":
                lines.append(rules.expiry())
            case "never":
                lines.append("never expire")
        if choices.chance(12):
            lines.append(rules.decay())
        if choices.chance(12):
            lines.append(f"start at {choices.one('5', '20', '-10', '50')}")
        lines = choices.shuffled(lines) + rules.bounds() + rules.tiers()
        if choices.chance(30):
            lines = choices.shuffled(lines)
        if choices.chance(30):
            at = choices.number(0, len(lines))
            lines[at:at] = ["group g1", *(f"  {line}" for line in self.group())]
        return [indent + line for line in lines]

    def group(self) -> list[str]:
        choices, rules = self.choices, self.rules
        lines = [rules.expiry()] if choices.chance(30) else []
        if choices.chance(20):
            lines.append(choices.made(rules.decay, lambda: "never decay"))
        lines += [rules.rule(resets=False) for _ in range(choices.one(1, 2, 2))]
        return lines + rules.bounds()

    def grid(self, scores: list[str]) -> str:
        one, other = self.choices.pick(scores), self.choices.pick(scores)
        second = f" by {other} (1 from 5, 2)" if self.choices.chance(60) else ""
        return f'grid gr = {one} (A from 20, B from 10, "C-"){second}'
