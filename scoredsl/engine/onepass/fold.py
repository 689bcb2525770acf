"""The kernel's side of the one pass (`fold.c`): by lead, sums are added and bits are joined."""

from __future__ import annotations

import array as arrays
import ctypes
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from scoredsl.engine.onepass.plan import OnePass


class NotExactError(Exception):
    """The points of this log are too large for sums of 64 bits: another way has to be taken."""


class TooManyLeadsError(Exception):
    """What is kept of all leads does not fit in the memory that may be used, or in caches: the walk has partitions."""


class _Column(ctypes.Structure):
    _fields_ = (
        ("values", ctypes.c_void_p),
        ("validity", ctypes.c_void_p),
        ("offset", ctypes.c_int64),
        ("bytes", ctypes.c_int64),
    )


class _Rule(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_int64) for name in ("start", "stop", "since", "live", "dead", "column"))


class _Rules(ctypes.Structure):
    _fields_ = (("rules", ctypes.c_void_p), ("first", ctypes.c_void_p), ("until", ctypes.c_int64))


class Rules:
    """The pieces of a plan by the number of an event's name; names that no piece has are the last number."""

    def __init__(self, plan: OnePass) -> None:
        self._numbers = {name: i for i, name in enumerate(plan.names)}
        rules: list[_Rule] = []
        first = [0]
        for name in (*plan.names, None):
            for number, column in enumerate(plan.added):
                for piece in plan.pieces:
                    live, dead = plan.adds(piece, column)
                    if (live or dead) and (piece.names is None or name in piece.names):
                        stop = 2**62 if piece.stop is None else piece.stop
                        rules.append(_Rule(piece.start, stop, piece.since, live, dead, number))
            first.append(len(rules))
        self._rules = (_Rule * max(1, len(rules)))(*rules)
        self._first = (ctypes.c_int64 * len(first))(*first)
        self._other = len(plan.names)
        self.native = _Rules(ctypes.addressof(self._rules), ctypes.addressof(self._first), plan.as_of)


    def numbers(self, names: Sequence[str | None]) -> arrays.array[int]:
        """The number of each name."""
        return arrays.array("i", (self._numbers.get(name or "", self._other) for name in names))


class Fold:
    """What has been added up, in at most about `room` bytes. One thread at a time may use it.

    Raises KernelMissingError where there is no kernel, TooManyLeadsError, MemoryError.
    """

    def __init__(self, plan: OnePass, room: int = 1 << 62) -> None:
        self.plan = plan
        self.room = room
        self._library = _library()
        self._store = self._library.fold_new(len(plan.units), plan.words, plan.packed)
        if not self._store:
            raise MemoryError

    def __enter__(self) -> Fold:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._library.fold_free(self._store)
        self._store = None

    @property
    def leads(self) -> int:
        """How many leads there are so far."""
        return int(self._library.fold_leads(self._store))

    def add(self, batch: Any) -> None:
        """Takes a record batch: lead, then the plan's `added`."""
        columns = (_Column * max(1, batch.num_columns - 1))()
        for i in range(1, batch.num_columns):
            array = batch.column(i)
            validity, values = array.buffers()
            absent = validity.address if validity is not None and array.null_count else None
            columns[i - 1] = _Column(values.address, absent, array.offset, array.type.bit_width // 8)
        self._checked(self._library.fold_add(self._store, batch.num_rows, *_texts(batch.column(0)), columns))

    def add_events(self, lead: Any, codes: Any, names: Sequence[str | None], time: Any, rules: Rules) -> None:
        """Takes events: arrays of leads (string), codes (int32) and times (int64), none of them null.

        `names`: what each code is called.
        """
        numbers = rules.numbers(names)
        done = self._library.fold_events(
            self._store, len(lead), *_texts(lead), _values(codes, 4), numbers.buffer_info()[0],
            _values(time, 8),
            ctypes.byref(rules.native),
        )  # fmt: skip
        self._checked(done)

    def merge(self, other: Fold) -> None:
        """Adds what another has added up, of the same plan."""
        self._checked(self._library.fold_merge(self._store, other._store))

    def table(self) -> Any:
        """An Arrow table with lead and the plan's columns, in the order of leads, byte by byte.

        Raises NotExactError where 64 bits could be too few, pyarrow.ArrowInvalid for a lead that is no text.
        """
        import pyarrow as pa

        library, plan = self._library, self.plan
        if not library.fold_exact(self._store, (ctypes.c_int64 * max(1, len(plan.units)))(*plan.units)):
            raise NotExactError
        count = library.fold_leads(self._store)
        offsets = pa.allocate_buffer(8 * (count + 1))
        data = pa.allocate_buffer(library.fold_text_bytes(self._store))
        made = [pa.allocate_buffer(8 * count) for _ in plan.columns]
        addresses = (ctypes.c_void_p * max(1, len(made)))(*(each.address for each in made))
        self._checked(library.fold_result(self._store, offsets.address, data.address, addresses))
        lead = pa.Array.from_buffers(pa.large_string(), count, [None, offsets, data])
        lead.validate(full=True)  # Arrow reads a Parquet file without looking whether its texts are UTF-8
        arrays = [pa.Array.from_buffers(pa.int64(), count, [None, each]) for each in made]
        return pa.table([lead, *arrays], names=["lead", *plan.columns])

    def _checked(self, done: int) -> None:
        if done:
            raise MemoryError
        if self._library.fold_bytes(self._store) > self.room:
            raise TooManyLeadsError


def _texts(array: Any) -> Sequence[Any]:
    """Where the offsets of an array of strings begin, where its bytes do, and how many they are."""
    _, offsets, data = array.buffers()
    return offsets.address + 4 * array.offset, data.address if data is not None else None, data.size if data else 0


def _values(array: Any, width: int) -> int:
    address: int = array.buffers()[1].address
    return address + width * int(array.offset)


def _library() -> Any:
    from scoredsl.engine.kernel.library import kernel

    library = kernel()
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    library.fold_new.restype = pointer
    library.fold_new.argtypes = [number] * 3
    library.fold_add.argtypes = [pointer, number, pointer, pointer, number, pointer]
    library.fold_events.argtypes = [pointer, number, pointer, pointer, number, pointer, pointer, pointer, pointer]
    library.fold_merge.argtypes = [pointer, pointer]
    library.fold_exact.argtypes = [pointer, pointer]
    library.fold_result.argtypes = [pointer] * 4
    library.fold_free.argtypes = [pointer]
    library.fold_free.restype = None
    for function in (library.fold_leads, library.fold_text_bytes, library.fold_bytes):
        function.restype = number
        function.argtypes = [pointer]
    return library
