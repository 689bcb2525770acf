"""What an evaluation says, as data. Shares and probabilities are of 1, points millionths, times microseconds."""

from __future__ import annotations

from dataclasses import dataclass

from scoredsl.learning.intervals import Estimate


@dataclass(frozen=True, slots=True)
class Group:
    """Leads with one thing in common. `low`, `high`: the lowest and the highest score among them (None: nobody)."""

    name: str
    leads: int
    won: int
    rate: Estimate
    lift: Estimate
    share_of_wins: float
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class TierGroup:
    """The leads in a tier, and what acting on it and all higher ones would be: `precision`, `recall`."""

    group: Group
    precision: Estimate
    recall: Estimate


@dataclass(frozen=True, slots=True)
class Bin:
    """Leads of a like probability: what was predicted for them in the mean, and what came."""

    predicted: float
    observed: Estimate
    leads: int
    won: int


@dataclass(frozen=True, slots=True)
class Step:
    """From this score on (millionths) a lead has this probability."""

    score: int
    probability: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A score as a probability. Brier and reliability are of leads that the fit has not seen.

    `skill`: how much of the squared error of always predicting the share of all it takes away.
    """

    method: str
    brier: Estimate
    skill: float
    bins: tuple[Bin, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class RuleWorth:
    """What one rule does for the order of the leads. `lift`: of the leads for whom it has points.

    `auc_without`: of the program without the rule; `auc_change`: what taking it out would change (paired).
    """

    score: str
    name: str
    place: str
    leads: int
    points: int
    with_rule: Estimate
    without_rule: Estimate
    lift: Estimate
    auc_without: Estimate
    auc_change: Estimate
    harm: str
    """Why it does harm; empty where it does none that is certain."""


@dataclass(frozen=True, slots=True)
class Month:
    """Leads that were looked at in one month (UTC)."""

    month: str
    leads: int
    won: int
    rate: Estimate
    auc: Estimate


@dataclass(frozen=True, slots=True)
class Compared:
    """Another program on the same leads: its measures, and how much it has more (paired)."""

    leads: int
    auc: Estimate
    other_auc: Estimate
    auc_change: Estimate
    precision: Estimate
    other_precision: Estimate
    precision_change: Estimate
    top_lift: Estimate
    other_top_lift: Estimate
    top_lift_change: Estimate


@dataclass(frozen=True, slots=True)
class AtMoment:
    """All that is said of leads at one age, at one instant, or at a row of instants."""

    name: str
    observations: int
    leads: int
    won: int
    lost: int
    decided: int
    """Leads that were decided before they could be looked at."""
    absent: int
    """Leads that did not exist yet."""
    excluded: int
    auc: Estimate
    average_precision: Estimate
    top_lift: Estimate
    rate: Estimate
    deciles: tuple[Group, ...]
    tiers: tuple[TierGroup, ...]
    calibration: Calibration
    rules: tuple[RuleWorth, ...]
    months: tuple[Month, ...]
    compared: Compared | None


@dataclass(frozen=True, slots=True)
class TierFlow:
    """How a tier fills, and how long before the win. `entering`: leads that entered it or a higher one while undecided.

    `first_days`: the quartiles of the days from entering to the win, None where no win entered it first.
    """

    name: str
    entering: int
    a_week: float | None
    wins_entered: int
    share_entered: Estimate
    days_to_win: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Counts:
    """The leads of the outcomes file."""

    won: int
    lost: int
    open: int
    missing: int
    """Of them, who is neither in the log nor in the profiles."""
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A score of a program against outcomes."""

    program: str
    score: str
    other: str | None
    counts: Counts
    first: int
    until: int
    train_until: int | None
    moments: tuple[AtMoment, ...]
    too_few: tuple[str, ...]
    """What can be said of moments with too few leads."""
    flows: tuple[TierFlow, ...]
