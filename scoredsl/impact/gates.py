"""Limits that a change must keep: how many leads it may move, how many more alerts it may make, who loses a tier."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scoredsl.impact.figures import Impact, ScoreImpact, TierImpact

_PERCENT = re.compile(r"\+?([0-9]+(?:\.[0-9]+)?) ?%")
_NUMBER = re.compile(r"\+?([0-9]+(?:\.[0-9]+)?)")


@dataclass(frozen=True, slots=True)
class Amount:
    """`5%` or `200`: a share (percent) or a number."""

    number: Decimal
    percent: bool

    def __str__(self) -> str:
        return f"{self.number}{'%' if self.percent else ''}"


@dataclass(frozen=True, slots=True)
class Gates:
    """What was asked for; None: not."""

    max_moved: Amount | None = None
    """Leads whose score or tier may change, of all leads."""
    max_tier_changes: Amount | None = None
    """Leads whose tier may change."""
    max_alerts: Amount | None = None
    """By how much alerts a week may rise."""
    no_tier_loss: tuple[str, ...] = ()
    """Tiers that no lead may lose: `customer`, or `engagement.customer` where several scores have one."""

    def __bool__(self) -> bool:
        return bool(self.max_moved or self.max_tier_changes or self.max_alerts or self.no_tier_loss)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a gate at one score: the sentence that says so names the gate, the number and the limit."""

    gate: str
    """The option, as it was given: `--max-moved 5%`."""
    score: str
    passed: bool
    sentence: str


def amount(text: str) -> Amount | None:
    """`5%`, `+20%`, `30`; None for any other text."""
    percent, number = _PERCENT.fullmatch(text.strip()), _NUMBER.fullmatch(text.strip())
    if percent:
        return Amount(Decimal(percent[1]), True)
    return Amount(Decimal(number[1]), False) if number else None


def unknown_tiers(tiers: Sequence[str], known: Sequence[tuple[str, str]]) -> list[str]:
    """Of the tiers of `no_tier_loss` those that no score has; `known` are (score, tier)."""
    names = {tier for _, tier in known} | {f"{score}.{tier}" for score, tier in known}
    return [tier for tier in tiers if tier not in names]


def outcomes(gates: Gates, impact: Impact) -> tuple[Outcome, ...]:
    """Every gate at every score that the change reaches."""
    found = list(_outcomes(gates, impact))
    return tuple(sorted(found, key=lambda each: each.passed))


def _outcomes(gates: Gates, impact: Impact) -> Iterator[Outcome]:
    for score in impact.scores:
        if gates.max_moved is not None:
            yield _moved("--max-moved", gates.max_moved, score, score.moved, "get another score or tier")
        if gates.max_tier_changes is not None:
            yield _moved("--max-tier-changes", gates.max_tier_changes, score, score.tier_moved, "change their tier")
        if gates.max_alerts is not None and score.tiers:
            yield _alerts(gates.max_alerts, score, impact.weeks)
        for wanted in gates.no_tier_loss:
            for tier in score.tiers:
                if wanted in _names(score, tier):
                    yield _loss(wanted, score, tier)
    for gone in impact.gone_scores:
        for wanted in gates.no_tier_loss:
            for name, leads in gone.tiers:
                if wanted in (name, f"{gone.name}.{name}"):
                    sentence = f"{leads:,} leads lose the tier {name}: the score {gone.name} is gone; none may."
                    yield Outcome(f"--no-tier-loss {wanted}", gone.name, leads == 0, sentence)


def _names(score: ScoreImpact, tier: TierImpact) -> set[str]:
    """All that a tier of the old program may be called."""
    if tier.old_name is None:
        return set()
    return {
        tier.old_name, tier.name, f"{score.name}.{tier.name}", f"{score.name}.{tier.old_name}",
        f"{score.old_name}.{tier.old_name}",
    }  # fmt: skip


def _moved(gate: str, limit: Amount, score: ScoreImpact, moved: int, what: str) -> Outcome:
    share = 100 * moved / score.leads if score.leads else 0.0
    passed = moved * 100 <= limit.number * score.leads if limit.percent else moved <= limit.number
    sentence = (
        f"{moved:,} of {score.leads:,} leads ({percent(share)}) {what} in {score.name}; at most {limit} may."
    )
    return Outcome(f"{gate} {limit}", score.name, passed, sentence)


def _alerts(limit: Amount, score: ScoreImpact, weeks: float | None) -> Outcome:
    before, after = score.alerts_before, score.alerts_after
    more = after - before
    gate = f"--max-alerts +{limit}"
    if limit.percent:
        passed = more * 100 <= limit.number * before
        rise = percent(100 * more / before) if before else "from none" if more else "0%"
        grown = f"+{rise}" if more > 0 and before else rise
    else:
        a_week = more / weeks if weeks else float(more)
        passed = a_week <= float(limit.number)
        grown = f"{a_week:+,.1f} a week"
    rates = [f"{rate(count / weeks)} a week" if weeks else f"{count:,} in all" for count in (before, after)]
    unit = "" if limit.percent else " a week"
    sentence = f"Alerts of {score.name} go from {rates[0]} to {rates[1]} ({grown}); at most +{limit}{unit} is allowed."
    return Outcome(gate, score.name, passed, sentence)


def _loss(wanted: str, score: ScoreImpact, tier: TierImpact) -> Outcome:
    many = "1 lead loses" if tier.lost == 1 else f"{tier.lost:,} leads lose"
    examples = ", ".join(move.lead for move in tier.leaving_leads[:3])
    who = f" ({examples}{', ...' if tier.lost > 3 else ''})" if tier.lost and examples else ""
    sentence = f"{many} the tier {tier.old_name} of {score.name}{who}; none may."
    return Outcome(f"--no-tier-loss {wanted}", score.name, tier.lost == 0, sentence)


def rate(number: float) -> str:
    """A number a week for people: `1,204`, `30.2`."""
    return f"{number:,.1f}".removesuffix(".0")


def percent(share: float) -> str:
    """A share of a hundred for people: `0.4%`, `12%`; what is there is never 0%, and what is not all never 100%."""
    if 0 < share < 0.05:
        return "less than 0.1%"
    if 99.95 <= share < 100:
        return "more than 99.9%"
    return f"{share:.1f}%".replace(".0%", "%") if share < 10 or 99 < share < 100 else f"{share:.0f}%"
