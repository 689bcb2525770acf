"""What a run writes while it walks: each partition's new rows, together with those of the files that it merges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoredsl.engine.kernel.kept import GIVEN, Keeper
from scoredsl.engine.kernel.partition import PartitionStore
from scoredsl.engine.kernel.walker import Walker
from scoredsl.engine.state.segment import SegmentFile, SegmentWriter


class RowsKeeping:
    """Writes rows of the streams that have a writer (a `Keeping` of the walk)."""

    def __init__(
        self,
        store: PartitionStore,
        walkers: Sequence[Walker],
        writers: Mapping[int, SegmentWriter],
        merged: Mapping[int, Sequence[SegmentFile]],
    ) -> None:
        self._store = store
        self._walkers = walkers
        self._writers = writers
        self._merged = merged
        self._keepers = [Keeper(store.pointer, self._add) for _ in walkers]

    def begin(self, number: int, partition: int) -> None:
        for stream in self._writers:
            before = self._store.kept.blocks(partition, self._merged.get(stream, ()))
            self._keepers[number].keep(stream, partition, before)

    def walked(self, number: int, partition: int, work: int) -> None:
        if GIVEN in self._writers:
            self._keepers[number].keep_given(partition, work, *self._walkers[number].noted_words())

    def close(self) -> None:
        for keeper in self._keepers:
            keeper.close()

    def _add(self, stream: int, partition: int, rows: int, block: memoryview, texts: Sequence[int]) -> None:
        self._writers[stream].add(partition, rows, block, texts)
