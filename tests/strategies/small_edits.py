"""One small change of a program, as somebody makes who means to change it; now and then it changes nothing.

Each takes the statements of a file and gives them changed, or None where it finds nothing to change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from scoredsl.syntax import nodes as n
from scoredsl.syntax.parse import parse_file
from scoredsl.testing.mutants import Kind, mutants, mutated
from scoredsl.text import Source
from tests.strategies.statements import (
    Line,
    Lines,
    Path,
    block,
    found,
    parts,
    put,
    read,
    replaced,
    walk,
    with_block,
    written,
)

Edit = Callable[[Lines, Random], Lines | None]

_RULES = (n.OnRule, n.WhenRule)


def _mutant(kind: Kind) -> Edit:
    def edit(lines: Lines, random: Random) -> Lines | None:
        text = written(lines)
        of_kind = [each for each in mutants(parse_file(Source(text))) if each.kind == kind]
        return read(mutated(text, random.choice(of_kind))) if of_kind else None

    return edit


def timezone(lines: Lines, random: Random) -> Lines | None:
    """Another one, or one where there was none."""
    old = [line.node.name.value for _, line in found(lines, n.Timezone)]  # type: ignore[union-attr]
    names = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo")
    new = Line(n.Timezone(n.Text(random.choice([name for name in names if name not in (old or ["UTC"])]))))
    rest = tuple(line for line in lines if not isinstance(line.node, n.Timezone))
    return (new, *rest)


def order(lines: Lines, random: Random) -> Lines | None:
    """Two neighbours change places, or a rule moves into or out of a group."""
    places = [path for path, line in walk(lines) if isinstance(line.node, (*_RULES, n.Tier, n.Bound)) and path[-1] > 0]
    groups = [path for path, line in found(lines, n.Group) if line.children]
    if groups and random.random() < 0.3:
        path = random.choice(groups)
        within = list(block(lines, path))
        at = path[-1]
        last = within[at].children[-1]
        within[at : at + 1] = [Line(within[at].node, within[at].children[:-1]), last]
        return with_block(lines, path, within)
    if not places:
        return None
    path = random.choice(places)
    within = list(block(lines, path))
    i = path[-1]
    within[i - 1], within[i] = within[i], within[i - 1]
    return with_block(lines, path, within)


def clause_dropped(lines: Lines, random: Random) -> Lines | None:
    """A clause, a condition, a window, a branch, or a part of an `and`, `or`, `not`."""
    places: list[tuple[Path, Line, Any]] = []
    for path, line in walk(lines):
        node: Any = line.node
        for i in range(len(getattr(node, "clauses", ()))):
            less = replace(node, clauses=node.clauses[:i] + node.clauses[i + 1 :])
            places.append((path, line, less))
        if isinstance(node, n.OnRule) and node.state is not None:
            places.append((path, line, replace(node, state=None)))
        if isinstance(node, n.WhenRule) and len(node.branches) > 1:
            places.append((path, line, replace(node, branches=node.branches[:-1])))
        if isinstance(node, n.Bound) and node.when is not None:
            places.append((path, line, replace(node, when=None)))
        for at, part in parts(node, n.Step, n.FactSource, n.And, n.Or, n.Not, n.Count, n.Chain, n.Absence):
            places += [(path, line, put(node, at, each)) for each in _less(part)]
    if not places:
        return None
    path, line, new = random.choice(places)
    return replaced(lines, path, Line(new, line.children))


def _less(part: Any) -> list[Any]:
    match part:
        case n.And(conditions) | n.Or(conditions):
            rest = [conditions[:i] + conditions[i + 1 :] for i in range(len(conditions))]
            return [each[0] if len(each) == 1 else replace(part, conditions=each) for each in rest]
        case n.Not(condition):
            return [condition]
    clauses = ("where", "apart", "last", "same", "within")
    return [replace(part, **{name: None}) for name in clauses if getattr(part, name, None) is not None]


def value(lines: Lines, random: Random) -> Lines | None:
    """Another text, property, field, event or score."""
    kinds = (n.Text, n.Ref, n.Name)
    statements = [(path, line) for path, line in found(lines, *_RULES, n.Bound, n.Exclude, n.Ignore, n.Label, n.Define)]
    places = [(path, line, at, part) for path, line in statements for at, part in parts(line.node, *kinds)
              if not (isinstance(line.node, n.Define | n.Label) and at == ("name",))]  # fmt: skip
    if not places:
        return None
    path, line, at, part = random.choice(places)
    pool = {other for _, _, _, other in places if type(other) is type(part) and other != part}
    if isinstance(part, n.Text):
        pool.add(n.Text(f"{part.value} else"))
    if not pool:
        return None
    other = random.choice(sorted(pool, key=repr))
    return replaced(lines, path, Line(put(line.node, at, other), line.children))


def rule_dropped(lines: Lines, random: Random) -> Lines | None:
    """A rule, a bound, a tier, a default or an exclusion less."""
    kinds = (*_RULES, *_RULES, n.Bound, n.Tier, n.Default, n.Ignore, n.Exclude, n.StartAt)
    places = [path for path, _ in found(lines, *kinds)]
    return replaced(lines, random.choice(places)) if places else None


def rule_doubled(lines: Lines, random: Random) -> Lines | None:
    places = found(lines, *_RULES)
    if not places:
        return None
    path, line = random.choice(places)
    return replaced(lines, path, line, line)


EDITS: dict[str, Edit] = {
    **{kind: _mutant(kind) for kind in ("points", "duration", "threshold", "comparison", "limit", "date")},
    "timezone": timezone,
    "order": order,
    "clause dropped": clause_dropped,
    "value": value,
    "rule dropped": rule_dropped,
    "rule doubled": rule_doubled,
}
