"""The walk without the matching stage: channels computed by the reference interpreter, lead by lead.

What disagrees here is the walk's (or the lowering's) mistake, not the SQL's.
"""

from __future__ import annotations

import ctypes
import hashlib
import struct
from collections.abc import Sequence

from scoredsl.engine.kernel.causes import cause_text
from scoredsl.engine.kernel.encode import encode
from scoredsl.engine.kernel.library import kernel
from scoredsl.engine.kernel.partition import LeadInput
from scoredsl.engine.kernel.walker import HISTORY_WORDS, KernelPlan, Mode, Walker
from scoredsl.plan.channels import MISSING, ChannelSet
from scoredsl.plan.logical import logical_plan
from scoredsl.plan.lowering import lower
from scoredsl.reference import HistoryRow, LeadScores
from scoredsl.reference.clock import NO_EVENTS, Profile, Seen, property_of
from scoredsl.reference.evaluate import Evaluator
from scoredsl.reference.tally import Tally
from scoredsl.semantics.log import Event, ProfileRow, Value
from scoredsl.semantics.program import Program
from scoredsl.semantics.values import as_instant, as_number, distinct_key
from scoredsl.semantics.zones import zone

_words = ctypes.POINTER(ctypes.c_int64)
_ids = ctypes.POINTER(ctypes.POINTER(ctypes.c_uint64))


def _signed(word: int) -> int:
    return word - 2**64 if word >= 2**63 else word


def _key(value: Value) -> int:
    text = distinct_key(value)
    if text is None:
        return 0
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True) or 1


def _channels(channels: ChannelSet, bits: Sequence[bool], value_of, zone_) -> list[int]:  # type: ignore[no-untyped-def]
    words = [0] * channels.words
    for i, bit in enumerate(bits):
        words[i // 64] |= int(bit) << (i % 64)
    row = [_signed(word) for word in words]
    for name in channels.numbers:
        number = as_number(value_of(name))
        row.append(struct.unpack("<q", struct.pack("<d", float("nan") if number is None else number))[0])
    for name in channels.instants:
        at = as_instant(value_of(name), zone_)
        row.append(MISSING if at is None else at)
    return row + [_key(value_of(name)) for name in channels.keys]


class ByHand:
    """All leads of a log through the walk."""

    def __init__(self, program: Program, events: Sequence[Event], rows: Sequence[ProfileRow]) -> None:
        self.program = logical_plan(program).program()
        self.plan = lower(self.program)
        self.zone = zone(program.timezone)
        self.evaluator = Evaluator(self.zone)
        self.events, self.rows = events, rows
        times = [event.time for event in events] + [row.time for row in rows if row.time is not None] + [0]
        self.first, self.last = min(times), max(times)
        self.leads = sorted({event.lead for event in events} | {row.lead for row in rows})

    def event(self, event: Event) -> list[int]:
        seen = Seen(NO_EVENTS, 0, Profile(()), event.time, {})
        bits = [
            (bit.names is None or event.name in bit.names)
            and (bit.condition is None or self.evaluator.holds(bit.condition, seen, event))
            for bit in self.plan.events.bits
        ]
        return [event.time, *_channels(self.plan.events, bits, lambda name: property_of(event, name), self.zone)]

    def version(self, row: ProfileRow, profile: Profile, upto: list[ProfileRow]) -> list[int]:
        filled = Profile([ProfileRow(each.lead, None, i, each.fields) for i, each in enumerate(upto)])
        seen = Seen(NO_EVENTS, 0, filled, 0, {})
        bits = [bit.condition is None or self.evaluator.holds(bit.condition, seen) for bit in self.plan.profiles.bits]
        return [MISSING if row.time is None else row.time, row.place,
                *_channels(self.plan.profiles, bits, lambda name: filled.at(name, 0), self.zone)]  # fmt: skip

    def run(self, until: int, mode: Mode) -> Walker:
        kernel_plan = KernelPlan(encode(self.plan, self.zone, self.first, max(self.last, until)))
        walker = Walker(kernel_plan, until, mode)
        library = kernel()
        library.walk_lead.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        for index, lead in enumerate(self.leads):
            events = sorted((e for e in self.events if e.lead == lead), key=lambda e: e.canonical_key)
            records = [(ctypes.c_int64 * len(r))(*r) for r in map(self.event, events)]
            profile = Profile([row for row in self.rows if row.lead == lead])
            versions = [(ctypes.c_int64 * len(r))(*r) for r in
                        (self.version(row, profile, profile.rows[: i + 1]) for i, row in enumerate(profile.rows))]
            ids = None
            if any(event.id is not None for event in events):
                ids = [(ctypes.c_int64 * 2)(*(_id_words(event.id))) for event in events]
            given_ids = None if ids is None else ctypes.cast(_array(ids), _ids)
            given = LeadInput(
                None, len(records), _array(records), given_ids, len(versions), _array(versions), index, 2,
                0 if ids is None else 2,
            )  # fmt: skip
            status = library.walk_lead(walker.pointer, ctypes.byref(given))
            assert status == 0, status
        return walker

    def scores(self, until: int) -> tuple[list[LeadScores], Tally]:
        walker = self.run(until, "scores")
        words = walker.rows().tolist()
        program, n = self.program, len(self.program.scores)
        width = 1 + 2 * n + len(program.grids) + len(program.labels)
        result = []
        for start in range(0, len(words), width):
            row = words[start : start + width]
            tiers = {
                score.name: None if row[1 + n + i] < 0 else score.tiers[row[1 + n + i]].name
                for i, score in enumerate(program.scores)
                if score.tiers
            }
            at = 1 + 2 * n
            grids = {grid.name: grid.cells[row[at + i]] for i, grid in enumerate(program.grids)}
            at += len(program.grids)
            labels = {label.name: bool(row[at + i]) for i, label in enumerate(program.labels)}
            values = {score.name: row[1 + i] for i, score in enumerate(program.scores)}
            result.append(LeadScores(self.leads[row[0]], values, tiers, grids, labels))
        return result, walker.tally(program)

    def history(self, until: int, mode: Mode = "history") -> list[HistoryRow]:
        walker = self.run(until, mode)
        words = walker.rows().tolist()
        rows = [words[start : start + HISTORY_WORDS] for start in range(0, len(words), HISTORY_WORDS)]
        causes = [cause_text(self.program, score, codes) for score, codes in walker.causes()]
        return [self.history_row(row, causes) for row in rows]

    def history_row(self, row: list[int], causes: list[str]) -> HistoryRow:
        lead, time, number, value, change, tier, tier_before, cause = row
        score = self.program.scores[number]
        tiers = [each.name for one in self.program.scores for each in one.tiers]
        names = [None if each < 0 else tiers[each] for each in (tier, tier_before)]
        return HistoryRow(self.leads[lead], None if time == MISSING else time, score.name, value, change, names[0],
                          names[1], causes[cause])  # fmt: skip


def _array(records: Sequence[ctypes.Array[ctypes.c_int64]]) -> ctypes.Array:  # type: ignore[type-arg]
    pointers = [ctypes.cast(record, _words) for record in records]
    array = (_words * max(1, len(pointers)))(*pointers)
    array.kept = list(records)  # type: ignore[attr-defined]
    return array


def _id_words(text: str | None) -> tuple[int, int]:
    if text is None:
        return -1, -1
    data = text.encode("utf-8")[:14].ljust(14, b"\0") + len(text.encode()).to_bytes(2, "big")
    return tuple(_signed(int.from_bytes(data[k : k + 8], "big")) for k in (0, 8))  # type: ignore[return-value]
