"""Where in a CSV file each record starts: to say where a rejected row stands, and that no row was lost.

DuckDB reads the cells but does not say in which line a record stood (quoted line breaks and blank lines shift it), and
drops what comes after a quote that is never closed. The values never come from here.
"""

from __future__ import annotations

import mmap
import re
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

_SHOWN = 2000


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a CSV file that are not blank, the header first: first byte, byte after the last, line."""

    path: str
    starts: array[int]
    ends: array[int]
    lines: array[int]

    def __len__(self) -> int:
        return len(self.starts)

    def at_byte(self, position: int) -> int:
        """The index of the record that DuckDB means by a byte position (it may point to the line break before)."""
        return min(bisect_left(self.ends, position), max(len(self.ends) - 1, 0))

    def where(self, index: int) -> tuple[int, str]:
        """The line in which a record starts, and its text."""
        return self.lines[index], self.text(index)

    def text(self, index: int) -> str:
        """The record as it stands in the file (cut)."""
        with Path(self.path).open("rb") as source:
            source.seek(self.starts[index])
            length = min(self.ends[index] - self.starts[index], _SHOWN)
            return source.read(length).decode("utf-8", "replace")


def records(path: str, delimiter: str) -> Records:
    """Finds the records of a CSV file by RFC 4180; a quote that is never closed is taken as a letter."""
    outside = re.escape(delimiter).encode()
    cell = rb'(?: *"(?:[^"]++|"")*+"[^%b\r\n]*+|[^%b\r\n]*+)' % (outside, outside)
    # At an opened quote that never closes, the first branch fails and the second takes the rest of the line.
    record = re.compile(rb"%b(?:%b%b)*+" % (cell, outside, cell))
    starts, ends, lines = array("q"), array("q"), array("q")
    with Path(path).open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
        size = len(data)
        position = 3 if data[:3] == b"\xef\xbb\xbf" else 0
        line = 1
        while position < size:
            match = record.match(data, position)
            end = match.end() if match else position
            if end > position:
                starts.append(position)
                ends.append(end)
                lines.append(line)
                text = data[position:end]
                line += text.count(b"\n") or text.count(b"\r")
            if data[end : end + 2] == b"\r\n":
                end += 1
            position = end + 1
            line += 1
    return Records(path, starts, ends, lines)
