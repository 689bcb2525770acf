"""What the rules of a score did, by definition: how often they fired, for whom, and what they gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoredsl.reference.lead import LeadRun
from scoredsl.semantics import program as p


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What a rule did, over all leads; points are whole millionths. For a `when` rule a lead counts for whom it holds.

    `fired`: how many awards it made (a reset: how often it reset); `points`: what they gave; `live`: what the rule is
    worth at T, after its cap; `last`: when it last fired (None: never, or it is a `when` rule).
    """

    fired: int = 0
    leads: int = 0
    points: int = 0
    live: int = 0
    last: int | None = None

    def __add__(self, other: RuleCount) -> RuleCount:
        last = max((time for time in (self.last, other.last) if time is not None), default=None)
        return RuleCount(
            self.fired + other.fired, self.leads + other.leads, self.points + other.points, self.live + other.live, last
        )


def lead_counts(run: LeadRun, score: p.Score) -> Sequence[RuleCount]:
    """What the rules of a score did for one lead up to T, in file order; what a reset has forgotten counts as well."""
    if score.formula is not None:
        return ()
    segments = run.segments(score)
    times: list[list[int]] = [[] for _ in score.rules]
    points = [0 for _ in score.rules]
    for segment in segments:
        for award in segment.awards:
            times[award.rule.index].append(award.instant)
            points[award.rule.index] += award.points
        if segment.reset is not None and segment.begin is not None:
            times[segment.reset.index].append(segment.begin)
            points[segment.reset.index] += segment.set_to or 0
    state = run.state(score, run.instant)
    found = []
    for worth, at, given in zip(state.rules, times, points, strict=True):
        if isinstance(worth.rule, p.WhenRule):
            holds = int(worth.branch is not None and worth.computed)
            found.append(RuleCount(holds, holds, worth.value, worth.value))
        else:
            found.append(RuleCount(len(at), int(bool(at)), given, worth.value, max(at, default=None)))
    return found
