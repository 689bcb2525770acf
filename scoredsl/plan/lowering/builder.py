"""Numbers channels, values, conditions, patterns and facts, each once where it is the same."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

from scoredsl.plan import physical as ph
from scoredsl.plan.channels import Bit, ChannelSet

T = TypeVar("T", bound=Hashable)


class Numbers(dict[T, int]):
    """Numbers things from 0 in the order in which they are first asked for."""

    def of(self, thing: T) -> int:
        return self.setdefault(thing, len(self))


class Channels:
    """The channels of events, or of profile rows, that were asked for."""

    def __init__(self) -> None:
        self.bits: Numbers[Bit] = Numbers()
        self.numbers: Numbers[str] = Numbers()
        self.instants: Numbers[str] = Numbers()
        self.keys: Numbers[str] = Numbers()

    def done(self) -> ChannelSet:
        return ChannelSet(tuple(self.bits), tuple(self.numbers), tuple(self.instants), tuple(self.keys))


class Scope:
    """Whose facts they are: a score's (with its resets), or, for labels and excludes, the whole log's."""

    def __init__(self) -> None:
        self.facts: Numbers[ph.FactNode] = Numbers()
        self.tickers: Numbers[ph.Ticker] = Numbers()


class Builder:
    """What is shared by all of a plan."""

    def __init__(self, score_numbers: dict[str, int]) -> None:
        self.events = Channels()
        self.profiles = Channels()
        self.values: Numbers[ph.ValueNode] = Numbers()
        self.conditions: Numbers[ph.ConditionNode] = Numbers()
        self.patterns: Numbers[ph.PatternNode] = Numbers()
        self.score_numbers = score_numbers

    def value(self, kind: ph.ValueKind, a: int | None = None, b: int | None = None,
              children: tuple[int, ...] = (), number: float = 0.0) -> int:  # fmt: skip
        return self.values.of(ph.ValueNode(kind, a, b, children, number))

    def condition(self, kind: ph.ConditionKind, a: int = 0, b: int = 0, children: tuple[int, ...] = (),
                  fact: int | None = None, op: str = "=", left: ph.RawRef | None = None,
                  right: ph.RawRef | None = None) -> int:  # fmt: skip
        return self.conditions.of(ph.ConditionNode(kind, a, b, children, fact, op, left, right))
