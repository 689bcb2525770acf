"""Random changes of a program: the second version of its rules, as a marketer would edit them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from scoredsl import api
from scoredsl.semantics.program import Program
from tests.strategies.choices import Choices
from tests.strategies.logs import Logs
from tests.strategies.programs import MAIN, Case, Programs, checked
from tests.strategies.rules import Rules
from tests.strategies.setting import Setting, draw_setting

_NUMBER = re.compile(r"(?<![\w.\"-])[0-9]+(?![\w.:-])")
_DURATION = re.compile(r"\b[0-9]+[smhdw]\b")
_RULE = re.compile(r" *(on|when) ")
_NAMED = re.compile(r"(?<=^score )[a-z0-9]+", re.MULTILINE)
_TIER = re.compile(r"\b(tier [a-z]+|as [a-z]+)\b")


@dataclass(frozen=True)
class Changed:
    """A case, and another program for its log."""

    case: Case
    files: dict[str, str]

    def __repr__(self) -> str:
        return f"{self.case}\n" + "\n".join(f"+++ {path}\n{text}" for path, text in self.files.items())

    @property
    def new(self) -> Program:
        return checked(self.files)

    @property
    def new_case(self) -> Case:
        return replace(self.case, files=self.files)


@st.composite
def changed(draw: st.DrawFn, most: int = 4) -> Changed:
    """A case and up to `most` edits of its program; an edit that would be an error is not made."""
    choices = Choices(draw)
    setting = draw_setting(choices)
    files = Programs(choices, setting).files()
    logs = Logs(choices, setting)
    events, rows = logs.log()
    editor = _Editor(choices, setting)
    new = files
    for _ in range(choices.number(1, most)):
        edited = editor.edited(new)
        if api.check(MAIN, edited)[0] is not None:
            new = edited
    both = "\n".join([*files.values(), *new.values()])
    return Changed(Case(files, events, rows, logs.instants(events, both)), new)


class _Editor:
    def __init__(self, choices: Choices, setting: Setting) -> None:
        self.choices = choices
        self.rules = Rules(choices, setting)

    def edited(self, files: dict[str, str]) -> dict[str, str]:
        path = self.choices.pick(sorted(files))
        return {**files, path: self.text(files[path])}

    def text(self, text: str) -> str:
        choices = self.choices
        kind = choices.weighted(
            number=25, duration=15, delete=15, add=20, move=8, score=4, tier=4, bounds=6, double=3, other=8
        )
        lines = text.splitlines()
        rules = [i for i, line in enumerate(lines) if _RULE.match(line)]
        at = choices.pick(rules) if rules else None
        match kind:
            case "number":
                return self.swapped(_NUMBER, text, choices.one("1", "3", "12", "25", "40", "0"))
            case "duration":
                return self.swapped(_DURATION, text, choices.one("1d", "2d", "3h", "5d", "1w"))
            case "score":
                names = _NAMED.findall(text)
                return re.sub(rf"\b{choices.pick(names)}\b", "renamed", text) if names else text
            case "tier":
                return self.swapped(_TIER, text, choices.one("tier other", "as other"))
            case "other":
                return self.program_line(lines)
        if at is None:
            return text
        indent = " " * (len(lines[at]) - len(lines[at].lstrip()))
        match kind:
            case "delete":
                del lines[at]
            case "add":
                lines.insert(at, indent + self.rules.rule(resets=True))
            case "move":
                line = lines.pop(at)
                others = [i for i, each in enumerate(lines) if _RULE.match(each)]
                to = choices.pick(others) if others else at
                lines.insert(to, " " * (len(lines[to]) - len(lines[to].lstrip())) + line.lstrip())
            case "bounds":
                lines[at:at] = [indent + line for line in self.rules.bounds()]
            case _:
                lines.insert(at, lines[at])
        return "\n".join(lines) + "\n"

    def swapped(self, pattern: re.Pattern[str], text: str, by: str) -> str:
        places = list(pattern.finditer(text))
        if not places:
            return text
        match = self.choices.pick(places)
        return text[: match.start()] + by + text[match.end() :]

    def program_line(self, lines: list[str]) -> str:
        """What concerns the whole program: ignore, exclude, timezone, a grid, a label."""
        conditions = self.rules.conditions
        for word in ("ignore", "exclude", "timezone", "grid", "label"):
            found = [i for i, line in enumerate(lines) if line.startswith(word)]
            if found and self.choices.chance(50):
                del lines[found[0]]
                return "\n".join(lines) + "\n"
        line = self.choices.made(
            lambda: f"exclude when {conditions.condition()}",
            lambda: f"ignore {conditions.events()} where {conditions.where()}",
            lambda: 'timezone "America/New_York"',
        )
        return "\n".join([line, *lines]) + "\n"
