"""What a change does, in figures: plain data for the gates and for every format. Points are whole millionths."""

from __future__ import annotations

from dataclasses import dataclass

from scoredsl.impact.changes import Change
from scoredsl.reference.ledger import Ledger

SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0)
"""At these shares of the leads the distribution of a score is shown: lowest, tenth, quarter, half, ..., highest."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How many leads were in one tier and are now in another. None: in no tier."""

    old: str | None
    new: str | None
    leads: int


@dataclass(frozen=True, slots=True)
class Move:
    """A lead before and after; a value is None where the lead has no scores in that program (it is excluded)."""

    lead: str
    old: int | None
    new: int | None
    old_tier: str | None
    new_tier: str | None


@dataclass(frozen=True, slots=True)
class TierImpact:
    """A tier: who is in it with which rules. The leads named are the highest, at most as many as were asked for."""

    name: str
    """As the new program calls it; in the old one where it is gone."""
    old_name: str | None
    """None: it is new."""
    gone: bool
    before: int
    after: int
    entering: int
    leaving: int
    lost: int
    """Of those that leave, who is in no tier that is as high."""
    entering_leads: tuple[Move, ...]
    leaving_leads: tuple[Move, ...]
    alerts_before: int
    """Alerts of leads that came into the tier, from below or above, in the time of the report."""
    alerts_after: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How a score is spread over the leads: their number, the sum, and the values at SHARES (empty without leads)."""

    leads: int
    total: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """How many leads have a score in [low, high); None: without end on that side."""

    low: int | None
    high: int | None
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one change does by itself: the old program with this change alone, against the old program.

    `only`: leads that no other change of the report moves by itself.
    """

    change: Change
    moved: int
    up: int
    down: int
    tier_moved: int
    only: int
    points: int
    """By how much it changes the sum of all scores."""


@dataclass(frozen=True, slots=True)
class Together:
    """What the changes do to each other: the whole less the sum of the parts."""

    leads: int
    """Leads that all changes together move otherwise than the sum of each alone."""
    points: int


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What a rule, a cap or a bound is worth to a lead; None: it has no line there. Points are whole millionths.

    `old_lines` and `new_lines`: of how many lines of the ledger that are worth something (awards, for most rules).
    """

    what: str
    old: int | None
    new: int | None
    old_lines: int
    new_lines: int

    @property
    def change(self) -> int:
        return (self.new or 0) - (self.old or 0)


@dataclass(frozen=True, slots=True)
class Ledgers:
    """A lead that moved much, with its ledgers (None: the lead has no score in that program), and both as one table."""

    move: Move
    old: Ledger | None = None
    new: Ledger | None = None
    rows: tuple[LedgerRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreImpact:
    """A score of both programs."""

    name: str
    old_name: str
    leads: int
    """Leads with a score in either program."""
    moved: int
    """Leads whose value or tier is another one; of these `up` and `down` by value."""
    up: int
    down: int
    tier_moved: int
    appearing: int
    """Leads that have scores with the new program alone, and with the old one alone (`vanishing`)."""
    vanishing: int
    matrix: tuple[Cell, ...]
    tiers: tuple[TierImpact, ...]
    """Highest first."""
    before: Spread
    after: Spread
    bars: tuple[Bar, ...]
    parts: tuple[Part, ...]
    together: Together | None
    """None where fewer than two changes were computed alone."""
    moved_most: tuple[Ledgers, ...]
    alerts_before: int
    """Changes of tier in the time of the report."""
    alerts_after: int


@dataclass(frozen=True, slots=True)
class GoneScore:
    """A score that the new program does not have, and how many leads were in each of its tiers."""

    name: str
    tiers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Output:
    """A grid or label of both programs: for how many leads it says something else."""

    kind: str
    name: str
    leads: int
    changed: int


@dataclass(frozen=True, slots=True)
class Impact:
    """The whole report."""

    old_name: str
    new_name: str
    same: bool
    """The programs mean the same: nothing was computed."""
    changes: tuple[Change, ...]
    as_of: int | None
    since: int | None
    leads: int
    scores: tuple[ScoreImpact, ...] = ()
    added_scores: tuple[str, ...] = ()
    gone_scores: tuple[GoneScore, ...] = ()
    outputs: tuple[Output, ...] = ()
    not_alone: int = 0
    """Changes that were not computed alone."""

    @property
    def weeks(self) -> float | None:
        """How many weeks the alerts are of; None where that is no time."""
        if self.as_of is None or self.since is None or self.as_of <= self.since:
            return None
        return (self.as_of - self.since) / (7 * 86_400_000_000)
