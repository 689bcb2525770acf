"""Points that are given under conditions, brought to one form however they are split into rules.

An item gives points where its guard holds. What items of one kind give together is a function of the data: it is
written down cell by cell (a cell: each guard holds, or does not), cells that cannot be are left out, and cells with the
same sum become one item again; what a lead has of whom nothing is known is a constant of its own. So
`when a add 5, else when b add 3`, two rules with `a` and `b and not a`, and any order of them are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoredsl.impact.meaning import form
from scoredsl.proof.representatives import Representatives, leaves
from scoredsl.reasoning.conditions import excludes, never
from scoredsl.reasoning.normal import ALWAYS, NEVER
from scoredsl.reasoning.suppose import holds
from scoredsl.semantics import expressions as e

MOST_CELLS = 24
"""Of items with more cells only equal and exclusive guards are joined."""
LARGEST_SUM = 10**15
"""In millionths; the largest award, whose points a double tells from its neighbours."""


@dataclass(frozen=True, slots=True)
class Item:
    """So many millionths, or so many awards of one kind, where the guard holds."""

    guard: e.Condition
    points: int


def summed(items: Iterable[Item], same: Representatives) -> list[Item]:
    """The items, joined: items of one event or instant are added, which is exact for whole millionths."""
    items = sorted(items, key=_order)
    if sum(abs(item.points) for item in items) > LARGEST_SUM:
        return items
    found: list[Item] = []
    base = 0
    for connected in _connected(_by_guard(items)):
        cells = _cells(connected)
        if cells is None:
            found += _joined(connected, same)
        else:
            usual = sum(item.points for item in connected if holds(item.guard, {}))
            base += usual
            found += _by_points([Item(cell.guard, cell.points - usual) for cell in cells], same)
    return [*found, Item(ALWAYS, base)] if base else found


def _order(item: Item) -> str:
    return repr((form(item.guard), item.points))


def _by_guard(items: Iterable[Item]) -> list[Item]:
    points: dict[e.Condition, int] = {}
    for item in items:
        points[item.guard] = points.get(item.guard, 0) + item.points
    return sorted((Item(guard, number) for guard, number in points.items() if number and guard != NEVER), key=_order)


def _connected(items: Sequence[Item]) -> list[list[Item]]:
    """Items that ask about the same things, directly or through others."""
    parts: list[tuple[frozenset[str], list[Item]]] = []
    for item in items:
        asked = leaves(item.guard)
        near = [part for part in parts if part[0] & asked or part[0] == asked]
        parts = [part for part in parts if part not in near]
        names = asked.union(*(part[0] for part in near))
        parts.append((names, [*(each for part in near for each in part[1]), item]))
    return [part for _, part in parts]


def _cells(items: Sequence[Item]) -> list[Item] | None:
    """Each combination of guards that may be, with its sum; None where there are too many."""
    cells = [Item(ALWAYS, 0)]
    for item in items:
        next_cells = []
        for cell in cells:
            for guard, points in ((item.guard, item.points), (e.Not(item.guard), 0)):
                both = guard if cell.guard == ALWAYS else e.And((cell.guard, guard))
                if not never(both):
                    next_cells.append(Item(both, cell.points + points))
        cells = next_cells
        if len(cells) > MOST_CELLS:
            return None
    return cells


def _by_points(cells: Iterable[Item], same: Representatives) -> list[Item]:
    guards: dict[int, list[e.Condition]] = {}
    for cell in cells:
        if cell.points:
            guards.setdefault(cell.points, []).append(cell.guard)
    return [Item(same.either(guards[points]), points) for points in sorted(guards)]


def _joined(items: Sequence[Item], same: Representatives) -> list[Item]:
    """Items of the same points that exclude each other, as one."""
    found: list[Item] = []
    for item in items:
        at = next(
            (i for i, each in enumerate(found) if each.points == item.points and excludes(each.guard, item.guard)), None
        )
        if at is None:
            found.append(item)
        else:
            found[at] = Item(same.either((found[at].guard, item.guard)), item.points)
    return found
