"""A log of one lead in the making, to which scenes are added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scoredsl.proof.scenes import MINUTE, Scene
from scoredsl.semantics.log import Event, ProfileRow, Value
from scoredsl.testing.material import START
from scoredsl.testing.run import LEAD
from scoredsl.testing.telling import Givens

_MOST_EVENTS = 60


@dataclass(frozen=True, slots=True)
class Draft:
    """Events (time, name, properties) in any order, the fields that the lead always has, and versions of them."""

    events: tuple[tuple[int, str, Mapping[str, Value]], ...] = ()
    fields: Mapping[str, Value] = field(default_factory=dict)
    versions: tuple[tuple[int, Mapping[str, Value]], ...] = ()

    @property
    def last(self) -> int:
        return max((each[0] for each in self.events), default=START)

    def givens(self) -> Givens:
        """The fields stand from a minute before the first event on: from always, days would be counted since 1970."""
        events = sorted(self.events, key=lambda each: each[0])[:_MOST_EVENTS]
        first = min([each[0] for each in events] + [time for time, _ in self.versions], default=START)
        rows = [ProfileRow(LEAD, first - MINUTE, 0, self.fields)] if self.fields else []
        later = sorted(self.versions, key=lambda each: each[0])
        rows += [ProfileRow(LEAD, time, i, given) for i, (time, given) in enumerate(later, 1)]
        return Givens(tuple(Event(LEAD, name, time, None, i, given) for i, (time, name, given) in enumerate(events)),
                      tuple(rows))  # fmt: skip

    def with_scene(self, scene: Scene, instant: int, *, override: bool = True) -> Draft:
        """The log with a scene that happens at an instant; `override`: its fields count, not those that there are."""
        events = tuple((instant - each.before, each.name, each.given(instant - each.before)) for each in scene.events)
        fields = scene.profile(instant)
        both = {**self.fields, **fields} if override else {**fields, **self.fields}
        return replace(self, events=(*self.events, *events), fields=both)
