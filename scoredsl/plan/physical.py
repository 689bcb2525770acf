"""The physical plan: the channels of the matching stage and the tables of the walk, as pure data.

Everything refers to everything else by number. Points are whole millionths, durations and instants microseconds;
None stands for "there is none".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from scoredsl.plan.channels import ChannelSet

Index: TypeAlias = int

ValueKind: TypeAlias = Literal[
    "constant", "event", "profile", "score", "fact", "picked", "days since", "days until",
    "negative", "+", "-", "*", "/", "min", "max", "round",
]  # fmt: skip
ConditionKind: TypeAlias = Literal[
    "always", "not", "and", "or", "event bit", "profile bit", "picked bit", "numbers", "names", "window", "has",
    "inactive", "known",
]  # fmt: skip
FactKind: TypeAlias = Literal[
    "count", "sum", "average", "lowest", "highest", "distinct", "days since last", "latest", "first", "has"
]
TickerKind: TypeAlias = Literal[
    "fact window", "fact days", "fact crossing", "field days", "field crossing", "field window", "picked window",
    "inactive",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ValueNode:
    """A number. `a`, `b`: operands; for a channel, score or fact its number (picked: fact, channel)."""

    kind: ValueKind
    a: Index | None = None
    b: Index | None = None
    children: tuple[Index, ...] = ()
    number: float = 0.0


@dataclass(frozen=True, slots=True)
class RawRef:
    """A name as the data has it: of the event, the profile, or the event that a fact picks; with its channels."""

    source: Literal["event", "profile", "picked"]
    fact: Index | None = None
    number: Index | None = None
    instant: Index | None = None
    key: Index | None = None


@dataclass(frozen=True, slots=True)
class ConditionNode:
    """A condition. What `a` and `b` are depends on the kind:

    always: a 1 or 0. not: a. event bit: a the bit. profile bit, picked bit: a the bit, b what holds where there is no
    profile (no such event), and for a picked bit `fact`. numbers: values a op b. names: left op right. window: `left`
    in last (a 0) or next (a 1) b. has: fact a, some b. inactive: for a. known: value a, known b.
    """

    kind: ConditionKind
    a: int = 0
    b: int = 0
    children: tuple[Index, ...] = ()
    fact: Index | None = None
    op: str = "="
    left: RawRef | None = None
    right: RawRef | None = None


@dataclass(frozen=True, slots=True)
class PatternNode:
    """An event is taken if its bit is set and the condition `code` about it holds; then `apart` is looked at."""

    bit: Index
    code: Index | None
    apart: int | None


@dataclass(frozen=True, slots=True)
class FactNode:
    """`channel`: of a number (sum, ...), a key (distinct), or the bit "known" (latest, first)."""

    kind: FactKind
    pattern: Index
    last: int | None
    channel: Index | None


@dataclass(frozen=True, slots=True)
class Ticker:
    """Something that changes with the clock alone, so that a history looks at it again then."""

    kind: TickerKind
    fact: Index | None = None
    channel: Index | None = None
    duration: int = 0
    ahead: bool = False
    crossings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitNode:
    """`key`: a key channel; -2 where there is a `per` and the occurrence has no properties."""

    count: int
    key: Index | None
    period: str | None
    every: int | None


@dataclass(frozen=True, slots=True)
class OnNode:
    """An `on` rule. `tracked`: its awards are kept one by one; else their sum, and a queue of expiries, is enough."""

    rule: Index
    trigger: Literal["occurs", "count", "chain", "absence", "inactivity"]
    steps: tuple[Index, ...]
    same: Index | None
    within: int | None
    count: int
    duration: int
    every: bool
    after: int
    start: int | None
    stop: int | None
    state: Index | None
    reset: bool
    set_to: int | None
    sign: int
    amount: Index | None
    constant: int | None
    but_not: Literal["below", "above"] | None
    but_not_number: int
    limits: tuple[LimitNode, ...]
    cap: Literal["key", "period", "plain"] | None
    cap_number: int
    cap_key: Index | None
    cap_period: str | None
    expiry: int | None
    unless_repeated: bool
    decay: tuple[str, int, float] | None
    ends_on: Index | None
    ends_same: Index | None
    needs_before: bool
    tracked: bool
    expiry_queue: Index | None


@dataclass(frozen=True, slots=True)
class WhenNode:
    """A `when` rule: branches of (condition or None, amount, sign)."""

    rule: Index
    branches: tuple[tuple[Index | None, Index, int], ...]
    up_to: int | None


@dataclass(frozen=True, slots=True)
class BoundNode:
    maximum: bool
    number: int
    when: Index | None


@dataclass(frozen=True, slots=True)
class TierNode:
    number: int
    above: bool
    until_below: int | None
    for_good: bool


@dataclass(frozen=True, slots=True)
class ScoreNode:
    """A score: its rules in file order as (kind, number among its kind, group), and what the walk needs of it."""

    start: int
    formula: Index | None
    components: tuple[Index, ...]
    remembers: bool
    rules: tuple[tuple[Literal["on", "when"], Index, Index | None], ...]
    ons: tuple[OnNode, ...]
    whens: tuple[WhenNode, ...]
    bounds: tuple[BoundNode, ...]
    groups: tuple[tuple[BoundNode, ...], ...]
    tiers: tuple[TierNode, ...]
    facts: tuple[FactNode, ...]
    tickers: tuple[Ticker, ...]
    queues: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GridNode:
    """For each axis the score and the numbers that its bands begin at, highest first (the last has none)."""

    axes: tuple[tuple[Index, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class PhysicalPlan:
    """What the matching stage computes and what the walk does with it."""

    timezone: str
    events: ChannelSet
    profiles: ChannelSet
    values: tuple[ValueNode, ...]
    conditions: tuple[ConditionNode, ...]
    patterns: tuple[PatternNode, ...]
    ignores: tuple[Index, ...]
    excludes: tuple[Index, ...]
    labels: tuple[Index, ...]
    facts: tuple[FactNode, ...]
    """Of labels and excludes, which know no reset."""
    scores: tuple[ScoreNode, ...]
    order: tuple[Index, ...]
    grids: tuple[GridNode, ...]

    @property
    def needs_profiles(self) -> bool:
        return bool(self.profiles.bits or self.profiles.numbers or self.profiles.instants or self.profiles.keys)
