"""Files of kept rows: blocks of one stream, each compressed and with a checksum, and at the end where they stand.

magic | blocks | contents as JSON | length and checksum of the contents | magic
"""

from __future__ import annotations

import json
import os
import struct
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from scoredsl.engine.kernel.kept import IDS, LEADS, DamagedError

_MAGIC = b"scoredsl rows 1\n"
_END = struct.Struct("<QI")
_CODEC, _LEVEL = "zstd", 1
_Entry = tuple[int, int, int, int, int, int]
"""Of a block: partition, rows, where it begins, its bytes, those when it is unpacked, checksum."""


class SegmentFile:
    """A file of kept rows that is read (a `Segment` of the kernel)."""

    def __init__(self, path: Path, stream: int, checksum: int) -> None:
        """`checksum`: of its contents. Raises DamagedError for another file, OSError where it cannot be read."""
        import pyarrow

        self._codec = pyarrow.Codec(_CODEC)
        self._file = path.open("rb")
        self._lock = threading.Lock()
        self.path = path
        self.stream = stream
        contents = self._contents(checksum)
        self.columns: int = contents["columns"]
        self.words: tuple[int, int] = tuple(contents["words"])
        self.texts: tuple[Mapping[int, str], Mapping[int, str]] = (dict(contents["leads"]), dict(contents["ids"]))
        entries: list[_Entry] = [tuple(entry) for entry in contents["blocks"]]
        self.rows = sum(entry[1] for entry in entries)
        self._blocks: dict[int, list[tuple[int, Callable[[], Any]]]] = {}
        for entry in entries:
            self._blocks.setdefault(entry[0], []).append((entry[1], partial(self._block, entry)))

    def close(self) -> None:
        self._file.close()

    def blocks(self, partition: int) -> Sequence[tuple[int, Callable[[], Any]]]:
        return self._blocks.get(partition, ())

    def _contents(self, checksum: int) -> dict[str, Any]:
        tail = _END.size + len(_MAGIC)
        size = self._file.seek(0, os.SEEK_END)
        if size < len(_MAGIC) + tail:
            raise DamagedError
        end = self._read(size - tail, tail)
        length, found = _END.unpack(end[: _END.size])
        is_ours = end.endswith(_MAGIC) and self._read(0, len(_MAGIC)) == _MAGIC
        if not is_ours or found != checksum or length > size - tail:
            raise DamagedError
        text = self._read(size - tail - length, length)
        if zlib.crc32(text) != checksum:
            raise DamagedError
        contents: dict[str, Any] = json.loads(text)
        return contents

    def _block(self, entry: _Entry) -> Any:
        _, _, begin, size, unpacked, checksum = entry
        packed = self._read(begin, size)
        if zlib.crc32(packed) != checksum:
            raise DamagedError
        return self._codec.decompress(packed, unpacked)

    def _read(self, begin: int, size: int) -> bytes:
        with self._lock:
            self._file.seek(begin)
            read = self._file.read(size)
        if len(read) != size:
            raise DamagedError
        return read


class SegmentWriter:
    """A file of kept rows that is written; blocks come from any thread."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        import pyarrow

        self._codec = pyarrow.Codec(_CODEC, compression_level=_LEVEL)
        self._file = path.open("wb")
        self._lock = threading.Lock()
        self._at = self._file.write(_MAGIC)
        self._entries: list[_Entry] = []
        self._texts: tuple[set[int], set[int]] = (set(), set())
        self.path = path

    def add(self, partition: int, rows: int, block: memoryview, texts: Sequence[int]) -> None:
        """Writes a block. `texts`: the long ones, twice the number, and 1 for an id's. Raises OSError."""
        packed = self._codec.compress(block, asbytes=True)
        checksum = zlib.crc32(packed)
        with self._lock:
            self._file.write(packed)
            self._entries.append((partition, rows, self._at, len(packed), len(block), checksum))
            self._at += len(packed)
            for text in texts:
                self._texts[text % 2].add(text // 2)

    @property
    def rows(self) -> int:
        return sum(entry[1] for entry in self._entries)

    def finish(self, columns: int, words: tuple[int, int], text: Callable[[int, int], str]) -> int:
        """Ends the file, which is on the disk then; gives the checksum of its contents.

        `text` gives that of a number, of leads or of ids. Raises OSError.
        """
        contents = {
            "columns": columns,
            "words": words,
            "leads": [(number, text(LEADS, number)) for number in sorted(self._texts[LEADS])],
            "ids": [(number, text(IDS, number)) for number in sorted(self._texts[IDS])],
            "blocks": self._entries,
        }
        written = json.dumps(contents, ensure_ascii=False, separators=(",", ":")).encode()
        checksum = zlib.crc32(written)
        self._file.write(written + _END.pack(len(written), checksum) + _MAGIC)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return checksum

    def drop(self) -> None:
        """Gives the file up."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def merged_from(sizes: Sequence[int], new: int) -> int:
    """From which of a stream's files on, by their rows, they are merged with the `new` rows.

    A file is merged when those after it have as many rows: so there are few files, and a row is seldom written again
    (about as often as the log has doubled since it came in).
    """
    begin = len(sizes)
    while begin and sizes[begin - 1] <= new:
        begin -= 1
        new += sizes[begin]
    return begin
