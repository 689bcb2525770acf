"""Which events the walk can do without: those that no rule listens to, and those that have long expired.

An event without a bit changes nothing but that its lead is there, from its time on; so of these the first of a lead is
enough. In scores as of T the same holds for an event whose awards have all expired by T, where nothing else asks what
came of it: no limit, no condition on the score before, no tier that follows the course (LANGUAGE section 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoredsl.plan import physical as ph

ALWAYS = -(2**63)


@dataclass(frozen=True, slots=True)
class Needed:
    """The walk needs an event with a bit b that is set if its time is later than `since[b]` (ALWAYS: all of them)."""

    since: tuple[int, ...]


def needed_events(plan: ph.PhysicalPlan, until: int | None) -> Needed | None:
    """The events that a walk up to T needs; None where it needs all. `until` is T where only scores at T are asked for,
    None for a course.

    It does not hold for events with ids: one without a bit may be the first of its id.
    """
    if any(condition.kind == "inactive" for condition in plan.conditions):
        return None
    if any(ticker.kind == "inactive" for score in plan.scores for ticker in score.tickers):
        return None
    since = [ALWAYS] * len(plan.events.bits)
    if until is not None and not _asks_what_came(plan):
        for bit, expiry in _expiring(plan).items():
            since[bit] = until - expiry
    return Needed(tuple(since))


def _asks_what_came(plan: ph.PhysicalPlan) -> bool:
    """Whether scores before T may have a bearing on scores at T."""
    return any(
        score.remembers or any(on.state is not None or on.needs_before for on in score.ons) for score in plan.scores
    )


def _expiring(plan: ph.PhysicalPlan) -> dict[int, int]:
    """Of each bit that only rules with an expiry listen to, and nothing else: the longest of their expiries."""
    expiries: dict[int, int] = {}
    firm = set(_firm(plan))
    for score in plan.scores:
        for on in score.ons:
            for step in on.steps:
                bit = plan.patterns[step].bit
                if _only_expires(plan, on) and on.expiry is not None:
                    expiries[bit] = max(expiries.get(bit, 0), on.expiry)
                else:
                    firm.add(bit)
    return {bit: expiry for bit, expiry in expiries.items() if bit not in firm}


def _only_expires(plan: ph.PhysicalPlan, on: ph.OnNode) -> bool:
    """Whether an award of a rule is forgotten once it has expired."""
    return (
        on.trigger == "occurs"
        and on.same is None
        and not on.reset
        and on.constant is not None
        and not on.limits
        and on.cap is None
        and on.decay is None
        and on.ends_on is None
        and not on.unless_repeated
        and on.expiry is not None
        and all(plan.patterns[step].code is None and plan.patterns[step].apart is None for step in on.steps)
    )


def _firm(plan: ph.PhysicalPlan) -> Iterator[int]:
    """The bits that something else than a trigger asks for."""
    for condition in plan.conditions:
        if condition.kind in ("event bit", "picked bit"):
            yield condition.a
    facts = [*plan.facts, *(fact for score in plan.scores for fact in score.facts)]
    yield from (fact.channel for fact in facts if fact.kind in ("latest", "first") and fact.channel is not None)
    others = [*plan.ignores, *(fact.pattern for fact in facts)]
    others += [on.ends_on for score in plan.scores for on in score.ons if on.ends_on is not None]
    yield from (plan.patterns[pattern].bit for pattern in others)
