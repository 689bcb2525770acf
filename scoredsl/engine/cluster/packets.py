"""Rows of the walk on their way from the workers to this machine, in the kernel's own words.

A packet is one row of a few binaries, so that a million rows of results cost the network a few hundred: the texts of
the leads, the words of the rows, and what is new of the causes. The last one of a walk has what it counted.
"""

from __future__ import annotations

import ctypes
import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from scoredsl.engine.fast import Codes, Outcome, TooLargeError, add_tally
from scoredsl.engine.kernel.walker import Mode, Walker
from scoredsl.engine.result_rows import ResultRows
from scoredsl.reference import Tally
from scoredsl.semantics.program import Program

PACKET_SCHEMA = "walk string, offsets binary, leads binary, words binary, told string"
TOO_LARGE: dict[str, Any] = {"too large": True}
"""What a walk tells that gave up on a score that is too large."""
_LARGE = 1 << 21
"""Bytes of words in a packet, unless one lead has more."""
_COUNTERS = ("awards_lost", "points_missing", "without_value", "divisions_by_zero")
_COUNTS = ("ignored", "duplicates", "excluded")

Put = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk counted, and how many leads have results."""

    tally: Tally
    leads: int


class Packer:
    """Makes packets (Arrow record batches) of what a walker has made, and hands them to `put`."""

    def __init__(self, put: Put, width: int) -> None:
        self.put = put
        self.width = width
        self.walk = uuid.uuid4().hex
        self.causes = 0

    def take(self, walker: Walker, leads: Any) -> None:
        """What one walker has made of some leads (by index, Arrow)."""
        causes = walker.causes(self.causes)
        told = {"known": self.causes, "causes": [[score, list(codes)] for score, codes in causes]}
        self.causes += len(causes)
        address, count = walker.row_words()
        _, offsets, texts = leads.buffers()
        held = bytes(memoryview(offsets)[: 4 * (len(leads) + 1)]), bytes(texts) if texts is not None else b""
        at = (ctypes.c_char * (8 * count)).from_address(address) if count else b""
        words = memoryview(at).cast("B").cast("q")
        for start, end in self._pieces(words):
            self._packet(*held, bytes(words[start:end]), told)
            told = {"known": self.causes, "causes": []}

    def _pieces(self, words: Any) -> Iterable[tuple[int, int]]:
        """Where to cut: between leads, whose index is the first word of a row."""
        start, width, most = 0, self.width, _LARGE // 8
        while len(words) - start > most:
            end = start + most // width * width
            while end < len(words) and words[end] == words[end - width]:
                end += width
            yield start, end
            start = end
        if start < len(words) or not start:
            yield start, len(words)

    def done(self, told: dict[str, Any]) -> None:
        """The last packet: what the walk counted, or TOO_LARGE."""
        self._packet(b"", b"", b"", told)

    def _packet(self, offsets: bytes, leads: bytes, words: bytes, told: dict[str, Any]) -> None:
        import pyarrow as pa

        values = [self.walk, offsets, leads, words, json.dumps(told)]
        kinds = [pa.string(), pa.binary(), pa.binary(), pa.binary(), pa.string()]
        columns = [pa.array([value], kind) for value, kind in zip(values, kinds, strict=True)]
        self.put(pa.RecordBatch.from_arrays(columns, ["walk", "offsets", "leads", "words", "told"]))


def counted(walked: Walked, events: int, spilled: int, rows: int = 0) -> dict[str, Any]:
    """What a walk counted, as JSON holds it."""
    tally = walked.tally
    return {
        "rows": rows,
        "leads": walked.leads,
        "events": events,
        "spilled": spilled,
        **{name: dict(getattr(tally, name)) for name in _COUNTERS},
        **{name: getattr(tally, name) for name in _COUNTS},
    }


class Counts:
    """What all walks counted, together."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.rows = self.leads = self.events = self.spilled = 0

    def add(self, told: dict[str, Any]) -> None:
        """Adds what one walk told (`counted`, or TOO_LARGE). Raises TooLargeError."""
        if told == TOO_LARGE:
            raise TooLargeError
        tally = Tally()
        for name in _COUNTERS:
            setattr(tally, name, Counter(told[name]))
        for name in _COUNTS:
            setattr(tally, name, told[name])
        add_tally(self.tally, tally)
        self.rows += told["rows"]
        self.leads += told["leads"]
        self.events += told["events"]
        self.spilled += told["spilled"]


def unpacked(packets: Iterable[Any], rows: ResultRows, program: Program, mode: Mode) -> Outcome:
    """Takes all packets (rows of PACKET_SCHEMA; those of one walk in their order) into `rows`.

    Raises TooLargeError.
    """
    import pyarrow as pa

    counts = Counts()
    codes: dict[str, Codes] = {}
    for packet in packets:
        told = json.loads(packet.told)
        if "causes" not in told:
            counts.add(told)
            continue
        if packet.walk not in codes:
            codes[packet.walk] = Codes(program, rows, mode)
        known = codes[packet.walk]
        if mode != "scores":
            assert known.known == told["known"], "packets of one walk come in their order"
            known.learn([(score, tuple(each)) for score, each in told["causes"]])
        count = len(packet.offsets) // 4 - 1
        leads = pa.Array.from_buffers(
            pa.string(), count, [None, pa.py_buffer(packet.offsets), pa.py_buffer(packet.leads)]
        )
        words = pa.py_buffer(packet.words)
        rows.add(leads, words.address, len(packet.words) // 8, known.by_column)
    return Outcome(rows, counts.tally, counts.leads, counts.events, counts.spilled)
