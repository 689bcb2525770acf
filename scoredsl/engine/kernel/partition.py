"""The partition store: record batches in, all that is known of each lead out, within a budget of memory.

Rows go to a partition by the hash of their lead, so that a partition holds everything of its leads; above the budget
they are written to a temporary file that is gone with the process. Then each partition is loaded, its rows are set by
lead and in canonical order (LANGUAGE section 3), and each lead is handed to the walk, a C function.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scoredsl.engine.kernel.columns import TextColumn, Texts, word_address
from scoredsl.engine.kernel.library import kernel

MIB = 1 << 20
_EVENTS, _VERSIONS = 0, 1
_OK, _NO_MEMORY, _CANCELLED, _FILE = 0, -1, -2, -3
_BITS = 8
"""The store has 2^8 partitions."""
_MOST_SPLIT_BITS = 6
_SMALLEST_BLOCK, _LARGEST_BLOCK = 1 << 12, 1 << 18
_OWN_COLUMNS = ("lead", "time", "place", "id")

Finished = Callable[[int, Any], None]
"""Called when a partition is walked, in the thread that did: the walker's number, and the leads by index (Arrow)."""


class Cancelled(Exception):  # noqa: N818 (nothing went wrong)
    """The walk was cancelled."""


class WalkError(Exception):
    """The walk of a lead gave up; `code` is what it gave back."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the walk gave up with {code}")
        self.code = code


class LeadInput(ctypes.Structure):
    """`struct lead_input` of lead.h."""

    _fields_ = (
        ("lead", ctypes.POINTER(ctypes.c_uint64)),
        ("events", ctypes.c_int64),
        ("event", ctypes.POINTER(ctypes.POINTER(ctypes.c_int64))),
        ("ids", ctypes.POINTER(ctypes.POINTER(ctypes.c_uint64))),
        ("versions", ctypes.c_int64),
        ("version", ctypes.POINTER(ctypes.POINTER(ctypes.c_int64))),
        ("index", ctypes.c_int64),
        ("lead_words", ctypes.c_int32),
        ("id_words", ctypes.c_int32),
    )


WALK_FUNCTION = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(LeadInput))


@lru_cache(maxsize=1)
def _library() -> Any:
    library = kernel()
    number, pointer, text = ctypes.c_int64, ctypes.c_void_p, ctypes.POINTER(TextColumn)
    flag, counter = ctypes.POINTER(ctypes.c_int32), ctypes.POINTER(number)
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "store_new": (pointer, [number, number, number, number, number, ctypes.c_char_p, pointer]),
        "store_free": (None, [pointer]),
        "store_append": (ctypes.c_int, [pointer, number, number, text, text, pointer, number]),
        "store_split": (ctypes.c_int, [pointer, number, pointer, flag]),
        "store_seal": (ctypes.c_int, [pointer]),
        "store_rows": (number, [pointer, number, number]),
        "store_bytes": (number, [pointer, number]),
        "store_memory": (number, [pointer]),
        "store_spilled": (number, [pointer]),
        "store_error": (number, [pointer]),
        "store_layout": (None, [pointer, counter, counter, counter]),
        "store_drop": (None, [pointer, number]),
        "work_new": (pointer, []),
        "work_free": (None, [pointer]),
        "work_load": (number, [pointer, pointer, number, flag]),
        "work_walk": (ctypes.c_int, [pointer, pointer, pointer, flag, counter]),
        "work_lead_bytes": (number, [pointer]),
        "work_leads": (None, [pointer, pointer, pointer]),
        "work_error": (number, [pointer]),
        "fill_places": (None, [pointer, number, number]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


class PartitionStore:
    """Takes events and profile rows as Arrow record batches, then walks over all leads.

    `budget` is how many bytes of rows are kept in memory while they come in. Columns are `lead`, `time`, for events
    `id` (where `ids`), for profile rows `place` (without it they are numbered as they come), then channels of 64 bits.
    """

    def __init__(self, *, ids: bool, budget: int = 1024 * MIB, temp_dir: str | None = None, bits: int = _BITS) -> None:
        self._c = _library()
        self.ids = ids
        self.temp_dir = temp_dir or tempfile.gettempdir()
        self.cancel_flag = ctypes.c_int32(0)
        self._budget = budget
        self._bits = bits = max(1, bits)
        self._pointer = self._new(64 - bits, bits, budget, None)
        self._places = 0
        self._walked: list[Any] = []
        self._ended: list[threading.Event] = []

    def _new(self, shift: int, bits: int, budget: int, parent: int | None) -> int:
        block = _SMALLEST_BLOCK
        while block < _LARGEST_BLOCK and block << (bits + 4) <= budget:
            block *= 2
        path = Path(self.temp_dir, f"scoredsl-{uuid.uuid4().hex}.tmp")
        made = self._c.store_new(int(self.ids), shift, bits, block, budget, os.fsencode(path), parent)
        if not made:
            raise MemoryError
        return int(made)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives memory and file back. May be called twice."""
        pointer, self._pointer = self._pointer, 0
        if pointer and all(ended.is_set() for ended in self._ended):
            self._c.store_free(pointer)

    def __del__(self) -> None:
        if getattr(self, "_pointer", 0):
            self.close()

    # ---- rows come in

    def add_events(self, batch: Any) -> None:
        """Appends a record batch of events, in the order of the log. Raises MemoryError and OSError."""
        names = batch.schema.names
        identities = Texts(batch.column(names.index("id"))) if self.ids else None
        self._append(_EVENTS, batch, identities, [])

    def add_versions(self, batch: Any) -> None:
        """Appends a record batch of profile rows. Raises MemoryError and OSError."""
        import pyarrow as pa

        rows = batch.num_rows
        names = batch.schema.names
        if "place" in names:
            place = batch.column(names.index("place"))
        else:
            numbers = pa.allocate_buffer(8 * rows)
            self._c.fill_places(numbers.address, self._places, rows)
            place = pa.Array.from_buffers(pa.int64(), rows, [None, numbers])
        self._places += rows
        self._append(_VERSIONS, batch, None, [place])

    def _append(self, stream: int, batch: Any, ids: Texts | None, more: list[Any]) -> None:
        names = batch.schema.names
        lead = batch.column(names.index("lead"))
        if lead.null_count:
            raise ValueError("the column lead has rows without a value")
        leads = Texts(lead)
        rest = [(name, batch.column(i)) for i, name in enumerate(names) if name not in _OWN_COLUMNS]
        columns = [("time", batch.column(names.index("time"))), *[("place", array) for array in more], *rest]
        words = (ctypes.c_void_p * len(columns))(*[word_address(array, name) for name, array in columns])
        text = ctypes.byref(ids.column) if ids is not None else None
        result = self._c.store_append(
            self._pointer, stream, batch.num_rows, ctypes.byref(leads.column), text, words, len(columns)
        )
        self._check(result, self._pointer)

    # ---- what is inside

    @property
    def events(self) -> int:
        """How many events came in."""
        return int(self._c.store_rows(self._pointer, _EVENTS, -1))

    @property
    def versions(self) -> int:
        """How many profile rows came in."""
        return int(self._c.store_rows(self._pointer, _VERSIONS, -1))

    @property
    def memory(self) -> int:
        """How many bytes of rows are in memory."""
        return int(self._c.store_memory(self._pointer))

    @property
    def spilled(self) -> int:
        """How many bytes were written to the file."""
        return int(self._c.store_spilled(self._pointer))

    @property
    def walked(self) -> int:
        """How many events were walked so far; any thread may ask."""
        return sum(counter.value for counter in self._walked)

    def layout(self) -> tuple[int, int, int]:
        """In how many words leads and ids are kept, and how often that had to grow."""
        numbers = [ctypes.c_int64() for _ in range(3)]
        self._c.store_layout(self._pointer, *[ctypes.byref(number) for number in numbers])
        lead, identity, layouts = (number.value for number in numbers)
        return lead, identity, layouts

    # ---- the walk

    def cancel(self) -> None:
        """Ends a walk that runs in other threads, at the next lead."""
        self.cancel_flag.value = 1

    def walk(self, function: Any, walkers: Sequence[int], finished: Finished | None = None) -> None:
        """Hands every lead to `function(walker, lead_input)`, in as many threads as there are walkers (pointers).

        `function` is a function of the kernel, or a WALK_FUNCTION. A partition can be walked once. Ctrl-C ends the walk
        within a lead. Raises WalkError, Cancelled, MemoryError, OSError, and what `finished` raises.
        """
        self._check(self._c.store_seal(self._pointer), self._pointer)
        address = ctypes.cast(function, ctypes.c_void_p).value
        self._walked = [ctypes.c_int64(0) for _ in walkers]
        self._ended = [threading.Event() for _ in walkers]
        for ended in self._ended:
            ended.set()
        run = _Run(self, address or 0, list(walkers), finished, max(MIB // 16, self._budget // (4 * len(walkers))))
        run.run()

    def _check(self, result: int, store: int) -> None:
        if result == _OK:
            return
        if result == _NO_MEMORY:
            raise MemoryError
        if result == _CANCELLED:
            raise Cancelled
        if result == _FILE:
            number = int(self._c.store_error(store))
            raise OSError(number, os.strerror(number), self.temp_dir)
        raise WalkError(result)


class _Run:
    """One walk over all partitions, by several threads."""

    def __init__(
        self, store: PartitionStore, function: int, walkers: list[int], finished: Finished | None, limit: int
    ) -> None:
        self.store = store
        self.c = store._c
        self.function = function
        self.walkers = walkers
        self.finished = finished
        self.limit = limit
        self.lock = threading.Lock()
        self.todo = self.partitions()
        self.problem: BaseException | None = None

    def partitions(self) -> Iterator[int]:
        """The partitions, the largest first."""
        pointer = self.store._pointer
        sizes = [(self.c.store_bytes(pointer, i), i) for i in range(1 << self.store._bits)]
        yield from (i for size, i in sorted(sizes, reverse=True) if size)

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
                self.partition(number, work, self.store._pointer, partition, 64 - self.store._bits)
        except BaseException as problem:
            with self.lock:
                if self.problem is None or isinstance(self.problem, Cancelled):
                    self.problem = problem
            self.store.cancel()
        finally:
            if work:
                self.c.work_free(work)
            self.store._ended[number].set()

    def partition(self, number: int, work: int, pointer: int, partition: int, shift: int) -> None:
        size = self.c.store_bytes(pointer, partition)
        if size > self.limit and shift > 0 and self.c.store_rows(pointer, _EVENTS, partition) > 1:
            self.split(number, work, pointer, partition, shift, size)
        else:
            self.walk(number, work, pointer, partition)

    def split(self, number: int, work: int, pointer: int, partition: int, shift: int, size: int) -> None:
        """Looks at more bits of the hash; where they tell too few rows apart (one lead has most), walks as it is."""
        bits = 1
        while bits < min(_MOST_SPLIT_BITS, shift) and size >> bits > self.limit // 2:
            bits += 1
        child = self.store._new(shift - bits, bits, self.limit, pointer)
        try:
            with self.lock:
                result = self.c.store_split(pointer, partition, child, ctypes.byref(self.store.cancel_flag))
            self.store._check(result, pointer if self.c.store_error(pointer) else child)
            self.store._check(self.c.store_seal(child), child)
            for part in range(1 << bits):
                part_size = self.c.store_bytes(child, part)
                if part_size > size * 0.9:
                    self.walk(number, work, child, part)
                elif part_size:
                    self.partition(number, work, child, part, shift - bits)
        finally:
            self.c.store_free(child)

    def walk(self, number: int, work: int, pointer: int, partition: int) -> None:
        store = self.store
        flag = ctypes.byref(store.cancel_flag)
        count = self.c.work_load(work, pointer, partition, flag)
        if count < 0:
            error = int(self.c.work_error(work))
            if count == _FILE:
                raise OSError(error, os.strerror(error), store.temp_dir)
            store._check(count, pointer)
        walked = ctypes.byref(store._walked[number])
        store._check(self.c.work_walk(work, self.function, self.walkers[number], flag, walked), pointer)
        if self.finished is not None:
            self.finished(number, self.leads(work, count))
        with self.lock, suppress(OSError):
            self.c.store_drop(pointer, partition)

    def leads(self, work: int, count: int) -> Any:
        """The texts of the partition's leads, by index."""
        import pyarrow as pa

        offsets = pa.allocate_buffer(4 * (count + 1))
        texts = pa.allocate_buffer(self.c.work_lead_bytes(work))
        self.c.work_leads(work, offsets.address, texts.address)
        return pa.Array.from_buffers(pa.string(), count, [None, offsets, texts])
