"""From what the user gave (paths, patterns, `-`) to plain local files of a known format."""

from __future__ import annotations

import glob
import gzip
import os
import shutil
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from scoredsl.engine.sources.encodings import repair, wide
from scoredsl.engine.sources.options import FORMATS, SourceError

_BY_ENDING = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".txt": "txt",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_COMPRESSED = (".gz", ".gzip", ".zst", ".zstd")
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZIP = b"PK\x03\x04"
"""Also how the workbooks of spreadsheets begin ..."""
_OFFICE = b"\xd0\xcf\x11\xe0"
"""... and how they began before."""
_CHUNK = 1 << 20
_PATTERN = "*?["


@dataclass(frozen=True, slots=True)
class LocalFile:
    """`given`: as the user named it (`-` is standard input); `path`: where DuckDB reads it; `format`: of FORMATS.

    `spare`: a path of ours that does not exist yet. `empty`: there is nothing in it but, at most, white space.
    """

    given: str
    path: str
    format: str
    empty: bool
    spare: str

    @property
    def name(self) -> str:
        """What messages call it."""
        return said(self.given)


def said(given: str) -> str:
    """What messages call a path."""
    return "Standard input" if given == "-" else given


def expand(paths: Sequence[str]) -> list[str]:
    """The files of paths and patterns, in the order given; what a pattern matches is sorted.

    Raises SourceError for a missing file, a folder, a pattern that matches nothing, and `-` twice.
    """
    if not paths:
        raise SourceError("There is no file to read; name at least one.")
    if list(paths).count("-") > 1:
        raise SourceError("Standard input (-) can be read only once.")
    found: list[str] = []
    for given in paths:
        if given == "-":
            found.append(given)
        elif "\0" in given or not given:
            raise SourceError(f"{given!r} is no file name.")
        elif any(sign in given for sign in _PATTERN) and not os.path.lexists(given):
            found_here = glob.glob(given, recursive=True)  # noqa: PTH207 (the pattern may be absolute)
            matches = sorted(match for match in found_here if not Path(match).is_dir())
            if not matches:
                raise SourceError(f"No file matches {given}; check the folder and the pattern.")
            found += matches
        elif Path(given).is_dir():
            raise SourceError(f"{given} is a folder; name the files in it, for example {Path(given) / '*.csv'}.")
        elif not Path(given).exists():
            raise SourceError(f"{given} does not exist; check the name and the folder.")
        else:
            found.append(given)
    return found


def prepare(given: str, number: int, input_format: str | None, folder: Path) -> LocalFile:
    """Makes a file of `expand` readable for DuckDB: standard input and what is compressed go into `folder`.

    `number` is its place among the files. Raises SourceError for what cannot be opened or unpacked, for text that is
    UTF-16, and where the format is neither given nor to be told from the name or the first bytes.
    """
    wanted = _wanted(input_format)
    plain = folder / f"source{number}"
    try:
        if given == "-" or not Path(given).is_file():
            # A pipe can be read only once, DuckDB reads more often.
            spooled = folder / f"input{number}"
            with _opened(given) as source, spooled.open("wb") as target:
                shutil.copyfileobj(source, target, _CHUNK)
            path = _unpacked(spooled, plain)
        else:
            path = _unpacked(Path(given), plain)
        if any(sign in str(path) for sign in _PATTERN):
            # DuckDB would take the name for a pattern.
            path = _called(path, plain)
        with path.open("rb") as source:
            head = source.read(_CHUNK)
    except (OSError, EOFError, zlib.error) as problem:
        raise SourceError(f"{said(given)} cannot be read: {_reason(problem)}.") from problem
    kind = wanted or _by_name(given) or _sniffed(head)
    if kind != "parquet" and head.startswith((_ZIP, _OFFICE)):
        raise SourceError(f"{said(given)} is a spreadsheet or an archive, no text; save its sheet as CSV (CSV UTF-8).")
    encoding = None if kind == "parquet" else wide(head)
    if encoding is not None:
        raise SourceError(f"{said(given)} is {encoding} text, not UTF-8. {repair(given, encoding)}")
    if kind != "parquet" and b"\0" in head and not _is_utf8(head):
        raise SourceError(f"{said(given)} is no text file; a log is CSV, TSV, NDJSON, JSON or Parquet.")
    if kind is None:
        raise SourceError(
            f"The format of {said(given)} cannot be told; say it with --input-format ({', '.join(FORMATS)})."
        )
    bare = head.removeprefix(b"\xef\xbb\xbf")
    empty = len(head) < _CHUNK and not bare.strip(b" \t\r\n")
    return LocalFile(given, str(path), kind, empty, str(folder / f"spare{number}"))


def _wanted(input_format: str | None) -> str | None:
    if input_format is None:
        return None
    wanted = "ndjson" if input_format.lower() == "jsonl" else input_format.lower()
    if wanted not in FORMATS:
        raise SourceError(f"{input_format} is no input format; there are {', '.join(FORMATS)}.")
    return wanted


@contextmanager
def _opened(given: str) -> Iterator[IO[bytes]]:
    if given != "-":
        with Path(given).open("rb") as source:
            yield source
    elif sys.stdin is None:
        raise SourceError("There is no standard input to read (-).")
    else:
        yield sys.stdin.buffer


def _called(path: Path, name: Path) -> Path:
    """The file under another name."""
    try:
        name.symlink_to(path)
    except OSError:
        shutil.copyfile(path, name)
    return name


def _unpacked(path: Path, target: Path) -> Path:
    """The file itself, or `target` with what was compressed in it (told by the first bytes, not by the name)."""
    with path.open("rb") as source:
        head = source.read(4)
    if head.startswith(_GZIP):
        with gzip.open(path, "rb") as packed, target.open("wb") as out:
            shutil.copyfileobj(packed, out, _CHUNK)
        return target
    if head.startswith(_ZSTD):
        import pyarrow

        with pyarrow.input_stream(str(path), compression="zstd") as packed, target.open("wb") as out:
            _copy(packed, out)
        return target
    return path.absolute()


def _copy(source: Any, target: IO[bytes]) -> None:
    while chunk := source.read(_CHUNK):
        target.write(chunk)


def _reason(problem: Exception) -> str:
    if isinstance(problem, EOFError) or "Truncated" in str(problem):
        return "the compressed file ends too early; copy it again"
    if isinstance(problem, (zlib.error, gzip.BadGzipFile)) or "inflate" in str(problem):
        return "the compressed file is damaged; copy it again"
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror[0].lower() + problem.strerror[1:]
    return str(problem).splitlines()[0].rstrip(".") if str(problem) else type(problem).__name__


def _is_utf8(head: bytes) -> bool:
    """Whether the beginning of a file, which may end inside a character, is UTF-8."""
    try:
        head.decode()
    except UnicodeDecodeError as problem:
        return len(head) == _CHUNK and problem.start > len(head) - 4
    return True


def _by_name(given: str) -> str | None:
    name = Path(given).name.lower()
    for ending in _COMPRESSED:
        name = name.removesuffix(ending)
    return _BY_ENDING.get(Path(name).suffix)


def _sniffed(head: bytes) -> str | None:
    if head.startswith(b"PAR1"):
        return "parquet"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        return "ndjson"
    if start.startswith(b"["):
        return "json"
    line = start.split(b"\n", 1)[0]
    if b"\t" in line:
        return "tsv"
    return "csv" if b"," in line or b";" in line else None
