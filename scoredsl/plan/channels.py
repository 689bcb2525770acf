"""What the matching stage computes for each event and each profile row: bits, numbers, instants and keys.

A channel is about one event (or one profile row) alone; everything that needs more than one is the walk's job.
"""

from __future__ import annotations

from dataclasses import dataclass

from scoredsl.semantics.expressions import Condition

MISSING = -(2**63)
"""An instant that is missing."""


@dataclass(frozen=True, slots=True)
class Bit:
    """Whether an event has one of the names (None: any) and the condition holds (None: always).

    The condition uses only properties of the event (its clock is the event's time); about a profile row only fields.
    """

    names: frozenset[str] | None = None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class ChannelSet:
    """The channels of all events, or of all profile rows.

    `numbers`, `instants` and `keys` are names of properties (fields): read as a number (double, missing NaN), as an
    instant (microseconds, missing MISSING), and as `distinct` compares (a 64-bit hash of the text in lower case,
    missing 0).
    """

    bits: tuple[Bit, ...] = ()
    numbers: tuple[str, ...] = ()
    instants: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        """How many 64-bit words the bits take; at least one."""
        return max(1, -(-len(self.bits) // 64))
