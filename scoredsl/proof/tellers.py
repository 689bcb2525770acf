"""Values on which two programs disagree: those for which a condition of one holds, and its counterpart does not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from scoredsl.proof.days import walk
from scoredsl.proof.scenes import Scene, Scenes, distinct, values_of
from scoredsl.reasoning.models import models
from scoredsl.reasoning.normal import where_parts
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p

_MODELS = 4
_MOST_PAIRS = 8


@dataclass(frozen=True, slots=True)
class Teller:
    """Values of an event, and fields, on which the programs disagree about an event."""

    properties: tuple[tuple[str, object], ...]
    fields: tuple[tuple[str, object], ...]


def tellers(old: Sequence[object], new: Sequence[object]) -> list[Teller]:
    """Of the parts that differ: what their conditions about events disagree on."""
    found = []
    for asked in _disagreements(old, new, of_events=True):
        for model in islice(models(asked), _MODELS):
            properties, fields = values_of(model, asked)
            found.append(Teller(tuple(properties.items()), tuple(fields.items())))
    return distinct(found)


def telling_scenes(scenes: Scenes, old: Sequence[object], new: Sequence[object]) -> list[Scene]:
    """Of the parts that differ: scenes about which their conditions about the lead disagree."""
    return distinct(scene for asked in _disagreements(old, new, of_events=False) for scene in scenes.asked(asked))


def _disagreements(old: Sequence[object], new: Sequence[object], *, of_events: bool) -> Iterator[e.Condition]:
    before, after = (distinct(_conditions(tuple(each), of_events)) for each in (old, new))
    first = [each for each in before if each not in after]
    second = [each for each in after if each not in before]
    for one, other in islice(product(first, second), _MOST_PAIRS):
        yield e.And((one, e.Not(other)))
        yield e.And((other, e.Not(one)))
    for each in (*first, *second)[:_MOST_PAIRS] if not first or not second else ():
        yield e.Not(each)
        yield each


def _conditions(part: object, of_events: bool) -> Iterator[e.Condition]:
    """The conditions of a part that are about events, or about the lead: each as a whole."""
    match part:
        case tuple():
            for each in part:
                yield from _conditions(each, of_events)
        case e.Pattern(matcher):
            for alternative in matcher.alternatives:
                asked = where_parts(part, alternative)
                if of_events:
                    yield asked
        case e.Constant() | e.Property() | e.Field() | p.Place():
            return
        case _ if isinstance(part, _CONDITIONS):
            if not of_events:
                yield part  # type: ignore[misc]
                return
            for each in walk(part):
                if isinstance(each, e.Pattern):
                    yield from _conditions(each, of_events)
        case _ if dataclasses.is_dataclass(part) and not isinstance(part, type):
            for field in dataclasses.fields(part):
                yield from _conditions(getattr(part, field.name), of_events)


_CONDITIONS: tuple[type, ...] = (
    e.CompareNumbers, e.CompareText, e.CompareInstant, e.CompareBoolean, e.CompareNames, e.NotIn, e.TextTest,
    e.InWindow, e.Matches, e.Known, e.Has, e.Inactive, e.IsTrue, e.Always, e.Not, e.And, e.Or,
)  # fmt: skip
