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
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scoredsl.engine.kernel.columns import TextColumn, Texts, word_address
from scoredsl.engine.kernel.kept import EVENTS, VERSIONS, DamagedError, KeptRows, Segment
from scoredsl.engine.kernel.library import kernel
from scoredsl.engine.kernel.walk import Cancelled, Finished, Keeping, Walk, WalkError

MIB = 1 << 20
_OK, _NO_MEMORY, _CANCELLED, _FILE, _WRONG = 0, -1, -2, -3, -4
_BITS = 8
"""The store has 2^8 partitions."""
_SMALLEST_BLOCK, _LARGEST_BLOCK = 1 << 12, 1 << 18
_OWN_COLUMNS = ("lead", "time", "place", "id")


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
        ("given", ctypes.c_int64),
        ("alert", ctypes.POINTER(ctypes.POINTER(ctypes.c_int64))),
    )


WALK_FUNCTION = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(LeadInput))


@lru_cache(maxsize=1)
def _library() -> Any:
    library = kernel()
    number, pointer, text = ctypes.c_int64, ctypes.c_void_p, ctypes.POINTER(TextColumn)
    flag, counter = ctypes.POINTER(ctypes.c_int32), ctypes.POINTER(number)
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "store_new": (pointer, [number, number, number, number, number, number, ctypes.c_char_p, pointer]),
        "store_free": (None, [pointer]),
        "store_append": (ctypes.c_int, [pointer, number, number, text, text, pointer, number]),
        "store_leave_out": (ctypes.c_int, [pointer, number, pointer]),
        "store_left_out": (number, [pointer]),
        "store_split": (ctypes.c_int, [pointer, number, pointer, flag]),
        "store_seal": (ctypes.c_int, [pointer]),
        "store_rows": (number, [pointer, number, number]),
        "store_bytes": (number, [pointer, number]),
        "store_memory": (number, [pointer]),
        "store_spilled": (number, [pointer]),
        "store_error": (number, [pointer]),
        "store_layout": (None, [pointer, counter, counter, counter]),
        "store_drop": (None, [pointer, number]),
        "store_columns": (number, [pointer, number]),
        "store_text": (number, [pointer, number, number, ctypes.POINTER(pointer)]),
        "work_new": (pointer, []),
        "work_free": (None, [pointer]),
        "work_load": (number, [pointer, pointer, number, pointer, number, flag]),
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


def places(first: int, count: int) -> Any:
    """The numbers from `first` on, as an Arrow array."""
    import pyarrow as pa

    numbers = pa.allocate_buffer(8 * count)
    _library().fill_places(numbers.address, first, count)
    return pa.Array.from_buffers(pa.int64(), count, [None, numbers])


class PartitionStore:
    """Takes events and profile rows as Arrow record batches, then walks over all leads.

    `budget` is how many bytes of rows are kept in memory while they come in. Columns are `lead`, `time`, for events
    `id` (where `ids`) and `place` (where `places`: else they come in the order of the log), for profile rows `place`
    (without it they are numbered as they come), then channels of 64 bits.
    """

    def __init__(
        self, *, ids: bool, places: bool = False, budget: int = 1024 * MIB, temp_dir: str | None = None,
        bits: int = _BITS,
    ) -> None:  # fmt: skip
        self._c = _library()
        self.ids = ids
        self.places = places
        self.temp_dir = temp_dir or tempfile.gettempdir()
        self.cancel_flag = ctypes.c_int32(0)
        self._budget = budget
        self._bits = bits = max(1, bits)
        self._pointer = self._new(64 - bits, bits, budget, None)
        self.kept = KeptRows(self._pointer, ())
        self._places = 0
        self._walked: list[Any] = []
        self._ended: list[threading.Event] = []

    def _new(self, shift: int, bits: int, budget: int, parent: int | None) -> int:
        block = _SMALLEST_BLOCK
        while block < _LARGEST_BLOCK and block << (bits + 4) <= budget:
            block *= 2
        path = Path(self.temp_dir, f"scoredsl-{uuid.uuid4().hex}.tmp")
        made = self._c.store_new(
            int(self.ids), int(self.places), shift, bits, block, budget, os.fsencode(path), parent
        )
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

    def keep(self, segments: Iterable[Segment]) -> None:
        """Rows of earlier runs, which come before all others: call it first. Raises DamagedError and MemoryError."""
        self.kept = KeptRows(self._pointer, segments)

    def leave_out(self, since: Sequence[int]) -> None:
        """Leaves out events that the walk can do without (`Needed.since`), but the first of each lead at least.

        To be called before the first event comes, and not where events have ids. Raises MemoryError.
        """
        times = (ctypes.c_int64 * max(1, len(since)))(*since)
        self._check(self._c.store_leave_out(self._pointer, len(since), times), self._pointer)

    def add_events(self, batch: Any) -> None:
        """Appends a record batch of events; without `id` none has one.

        Raises MemoryError and OSError.
        """
        names = batch.schema.names
        identities = Texts(batch.column(names.index("id"))) if self.ids and "id" in names else None
        self._append(EVENTS, batch, identities, last=batch.column(names.index("place")) if self.places else None)

    def add_versions(self, batch: Any) -> None:
        """Appends a record batch of profile rows. Raises MemoryError and OSError."""
        rows = batch.num_rows
        names = batch.schema.names
        place = batch.column(names.index("place")) if "place" in names else places(self._places, rows)
        self._places += rows
        self._append(VERSIONS, batch, None, first=place)

    def _append(self, stream: int, batch: Any, ids: Texts | None, first: Any = None, last: Any = None) -> None:
        """`first` and `last`: places, before or after the channels."""
        names = batch.schema.names
        lead = batch.column(names.index("lead"))
        if lead.null_count:
            raise ValueError("the column lead has rows without a value")
        leads = Texts(lead)
        rest = [(name, batch.column(i)) for i, name in enumerate(names) if name not in _OWN_COLUMNS]
        before, after = ([("place", array)] if array is not None else [] for array in (first, last))
        columns = [("time", batch.column(names.index("time"))), *before, *rest, *after]
        words = (ctypes.c_void_p * len(columns))(*[word_address(array, name) for name, array in columns])
        text = ctypes.byref(ids.column) if ids is not None else None
        result = self._c.store_append(
            self._pointer, stream, batch.num_rows, ctypes.byref(leads.column), text, words, len(columns)
        )
        self._check(result, self._pointer)

    # ---- what is inside

    @property
    def events(self) -> int:
        """How many events there are, those of earlier runs included."""
        return int(self._c.store_rows(self._pointer, EVENTS, -1)) + self.kept.rows(EVENTS)

    @property
    def left_out(self) -> int:
        """How many events were left out, for the walk can do without them."""
        return int(self._c.store_left_out(self._pointer))

    @property
    def versions(self) -> int:
        """How many profile rows there are, those of earlier runs included."""
        return int(self._c.store_rows(self._pointer, VERSIONS, -1)) + self.kept.rows(VERSIONS)

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

    @property
    def pointer(self) -> int:
        """What the kernel calls it."""
        return self._pointer

    def columns(self, stream: int) -> int:
        """How many columns the rows of a stream have."""
        return int(self._c.store_columns(self._pointer, stream))

    def long_text(self, which: int, number: int) -> str:
        """A text that fits no words, of leads (0) or of ids (1), by its number."""
        at = ctypes.c_void_p()
        length = self._c.store_text(self._pointer, which, number, ctypes.byref(at))
        return ctypes.string_at(at, length).decode()

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

    def walk(
        self, function: Any, walkers: Sequence[int], finished: Finished | None = None, keeping: Keeping | None = None
    ) -> None:
        """Hands every lead to `function(walker, lead_input)`, in as many threads as there are walkers (pointers).

        `function` is a function of the kernel, or a WALK_FUNCTION. A partition can be walked once. Ctrl-C ends the walk
        within a lead. Raises WalkError, Cancelled, DamagedError, MemoryError, OSError, and what `finished` and
        `keeping` raise.
        """
        self._check(self._c.store_seal(self._pointer), self._pointer)
        address = ctypes.cast(function, ctypes.c_void_p).value
        self._walked = [ctypes.c_int64(0) for _ in walkers]
        self._ended = [threading.Event() for _ in walkers]
        for ended in self._ended:
            ended.set()
        limit = max(MIB // 16, self._budget // (4 * len(walkers)))
        Walk(self, address or 0, list(walkers), finished, keeping, limit).run()

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
        if result == _WRONG:
            raise DamagedError
        raise WalkError(result)
