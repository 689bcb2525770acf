"""Pairs of programs to compare: one, and the same rewritten or with one small change.

Drawn from a number, without Hypothesis, so that a benchmark and the tests can speak of the same pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import Literal, TypeAlias

from hypothesis import strategies as st

from scoredsl import api
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.semantics.program import Program
from scoredsl.syntax import nodes as n
from tests.strategies.choices import Choices
from tests.strategies.logs import Logs
from tests.strategies.programs import LIBRARY, MAIN, Programs
from tests.strategies.same_rules import REWRITES
from tests.strategies.setting import Setting, draw_setting
from tests.strategies.small_edits import EDITS
from tests.strategies.statements import Lines, read, written, written_if_possible

Intent: TypeAlias = Literal["rewrite", "edit"]

EXAMPLES = sorted(Path(__file__).resolve().parents[2].glob("examples/*/rules.score"))
MOST_REWRITES = 3


class Seeded(Choices):
    """Choices that a random number takes."""

    def __init__(self, random: Random) -> None:
        super().__init__(_never)
        self.random = random

    def number(self, least: int, most: int) -> int:
        return self.random.randint(least, most)


def _never(strategy: st.SearchStrategy[object]) -> object:
    raise AssertionError(strategy)


@dataclass(frozen=True)
class Pair:
    """Two programs by their files, MAIN is run; `kinds` say what was done to the first."""

    seed: int
    intent: Intent
    origin: str
    kinds: tuple[str, ...]
    old: dict[str, str]
    new: dict[str, str]
    setting: Setting | None
    """That of a random program, from which logs can be drawn."""

    @property
    def programs(self) -> tuple[Program, Program]:
        one, other = (api.check(MAIN, files)[0] for files in (self.old, self.new))
        assert one is not None
        assert other is not None
        return one, other

    def logs(self, number: int) -> list[tuple[list[Event], list[ProfileRow], list[int]]]:
        """Random logs for a random program, each with instants to ask at."""
        if self.setting is None:
            return []
        logs = Logs(Seeded(Random(self.seed)), self.setting)
        text = "\n".join([*self.old.values(), *self.new.values()])
        drawn = (logs.log() for _ in range(number))
        return [(events, rows, logs.instants(events, text)) for events, rows in drawn]

    def __repr__(self) -> str:
        lines = [f"seed {self.seed}, {self.origin}, {', '.join(self.kinds)}"]
        for sign, files in (("---", self.old), ("+++", self.new)):
            lines += [f"{sign} {path}\n{text}" for path, text in files.items()]
        return "\n".join(lines)


def pair(seed: int, intent: Intent) -> Pair:
    """The pair of a number: each kind has its turn. Of five, four are random programs and one is an example."""
    random = Random(f"{intent} {seed}")
    kinds = sorted(REWRITES if intent == "rewrite" else EDITS)
    kind = kinds[seed % len(kinds)]
    example = random.random() < 0.2
    for tried in count():
        if example and tried < len(EXAMPLES):
            path = random.choice(EXAMPLES)
            origin, setting = path.parent.name, None
            files = _files(path)
        else:
            choices = Seeded(random)
            setting = draw_setting(choices)
            origin, files = "random", Programs(choices, setting).files()
        changed = _changed(files, intent, kind, random)
        if changed is not None:
            kinds_, new = changed
            old = files
            if intent == "rewrite" and random.random() < 0.5:
                old, new = new, old
            return Pair(seed, intent, origin, kinds_, old, new, setting)
    raise AssertionError(kind)


def pairs(number: int, intent: Intent) -> Sequence[Pair]:
    return [pair(seed, intent) for seed in range(number)]


def _files(path: Path) -> dict[str, str]:
    """An example without its tests: they would give the search what it looks for."""
    lines = tuple(line for line in read(path.read_text("utf-8")) if not isinstance(line.node, n.Test))
    catalog = path.with_name("catalog.score")
    found = {MAIN: written(lines)}
    return {**found, catalog.name: catalog.read_text("utf-8")} if catalog.exists() else found


def _changed(
    files: dict[str, str], intent: Intent, first: str, random: Random
) -> tuple[tuple[str, ...], dict[str, str]] | None:
    """The kinds of what was done, and the files then; None where the first kind could not be done."""
    changes: dict[str, Callable[[Lines, Random], Lines | None]] = {**(REWRITES if intent == "rewrite" else EDITS)}
    wanted = random.randint(1, MOST_REWRITES) if intent == "rewrite" else 1
    kinds: list[str] = []
    for kind in (first, *random.sample(sorted(changes), len(changes))):
        path = LIBRARY if LIBRARY in files and kind != "renamed" and random.random() < 0.3 else MAIN
        new = written_if_possible(changes[kind](read(files[path]), random))
        if new is not None and new != written(read(files[path])):
            edited = {**files, path: new}
            if api.check(MAIN, edited)[0] is not None:
                kinds.append(kind)
                files = edited
        if not kinds or len(kinds) == wanted:
            break
    return (tuple(kinds), files) if kinds else None
