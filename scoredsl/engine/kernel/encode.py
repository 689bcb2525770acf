"""The physical plan as words: what plan.c reads, in the same order, under the same names."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from scoredsl.plan import physical as ph

if TYPE_CHECKING:
    from scoredsl.semantics.zones import Zone

VERSION = 1
NONE = -1
MISSING = -(2**63)

_VALUES = (
    "constant", "event", "profile", "score", "fact", "picked", "days since", "days until", "negative",
    "+", "-", "*", "/", "min", "max", "round",
)  # fmt: skip
_CONDITIONS = (
    "always", "not", "and", "or", "event bit", "profile bit", "picked bit", "numbers", "names", "window", "has",
    "inactive", "known",
)  # fmt: skip
_OPERATORS = ("=", "!=", ">", ">=", "<", "<=")
_SOURCES = ("event", "profile", "picked")
_FACTS = ("count", "sum", "average", "lowest", "highest", "distinct", "days since last", "latest", "first", "has")
_TRIGGERS = ("occurs", "count", "chain", "absence", "inactivity")
_CAPS = (None, "plain", "key", "period")
_PERIODS = (None, "day", "week", "month", "year")
_DECAYS = (None, "zero", "half", "percent")
_TICKERS = (
    "fact window", "fact days", "fact crossing", "field days", "field crossing", "field window", "picked window",
    "inactive",
)  # fmt: skip
_MOST_FACTORS = 120_000
_STEP_BITS, _TYPE_BITS = 12, 2


class _Writer:
    def __init__(self) -> None:
        self.words: list[int] = []

    def put(self, *numbers: int | bool | None) -> None:
        """None is written as NONE."""
        self.words += [NONE if number is None else int(number) for number in numbers]

    def real(self, number: float) -> None:
        self.words.append(struct.unpack("<q", struct.pack("<d", number))[0])

    def list(self, numbers: Sequence[int]) -> None:
        self.put(len(numbers), *numbers)


def encode(plan: ph.PhysicalPlan, zone: Zone, first: int, last: int) -> list[int]:
    """The words of a plan. The calendar reaches from the instant `first` to `last` (microseconds), with room around."""
    w = _Writer()
    events, profiles = plan.events, plan.profiles
    w.put(VERSION, events.words, len(events.bits), len(events.numbers), len(events.instants), len(events.keys))
    w.put(profiles.words, len(profiles.numbers), len(profiles.instants), len(profiles.keys))
    stretches = offsets(zone, first, last)
    w.put(len(stretches), *(begin for begin, _ in stretches), *(offset for _, offset in stretches))
    children: list[int] = []

    def place(indexes: Iterable[int]) -> int:
        start = len(children)
        children.extend(indexes)
        return start

    values = [(v, place(v.children)) for v in plan.values]
    conditions = [(c, place(c.children)) for c in plan.conditions]
    w.list(children)
    w.put(len(values))
    for v, start in values:
        w.put(_VALUES.index(v.kind), start if v.children else v.a, v.b, len(v.children))
        w.real(v.number)
    w.put(len(conditions))
    for c, start in conditions:
        n = len(c.children) if c.fact is None else c.fact
        listed = c.kind in ("and", "or")
        w.put(_CONDITIONS.index(c.kind), start if listed else c.a, c.b, n, _OPERATORS.index(c.op))
        _raw(w, c.left)
        _raw(w, c.right)
    w.put(len(plan.patterns))
    for pattern in plan.patterns:
        w.put(pattern.bit, pattern.code, pattern.apart)
    w.list(plan.ignores)
    w.list(plan.excludes)
    w.list(plan.labels)
    _facts(w, plan.facts)
    w.list(plan.order)
    for score in plan.scores:
        _score(w, plan, score)
    w.put(len(plan.grids))
    for grid in plan.grids:
        w.put(len(grid.axes))
        for number, bands in grid.axes:
            w.put(number)
            w.list(bands)
    w.put(VERSION)
    return w.words


def _raw(w: _Writer, raw: ph.RawRef | None) -> None:
    if raw is None:
        w.put(None, None, None, None, None)
    else:
        w.put(_SOURCES.index(raw.source), raw.fact, raw.number, raw.instant, raw.key)


def _facts(w: _Writer, facts: Sequence[ph.FactNode]) -> None:
    w.put(len(facts))
    for fact in facts:
        w.put(_FACTS.index(fact.kind), fact.pattern, fact.last, fact.channel)


def _bounds(w: _Writer, bounds: Sequence[ph.BoundNode]) -> None:
    w.put(len(bounds))
    for bound in bounds:
        w.put(bound.maximum, bound.number, bound.when)


def _score(w: _Writer, plan: ph.PhysicalPlan, score: ph.ScoreNode) -> None:
    w.put(score.start, score.formula, score.remembers)
    w.list(score.components)
    w.put(len(score.rules))
    for kind, number, group in score.rules:
        w.put(kind == "when", number, group)
    w.put(len(score.ons))
    for on in score.ons:
        _on(w, on)
    w.put(len(score.whens))
    for when in score.whens:
        w.put(when.up_to, len(when.branches))
        for part in range(3):
            w.put(*(branch[part] for branch in when.branches))
    _bounds(w, score.bounds)
    w.put(len(score.groups))
    for bounds in score.groups:
        _bounds(w, bounds)
    w.put(len(score.tiers))
    for tier in score.tiers:
        w.put(tier.number, tier.above, tier.until_below is not None, tier.until_below or 0, tier.for_good)
    _facts(w, score.facts)
    w.put(len(score.tickers))
    for ticker in score.tickers:
        w.put(_TICKERS.index(ticker.kind), ticker.fact, ticker.channel, ticker.duration, ticker.ahead)
        w.list(ticker.crossings)
    w.list(score.queues)
    starts, listeners, listened = _listeners(plan, score)
    w.put(*starts, *listeners, *listened)


def _listeners(plan: ph.PhysicalPlan, score: ph.ScoreNode) -> tuple[list[int], list[int], list[int]]:
    """For each event bit which steps of which rules, endings and facts of the score listen to it."""
    by_bit: dict[int, list[int]] = {}

    def listen(pattern: int, kind: int, number: int, step: int = 0) -> None:
        by_bit.setdefault(plan.patterns[pattern].bit, []).append(
            (number << (_STEP_BITS + _TYPE_BITS)) | (step << _TYPE_BITS) | kind
        )

    for number, on in enumerate(score.ons):
        for step, pattern in enumerate(on.steps):
            listen(pattern, 0, number, step)
        if on.ends_on is not None:
            listen(on.ends_on, 1, number)
    for number, fact in enumerate(score.facts):
        listen(fact.pattern, 2, number)
    starts, all_listeners = [0], []
    for bit in range(len(plan.events.bits)):
        all_listeners += by_bit.get(bit, [])
        starts.append(len(all_listeners))
    listened = [0] * plan.events.words
    for bit in by_bit:
        listened[bit // 64] |= 1 << (bit % 64)
    return starts, all_listeners, [word - 2**64 if word >= 2**63 else word for word in listened]


def _on(w: _Writer, on: ph.OnNode) -> None:
    w.put(_TRIGGERS.index(on.trigger))
    w.list(on.steps)
    w.put(on.same, on.within, on.count, on.duration, on.every, on.after)
    w.put(MISSING if on.start is None else on.start, MISSING if on.stop is None else on.stop, on.state)
    w.put(on.reset, on.set_to is not None, on.set_to or 0)
    w.put(on.sign, on.amount, on.constant is not None, on.constant or 0)
    w.put({None: 0, "below": -1, "above": 1}[on.but_not], on.but_not_number)
    w.put(len(on.limits))
    for limit in on.limits:
        w.put(limit.count, limit.key, _PERIODS.index(limit.period), limit.every)
    w.put(_CAPS.index(on.cap), on.cap_number, on.cap_key, _PERIODS.index(on.cap_period))
    w.put(on.expiry, on.unless_repeated)
    kind, days, percent = on.decay if on.decay is not None else (None, 1, 0.0)
    w.put(_DECAYS.index(kind), days)
    w.real(percent)
    factors = decay_factors(kind, days, percent)
    w.put(len(factors))
    for factor in factors:
        w.real(factor)
    w.put(on.ends_on, on.ends_same, on.needs_before, on.tracked, on.expiry_queue)


def decay_factors(kind: str | None, days: int, percent: float) -> list[float]:
    """The factor by age in days (percent: by steps), as long as it makes a difference (section 5.1, the table)."""
    match kind:
        case "zero":
            return [max(0.0, 1 - age / days) for age in range(min(days + 2, _MOST_FACTORS))]
        case "half":
            return [0.5 ** (age / days) for age in range(min(52 * days, _MOST_FACTORS))]
        case "percent":
            kept = 1 - percent / 100
            return [kept**step for step in range(2000)]
        case _:
            return []


_DAY = 86_400


def offsets(zone: Zone, first: int, last: int) -> list[tuple[int, int]]:
    """(second from which on, offset from UTC in seconds) of a timezone, from before `first` to after `last`."""
    low = max(first // 1_000_000 - 3 * _DAY, _SECONDS[0])
    high = min(last // 1_000_000 + 400 * _DAY, _SECONDS[1])
    at = zone.offset
    found = [(-(2**62), at(low))]
    if zone.name == "UTC":
        return found
    steps = [*range(low, high, _DAY), high]
    for begin, end in pairwise(steps):
        before, after = at(begin), at(end)
        if before == after:
            continue
        while end - begin > 1:
            middle = (begin + end) // 2
            if at(middle) == before:
                begin = middle
            else:
                end = middle
        found.append((end, at(end)))
    return found


_SECONDS = (-62_135_500_000, 253_402_200_000)
"""Years 1 to 9999, less a day at each end."""
