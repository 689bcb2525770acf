"""Walkers and plans of the kernel as Python sees them: rows of results as words, causes and tallies as data."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Literal

from scoredsl.engine.kernel.library import kernel
from scoredsl.reference.rule_counts import RuleCount
from scoredsl.reference.tally import Tally
from scoredsl.semantics.program import Program

Mode = Literal["scores", "history", "alerts"]
WalkMode = Mode | Literal["both"]
"""both: scores at T, and the alerts on the way there, without their causes."""
_MODES: tuple[WalkMode, ...] = ("scores", "history", "alerts", "both")
EVERY = 2**31
"""More scores than any plan has."""
HISTORY_WORDS = 8
"""A row of a history: lead, time, score, value, change, tier, tier before, cause (tiers: -1 is none)."""
TOO_LARGE = 1
"""What `walk_lead` gives where a value does not fit 64 bits."""

_NEVER = -(2**63)

_words = ctypes.POINTER(ctypes.c_int64)


def _library() -> ctypes.CDLL:
    library = kernel()
    library.plan_of.restype = ctypes.c_void_p
    library.plan_of.argtypes = [_words, ctypes.c_int64]
    library.plan_free.argtypes = [ctypes.c_void_p]
    library.walker_new.restype = ctypes.c_void_p
    library.walker_new.argtypes = [ctypes.c_void_p, *[ctypes.c_int64] * 4]
    library.walker_free.argtypes = [ctypes.c_void_p]
    library.walker_clear_rows.argtypes = [ctypes.c_void_p]
    library.walker_only_new.argtypes = [ctypes.c_void_p]
    library.walker_withdrawn.argtypes = [ctypes.c_void_p]
    library.walker_withdrawn.restype = ctypes.c_int64
    for name in ("walker_rows", "walker_finals", "walker_noted", "walker_causes", "walker_cause_starts"):
        getattr(library, name).restype = _words
        getattr(library, name).argtypes = [ctypes.c_void_p, _words]
    for name in ("walker_tally", "walker_counts"):
        getattr(library, name).restype = ctypes.c_int64
        getattr(library, name).argtypes = [ctypes.c_void_p, _words, ctypes.c_int64]
    return library


class KernelPlan:
    """A plan in the kernel's memory; it must outlive its walkers."""

    def __init__(self, words: Sequence[int]) -> None:
        """Raises ValueError for words that are no plan."""
        self._library = _library()
        array = (ctypes.c_int64 * len(words))(*words)
        self.pointer: int | None = self._library.plan_of(array, len(words))
        if not self.pointer:
            raise ValueError("These words are no plan.")

    def __del__(self) -> None:
        if getattr(self, "pointer", None):
            self._library.plan_free(self.pointer)
            self.pointer = None


class Walker:
    """What walks leads, one after the other; one for each thread. `pointer` is what the kernel calls it.

    `loud`: of how many scores, from the first on, changes are reported; the others are scored at T alone, which is
    quicker. `counted`: of how many it is counted what their rules do.
    """

    def __init__(
        self, plan: KernelPlan, until: int, mode: WalkMode, loud: int = EVERY, counted: int = 0
    ) -> None:
        self._library = _library()
        self.plan = plan
        self.pointer: int | None = self._library.walker_new(plan.pointer, until, _MODES.index(mode), loud, counted)
        if not self.pointer:
            raise MemoryError

    def __del__(self) -> None:
        if getattr(self, "pointer", None):
            self._library.walker_free(self.pointer)
            self.pointer = None

    @property
    def function(self) -> int:
        """The address of `walk_lead`, for who calls it from C."""
        return ctypes.cast(self._library.walk_lead, ctypes.c_void_p).value or 0

    def only_new(self) -> None:
        """Of alerts those alone are made that no earlier run gave; what is new or withdrawn is noted."""
        self._library.walker_only_new(self.pointer)

    def row_words(self) -> tuple[int, int]:
        """Where the rows stand that were made since `clear`, and how many words they are."""
        return self._place("walker_rows")

    def final_words(self) -> tuple[int, int]:
        """The same for the scores at T of the mode both."""
        return self._place("walker_finals")

    def noted_words(self) -> tuple[int, int]:
        """The same of the alerts that were noted: lead, time, score, tier before, tier."""
        return self._place("walker_noted")

    @property
    def withdrawn(self) -> int:
        """How many alerts that earlier runs gave are none any more."""
        return int(self._library.walker_withdrawn(self.pointer))

    def rows(self) -> memoryview:
        """The words of the rows made since `clear`, as a copy (format q)."""
        return self._taken("walker_rows")

    def clear(self) -> None:
        self._library.walker_clear_rows(self.pointer)

    def causes(self, known: int = 0) -> list[tuple[int, tuple[int, ...]]]:
        """By cause number, from the number `known` on: the score and the codes (see `cause_text`)."""
        starts = self._taken("walker_cause_starts")
        if known == len(starts):
            return []
        words = self._taken("walker_causes")
        ends = [*starts[known + 1 :], len(words)]
        return [(words[a], tuple(words[a + 1 : b])) for a, b in zip(starts[known:], ends, strict=True)]

    @property
    def leads(self) -> int:
        """How many leads have results."""
        return self._counts()[3]

    def _counts(self) -> list[int]:
        return self._read("walker_tally")

    def _read(self, name: str) -> list[int]:
        function = getattr(self._library, name)
        size = function(self.pointer, None, 0)
        array = (ctypes.c_int64 * size)()
        function(self.pointer, array, size)
        return list(array)

    def rule_counts(self, program: Program, counted: int) -> list[list[RuleCount]]:
        """What the rules of the first `counted` scores did, by score and rule."""
        words = self._read("walker_counts")
        most = self._counts()[4]
        found = []
        for number, score in enumerate(program.scores[:counted]):
            first = 7 * number * most
            found.append(
                [_count(words[first + 7 * k : first + 7 * k + 7]) for k in range(len(score.rules))]
            )
        return found

    def tally(self, program: Program) -> Tally:
        """What the walker counted, by the names of the rules."""
        words = self._counts()
        tally = Tally(ignored=words[0], duplicates=words[1], excluded=words[2])
        most, each = words[4], words[4] * len(program.scores)
        lost, missing, without = (words[5 + k * each : 5 + (k + 1) * each] for k in range(3))
        for number, score in enumerate(program.scores):
            ons = [rule for rule in score.rules if not hasattr(rule, "branches")]
            for k, on in enumerate(ons):
                _add(tally.awards_lost, on.name, lost[number * most + k])
                _add(tally.without_value, on.name, without[number * most + k])
            for k, rule in enumerate(score.rules):
                _add(tally.points_missing, rule.name, missing[number * most + k])
            _add(tally.divisions_by_zero, score.name, words[5 + 3 * each + number])
        return tally

    def _place(self, name: str) -> tuple[int, int]:
        count = ctypes.c_int64()
        pointer = getattr(self._library, name)(self.pointer, ctypes.byref(count))
        return ctypes.cast(pointer, ctypes.c_void_p).value or 0, count.value

    def _taken(self, name: str) -> memoryview:
        count = ctypes.c_int64()
        pointer = getattr(self._library, name)(self.pointer, ctypes.byref(count))
        taken = ctypes.string_at(pointer, count.value * 8) if count.value else b""
        return memoryview(taken).cast("q")


def _count(words: Sequence[int]) -> RuleCount:
    fired, leads, last, *sums = words
    points, live = ((high << 64) + (low % 2**64) for high, low in (sums[:2], sums[2:]))
    return RuleCount(fired, leads, points, live, None if last == _NEVER else last)


def _add(counter: dict[str, int], name: str, count: int) -> None:
    if count:
        counter[name] += count
