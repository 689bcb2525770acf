"""The scenes that a search draws from, and the values in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from scoredsl.proof.days import asks_for_days
from scoredsl.proof.scenes import Scene, Scenes
from scoredsl.proof.tellers import tellers, telling_scenes
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Value
from scoredsl.testing.material import material
from scoredsl.testing.rechecking import without_places


class Pool:
    """The scenes of both programs: those of what differs, and those of what else the scores are made of."""

    def __init__(self, one: p.Program, other: p.Program, scores: frozenset[str]) -> None:
        scenes = Scenes((one, other))
        self.known = scenes.known
        first, second = _plain_parts(one, scores), _plain_parts(other, scores)
        differing = [part for part in first if part not in second] + [part for part in second if part not in first]
        if one.timezone != other.timezone:
            differing += [each for each in first if each not in differing and asks_for_days(each[1])]
        self.by_part = [self._of(scenes, part) for _, part in differing]
        less, more = ([part for where, part in parts if (where, part) in differing] for parts in (first, second))
        self.tellers = tellers(less, more)
        self.durations = sorted({*material(one, *less).durations} ^ {*material(other, *more).durations})
        """Those that only one of the programs names in what differs."""
        self.by_part.append(telling_scenes(scenes, less, more))
        self.focus = [scene for found in reversed(self.by_part) for scene in found]
        self.others = [found for each in dict.fromkeys((*first, *second)) if each not in differing
                       if (found := self._of(scenes, each[1]))]  # fmt: skip
        self.by_part = [found for found in self.by_part if found]
        everything = [*self.focus, *(scene for found in self.others for scene in found)]
        self._properties: dict[str, list[object]] = {}
        self._fields: dict[str, list[object]] = {}
        for scene in everything:
            for each in scene.events:
                _noted(self._properties, each.properties)
            _noted(self._fields, scene.fields)
        self.properties = sorted(self._properties)
        self.keys = sorted({key for _, part in (*first, *second) for key in _keys(part)})
        """The properties that rules count by: `once per form`, `with same cart`."""
        self.fields = sorted(self._fields)

    @staticmethod
    def _of(scenes: Scenes, part: object) -> list[Scene]:
        match part:
            case p.OnRule() | p.WhenRule():
                return [*scenes.of_rule(part), *scenes.of_end(part)]
            case p.Bound(_, _, when) if when is not None:
                return scenes.of_condition(when)
            case p.Label(_, condition):
                return scenes.of_condition(condition)
            case e.Pattern():
                return Scenes(()).of_rule(_occurring(part))
            case p.Score() | p.Tier() | p.Bound() | p.Grid():
                return []
            case _:
                return scenes.of_condition(part)  # type: ignore[arg-type]

    def told(self) -> Iterator[Scene]:
        """Scenes of what differs, one event after the other with values about which the programs disagree."""
        for found in self.by_part:
            for scene in found:
                for teller in self.tellers:
                    for at in (None, *reversed(range(len(scene.events)))) if len(scene.events) > 1 else (None,):
                        yield scene.told(at, teller.properties, teller.fields)

    def first(self) -> Iterator[Scene]:
        yield from self.focus
        for found in self.others:
            yield from found

    def any(self, random: Random) -> Scene:
        """Half of them of what differs; a part with many scenes comes no more often than one with few."""
        parts = self.by_part if self.by_part and random.random() < 0.5 else self.others
        if not parts:
            return random.choice(self.focus) if self.focus else Scene(())
        return random.choice(random.choice(parts))

    def property(self, name: str, random: Random) -> Value:
        return _picked(self._properties.get(name, []), random)

    def field(self, name: str, random: Random) -> Value:
        return _picked(self._fields.get(name, []), random)


def _noted(pool: dict[str, list[object]], values: Sequence[tuple[str, object]]) -> None:
    for name, value in values:
        found = pool.setdefault(name, [])
        if not any(type(value) is type(each) and value == each for each in found):
            found.append(value)


def _picked(values: Sequence[object], random: Random) -> Value:
    """One of the values, one near to a number, or nothing."""
    if random.random() < 0.15 or not values:
        return random.choice((None, "other", 1.0, 0.5, -1.0, -0.5, 0.25, 3.0))
    value = random.choice(values)
    if isinstance(value, float) and random.random() < 0.5:
        return random.choice((value + 1, value - 1, value / 2, value * 2, -value, value + 0.25, value / 10))
    return value if isinstance(value, str | float | int | bool | list | dict) else None


def _plain_parts(program: p.Program, scores: frozenset[str]) -> list[tuple[object, object]]:
    """(where it stands, part) of rules, bounds and conditions without their places; of these scores alone."""
    found: list[tuple[object, object]] = [
        ("", each) for each in (*program.ignores, *program.excludes, *program.labels)
    ]
    for score in (each for each in program.scores if each.name in scores):
        for rule in score.rules:
            bounds = () if rule.group is None else score.groups[rule.group].bounds
            found.append((bounds, replace(rule, index=0, group=None, title=None)))
        found += [("", bound) for bound in (*score.bounds, *(b for group in score.groups for b in group.bounds))]
    return [(without_places(where), without_places(each)) for where, each in found]


def _keys(part: object) -> Iterator[str]:
    if isinstance(part, p.OnRule):
        found = [limit.per for limit in part.limits]
        found += [each.per for each in (part.up_to,) if each is not None]
        found.append(getattr(part.trigger, "same", None))
        yield from (each for each in found if each is not None)


def _occurring(pattern: e.Pattern) -> p.OnRule:
    """A rule about the events of a pattern."""
    place = without_places(p.Place("", 0, None))  # type: ignore[arg-type]
    return p.OnRule(0, None, place, None, p.Occurs(pattern), None, p.Reset(None))
