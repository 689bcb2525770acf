"""The search for a lead that tells two programs apart: that of the mutants, and what two whole programs add to it.

A mutant differs in one number; two programs may also differ in what they make of events that lack a property, and of
what a day is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from scoredsl.semantics.log import Event
from scoredsl.testing.material import START
from scoredsl.testing.run import LEAD
from scoredsl.testing.search import Search
from scoredsl.testing.sums import falls, sums, together
from scoredsl.testing.telling import Givens

HOUR = 3_600_000_000
_MOST = 300
"""So many logs of each way to make them."""
_FIRST = 40
"""So many kinds of events are tried without a property, and a tenth of them over a day."""


class WideSearch(Search):
    """Tries tests, and sums that just reach a threshold; single events, and two of a kind."""

    def candidates(self) -> Iterator[Givens]:
        """What is made on purpose, without anything at random."""
        program, changed, material = self.program, self.changed, self.material
        yield from islice(self.tests(), _MOST)
        yield from islice(self.singles(), _MOST)
        for made in (sums, together, falls):
            yield from islice(made(program, changed, material), _MOST)
        yield from islice(self.plain(), _MOST)

    def singles(self) -> Iterator[Givens]:
        """Single events with a property less, and two events at every hour's distance."""
        for name, properties in self._events()[:_FIRST]:
            for less in properties:
                yield _log((name, {each: value for each, value in properties.items() if each != less}, START))
        for name in dict.fromkeys(name for name, _ in self._events()):
            yield _log((name, {}, START))
        for name, properties in self._events()[: _FIRST // 10]:
            for hours in range(1, 25):
                yield _log((name, properties, START), (name, properties, START + hours * HOUR))

    def _events(self) -> list[tuple[str, dict[str, object]]]:
        return [(name, dict(properties)) for name, properties in (*self.focus.events, *self.material.events)]


def _log(*events: tuple[str, dict[str, object], int]) -> Givens:
    return Givens(tuple(Event(LEAD, name, time, None, i, given) for i, (name, given, time) in enumerate(events)))
