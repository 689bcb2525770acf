"""Choices for a generator of programs and logs: each one is drawn by Hypothesis, so that what fails can shrink.

The first option is the simplest, and "no" is simpler than "yes": a shrunk program has fewer and plainer parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


@lru_cache(maxsize=256)
def _integers(least: int, most: int) -> st.SearchStrategy[int]:
    return st.integers(least, most)


class Choices:
    """Takes decisions with the `draw` of a composite strategy."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def number(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        return least if least == most else int(self._draw(_integers(least, most)))

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred cases."""
        return self.number(0, 99) >= 100 - percent

    def pick(self, options: Sequence[T]) -> T:
        return options[self.number(0, len(options) - 1)]

    def one(self, *options: T) -> T:
        return self.pick(options)

    def made(self, *makers: Callable[[], T]) -> T:
        """What one of the makers makes; the others are not asked."""
        return self.pick(makers)()

    def weighted(self, **weights: int) -> str:
        """One of the names, as often as its weight says."""
        at = self.number(0, sum(weights.values()) - 1)
        for name, weight in weights.items():
            if at < weight:
                return name
            at -= weight
        raise AssertionError(weights)

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in some order; the order given is the simplest."""
        rest = list(items)
        return [rest.pop(self.number(0, len(rest) - 1)) for _ in items]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """So many different ones of the items."""
        return self.shuffled(items)[:count]
