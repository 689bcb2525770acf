"""Rows that are kept come back as they were, in any number of runs, whatever the texts, columns and budgets are."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.engine.kernel.kept import EVENTS, VERSIONS, Keeper
from scoredsl.engine.kernel.library import kernel
from scoredsl.engine.kernel.partition import PartitionStore
from tests.kernel.test_partition import Event, Version, expected, fill, logs, many, walked


@dataclass
class Kept:
    """A segment in memory."""

    stream: int
    columns: int = 0
    words: tuple[int, int] = (0, 0)
    texts: tuple[dict[int, str], dict[int, str]] = ({}, {})
    held: dict[int, list[tuple[int, bytes]]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(rows for blocks in self.held.values() for rows, _ in blocks)

    def blocks(self, partition: int) -> list[Any]:
        return [(rows, lambda block=block: pa.py_buffer(block)) for rows, block in self.held.get(partition, [])]


@dataclass
class Keeping:
    """Keeps each stream of a store in a segment of its own, behind those that it merges."""

    store: PartitionStore
    merged: dict[int, list[Kept]]
    made: dict[int, Kept] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.made = {stream: Kept(stream, texts=({}, {})) for stream in self.merged}
        self.keepers = [Keeper(self.store.pointer, self.add) for _ in range(2)]

    def begin(self, number: int, partition: int) -> None:
        for stream in self.merged:
            self.keepers[number].keep(stream, partition, self.store.kept.blocks(partition, self.merged[stream]))

    def walked(self, number: int, partition: int, work: int) -> None:
        pass

    def add(self, stream: int, partition: int, rows: int, block: memoryview, texts: Any) -> None:
        made = self.made[stream]
        made.held.setdefault(partition, []).append((rows, bytes(block)))
        made.columns = self.store.columns(stream)
        made.words = self.store.layout()[:2] if stream == EVENTS else (self.store.layout()[0], 0)
        for text in texts:
            made.texts[text % 2][text // 2] = self.store.long_text(text % 2, text // 2)


def run(
    segments: dict[int, list[Kept]], events: list[Event], versions: list[Version], ids: bool, merge: int, **options: Any
) -> Any:
    """A run that goes on from segments, and from then on has those of its own; what was walked."""
    with PartitionStore(ids=ids, **options) as store:
        store.keep([segment for each in segments.values() for segment in each])
        fill(store, events, versions, 7, pa.string())
        keeping = Keeping(store, {stream: each[max(0, len(each) - merge) :] for stream, each in segments.items()})
        seen = walked(store, keeping=keeping)
        for stream, each in segments.items():
            del each[max(0, len(each) - merge) :]
            if keeping.made[stream].rows:
                each.append(keeping.made[stream])
        for keeper in keeping.keepers:
            keeper.close()
        return seen


@given(st.lists(st.tuples(logs(), st.booleans(), st.integers(0, 3)), min_size=1, max_size=4))
def test_rows_come_back(runs: list[tuple[tuple[list[Event], list[Version]], bool, int]]) -> None:
    """Also where the first logs have no ids, and texts become longer from run to run."""
    segments: dict[int, list[Kept]] = {EVENTS: [], VERSIONS: []}
    all_events: list[Event] = []
    all_versions: list[Version] = []
    with_ids = False
    for (events, versions), ids, merge in runs:
        with_ids = with_ids or ids
        events = [(lead, time, name if ids else None, n, x) for lead, time, name, n, x in events]
        all_events += events
        placed = enumerate(versions, len(all_versions))
        all_versions += [(lead, time, place, value) for place, (lead, time, _, value) in placed]
        seen = run(segments, events, versions, with_ids, merge)
        again = run({stream: list(each) for stream, each in segments.items()}, [], [], with_ids, 0)
        assert again == seen
        # (Profile rows are numbered anew in each run; a state keeps them as they were read, and numbers all.)
        wanted = expected(all_events, all_versions, with_ids)
        assert seen.events == wanted.events
        assert {lead: len(rows) for lead, rows in seen.versions.items()} == {
            lead: len(rows) for lead, rows in wanted.versions.items()
        }


@pytest.mark.parametrize("budget", [1 << 14, 1 << 30])
def test_partitions_that_are_too_large_are_split(tmp_path: Path, budget: int) -> None:
    events, versions = many(30_000, 900)
    segments: dict[int, list[Kept]] = {EVENTS: [], VERSIONS: []}
    for part in range(3):
        some = events[part * 10_000 : (part + 1) * 10_000]
        run(segments, some, versions if part == 0 else [], True, part % 2, budget=budget, temp_dir=str(tmp_path))
    seen = run(segments, [], [], True, 0, budget=budget, temp_dir=str(tmp_path))
    assert seen == expected(events, versions, True)
    assert not list(tmp_path.iterdir())


def test_what_is_alike_takes_little_room() -> None:
    """A million rows of a thousand leads, one a second, of twenty kinds: about four bytes a row."""
    segments: dict[int, list[Kept]] = {EVENTS: []}
    rows = 1_000_000
    with PartitionStore(ids=False) as store:
        leads = pa.array([f"lead_{i % 1000:08d}" for i in range(rows)])
        numbers = pa.array(range(rows), pa.int64())
        times = pa.compute.multiply(numbers, 1_000_000)
        bits = pa.compute.bit_wise_and(numbers, 15).cast(pa.uint64())
        values = pa.array([float(i % 20) for i in range(rows)])
        store.add_events(pa.RecordBatch.from_arrays([leads, times, bits, values], ["lead", "time", "m0", "n0"]))
        keeping = Keeping(store, {EVENTS: []})
        sums = (ctypes.c_int64 * 4)()
        store.walk(kernel().count_lead, [ctypes.addressof(sums)], None, keeping)
        segments[EVENTS] = [keeping.made[EVENTS]]
        for keeper in keeping.keepers:
            keeper.close()
    assert segments[EVENTS][0].rows == rows
    assert sum(len(block) for each in segments[EVENTS][0].held.values() for _, block in each) < 5 * rows
