"""What uses what: ways back to oneself, and how large a thing becomes when all that it uses is put in its place."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def way_back(start: K, uses: Callable[[K], Iterable[K]]) -> tuple[K, ...] | None:
    """The shortest way from something to itself, without the end; None where there is none."""
    came_from: dict[K, K] = {}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        for other in uses(at):
            if other == start:
                path = [at]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return tuple(reversed(path))
            if other not in came_from:
                came_from[other] = at
                waiting.append(other)
    return None


def sizes(
    names: Iterable[K], own: Callable[[K], int], uses: Callable[[K], Iterable[K]]
) -> dict[K, tuple[int, int]]:
    """(size, depth) of each: its own size and that of all it uses, as often as it does; what is in a cycle counts 0."""
    found: dict[K, tuple[int, int]] = {}
    for name in names:
        stack = [name]
        open_: set[K] = set()
        while stack:
            at = stack[-1]
            if at in found:
                stack.pop()
                continue
            missing = [other for other in uses(at) if other not in found and other not in open_]
            open_.add(at)
            if missing:
                stack.extend(missing)
                continue
            parts = [found.get(other, (0, 0)) for other in uses(at)]
            found[at] = (own(at) + sum(size for size, _ in parts), 1 + max((depth for _, depth in parts), default=0))
            stack.pop()
    return found
