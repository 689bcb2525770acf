"""The explanation of a lead: ledgers whose lines sum exactly to the scores, and what comes next (section 10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scoredsl.reference.awards import Award
from scoredsl.reference.lead import LeadRun, RuleWorth, ScoreState, formula_scores
from scoredsl.semantics import program as p
from scoredsl.semantics.values import instant_text, millionths_text
from scoredsl.semantics.zones import LAST

DAY = 86_400_000_000
HORIZON = 1096 * DAY
"""How far ahead "what comes next" looks: three years ..."""
_FIRINGS = 1_000
"""... or until a rule such as `every 1h of inactivity` has fired so often by itself."""

LineKind = Literal["start", "set to", "award", "when", "cap", "minimum", "maximum", "formula"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a ledger. `worth` is what it adds to the score now; all points are millionths."""

    kind: LineKind
    what: str
    """The rule's name, or what else it is, in words."""
    worth: int
    place: p.Place | None = None
    event: str | None = None
    time: int | None = None
    points: int | None = None
    why: str = ""
    """Why the worth is not the points: expired on ..., ended on ..., decayed to ...."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A change to come if nothing more happens: when, and the value and tier then."""

    time: int
    value: int
    tier: str | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The lines of a score, which sum to `value`; its tier; and what comes next without any new event."""

    score: p.Score
    value: int
    tier: str | None
    lines: tuple[Line, ...]
    next_change: Ahead | None
    leaves_tier: Ahead | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about a lead at T."""

    lead: str
    instant: int
    events: int
    ledgers: tuple[Ledger, ...]
    grids: dict[str, str]
    labels: dict[str, bool]
    horizon: int
    """How far ahead was looked, in microseconds; 0: not at all."""


def explain_lead(run: LeadRun, *, ahead: bool = True) -> Explanation:
    """The explanation of a lead that exists at T; `ahead` looks for what comes next as well."""
    scores = run.scores()
    horizon = horizon_of(run.program) if ahead else 0
    future = (
        LeadRun(run.program, run.zone, run.lead, run.events, run.rows, run.instant, min(run.instant + horizon, LAST))
        if horizon
        else None
    )
    ledgers = []
    for score in run.program.scores:
        state = run.state(score, run.instant)
        tier = scores.tiers.get(score.name)
        change, leaves = (None, None) if future is None else comes_next(future, score, state.value, tier)
        ledgers.append(Ledger(score, state.value, tier, tuple(lines_of(run, state)), change, leaves))
    return Explanation(
        run.lead, run.instant, len(run.events), tuple(ledgers), dict(scores.grids), dict(scores.labels), horizon
    )


def horizon_of(program: p.Program) -> int:
    """How far ahead a program can be looked at: three years, less where rules fire often without any event."""
    every = [
        rule.trigger.duration
        for _, rule in program.rules()
        if isinstance(rule, p.OnRule) and isinstance(rule.trigger, p.Inactivity) and rule.trigger.every
    ]
    return min([HORIZON, *(duration * _FIRINGS for duration in every)])


def lines_of(run: LeadRun, state: ScoreState) -> list[Line]:
    """The ledger of a score; the sum of the worths is its value."""
    score = state.score
    if score.formula is not None:
        return [formula_line(run, state), *bound_lines(state.unbounded, state.value, state.minimum, state.maximum, "")]
    lines: list[Line] = []
    segment = state.segment
    if segment is not None and segment.set_to is not None and segment.reset is not None:
        rule = segment.reset
        event = next((each for each in segment.events if each.time == segment.begin), None)
        by_event = event is not None and segment.events and segment.events[0] is event
        lines.append(
            Line("set to", rule.name, segment.set_to, rule.place, event.name if by_event and event else None,
                 segment.begin, segment.set_to)
        )
    elif score.start is not None:
        lines.append(Line("start", f"start at {millionths_text(score.start)}", score.start, score.place))
    for group in (None, *range(len(score.groups))):
        for each in state.rules:
            if each.rule.group == group:
                lines.extend(rule_lines(each, state.instant))
        if group is not None:
            total, bounded = state.groups[group]
            low, high = state.group_bounds[group]
            lines.extend(bound_lines(total, bounded, low, high, f" of group {score.groups[group].name}"))
    lines.extend(bound_lines(state.unbounded, state.value, state.minimum, state.maximum, ""))
    return lines


def formula_line(run: LeadRun, state: ScoreState) -> Line:
    parts = []
    for name in formula_scores(state.score):
        value = run.value(run.program.score(name), state.instant)
        parts.append(f"{name} = {millionths_text(value)}")
    return Line("formula", f"{state.score.name} from {', '.join(parts) or 'its formula'}", state.unbounded,
                state.score.place)


def rule_lines(worth: RuleWorth, instant: int) -> list[Line]:
    rule = worth.rule
    lines: list[Line] = []
    if isinstance(rule, p.WhenRule):
        if worth.branch is not None:
            why = "" if worth.computed else "the points cannot be computed"
            lines.append(Line("when", rule.name, worth.uncapped, rule.place, None, None, worth.uncapped, why))
        cap = rule.up_to
    else:
        lines.extend(award_line(rule, award, now, instant) for award, now in worth.awards)
        cap = rule.up_to.number if rule.up_to is not None else None
    if cap is not None and worth.value != worth.uncapped:
        what = f"up to {millionths_text(cap)} points: {rule.name}"
        lines.append(Line("cap", what, worth.value - worth.uncapped, rule.place))
    return lines


def award_line(rule: p.OnRule, award: Award, now: int, instant: int) -> Line:
    why = ""
    end = award.end
    if end is not None and end <= instant:
        ended = award.ends is not None and award.ends == end and award.expires != end
        why = f"{'ended' if ended else 'expired'} on {instant_text(end)}"
    elif now != award.points:
        why = f"decayed by {millionths_text(abs(award.points - now))}"
    event = award.event.name if award.event is not None else None
    return Line("award", rule.name, now, rule.place, event, award.instant, award.points, why)


def bound_lines(
    before: int, after: int, low: p.Bound | None, high: p.Bound | None, where: str
) -> list[Line]:
    """What the minimum gave and the maximum took."""
    lines: list[Line] = []
    value = before
    if low is not None and value < low.number:
        lines.append(Line("minimum", f"minimum {millionths_text(low.number)}{where}", low.number - value, low.place))
        value = low.number
    if high is not None and value > high.number:
        lines.append(Line("maximum", f"maximum {millionths_text(high.number)}{where}", high.number - value, high.place))
        value = high.number
    assert value == after
    return lines


def comes_next(
    future: LeadRun, score: p.Score, value: int, tier: str | None
) -> tuple[Ahead | None, Ahead | None]:
    """The next change of a score without any new event, and when the lead leaves the tier it is in."""
    kept = set(future.course(score).kept) if any(t.follows_the_course for t in score.tiers) else set()
    change: Ahead | None = None
    for instant in future.instants(score, future.instant, future.until):
        now = future.state(score, instant).value
        tier_then = future.tier_after(score, now, kept)
        if change is None and now != value:
            change = Ahead(instant, now, tier_then)
            if tier is None:
                return change, None
        if tier is not None and tier_then != tier:
            return change, Ahead(instant, now, tier_then)
    return change, None
