"""Result rows of the kernel: taken in by partition, written by lead as CSV, Parquet or NDJSON (LANGUAGE section 10).

The files are those that `engine/results` writes, byte for byte (Parquet: value for value). Rows are words of the
kernel: the index of their lead, then millionths, microseconds, codes of texts, and 0 or 1. Above a budget of memory
they go to a temporary file that is gone with the process.
"""

from __future__ import annotations

import csv
import ctypes
import io
import json
import os
import tempfile
import threading
import uuid
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from scoredsl.engine.kernel.library import kernel
from scoredsl.engine.output import replacing
from scoredsl.engine.results import SUFFIXES, Column, Row

NOTHING = -(2**63)
"""No value; for texts and booleans any negative number is none."""
_OK, _NO_MEMORY, _FILE = 0, -1, -3
_KINDS = {"text": 1, "points": 2, "boolean": 3, "time": 4}
_LEAD = 0
_BLOCK = 1 << 17
"""How many rows are written at once."""


class _Column(ctypes.Structure):
    """`struct result_column` of results.h."""

    _fields_ = (
        ("kind", ctypes.c_int64),
        ("word", ctypes.c_int64),
        ("offsets", ctypes.c_void_p),
        ("bytes", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("name_length", ctypes.c_int64),
        ("text_count", ctypes.c_int64),
    )


class _Recode(ctypes.Structure):
    _fields_ = (("codes", ctypes.c_void_p), ("count", ctypes.c_int64))


class _Bytes(ctypes.Structure):
    _fields_ = (("at", ctypes.c_void_p), ("count", ctypes.c_int64), ("room", ctypes.c_int64))


@lru_cache(maxsize=1)
def _library() -> Any:
    library = kernel()
    number, pointer = ctypes.c_int64, ctypes.c_void_p
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "results_new": (pointer, [number, number, ctypes.c_char_p]),
        "results_free": (None, [pointer]),
        "results_add": (ctypes.c_int, [pointer, pointer, pointer, number, pointer, number, pointer]),
        "results_seal": (ctypes.c_int, [pointer]),
        "results_next": (number, [pointer, number]),
        "results_block": (pointer, [pointer]),
        "results_count": (number, [pointer]),
        "results_spilled": (number, [pointer]),
        "results_error": (number, [pointer]),
        "bytes_new": (ctypes.POINTER(_Bytes), []),
        "bytes_free": (None, [pointer]),
        "render_csv": (ctypes.c_int, [pointer, pointer, pointer, number, ctypes.c_char_p]),
        "render_json": (ctypes.c_int, [pointer, pointer, pointer, number]),
        "column_lead_bytes": (number, [pointer, number, number]),
        "column_leads": (None, [pointer, number, number, pointer, pointer]),
        "column_values": (number, [pointer, number, number, pointer, pointer, pointer]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


@dataclass(frozen=True, slots=True)
class RowColumn:
    """A column of the results, and the word of the rows in which it stands; the first column is the lead, word 0."""

    column: Column
    word: int


class TextCodes:
    """What the codes of one walker mean in one column; it may grow from one partition to the next."""

    def __init__(self, texts: _Texts) -> None:
        self._texts = texts
        self.codes = array("q")

    def __len__(self) -> int:
        return len(self.codes)

    def extend(self, texts: Iterable[str]) -> None:
        """The meanings of the next codes."""
        self.codes.extend(self._texts.code(text) for text in texts)


class _Texts:
    """The texts of a column, each once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._code: dict[str, int] = {}
        self.texts: list[str] = []

    def code(self, text: str) -> int:
        with self._lock:
            code = self._code.setdefault(text, len(self.texts))
            if code == len(self.texts):
                self.texts.append(text)
            return code


class ResultRows:
    """Takes result rows from any thread, then writes them once, by lead in code point order.

    `width` is how many words a row has. The rows of a lead follow each other, in the order in which they are to be
    written, and each lead comes in one partition only.
    """

    def __init__(
        self, columns: Sequence[RowColumn], width: int, *, budget: int = 1 << 30, temp_dir: str | None = None
    ) -> None:
        if not columns or columns[0].word != 0 or not all(0 <= column.word < width for column in columns):
            raise ValueError("the first column is the lead, and each stands in a word of the row")
        self._c = _library()
        self.columns = [column.column for column in columns]
        self.width = width
        self.temp_dir = temp_dir or tempfile.gettempdir()
        self._words = [column.word for column in columns]
        self._texts = {i: _Texts() for i, each in enumerate(self.columns) if i and each.type == "text"}
        self._lock = threading.Lock()
        path = Path(self.temp_dir, f"scoredsl-{uuid.uuid4().hex}.tmp")
        self._pointer = self._c.results_new(width, budget, os.fsencode(path))
        if not self._pointer:
            raise MemoryError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives memory and file back. May be called twice."""
        pointer, self._pointer = self._pointer, None
        if pointer:
            self._c.results_free(pointer)

    def __del__(self) -> None:
        if getattr(self, "_pointer", None):
            self.close()

    # ---- rows come in

    def text_codes(self, position: int, texts: Iterable[str] = ()) -> TextCodes:
        """The codes of the column at `position` (0 is the lead), as one walker numbers them."""
        codes = TextCodes(self._texts[position])
        codes.extend(texts)
        return codes

    def add(self, leads: Any, rows: int, words: int, codes: Mapping[int, TextCodes]) -> None:
        """Copies `words` words at the address `rows`. `leads` is an Arrow array of texts, by index in the rows.

        `codes` has the meanings of the codes for each column of texts. Raises ValueError for rows that are none,
        MemoryError and OSError.
        """
        if words == 0:
            return
        if words % self.width or words < 0:
            raise ValueError(f"{words} words are no rows of {self.width}")
        _, offsets, data = leads.buffers()
        recode = (_Recode * self.width)()
        for position in self._texts:
            known = codes[position].codes
            address, count = known.buffer_info()
            recode[self._words[position]] = _Recode(address or ctypes.addressof(recode), count)
        offset = offsets.address + 4 * leads.offset
        with self._lock:
            result = self._c.results_add(
                self._pointer, offset, data.address if data else None, len(leads), rows, words // self.width, recode
            )
        self._check(result)

    @property
    def count(self) -> int:
        """How many rows came in."""
        return int(self._c.results_count(self._pointer))

    @property
    def spilled(self) -> int:
        """How many bytes were written to the temporary file."""
        return int(self._c.results_spilled(self._pointer))

    # ---- rows go out, once

    def write_file(self, path: str) -> int:
        """Writes a result file by its suffix, whole or not at all; gives the number of rows.

        Raises ValueError for an unknown suffix, OSError where it cannot be written.
        """
        suffix = Path(path).suffix.lower()
        if suffix not in SUFFIXES:
            raise ValueError(suffix)
        with replacing(path) as temporary:
            if suffix == ".parquet":
                return self._write_parquet(temporary)
            with temporary.open("wb") as stream:
                return self.write_csv(stream) if suffix == ".csv" else self.write_ndjson(stream)

    def write_csv(self, stream: BinaryIO) -> int:
        """Writes CSV in UTF-8 to a stream of bytes; gives the number of rows."""
        header = io.StringIO()
        csv.writer(header, lineterminator="\n").writerow([column.name for column in self.columns])
        stream.write(header.getvalue().encode())
        columns = _Columns(self, _csv_text, [b""] * len(self.columns))
        quoted = _quoted_characters()
        return self._write(
            stream, lambda out, block: self._c.render_csv(out, block, columns.array, len(self.columns), quoted)
        )

    def write_ndjson(self, stream: BinaryIO) -> int:
        """Writes lines of JSON in UTF-8 to a stream of bytes; gives the number of rows."""
        names = [json.dumps(column.name, ensure_ascii=False) for column in self.columns]
        before = [f"{', ' if i else '{'}{name}: ".encode() for i, name in enumerate(names)]
        columns = _Columns(self, lambda text: json.dumps(text, ensure_ascii=False), before)
        return self._write(stream, lambda out, block: self._c.render_json(out, block, columns.array, len(before)))

    def rows(self) -> Iterator[Row]:
        """The rows as `engine/results` has them: texts, millionths, True or False, microseconds, None for nothing."""
        for batch in self._batches("numbers"):
            yield from zip(*[column.to_pylist() for column in _spelled_out(batch).columns], strict=True)

    def batches(self) -> Iterator[Any]:
        """The rows as Arrow record batches, typed as in Parquet: texts, doubles, booleans, UTC timestamps."""
        for batch in self._batches("doubles"):
            yield _spelled_out(batch)

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """The blocks in their order: how many rows, and where the kernel has them."""
        self._check(self._c.results_seal(self._pointer))
        while count := self._c.results_next(self._pointer, _BLOCK):
            if count < 0:
                self._check(count)
            yield count, self._c.results_block(self._pointer)

    def _write(self, stream: BinaryIO, render: Any) -> int:
        written = 0
        out = self._c.bytes_new()
        if not out:
            raise MemoryError
        try:
            for count, block in self._blocks():
                self._check(render(out, block))
                made = out.contents
                if made.count:
                    stream.write(memoryview((ctypes.c_char * made.count).from_address(made.at)).cast("B"))
                written += count
        finally:
            self._c.bytes_free(out)
        return written

    def _write_parquet(self, path: Path) -> int:
        import pyarrow as pa
        import pyarrow.parquet as pq

        coded = pa.dictionary(pa.int32(), pa.string())
        types = {"text": coded, "points": pa.float64(), "boolean": pa.bool_(), "time": pa.timestamp("us", tz="UTC")}
        schema = pa.schema(
            [(column.name, types[column.type] if i else pa.string()) for i, column in enumerate(self.columns)]
        )
        texts = [self.columns[i].name for i in self._texts]
        # Without Arrow's own schema in the file the coded texts are texts to whoever reads it.
        with pq.ParquetWriter(path, schema, use_dictionary=texts, store_schema=False) as writer:
            for batch in self._batches("doubles"):
                writer.write_batch(batch)
        return self.count

    def _batches(self, points: str) -> Iterator[Any]:
        """The blocks as record batches; texts are dictionary-coded."""
        columns = _Columns(self, str, [b""] * len(self.columns))
        for count, block in self._blocks():
            yield from self._block_batches(columns, block, 0, count, points)

    def _block_batches(self, columns: _Columns, block: int, start: int, end: int, points: str) -> Iterator[Any]:
        import pyarrow as pa

        size = self._c.column_lead_bytes(block, start, end)
        if size > 1 << 30 and end - start > 1:
            middle = (start + end) // 2
            yield from self._block_batches(columns, block, start, middle, points)
            yield from self._block_batches(columns, block, middle, end, points)
            return
        count = end - start
        offsets, data = pa.allocate_buffer(4 * (count + 1)), pa.allocate_buffer(size)
        self._c.column_leads(block, start, end, offsets.address, data.address)
        arrays = [pa.Array.from_buffers(pa.string(), count, [None, offsets, data])]
        for i, column in enumerate(self.columns[1:], 1):
            arrays.append(self._array(columns, i, column, block, start, end, points))
        yield pa.RecordBatch.from_arrays(arrays, [column.name for column in self.columns])

    def _array(self, columns: _Columns, i: int, column: Column, block: int, start: int, end: int, points: str) -> Any:
        import pyarrow as pa

        count = end - start
        bits = (count + 7) // 8
        validity, values = (
            pa.py_buffer(bytearray(bits)),
            pa.py_buffer(bytearray(bits if column.type == "boolean" else 0)),
        )
        if column.type != "boolean":
            values = pa.allocate_buffer(count * (4 if column.type == "text" else 8))
        spec = ctypes.byref(columns.array[i])
        if column.type == "points" and points == "numbers":
            spec = ctypes.byref(_Column(_KINDS["time"], self._words[i]))
        nothing = self._c.column_values(block, start, end, spec, values.address, validity.address)
        there = validity if nothing else None
        match column.type:
            case "text":
                codes = pa.Array.from_buffers(pa.int32(), count, [there, values])
                return pa.DictionaryArray.from_arrays(codes, columns.dictionary(i))
            case "boolean":
                return pa.Array.from_buffers(pa.bool_(), count, [there, values])
            case "time" if points == "doubles":
                return pa.Array.from_buffers(pa.timestamp("us", tz="UTC"), count, [there, values])
            case "points" if points == "doubles":
                return pa.Array.from_buffers(pa.float64(), count, [there, values])
            case _:
                return pa.Array.from_buffers(pa.int64(), count, [there, values])

    def _check(self, result: int) -> None:
        if result == _OK:
            return
        if result == _NO_MEMORY:
            raise MemoryError
        if result == _FILE:
            number = int(self._c.results_error(self._pointer))
            raise OSError(number, os.strerror(number), self.temp_dir)
        raise ValueError("these words are no result rows")


def _spelled_out(batch: Any) -> Any:
    """The batch with texts for codes."""
    import pyarrow as pa

    columns = [column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


class _Columns:
    """The columns as the kernel reads them, with the texts as they are to be written."""

    def __init__(self, results: ResultRows, written: Any, before: list[bytes]) -> None:
        self.array = (_Column * len(results.columns))()
        self._held: list[Any] = list(before)
        self._texts: dict[int, Any] = {}
        for i, column in enumerate(results.columns):
            kind = _KINDS[column.type] if i else _LEAD
            spec = _Column(kind, results._words[i], None, None, before[i], len(before[i]))
            if i in results._texts:
                texts = _text_array([written(text) for text in results._texts[i].texts])
                _, offsets, data = texts.buffers()
                self._texts[i] = texts
                spec.offsets = offsets.address if offsets else None
                spec.bytes = data.address if data else None
                spec.text_count = len(texts)
            self.array[i] = spec

    def dictionary(self, i: int) -> Any:
        return self._texts[i]


def _text_array(texts: Sequence[str]) -> Any:
    """An Arrow array of texts, which `pa.array` would load pandas for, where that is installed: half a second."""
    import pyarrow as pa

    bytes_ = [text.encode() for text in texts]
    offsets = array("i", [0, *accumulate(map(len, bytes_))])
    return pa.Array.from_buffers(
        pa.string(), len(bytes_), [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(b"".join(bytes_))]
    )


def _csv_text(text: str) -> str:
    """A text as Python's csv writes it among other columns."""
    if not text:
        return ""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([text, ""])
    return line.getvalue()[:-2]


@lru_cache(maxsize=1)
def _quoted_characters() -> bytes:
    """For each byte, 1 where Python's csv quotes a text that has it (versions differ)."""
    return bytes(code < 128 and _csv_text(chr(code)).startswith('"') for code in range(256))
