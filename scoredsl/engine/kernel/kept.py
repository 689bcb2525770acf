"""Rows of earlier runs as the partition store takes them, and blocks of rows as they are kept for the next (kept.h)."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from scoredsl.engine.kernel.library import kernel

EVENTS, VERSIONS, GIVEN = 0, 1, 2
"""The streams of the store: events, profile rows, alerts that earlier runs gave."""
GIVEN_COLUMNS = 4
LEADS, IDS = 0, 1
_OK, _NO_MEMORY, _FILE = 0, -1, -3
_ROWS = 1 << 16
_BYTES = 4 << 20
"""So many rows, or bytes of rows, are a block."""


class DamagedError(Exception):
    """A block is not what was kept."""


class Segment(Protocol):
    """Blocks of one stream, by partition. Texts that fit no words are numbered, those of leads and those of ids."""

    @property
    def stream(self) -> int: ...

    @property
    def columns(self) -> int: ...

    @property
    def words(self) -> tuple[int, int]:
        """In how many words leads and ids are."""
        ...

    @property
    def rows(self) -> int: ...

    @property
    def texts(self) -> tuple[Mapping[int, str], Mapping[int, str]]: ...

    def blocks(self, partition: int) -> Sequence[tuple[int, Callable[[], Any]]]:
        """The blocks of a partition in their order: how many rows, and what gives its bytes (a buffer of Arrow)."""
        ...


class _Renaming(ctypes.Structure):
    _fields_ = (("count", ctypes.c_int64), ("old", ctypes.c_void_p), ("new", ctypes.c_void_p))


class KeptBlock(ctypes.Structure):
    """`struct kept_block` of kept.h."""

    _fields_ = (
        ("stream", ctypes.c_int64),
        ("rows", ctypes.c_int64),
        ("bytes", ctypes.c_void_p),
        ("size", ctypes.c_int64),
        ("renamed", ctypes.c_void_p),
    )


@lru_cache(maxsize=1)
def _library() -> Any:
    library = kernel()
    number, pointer, block = ctypes.c_int64, ctypes.c_void_p, ctypes.POINTER(KeptBlock)
    counter = ctypes.POINTER(number)
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "store_keep": (ctypes.c_int, [pointer, number, number, number, number]),
        "store_learn": (number, [pointer, number, ctypes.c_char_p, number]),
        "store_row_bytes": (number, [pointer, number]),
        "store_take": (ctypes.c_int, [pointer, pointer, block]),
        "store_layout": (None, [pointer, counter, counter, counter]),
        "keeper_new": (pointer, []),
        "keeper_free": (None, [pointer]),
        "keeper_begin": (None, [pointer, pointer, number, number]),
        "keeper_take_kept": (ctypes.c_int, [pointer, block]),
        "keeper_take_fresh": (number, [pointer]),
        "keeper_take_given": (ctypes.c_int, [pointer, pointer, pointer, number]),
        "keeper_rows": (number, [pointer]),
        "keeper_make": (ctypes.c_int, [pointer]),
        "keeper_bytes": (pointer, [pointer, counter]),
        "keeper_texts": (counter, [pointer, counter]),
        "keeper_error": (number, [pointer]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


class KeptRows:
    """The segments that a store goes on from, known to it: it must know them before the first row comes in."""

    def __init__(self, store: int, segments: Iterable[Segment]) -> None:
        """`store`: the kernel's. Raises DamagedError and MemoryError."""
        self._c = _library()
        self._store = store
        check(self._c.store_keep(store, GIVEN, GIVEN_COLUMNS, 0, 0))
        self._segments: list[tuple[Segment, Any]] = []
        self._held: list[Any] = []
        for segment in segments:
            if self._c.store_keep(store, segment.stream, segment.columns, *segment.words) != _OK:
                raise DamagedError
            self._segments.append((segment, self._renaming(segment)))

    def _renaming(self, segment: Segment) -> Any:
        """What the numbers of its texts are in this store."""
        renamed = (_Renaming * 2)()
        for which, texts in enumerate(segment.texts):
            old, new = array("q", sorted(texts)), array("q")
            for number in old:
                text = texts[number].encode()
                new.append(self._c.store_learn(self._store, which, text, len(text)))
                if new[-1] < 0:
                    raise MemoryError
            renamed[which] = _Renaming(len(old), old.buffer_info()[0], new.buffer_info()[0])
            self._held += [old, new]
        return renamed

    def rows(self, stream: int) -> int:
        """How many rows of a stream there are."""
        return sum(segment.rows for segment, _ in self._segments if segment.stream == stream)

    def bytes(self, partition: int) -> int:
        """What the rows of a partition take when they are loaded."""
        return sum(
            rows * int(self._c.store_row_bytes(self._store, segment.stream))
            for segment, _ in self._segments
            for rows, _ in segment.blocks(partition)
        )

    def blocks(self, partition: int, only: Sequence[Segment] | None = None) -> Iterable[LoadedBlock]:
        """The blocks of a partition, of all segments or of some, in their order; each is read as it is asked for."""
        for segment, renamed in self._segments:
            if only is not None and not any(segment is each for each in only):
                continue
            for rows, read in segment.blocks(partition):
                buffer = read()
                address = ctypes.addressof(renamed)
                yield LoadedBlock(KeptBlock(segment.stream, rows, buffer.address, buffer.size, address), buffer)

    def split(self, partition: int, into: int) -> None:
        """Puts the rows of a partition into a store that splits it. Raises DamagedError and MemoryError."""
        for block in self.blocks(partition):
            check(self._c.store_take(into, self._store, ctypes.byref(block.block)))


@dataclass(frozen=True, slots=True)
class LoadedBlock:
    """A block, and the memory that it stands in."""

    block: KeptBlock
    buffer: Any


Sink = Callable[[int, int, int, memoryview, Sequence[int]], None]
"""Takes a block, in any thread: its stream, partition, rows, bytes (copied before the call returns), and its long texts
(twice the number, and 1 for an id's)."""


class Keeper:
    """Makes blocks of rows; one for each thread that walks."""

    def __init__(self, store: int, sink: Sink) -> None:
        self._c = _library()
        self._store = store
        self._sink = sink
        self._pointer = self._c.keeper_new()
        if not self._pointer:
            raise MemoryError

    def close(self) -> None:
        pointer, self._pointer = self._pointer, None
        if pointer:
            self._c.keeper_free(pointer)

    def keep(self, stream: int, partition: int, before: Iterable[LoadedBlock]) -> None:
        """Keeps the blocks `before`, then the rows of the partition that came in. Before these are walked or split.

        Raises DamagedError, MemoryError and OSError.
        """
        self._c.keeper_begin(self._pointer, self._store, stream, partition)
        most = min(_ROWS, max(1, _BYTES // max(1, int(self._c.store_row_bytes(self._store, stream)))))
        for block in before:
            check(self._c.keeper_take_kept(self._pointer, ctypes.byref(block.block)))
            self._flush(stream, partition, most)
        while (taken := self._c.keeper_take_fresh(self._pointer)) > 0:
            self._flush(stream, partition, most)
        check(int(taken), int(self._c.keeper_error(self._pointer)))
        self._flush(stream, partition, 1)

    def keep_given(self, partition: int, work: int, given: int, words: int) -> None:
        """Keeps alerts that the walk has noted, `words` words at the address `given`, about the leads of `work`."""
        self._c.keeper_begin(self._pointer, self._store, GIVEN, partition)
        if words:
            check(self._c.keeper_take_given(self._pointer, work, given, words))
        self._flush(GIVEN, partition, 1)

    def _flush(self, stream: int, partition: int, least: int) -> None:
        """Makes a block if there are so many rows."""
        rows = int(self._c.keeper_rows(self._pointer))
        if rows < least:
            return
        check(self._c.keeper_make(self._pointer))
        count = ctypes.c_int64()
        address = self._c.keeper_bytes(self._pointer, ctypes.byref(count))
        made = memoryview((ctypes.c_char * count.value).from_address(address)).cast("B")
        texts = self._c.keeper_texts(self._pointer, ctypes.byref(count))
        self._sink(stream, partition, rows, made, texts[: count.value] if count.value else ())


def check(result: int, number: int = 0) -> None:
    """Raises what a result of the kernel says; `number` is that of the operating system's error."""
    if result == _OK:
        return
    if result == _NO_MEMORY:
        raise MemoryError
    if result == _FILE:
        raise OSError(number, "what did not fit in memory cannot be read again")
    raise DamagedError
