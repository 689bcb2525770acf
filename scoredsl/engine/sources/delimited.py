"""CSV, TSV and text in columns: DuckDB cuts the cells, all values are text, an empty cell is missing."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from scoredsl.engine.sources.duck import lines, quoted, readable, rows
from scoredsl.engine.sources.files import LocalFile
from scoredsl.engine.sources.locate import Records, records
from scoredsl.engine.sources.options import SourceError
from scoredsl.engine.sources.tables import Flaw, Record, Table

Taken = TypeVar("Taken")
_DELIMITERS = (",", ";", "\t", "|")
_HEADER = 1 << 20
_LONGEST = 1 << 27
_WIDEST = 5_000
_NO_NULL = "\x02\x03no null\x03\x02"
"""What stands for null in a CSV: a text that is in none, so that NULL, nan and the like stay texts."""
_FOUND = re.compile(r"Found: ([0-9]+)")


def delimiter_of(file: LocalFile) -> str | None:
    """What stands between the cells of a file; None: white space."""
    if file.format == "tsv":
        return "\t"
    first = _first_record(file)
    return None if file.format == "txt" and not any(sign in first for sign in _DELIMITERS) else _sniffed(first)


def read_csv(db: Any, file: LocalFile) -> Table:
    """CSV with `,` `;` tab or `|`, whichever the header has most of. Rows are the file's lines; the header is line 1.

    Raises SourceError for a file without a readable header.
    """
    return _read(db, file, _sniffed(_first_record(file)))


def read_tsv(db: Any, file: LocalFile) -> Table:
    """As `read_csv`, with tabs."""
    return _read(db, file, "\t")


def read_txt(db: Any, file: LocalFile) -> Table:
    """Text: as CSV where the header has one of its delimiters, else columns with white space between."""
    first = _first_record(file)
    if any(sign in first for sign in _DELIMITERS):
        return _read(db, file, _sniffed(first))
    return _columns(db, file)


def _first_record(file: LocalFile) -> str:
    """The beginning of the file up to the end of its header: more lines while a quote is open."""
    with Path(file.path).open("rb") as source:
        text = source.read(_HEADER).decode("utf-8", "replace").removeprefix("\ufeff").lstrip("\r\n")
    taken = ""
    for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text):
        taken += line
        if taken.count('"') % 2 == 0:
            return taken
    return text.split("\n", 1)[0]


def _sniffed(header: str) -> str:
    bare = re.sub(r'"(?:[^"]|"")*"', "", header)
    return max(_DELIMITERS, key=bare.count)


def scan(delimiter: str, width: int, size: int, more: str, parallel: bool = False) -> str:
    """SQL that reads a file of `size` bytes as texts c0, c1, ..., the header as a row. `more`: other options."""
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    at_once = str(parallel).lower()
    longest = max(1 << 21, min(size + 1, _LONGEST))
    return (
        f"SELECT * FROM read_csv(?, auto_detect = false, header = false, delim = {quoted(delimiter)}, quote = '\"', "
        f"escape = '\"', comment = '', columns = {{{columns}}}, nullstr = {quoted(_NO_NULL)}, "
        f"max_line_size = {longest}, parallel = {at_once}, hive_partitioning = false, compression = 'none'{more})"
    )


def _read(db: Any, file: LocalFile, delimiter: str) -> Table:
    header = header_of(db, file, delimiter, Path(file.path).stat().st_size)
    cells, path, flawed = well_formed(db, file, delimiter, header, lambda sql, path: list(rows(db, sql, [path])))
    if not cells or cells[0] != header:
        raise no_header(file)
    columns, notes = named(file, header)
    if not columns:
        raise no_header(file)
    found = records(path, delimiter)
    indexes, flaws = accounted(file, found, len(cells), flawed)
    table: list[tuple[int, Record, str | None]] = [
        (index, record, None) for index, record in zip(indexes, _records(header, cells), strict=True)
    ]
    return Table(tuple(columns), table, found.where, flaws, notes=notes)


def accounted(
    file: LocalFile, found: Records, count: int, flawed: Mapping[int, str]
) -> tuple[Sequence[int], list[Flaw]]:
    """Which records of the file the `count` rows are (less the header), and what is wrong with all others.

    DuckDB drops what comes after a quote that is never closed without a word: so what it gave is counted against the
    file, and what is left over at its end is a flaw.
    """
    reasons: dict[int, str] = {}
    for position, reason in flawed.items():
        reasons.setdefault(found.at_byte(position), reason)
    if 0 in reasons:
        raise no_header(file)
    usable = array("q", (index for index in range(len(found)) if index not in reasons))
    if len(usable) < count:
        raise SourceError(f"{file.name} cannot be read: its quotes do not match; write it again as CSV.")
    if len(usable) > count:
        lost = len(found) - usable[count]
        more = f"; the {lost:,} rows from here to the end of the file are lost" if lost > 1 else ""
        reasons = {index: reason for index, reason in reasons.items() if index < usable[count]}
        reasons[usable[count]] = f"A quote that opens here is never closed{more}"
    return usable[1:count], [Flaw(index, reason) for index, reason in sorted(reasons.items())]


def no_header(file: LocalFile) -> SourceError:
    return SourceError(f"The header of {file.name} cannot be read; its first line must name the columns, in UTF-8.")


def header_of(db: Any, file: LocalFile, delimiter: str, size: int) -> tuple[str, ...]:
    """The header's cells, as DuckDB reads them."""
    width = _first_record(file).count(delimiter) + 1
    if width > _WIDEST:
        raise SourceError(f"{file.name} has {width:,} columns in its first line; at most {_WIDEST:,} can be read.")
    lenient = (
        scan(delimiter, width, size, ", null_padding = true, strict_mode = false, ignore_errors = true") + " LIMIT 1"
    )
    with readable(file.name, file.path):
        first = next(rows(db, lenient, [file.path]), None)
    if first is None:
        raise SourceError(f"{file.name} has no header; its first line must name the columns.")
    return tuple(cell for cell in first if cell is not None)


def well_formed(
    db: Any, file: LocalFile, delimiter: str, header: Sequence[str], take: Callable[[str, str], Taken]
) -> tuple[Taken, str, dict[int, str]]:
    """All rows that are well-formed, the file that they are from, and byte positions and reasons of the other rows.

    `take` is given the SQL that reads the rows, and the path that is its parameter; it must ask for all cells.
    """
    import duckdb

    size = Path(file.path).stat().st_size
    sql = scan(delimiter, len(header), size, "")
    with suppress(duckdb.Error):
        return take(sql, file.path), file.path, {}
    sql = scan(delimiter, len(header), size, ", store_rejects = true")
    with suppress(duckdb.Error):
        _forget(db)
        return take(sql, file.path), file.path, _flawed(db)
    path = _one_kind_of_line_end(file)
    with readable(file.name, path):
        _forget(db)
        return take(sql, path), path, _flawed(db)


def _forget(db: Any) -> None:
    db.execute("DROP TABLE IF EXISTS reject_errors")
    db.execute("DROP TABLE IF EXISTS reject_scans")


def _flawed(db: Any) -> dict[int, str]:
    sql = "SELECT line_byte_position, error_type, error_message "
    sql += "FROM reject_errors ORDER BY line_byte_position, column_idx"
    # A row that is too long is there once for each cell too many; the last says how many there are.
    return {int(position): _reason(str(kind), str(said)) for position, kind, said in rows(db, sql)}


def _reason(kind: str, said: str) -> str:
    count = _FOUND.search(said)
    cells = f"{count[1]} cell{'' if count[1] == '1' else 's'}" if count else "another number of cells"
    match kind:
        case "MISSING COLUMNS":
            return f"The row has {cells}, fewer than the header"
        case "TOO MANY COLUMNS":
            return f"The row has {cells}, more than the header; a cell with the delimiter in it must be in quotes"
        case "UNQUOTED VALUE":
            return "A cell goes on after its closing quote; a quote inside a cell must be doubled"
        case "INVALID ENCODING" | "INVALID UNICODE":
            return "The row is not UTF-8 text"
        case "LINE SIZE OVER MAXIMUM":
            return f"The row is longer than {_LONGEST >> 20} MB"
        case _:
            return f"The row cannot be read: {said.rstrip('.')}"


def _one_kind_of_line_end(file: LocalFile) -> str:
    """A copy with `\n` for all line ends: DuckDB reads files with one kind of them only."""
    data = Path(file.path).read_bytes()
    Path(file.spare).write_bytes(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    return file.spare


def named(file: LocalFile, header: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names of columns that are read, and what is to be said about the others."""
    columns: list[str] = []
    notes: list[str] = []
    for number, name in enumerate(header, 1):
        if not name:
            notes.append(f"Column {number} of {file.name} has no name and is left out.")
        elif name in columns:
            notes.append(f"Column {name} is twice in {file.name}; the first is read, column {number} is left out.")
        else:
            columns.append(name)
    return columns, notes


def _records(header: Sequence[str], cells: list[tuple[Any, ...]]) -> list[Record]:
    """The rows below the header; what is empty is not in the record."""
    names = [name if name and name not in header[:i] else "" for i, name in enumerate(header)]
    return [{name: cell for name, cell in zip(names, row, strict=True) if cell and name} for row in cells[1:]]


def _columns(db: Any, file: LocalFile) -> Table:
    """Words with white space between, a row a line, the header's words first."""
    header: list[str] = []
    found: list[tuple[int, Record, str | None]] = []
    flaws: list[Flaw] = []
    texts: dict[int, str] = {}
    for number, line in lines(db, file.name, file.path):
        words = line.split() if line is not None else []
        if line is None:
            flaws.append(Flaw(number, "The line is not UTF-8 text"))
        elif not words:
            continue
        elif not header:
            header = words
        elif len(words) != len(header):
            flaws.append(Flaw(number, f"The row has {len(words)} words, the header has {len(header)}"))
            texts[number] = line
        else:
            texts[number] = line
            found.append((number, dict(zip(header, words, strict=True)), None))
    if not header:
        raise SourceError(f"{file.name} has no header; its first line must name the columns.")
    columns, notes = named(file, header)
    return Table(tuple(columns), found, lambda index: (index, texts.get(index, "")), flaws, notes=notes)
