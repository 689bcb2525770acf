"""An NDJSON file as SQL: DuckDB cuts the lines and takes their values; Python decodes those that it reads otherwise."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path
from typing import Any

from scoredsl.engine.scan.lines import Lines, count_lines, plain_lines
from scoredsl.engine.scan.objects import object_of, plain_object, simple_object
from scoredsl.engine.scan.parts import Raw, Relation
from scoredsl.engine.scan.sql import Functions, both, literal, pointer
from scoredsl.engine.scan.times import time_of_text
from scoredsl.engine.sources.files import LocalFile
from scoredsl.engine.sources.json_files import NotJsonError, decoded, table_of, without_infinities, written
from scoredsl.engine.sources.options import ReadOptions
from scoredsl.engine.sources.records import Columns
from scoredsl.engine.sources.tables import Table
from scoredsl.engine.sources.times import TimeReader
from scoredsl.semantics.log import Value

_NO_NULL = "\x02\x03no null\x03\x02"
_LONGEST = 1 << 21
_BATCH = 20_000
_NOT_BLANK = "CASE WHEN starts_with(line, '{') THEN true ELSE trim(line, ' \t\r\n') <> '' END"
COMMA = "[0-9],[0-9]|u00"
"""A line with a number with a comma in a text matches."""


@dataclass(frozen=True, slots=True)
class NdjsonFile:
    """A file whose lines end in one way."""

    file: LocalFile
    count: int
    """How many lines it has, empty ones too."""
    lines: Lines = field(default_factory=Lines)

    def source(self, numbered: bool = True) -> str:
        """What follows FROM: `line` and, if asked for, n, the ordinal of the line from 1, which costs a thread.

        Lines of white space are left out.
        """
        read = self._read()
        if numbered:
            read = f"(SELECT line, row_number() OVER () AS n FROM {read})"
        return f"(SELECT * FROM {read} WHERE {_NOT_BLANK})"

    def _read(self) -> str:
        return (
            f"read_csv({literal(self.file.path)}, auto_detect = false, header = false, delim = '\x01', quote = '', "
            f"escape = '', comment = '', columns = {{'line': 'VARCHAR'}}, nullstr = {literal(_NO_NULL)}, "
            f"max_line_size = {_LONGEST}, parallel = true, hive_partitioning = false, compression = 'none')"
        )
    def table(self, rows: Iterable[tuple[int, str]]) -> Table:
        """Lines as the reader has them."""
        return table_of((self.lines.number(ordinal), line) for ordinal, line in rows)


def opened(file: LocalFile) -> NdjsonFile | None:
    """Looks at the bytes of a file; None where Python must cut it."""
    if file.format == "json":
        with Path(file.path).open("rb") as source:
            if not source.read(1 << 16).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
                return None
    count = count_lines(file.path)
    return None if count is None else NdjsonFile(file, count)


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a file: all keys as they first occur, the lines, how many of them are no objects, the last ordinal.

    `odd`: Python must decode some of the lines.
    """

    keys: tuple[str, ...]
    lines: int
    flaws: int
    last: int
    odd: bool


def contents(db: Any, ndjson: NdjsonFile) -> tuple[NdjsonFile, Contents] | None:
    """Looks at all lines; None where Python must cut them. Raises duckdb.Error for a file that DuckDB cannot cut."""
    simple = f"CASE WHEN {simple_object('line')} THEN json_keys(line) END AS keys"
    groups = db.execute(
        f"SELECT keys, count(*) FROM (SELECT {simple} FROM {ndjson.source(numbered=False)}) GROUP BY keys"
    ).fetchall()
    count = sum(number for _, number in groups)
    sets = [tuple(names) for names, _ in groups if names is not None]
    odd = any(names is None or len(set(names)) < len(names) for names, _ in groups)
    if count != ndjson.count:
        # Some lines are blank; those that are empty DuckDB does not count.
        lines = plain_lines(ndjson.file.path)
        if lines is None:
            return None
        ndjson = replace(ndjson, lines=lines)
    elif not odd and len(sets) == 1:
        return ndjson, Contents(sets[0], count, 0, count, odd)
    first = f"SELECT keys, min(n), max(n) FROM (SELECT n, {simple} FROM {ndjson.source()}) GROUP BY keys"
    ordered = db.execute(first).fetchall()
    seen: list[tuple[int, Sequence[str]]] = [(place, names) for names, place, _ in ordered if names is not None]
    flaws = 0
    if any(names is None for names, _, _ in ordered):
        found = db.execute(f"SELECT n, line FROM {ndjson.source()} WHERE NOT coalesce({simple_object('line')}, false)")
        while batch := found.fetchmany(_BATCH):
            for ordinal, line in batch:
                table = ndjson.table([(ordinal, line)])
                flaws += len(table.flaws)
                seen.append((ordinal, table.columns))
    names = dict.fromkeys(name for _, held in sorted(seen, key=itemgetter(0)) for name in held)
    last = max((last for *_, last in ordered), default=0)
    return ndjson, Contents(tuple(names), count, flaws, last, odd)


@dataclass(frozen=True, slots=True)
class NdjsonPart:
    """The lines of a file that are objects. `odd`: there are lines that Python must decode."""

    ndjson: NdjsonFile
    columns: Columns
    options: ReadOptions
    times: TimeReader
    functions: Functions
    base: int
    profile: bool
    odd: bool = True
    usable: bool = False
    """Rejected lines are left out."""

    def documents(self) -> str:
        """What follows FROM: n, line, and doc, the JSON object of a line; NULL where it is none."""
        if not self.odd:
            return f"(SELECT n, line, line AS doc FROM {self.ndjson.source()})"
        roles = (self.columns.lead, self.columns.event, self.columns.id)
        slow = self.functions.name(("line", roles, self.columns.time), _canonical(roles, self.columns.time), "VARCHAR")
        doc = f"CASE WHEN {plain_object('line')} THEN line ELSE {slow}(line) END"
        return f"(SELECT n, line, {doc} AS doc FROM {self.ndjson.source()})"

    def heads(self, paths: Sequence[str] = ()) -> str:
        """What follows FROM: n, line, doc, lead, event, time, id, given, wrong; v0..: the JSON values at `paths`."""
        columns_ = [self.columns.lead, self.columns.event, self.columns.time, self.columns.id]
        roles = list(dict.fromkeys(column for column in columns_ if column))
        asked = [*(pointer([role]) for role in roles), *paths]
        values = f"CAST(json_extract(doc, [{', '.join(asked)}]) AS VARCHAR[])"
        held = {role: f"h[{i}]" for i, role in enumerate(roles, 1)}
        texts = "".join(
            f", CASE WHEN {value}[1] = '\"' THEN json_extract_string({value}, '$') END AS s{i}"
            for i, value in enumerate(held.values())
        )
        names = {role: (f"j{i}", f"s{i}") for i, role in enumerate(held)}
        jsons = "".join(f", {value} AS j{i}" for i, value in enumerate(held.values()))
        inner = f"(SELECT *{jsons}{texts} FROM (SELECT n, line, doc, {values} AS h FROM {self.documents()}))"
        lead, _ = self._text(names, self.columns.lead)
        columns = [f"{lead} AS lead"]
        wrong = "false"
        if not self.profile:
            event = literal(self.options.event_name) if self.options.event_name else None
            columns.append(f"{event or self._text(names, self.columns.event)[0]} AS event")
            id_, wrong = self._text(names, self.columns.id) if self.columns.id else ("NULL::VARCHAR", "false")
            columns.append(f"{id_} AS id")
        columns.append(f"{wrong} AS wrong")
        if self.columns.time:
            value, text = names[self.columns.time]
            columns.append(f"{self._time(value, text)} AS time")
            columns.append(f"({value} IS NOT NULL AND {value} NOT IN ('null', '\"\"')) AS given")
        else:
            columns += ["NULL::BIGINT AS time", "false AS given"]
        first = len(held)
        more = "".join(f", h[{first + 1 + i}] AS v{i}" for i in range(len(paths)))
        return f"(SELECT n, line, doc, {', '.join(columns)}{more} FROM {inner})"

    def unusable(self) -> str:
        """Which rows of `heads` are rejected; never NULL."""
        if self.profile:
            return "doc IS NULL OR lead IS NULL OR (given AND time IS NULL)"
        return "doc IS NULL OR lead IS NULL OR event IS NULL OR time IS NULL OR wrong"

    def relation(self, names: Sequence[str], until: int | None) -> Relation:
        dropped, opened_ = self.columns.dropped, self.columns.opened
        own = [name for name in names if name not in dropped]
        paths = [pointer([name]) for name in own]
        if opened_ and names:
            paths.append(pointer([opened_]))
        source = self.heads(paths)
        chosen: list[str] = []
        fields: dict[str, list[Raw]] = {name: [] for name in names}

        def column(name: str, sql: str) -> None:
            fields[name].append(Raw("json", f"r{len(chosen)}"))
            chosen.append(f"{sql} AS r{len(chosen)}")

        for i, name in enumerate(own):
            column(name, f"v{i}")
        if opened_ and names:
            held = f"v{len(own)}"
            # An object in a text is an object, too; what is no object is a property of its own.
            inner = (
                f"CASE WHEN {held}[1] = '{{' THEN {held} WHEN {held}[1] = '\"' "
                f"THEN {object_of(f'''json_extract_string({held}, '$')''', self.functions)} END"
            )
            source = f"(SELECT *, {inner} AS inner_ FROM {source})"
            source = f"(SELECT *, {self._distinct('inner_')} AS inside FROM {source})"
            if opened_ in names:
                column(opened_, f"CASE WHEN inner_ IS NULL THEN {held} END")
            for name in names:
                column(name, f"CAST(json_extract(inside, {pointer([name])}) AS VARCHAR)")
        head = ["lead", "time"] if self.profile else ["lead", "event", "time", "id"]
        head.append(f"n + {self.base} AS place")
        conditions = [f"NOT ({self.unusable()})"] if self.usable else []
        if until is not None:
            conditions.append(f"time <= {until}" + (" OR time IS NULL" if self.profile else ""))
        where = f" WHERE {both(conditions)}" if conditions else ""
        sql = f"SELECT {', '.join([*head, *chosen])} FROM {source}{where}"
        return Relation(sql, {name: tuple(raws) for name, raws in fields.items()})

    def _distinct(self, text: str) -> str:
        """The object with the last of equal keys only."""
        slow = self.functions.name("object", _object, "VARCHAR")
        once = f"list_unique(json_keys({text})) = len(json_keys({text}))"
        return f"CASE WHEN {once} THEN {text} WHEN {text} IS NOT NULL THEN {slow}({text}) END"

    def _text(self, names: dict[str, tuple[str, str]], column: str) -> tuple[str, str]:
        """A lead, name or id, a number as it is written; and whether it is something else than text and number."""
        value, text = names[column]
        slow = self.functions.name(("written", column), _written(column), "VARCHAR")
        number = f"({value}[1] = '-' OR {value}[1] BETWEEN '0' AND '9')"
        found = (
            f"CASE WHEN {text} IS NOT NULL THEN nullif({text}, '') "
            # DuckDB writes other numbers in its own way.
            f"WHEN regexp_full_match({value}, '-?[1-9][0-9]*') THEN {value} WHEN {number} THEN {slow}(doc) END"
        )
        wrong = f"({value} IS NOT NULL AND {value} <> 'null' AND {text} IS NULL AND NOT {number})"
        return found, wrong

    def _time(self, value: str, text: str) -> str:
        slow = self.functions.name("time of a number", _time_of_number(self.times), "BIGINT")
        of_text = time_of_text(text, self.options, self.times, self.functions)
        return (
            f"CASE WHEN {text} IS NOT NULL THEN {of_text} "
            f"WHEN {value}[1] = '-' OR {value}[1] BETWEEN '0' AND '9' THEN "
            f"CASE WHEN {self._epoch(value)} ELSE {slow}({value}) END END"
        )

    def _epoch(self, value: str) -> str:
        """A first branch for whole seconds and milliseconds, if no form rules them."""
        if self.options.time_format is not None:
            return "false THEN NULL"
        return (
            f"regexp_full_match({value}, '[1-9][0-9]{{9}}') THEN CAST({value} AS BIGINT) * 1000000 "
            f"WHEN regexp_full_match({value}, '[1-9][0-9]{{12}}') THEN CAST({value} AS BIGINT) * 1000"
        )


def _canonical(roles: Sequence[str], time: str) -> Callable[[str], str | None]:
    def canonical(line: str) -> str | None:
        """The object of a line as DuckDB reads it without mistake; what plays a role as text, as it is written."""
        try:
            value = decoded(line)
        except NotJsonError:
            return None
        if not isinstance(value, dict):
            return None
        record: dict[str, Value] = dict(value)
        for role in roles:
            held = record.get(role)
            if isinstance(held, (int, float)) and not isinstance(held, bool):
                record[role] = written(line, role)
        if isinstance(record.get(time), float) and not math.isfinite(record[time]):
            # There is a time, and it cannot be read.
            record[time] = str(record[time])
        return json.dumps(without_infinities(record, line), ensure_ascii=False, separators=(",", ":"))

    return canonical


def _written(column: str) -> Callable[[str], str]:
    return lambda document: written(document, column)


def _object(text: str) -> str:
    return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))


def _time_of_number(times: TimeReader) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        value: Any = decoded(text)
        return times.read(value)

    return read
