"""Text that is not UTF-8: where it begins, what it probably is, and how it becomes UTF-8."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from pathlib import Path

_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_HEAD = 4096
_WORD = re.compile(r"\w+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SHOWN = 30
_GZIP, _ZSTD = ("zcat", "gzip"), ("zstdcat", "zstd")
_PACKED = {".gz": _GZIP, ".gzip": _GZIP, ".zst": _ZSTD, ".zstd": _ZSTD}
"""The commands that unpack and pack a file, by the ending of its name."""


def wide(head: bytes) -> str | None:
    """The encoding of a text of two or four bytes a sign, told by its first bytes; None for all others."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    begin = head[: min(len(head), _HEAD) // 2 * 2]
    # Latin letters have a zero byte each: the second one, or the first.
    for zeros, signs, name in ((begin[1::2], begin[::2], "UTF-16LE"), (begin[::2], begin[1::2], "UTF-16BE")):
        if len(zeros) > 4 and zeros.count(0) > 0.8 * len(zeros) and signs.count(0) == 0:
            return name
    return None


def repair(name: str, encoding: str) -> str:
    """What to do, as a sentence, with a file that is in another encoding; `-` is standard input."""
    convert = f"iconv -f {encoding} -t UTF-8"
    if name == "-":
        return f"Convert it on the way (... | {convert} | scoredsl ...)."
    path = Path(name)
    packed = _PACKED.get(path.suffix.lower())
    stem = path.name.split(".")[0]
    new = shlex.quote(str(path.with_name(f"{stem}-utf8{path.name[len(stem) :]}")))
    old = shlex.quote(name)
    command = f"{packed[0]} {old} | {convert} | {packed[1]} > {new}" if packed else f"{convert} {old} > {new}"
    spreadsheet = " (in Excel: CSV UTF-8)" if path.suffix.lower() in (".csv", ".tsv", ".txt") else ""
    return f"Save it as UTF-8{spreadsheet}, or convert it ({command})."


def trouble(lines: Iterable[bytes], name: str) -> str | None:
    """What is wrong with a text that is not UTF-8, and what to do, in sentences; None where it is UTF-8.

    `lines` are its lines with their ends, `name` the file as the user named it.
    """
    first: tuple[int, int, bytes] | None = None
    wrong = right = 0
    windows = True
    for number, line in enumerate(lines, 1):
        try:
            right += not line.isascii() and bool(line.decode())
        except UnicodeDecodeError as problem:
            wrong += 1
            first = first or (number, problem.start, line)
            windows = windows and _windows(line) is not None
    if first is None:
        return None
    number, start, line = first
    said = "Standard input" if name == "-" else name
    if b"\0" in line:
        return f"{said} is no text file."
    where = f"byte 0x{line[start]:02X} in line {number:,}"
    as_windows = _windows(line)
    guess = f", which would be {_around(line, start)} in Windows-1252" if windows and as_windows else ""
    if right:
        more = f"; {wrong - 1:,} more line{' has' if wrong == 2 else 's have'} such bytes" if wrong > 1 else ""
        return f"{said} is UTF-8 text but for {where}{guess}{more}. Correct it there: the rest must stay as it is."
    text = f"{said} is not UTF-8 text: the first trouble is {where}{guess}."
    return f"{text} {repair(name, 'WINDOWS-1252') if windows else 'Save it as UTF-8.'}"


def _windows(line: bytes) -> str | None:
    """A line read as Windows-1252 (Latin-1 with more signs); None if it cannot be that."""
    try:
        text = line.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def _around(line: bytes, position: int) -> str:
    """The word of a line around a byte, read as Windows-1252."""
    text = line[max(0, position - _SHOWN) : position + _SHOWN].decode("cp1252", "replace")
    at = min(position, _SHOWN)
    word = next((word for word in _WORD.finditer(text) if word.start() <= at < word.end()), None)
    return f'"{word[0] if word else text[at]}"'
