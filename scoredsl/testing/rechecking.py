"""A program with some of its text changed, and what of it is another then."""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Mapping
from typing import Any

from scoredsl.plan.logical import LogicalPlan, logical_plan
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.check import check_program
from scoredsl.semantics.imports import Unreadable
from scoredsl.testing.value_steps import on_steps
from scoredsl.text import Span


class TextReader:
    """Reads rules files from texts by path, and nothing else."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = {self.same(path): text for path, text in texts.items()}

    def same(self, path: str) -> str:
        return posixpath.normpath(path)

    def read(self, path: str) -> str:
        """The text of a file. Raises Unreadable."""
        text = self.texts.get(self.same(path))
        if text is None:
            raise Unreadable(f"There is no file {path}.")
        return text


def texts_of(program: p.Program) -> dict[str, str]:
    """The texts of a program's files, by path."""
    return {path: source.text for path, source in program.sources.items()}


def rechecked(program: p.Program, changes: Mapping[str, str]) -> p.Program | None:
    """The program with the texts of some of its files changed (by path); None where that has errors."""
    reader = TextReader({**texts_of(program), **changes})
    found, _ = check_program(program.path, reader.read(program.path), reader)
    return found


EVERYTHING = "*"
"""Stands for all columns where what changes is who is scored, or which events there are."""


def plan_shape(program: p.Program) -> LogicalPlan:
    """The plan, without places and with thresholds on possible values: equal only for what computes the same."""
    shape: LogicalPlan = without_places(on_steps(logical_plan(program)))
    return shape


def changed_columns(before: LogicalPlan, after: LogicalPlan) -> frozenset[str]:
    """The scores, grids and labels that are not the same in two shapes, with all that is computed from them."""
    if (before.ignores, before.excludes, before.timezone) != (after.ignores, after.excludes, after.timezone):
        return frozenset({EVERYTHING})
    changed = {score.name for score in _others(before.scores, after.scores)}
    changed |= {grid.name for grid in _others(before.grids, after.grids)}
    changed |= {label.name for label in _others(before.labels, after.labels)}
    while True:
        more = {score.name for score in after.scores if score.formula and _names(score.formula) & changed}
        more |= {grid.name for grid in after.grids if {axis.score for axis in grid.axes} & changed}
        more |= {label.name for label in after.labels if _names(label.condition) & changed}
        if more <= changed:
            return frozenset(changed)
        changed |= more


def _others(before: tuple[Any, ...], after: tuple[Any, ...]) -> list[Any]:
    known = {each.name: each for each in before}
    return [each for each in after if known.get(each.name) != each]


def _names(value: object) -> set[str]:
    """The scores that a formula or a condition names."""
    if isinstance(value, e.ScoreValue):
        return {value.name} if value.name is not None else set()
    if isinstance(value, tuple):
        return set().union(*(_names(each) for each in value))
    if dataclasses.is_dataclass(value):
        return set().union(*(_names(getattr(value, each.name)) for each in dataclasses.fields(value)))
    return set()


_NOWHERE = p.Place("", 0, Span(0, 0))


def without_places(value: Any) -> Any:
    """A part of a program as it is wherever it stands."""
    if isinstance(value, p.Place):
        return _NOWHERE
    if isinstance(value, tuple):
        return tuple(without_places(each) for each in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {each.name: without_places(getattr(value, each.name)) for each in dataclasses.fields(value)}
        return dataclasses.replace(value, **changes)
    return value
