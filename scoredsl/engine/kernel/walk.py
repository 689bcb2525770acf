"""One walk over all partitions of a store, by several threads."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from scoredsl.engine.kernel.kept import KeptBlock

if TYPE_CHECKING:
    from scoredsl.engine.kernel.partition import PartitionStore

_FILE = -3
_MOST_SPLIT_BITS = 6

Finished = Callable[[int, Any], None]
"""Called when a partition is walked, in the thread that did: the walker's number, and the leads by index (Arrow)."""


class Cancelled(Exception):  # noqa: N818 (nothing went wrong)
    """The walk was cancelled."""


class WalkError(Exception):
    """The walk of a lead gave up; `code` is what it gave back."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the walk gave up with {code}")
        self.code = code


class Keeping(Protocol):
    """Who keeps rows for the next run. Called in the threads that walk, with the walker's number."""

    def begin(self, number: int, partition: int) -> None:
        """The rows of a partition are all there, and about to be walked."""
        ...

    def walked(self, number: int, partition: int, work: int) -> None:
        """Leads of a partition, those of `work` (the kernel's), are walked."""
        ...


class Walk:
    """A walk, to be run once."""

    def __init__(
        self,
        store: PartitionStore,
        function: int,
        walkers: list[int],
        finished: Finished | None,
        keeping: Keeping | None,
        limit: int,
    ) -> None:
        """`limit`: of how many bytes a partition is too large and is split."""
        self.store = store
        self.c = store._c
        self.function = function
        self.walkers = walkers
        self.finished = finished
        self.keeping = keeping
        self.limit = limit
        self.lock = threading.Lock()
        self.todo = self.partitions()
        self.problem: BaseException | None = None

    def partitions(self) -> Iterator[int]:
        """The partitions, the largest first."""
        sizes = [(self.size(i), i) for i in range(1 << self.store._bits)]
        yield from (i for size, i in sorted(sizes, reverse=True) if size)

    def size(self, partition: int) -> int:
        """What the rows of a partition take when they are loaded, those of earlier runs included."""
        return int(self.c.store_bytes(self.store._pointer, partition)) + self.store.kept.bytes(partition)

    def run(self) -> None:
        threads = [
            threading.Thread(target=self.work, args=(number,), name=f"walk-{number}", daemon=True)
            for number in range(len(self.walkers))
        ]
        try:
            for number, thread in enumerate(threads):
                self.store._ended[number].clear()
                thread.start()
            for ended in self.store._ended:
                while not ended.wait(0.1):
                    pass
        except BaseException:
            self.store.cancel()
            # Another Ctrl-C must not free what the threads still read; they end with the lead they are at.
            # (Not by Thread.join: interrupted, it takes the thread for ended in some versions of Python.)
            while not all(ended.is_set() for ended in self.store._ended):
                with suppress(KeyboardInterrupt):
                    for ended in self.store._ended:
                        ended.wait()
            raise
        if self.problem is not None:
            raise self.problem
        if self.store.cancel_flag.value:
            raise Cancelled

    def work(self, number: int) -> None:
        work = self.c.work_new()
        try:
            if not work:
                raise MemoryError
            while True:
                with self.lock:
                    partition = None if self.store.cancel_flag.value else next(self.todo, None)
                if partition is None:
                    return
                if self.keeping is not None:
                    self.keeping.begin(number, partition)
                self.partition(number, work, partition)
        except BaseException as problem:
            with self.lock:
                if self.problem is None or isinstance(self.problem, Cancelled):
                    self.problem = problem
            self.store.cancel()
        finally:
            if work:
                self.c.work_free(work)
            self.store._ended[number].set()

    def partition(self, number: int, work: int, partition: int) -> None:
        pointer, shift, size = self.store._pointer, 64 - self.store._bits, self.size(partition)
        if size <= self.limit:
            self.walk(number, work, pointer, partition, partition)
            return
        child, bits = self.child(pointer, shift, size)
        try:
            self.store.kept.split(partition, child)
            self.split(number, work, pointer, partition, child, bits, shift - bits, size, partition)
        finally:
            self.c.store_free(child)

    def part(self, number: int, work: int, pointer: int, part: int, shift: int, partition: int) -> None:
        """A part of a partition that was split."""
        size = int(self.c.store_bytes(pointer, part))
        if size <= self.limit or shift <= 0:
            self.walk(number, work, pointer, part, partition)
            return
        child, bits = self.child(pointer, shift, size)
        try:
            self.split(number, work, pointer, part, child, bits, shift - bits, size, partition)
        finally:
            self.c.store_free(child)

    def child(self, pointer: int, shift: int, size: int) -> tuple[int, int]:
        """A store that looks at more bits of the hash, and at how many."""
        bits = 1
        while bits < min(_MOST_SPLIT_BITS, shift) and size >> bits > self.limit // 2:
            bits += 1
        return self.store._new(shift - bits, bits, self.limit, pointer), bits

    def split(
        self, number: int, work: int, pointer: int, part: int, child: int, bits: int, shift: int, size: int,
        partition: int,
    ) -> None:  # fmt: skip
        """Moves a part into `child`; where that tells too few rows apart (one lead has most), walks as it is."""
        with self.lock:
            result = self.c.store_split(pointer, part, child, ctypes.byref(self.store.cancel_flag))
        self.store._check(result, pointer if self.c.store_error(pointer) else child)
        self.store._check(self.c.store_seal(child), child)
        for each in range(1 << bits):
            part_size = self.c.store_bytes(child, each)
            if part_size > size * 0.9:
                self.walk(number, work, child, each, partition)
            elif part_size:
                self.part(number, work, child, each, shift, partition)

    def walk(self, number: int, work: int, pointer: int, part: int, partition: int) -> None:
        """Walks a partition of the store at `pointer`, which is `partition` of the whole or a part of it."""
        store = self.store
        flag = ctypes.byref(store.cancel_flag)
        loaded = list(store.kept.blocks(partition)) if pointer == store._pointer else []
        kept = (KeptBlock * len(loaded))(*[each.block for each in loaded])
        count = self.c.work_load(work, pointer, part, kept, len(loaded), flag)
        if count < 0:
            error = int(self.c.work_error(work))
            if count == _FILE:
                raise OSError(error, os.strerror(error), store.temp_dir)
            store._check(count, pointer)
        walked = ctypes.byref(store._walked[number])
        store._check(self.c.work_walk(work, self.function, self.walkers[number], flag, walked), pointer)
        if self.keeping is not None:
            self.keeping.walked(number, partition, work)
        if self.finished is not None:
            self.finished(number, self.leads(work, count))
        with self.lock, suppress(OSError):
            self.c.store_drop(pointer, part)

    def leads(self, work: int, count: int) -> Any:
        """The texts of the partition's leads, by index."""
        import pyarrow as pa

        offsets = pa.allocate_buffer(4 * (count + 1))
        texts = pa.allocate_buffer(self.c.work_lead_bytes(work))
        self.c.work_leads(work, offsets.address, texts.address)
        return pa.Array.from_buffers(pa.string(), count, [None, offsets, texts])
