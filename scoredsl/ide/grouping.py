"""A code action: rules that follow each other and wait for the same event become a group, which can have a bound."""

from __future__ import annotations

import re
from dataclasses import replace

from scoredsl.diagnostics import Edit
from scoredsl.ide.actions import Action
from scoredsl.ide.project import Analysis, Project
from scoredsl.ide.trial import same_programs
from scoredsl.prose.words import counted
from scoredsl.semantics import program as p
from scoredsl.syntax import nodes as n
from scoredsl.syntax.tree import Statement
from scoredsl.text import Span

LEAST = 3
"""Fewer rules are not worth a group."""


def grouping(project: Project, path: str, start: int, end: int) -> list[Action]:
    """For the rules between two offsets, or those around them, if all programs mean the same then."""
    found = proposal(project.analysis(path), start, end)
    paths = [each.path for each in project.programs_with(path)]
    return [found] if found is not None and same_programs(project, found.edits, paths, without_bare_groups) else []


def proposal(analysis: Analysis, start: int, end: int) -> Action | None:
    """The same before it is tried, which takes as long as checking all programs anew."""
    rules = _together(analysis, start, end)
    if len(rules) < LEAST:
        return None
    source = analysis.source
    first, _ = source.line_bounds(source.position(rules[0].span.start).line)
    _, last = source.line_bounds(source.position(rules[-1].span.end).line)
    indent = source.text[first : rules[0].span.start]
    if indent.strip():
        return None  # something else stands before it on its line
    name = _name(_trigger(rules[0], analysis), analysis)
    lines = source.text[first:last].splitlines(keepends=True)
    line_end = "\r\n" if lines[0].endswith("\r\n") else "\n"
    inside = "".join(f"  {line}" if line.strip() else line for line in lines)
    edit = Edit(Span(first, last, analysis.path), f"{indent}group {name}{line_end}{inside}")
    return Action(f"Turn these {counted(len(rules), 'rule')} into a group: group {name}", "rewrite", (edit,))


def _together(analysis: Analysis, start: int, end: int) -> list[Statement]:
    """The selected rules, else the one at the offset with those before and after it; all of one trigger."""
    first = next((each for each in analysis.file.walk() if each.keyword == "on" and _meets(each, start, end)), None)
    around = analysis.statement_at(first.start) if first is not None else ()
    if not around or not _trigger(around[-1], analysis) or (len(around) > 1 and around[-2].keyword != "score"):
        return []
    siblings = list(around[-2].children if len(around) > 1 else analysis.file.statements)
    selected = [i for i, each in enumerate(siblings) if _meets(each, start, end)]
    low, high = selected[0], selected[-1]
    wanted = _trigger(siblings[low], analysis)
    if low == high:
        while low > 0 and _trigger(siblings[low - 1], analysis) == wanted:
            low -= 1
        while high + 1 < len(siblings) and _trigger(siblings[high + 1], analysis) == wanted:
            high += 1
    found = siblings[low : high + 1]
    return found if all(_trigger(each, analysis) == wanted for each in found) else []


def _meets(statement: Statement, start: int, end: int) -> bool:
    return statement.start <= end and start <= statement.end


def _trigger(statement: Statement, analysis: Analysis) -> str:
    """What a rule that gives points waits for, without its conditions; empty for everything else."""
    node = statement.node
    if not isinstance(node, n.OnRule) or not isinstance(node.effect, n.Award):
        return ""
    waits = node.trigger.step.events if isinstance(node.trigger, n.Occurs) else node.trigger
    return " ".join(analysis.source.slice(waits.span).split())


def _name(trigger: str, analysis: Analysis) -> str:
    """The name of the event, where that is a name for a group that no other has."""
    plain = re.sub(r"[^0-9a-z]+", "_", trigger.lower()).strip("_")
    base = plain if re.fullmatch(r"[a-z]\w{0,39}", plain) else "together"
    taken = {symbol.name for symbol in analysis.names.by_symbol if symbol.kind == "group"}
    return next(name for i in range(1, 10_000) if (name := base if i == 1 else f"{base}_{i}") not in taken)


def without_bare_groups(program: p.Program) -> p.Program:
    """The program without groups that have no bound: they change no score."""
    return replace(program, scores=tuple(_without_bare_groups(score) for score in program.scores))


def _without_bare_groups(score: p.Score) -> p.Score:
    kept = [i for i, group in enumerate(score.groups) if group.bounds]
    numbers = {old: new for new, old in enumerate(kept)}
    rules = tuple(
        replace(rule, group=None if rule.group is None else numbers.get(rule.group)) for rule in score.rules
    )
    return replace(score, rules=rules, groups=tuple(score.groups[i] for i in kept))
