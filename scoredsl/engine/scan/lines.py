"""The lines of a text file, looked at as bytes: whether there is only one way to cut it."""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 24
_MOST_EMPTY = 10_000


@dataclass(frozen=True, slots=True)
class Shape:
    """`rows`: how many lines are not blank, the header too, those inside quotes not counted; None: every line is a row.

    `broken`: there are line breaks inside quotes.
    """

    rows: int | None
    broken: bool


def shape(path: str, delimiter: str) -> Shape | None:
    """Looks at all bytes of a file; None where its quotes or line ends are not plain."""
    if not _contains(path, b'"') and not _contains(path, b"\r"):
        return Shape(None, False)
    sign = re.escape(delimiter).encode()
    odd = re.compile(rb'[^%b\n"]"|"[^%b\r\n"]' % (sign, sign))
    rows, broken, inside, rest, first = 0, False, False, b"", True
    with Path(path).open("rb") as source:
        while chunk := source.read(_CHUNK):
            if first:
                chunk, first = chunk.removeprefix(b"\xef\xbb\xbf"), False
            pieces = chunk.split(b'"')
            # One quote is kept for each text in quotes; what is in them is left out.
            outside, quoted = (pieces[1::2], pieces[::2]) if inside else (pieces[::2], pieces[1::2])
            if not broken:
                texts = b"".join(quoted)
                broken = b"\n" in texts or b"\r" in texts
            kept = b'"'.join(outside)
            inside ^= len(pieces) % 2 == 0
            if inside and len(pieces) > 1:
                kept += b'"'
            lines, end, rest = (rest + kept).rpartition(b"\n")
            found = _rows(lines + end, odd)
            if found is None:
                return None
            rows += found
    last = _rows(rest + b"\n", odd)
    return None if inside or last is None else Shape(rows + last, broken)


def _contains(path: str, sign: bytes) -> bool:
    with Path(path).open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(sign) >= 0


def _rows(lines: bytes, odd: re.Pattern[bytes]) -> int | None:
    """How many lines are not blank."""
    if lines.count(b"\r") != lines.count(b"\r\n") or (b'"' in lines and odd.search(lines)):
        return None
    count = lines.count(b"\n")
    if lines.startswith((b"\n", b"\r\n")) or b"\n\n" in lines or b"\n\r\n" in lines:
        count -= sum(1 for line in lines.split(b"\n")[:-1] if line in (b"", b"\r"))
    return count


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a file that are not empty, counted from 1 as DuckDB counts them: it passes over the empty ones."""

    empty: tuple[int, ...] = ()
    """Which lines of the file are empty."""

    def number(self, ordinal: int) -> int:
        """The line of the file that an ordinal means."""
        for line in self.empty:
            if line > ordinal:
                break
            ordinal += 1
        return ordinal


def count_lines(path: str) -> int | None:
    """How many lines a file has; None where some end in another way than the others."""
    count, returns, pairs, last = 0, 0, 0, b""
    bare = not _contains(path, b"\r")
    with Path(path).open("rb") as source:
        while chunk := source.read(_CHUNK):
            count += chunk.count(b"\n")
            if not bare:
                returns += chunk.count(b"\r")
                pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
            last = chunk[-1:]
    if returns != pairs or returns not in (0, count):
        return None
    return count + (last != b"\n")


def plain_lines(path: str) -> Lines | None:
    """The lines of a file of which some are empty; None where too many are."""
    empty: list[int] = []
    with Path(path).open("rb") as source:
        for number, line in enumerate(source, 1):
            if line in (b"\n", b"\r\n") or (number == 1 and line.strip(b"\r\n") == b"\xef\xbb\xbf"):
                empty.append(number)
                if len(empty) > _MOST_EMPTY:
                    return None
    return Lines(tuple(empty))
