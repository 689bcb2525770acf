"""The answer as text for a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby
from typing import Any

from scoredsl.impact.what_if.answer import Answer, ScoreAnswer
from scoredsl.impact.what_if.candidates import SAME
from scoredsl.impact.what_if.search import NoWay, Way
from scoredsl.prose.words import counted, duration
from scoredsl.reference.ledger import HORIZON, Ahead
from scoredsl.reference.objects import number
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, Value
from scoredsl.semantics.values import instant_text, millionths_text, shortest


def answer_text(answer: Answer) -> str:
    """For people."""
    blocks = [f"{answer.lead} at {instant_text(answer.instant)}"]
    blocks += ["\n".join(_lines(each)) for each in answer.scores]
    return "\n\n".join(blocks)


def _lines(answer: ScoreAnswer) -> Iterator[str]:
    tier = f"tier {answer.tier}" if answer.tier is not None else "in no tier"
    yield f"{answer.score.name} = {millionths_text(answer.value)}, {tier}"
    if answer.target is None:
        highest = answer.score.tiers[0].name
        yield f"  There is no tier above {highest}." if answer.tier == highest else "  It is in that tier, or above it."
    elif answer.no_way is not None:
        yield f"  {_no_way(answer.target, answer.no_way)}"
    for i, way in enumerate(answer.ways):
        if answer.target is not None:
            yield from _way(answer.target, way, answer.score, first=i == 0)
    if answer.by_itself is not None:
        ahead = answer.by_itself
        when, value = instant_text(ahead.time), millionths_text(ahead.value)
        yield f"  By itself it comes to {ahead.tier} at {when}, with {value}."
    if answer.tier is not None:
        yield f"  {_leaves(answer)}"


def _way(target: p.Tier, way: Way, score: p.Score, *, first: bool) -> Iterator[str]:
    many = counted(len(way.events), "event")
    enough = f"{many} {'is' if len(way.events) == 1 else 'are'} enough"
    maybe = "" if way.fewest else " (fewer may be)"
    yield f"  {'To' if first else 'Or to'} {_tier(target)}, {enough}{maybe}{_when(way)}:"
    for text, same in groupby(way_texts(way)):
        count = len(list(same))
        yield f"    {count} × {text}" if count > 1 else f"    {text}"
    then = f"  Then {score.name} is {millionths_text(way.value)}, tier {way.tier}"
    yield f"{then}, at {instant_text(way.instant)}."


def _tier(tier: p.Tier) -> str:
    return f"{tier.name} ({'above' if tier.above else 'from'} {millionths_text(tier.number)})"


def _when(way: Way) -> str:
    """When the events have to come, where it is not at once."""
    schedule, first = way.schedule, instant_text(way.events[0].time)
    if schedule.gap and len(way.events) > 1:
        return f", one every {duration(schedule.gap)}, the first at {first}"
    return f", at {first}" if schedule.start else ""


def way_texts(way: Way) -> list[str]:
    """The events of a way, one by one."""
    return [_event(event, way.fresh[i] if way.fresh else ()) for i, event in enumerate(way.events)]


def _event(event: Event, fresh: Collection[str]) -> str:
    """`page_view with url "/pricing"`; of a property in `fresh` only that its value has to be a new one."""
    parts = [
        f"another {name}" if name in fresh else f"{SAME} {name}" if value == SAME else f"{name} {_value(value)}"
        for name, value in event.properties.items()
    ]
    return f"{event.name} with {', '.join(parts)}" if parts else event.name


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return shortest(float(value)) if isinstance(value, int | float) else f'"{value}"'


def _no_way(target: p.Tier, found: NoWay) -> str:
    to = _tier(target)
    if not found.proven:
        tried = counted(found.tried, "event")
        return f"No way to {to} was found with up to {tried}; that is no proof that there is none."
    if found.most is None:
        return f"No events can bring it to {to}."
    most = millionths_text(found.most)
    parts = ", ".join(f"{what} {millionths_text(worth)}" for what, worth in found.parts)
    if found.highest == found.most:
        return f"No events can bring it to {to}: the most is {most}{f' ({parts})' if parts else ''}."
    known = "" if found.highest is None else f"; {millionths_text(found.highest)} was reached"
    return f"No events can bring it to {to}: it cannot be more than {most}{known}{f' ({parts})' if parts else ''}."


def _leaves(answer: ScoreAnswer) -> str:
    if answer.leaves is None:
        within = "three years" if answer.horizon == HORIZON else duration(answer.horizon)
        return f"If nothing happens, it stays in {answer.tier} for at least {within}."
    ahead = answer.leaves
    to = ahead.tier or "no tier"
    when = instant_text(ahead.time)
    return f"If nothing happens, it falls from {answer.tier} to {to} at {when}, with {millionths_text(ahead.value)}."


# ---- JSON


def answer_object(answer: Answer) -> dict[str, Any]:
    """For programs: numbers as numbers, times as ISO 8601 in UTC."""
    return {
        "lead": answer.lead,
        "as_of": instant_text(answer.instant),
        "scores": [_score(each) for each in answer.scores],
    }


def _score(answer: ScoreAnswer) -> dict[str, Any]:
    return {
        "score": answer.score.name,
        "value": number(answer.value),
        "tier": answer.tier,
        "target": None if answer.target is None else _target(answer.target),
        "ways": [_way_object(way) for way in answer.ways],
        "no_way": None if answer.no_way is None else _no_way_object(answer.no_way),
        "by_itself": _ahead(answer.by_itself),
        "leaves_tier": _ahead(answer.leaves),
        "looked_ahead_days": answer.horizon // 86_400_000_000,
    }


def _target(tier: p.Tier) -> dict[str, Any]:
    return {"tier": tier.name, "from": number(tier.number), "above": tier.above}


def _way_object(way: Way) -> dict[str, Any]:
    return {
        "events": [
            {
                "event": event.name,
                "time": instant_text(event.time),
                "properties": dict(event.properties),
                "new_values_of": sorted(way.fresh[i]) if way.fresh else [],
            }
            for i, event in enumerate(way.events)
        ],
        "fewest": way.fewest,
        "time": instant_text(way.instant),
        "value": number(way.value),
        "tier": way.tier,
    }


def _no_way_object(found: NoWay) -> dict[str, Any]:
    return {
        "proven": found.proven,
        "most": None if found.most is None else number(found.most),
        "highest_reached": None if found.highest is None else number(found.highest),
        "events_tried": found.tried,
        "parts": [{"what": what, "points": number(worth)} for what, worth in found.parts],
    }


def _ahead(ahead: Ahead | None) -> dict[str, Any] | None:
    if ahead is None:
        return None
    return {"time": instant_text(ahead.time), "value": number(ahead.value), "tier": ahead.tier}
