"""From a scan and a set of channels to one query, and to Arrow batches of its rows (`plan/channels.py`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scoredsl.engine.matching.conditions import Conditions, Names
from scoredsl.engine.matching.layers import Layers, Sql
from scoredsl.engine.matching.names import AskedNames, FilledNames, RawNames, asked
from scoredsl.engine.matching.readings import TYPES, Reading, Readings
from scoredsl.engine.scan.parts import Part
from scoredsl.engine.scan.scan import EventScan, ProfileScan, Scan, ScanFile
from scoredsl.engine.scan.sql import literal, literals
from scoredsl.engine.sources.duck import cursor
from scoredsl.plan.channels import MISSING, Bit, ChannelSet
from scoredsl.semantics.zones import Zone, zone

UTC = zone("UTC")
BATCH = 262_144
"""How many rows a batch holds at most."""

_NO_TIME = f"(-{2**63 - 1} - 1)"
assert MISSING == -(2**63)


def event_batches(
    scan: EventScan, channels: ChannelSet, until: int | None, date_zone: Zone = UTC, rows: int = BATCH
) -> Any:
    """All usable events with a time of at most `until` (None: all) as a pyarrow.RecordBatchReader, in the log's order.

    Columns: lead, time, id (only where `scan.has_id`), m0.., n0.., t0.., k0... A date alone in the data is midnight in
    `date_zone`, the program's timezone.
    """
    return _reader(scan, event_sql(scan, channels, until, date_zone), rows)


def profile_batches(
    scan: ProfileScan, channels: ChannelSet, until: int | None, date_zone: Zone = UTC, rows: int = BATCH
) -> Any:
    """All usable profile rows with a time of at most `until` or none, in no order, as a pyarrow.RecordBatchReader.

    Columns: lead, time (MISSING where there is none), m0.., n0.., t0.., k0..: those of the profile as it is from this
    row on. Rows of one lead without a time, or of one time, come in their order.
    """
    return _reader(scan, profile_sql(scan, channels, until, date_zone), rows)


def readings_sql(scan: ProfileScan, channels: ChannelSet, date_zone: Zone = UTC) -> tuple[str, tuple[str, ...]]:
    """All usable profile rows as they are read, each for itself: a query with lead, time, place, and the columns named.

    Later rows, of this scan or another, may be put behind them; `filled_batches` makes channels of all.
    """
    matching = _Matching(scan, channels, date_zone)
    return matching.rows([(file.part, None) for file in scan.files]), matching.held


def reading_batches(
    scan: ProfileScan, channels: ChannelSet, until: int | None, date_zone: Zone = UTC, rows: int = BATCH
) -> Any:
    """The rows of `readings_sql` with a time of at most `until` or none, as a pyarrow.RecordBatchReader."""
    matching = _Matching(scan, channels, date_zone)
    return _reader(scan, matching.rows([(file.part, _bound(file, until)) for file in scan.files]), rows)


def filled_batches(
    scan: ProfileScan, channels: ChannelSet, source: str, date_zone: Zone = UTC, rows: int = BATCH
) -> Any:
    """As `profile_batches`, of readings: `source` follows FROM and has the columns of `readings_sql`."""
    return _reader(scan, _Matching(scan, channels, date_zone).filled(source), rows)


def event_sql(scan: EventScan, channels: ChannelSet, until: int | None, date_zone: Zone = UTC) -> str:
    """The query of `event_batches`."""
    matching = _Matching(scan, channels, date_zone)
    return "\nUNION ALL\n".join(matching.events(file.part, _bound(file, until)) for file in scan.files)


def profile_sql(scan: ProfileScan, channels: ChannelSet, until: int | None, date_zone: Zone = UTC) -> str:
    """The query of `profile_batches`."""
    matching = _Matching(scan, channels, date_zone)
    return matching.filled(f"({matching.rows([(file.part, _bound(file, until)) for file in scan.files])})")


def _bound(file: ScanFile, until: int | None) -> int | None:
    """`until` where a file has later rows."""
    return until if until is not None and file.newest is not None and file.newest > until else None


def _reader(scan: Scan, sql: str, rows: int) -> Any:
    relation = cursor(scan.db).sql(sql)
    return relation.to_arrow_reader(rows) if hasattr(relation, "to_arrow_reader") else relation.fetch_arrow_reader(rows)


class _Matching:
    """Makes the SQL of a set of channels."""

    def __init__(self, scan: Scan, channels: ChannelSet, date_zone: Zone) -> None:
        self.scan = scan
        self.channels = channels
        self.readings = Readings(scan.functions, date_zone)
        found = AskedNames({})
        self._columns(Layers(), found, Sql("''"))
        self.asked: list[tuple[str, Reading]] = list(found.asked)
        self.names = list(dict.fromkeys(name for name, _ in self.asked))

    # ---- events

    def events(self, part: Part, until: int | None) -> str:
        relation = part.relation(asked(self.names), until)
        layers = Layers()
        names = RawNames(layers, self.readings, relation.fields, self._guards(layers))
        columns = self._columns(layers, names, Sql("event"))
        head = ["lead", "time", *(["id"] if self.scan.has_id else [])]
        chosen = ", ".join([*head, *(f"{text} AS {name}" for name, text in columns.items())])
        return f"SELECT {chosen} FROM {layers.over(relation.sql)}"

    def _guards(self, layers: Layers) -> dict[str, Sql]:
        """For properties that matter to events of some names only, whether an event has one of these."""
        users: dict[str, frozenset[str] | None] = {}
        for bit in self.channels.bits:
            found = AskedNames({})
            if bit.condition is not None:
                self._conditions(Layers(), found).holds(bit.condition)
            for name, _ in found.asked:
                before = users.get(name, frozenset())
                users[name] = None if before is None or bit.names is None else before | bit.names
        for name in (*self.channels.numbers, *self.channels.instants, *self.channels.keys):
            users[name] = None
        return {
            name: layers.let(Sql(f"event IN ({literals(sorted(events))})"))
            for name, events in users.items()
            if events is not None
        }

    # ---- profiles

    @property
    def held(self) -> tuple[str, ...]:
        """The columns of readings: w0.. of the whole names, v0.. by the first words of dotted ones."""
        return (
            *(f"w{i}" for i in range(len(self.names))),
            *(f"v{i}" for i, name in enumerate(self.names) if "." in name),
        )

    def rows(self, parts: Sequence[tuple[Part, int | None]]) -> str:
        wanted: dict[str, list[Reading]] = {name: ["known"] for name in self.names}
        for name, reading in self.asked:
            if reading != "known":
                wanted[name].append(reading)
        return "\nUNION ALL\n".join(self._structs(part, until, wanted) for part, until in parts)

    def filled(self, source: str) -> str:
        places = {name: i for i, name in enumerate(self.names)}
        window = "OVER (PARTITION BY lead ORDER BY time NULLS FIRST, place ROWS UNBOUNDED PRECEDING)"
        filled = "".join(f", last_value({one} IGNORE NULLS) {window} AS {one}" for one in self.held)
        layers = Layers()
        columns = self._columns(layers, FilledNames(places, layers), None)
        ordered = f"SELECT lead, time, place{filled} FROM {source}"
        chosen = ", ".join(
            ["lead", f"coalesce(time, {_NO_TIME}) AS time", *(f"{text} AS {name}" for name, text in columns.items())]
        )
        return f"SELECT {chosen} FROM {layers.over(ordered)}"

    def _structs(self, part: Part, until: int | None, wanted: Mapping[str, Sequence[Reading]]) -> str:
        """The readings of each row's fields: w0.. of the whole names, v0.. by the first words of dotted ones."""
        relation = part.relation(asked(self.names), until)
        layers = Layers()
        names = RawNames(layers, self.readings, relation.fields, {})
        columns = ["lead", "time", "place"]
        for i, (name, readings) in enumerate(wanted.items()):
            pieces = [names.pieces(name, reading) for reading in readings]
            columns.append(f"{_struct(pieces[0][0], readings, [piece[1] for piece in pieces])} AS w{i}")
            if "." in name:
                columns.append(f"{_struct(pieces[0][2], readings, [piece[3] for piece in pieces])} AS v{i}")
        return f"SELECT {', '.join(columns)} FROM {layers.over(relation.sql)}"

    # ---- the channels

    def _conditions(self, layers: Layers, names: Names) -> Conditions:
        return Conditions(layers, names, self.readings, self._compiles)

    def _compiles(self, pattern: str) -> bool:
        """Whether DuckDB takes a regular expression, too."""
        import duckdb

        try:
            self.scan.db.execute(f"SELECT regexp_matches('', {literal(pattern)})").fetchall()
        except duckdb.Error:
            return False
        return True

    def _columns(self, layers: Layers, names: Names, event: Sql | None) -> dict[str, str]:
        """The channels in SQL, by the names of their columns. `event` is None for profiles."""
        conditions = self._conditions(layers, names)
        columns: dict[str, str] = {}
        for word in range(self.channels.words):
            bits = self.channels.bits[64 * word : 64 * word + 64]
            columns[f"m{word}"] = self._word(conditions, bits, event)
        for i, name in enumerate(self.channels.numbers):
            found = names.read(name, "number")
            columns[f"n{i}"] = f"coalesce({found or 'NULL'}, CAST('NaN' AS DOUBLE))"
        for i, name in enumerate(self.channels.instants):
            found = names.read(name, "instant")
            columns[f"t{i}"] = f"coalesce({found or 'NULL'}, {_NO_TIME})"
        for i, name in enumerate(self.channels.keys):
            columns[f"k{i}"] = _key(layers, names.read(name, "folded"))
        return columns

    def _word(self, conditions: Conditions, bits: Sequence[Bit], event: Sql | None) -> str:
        """64 bits: those of the event's name, and of them those whose condition holds."""
        always = sum(1 << i for i, bit in enumerate(bits) if bit.condition is None)
        parts: dict[str, int] = {}
        for i, bit in enumerate(bits):
            if bit.condition is not None:
                held = str(conditions.layers.let(conditions.holds(bit.condition)))
                parts[held] = parts.get(held, 0) | 1 << i
        chosen = [_word(always)] if always or not parts else []
        chosen += [f"CASE WHEN {held} THEN {_word(mask)} ELSE {_word(0)} END" for held, mask in parts.items()]
        joined = " | ".join(chosen)
        if event is None or all(bit.names is None for bit in bits):
            return joined
        named = _names_mask(event, bits)
        # The mask of the names may hold a bit with a condition; without one it is the word.
        return f"({named}) & ({joined})" if parts else named


def _names_mask(event: Sql, bits: Sequence[Bit]) -> str:
    """The bits that an event of this name can have."""
    any_name = sum(1 << i for i, bit in enumerate(bits) if bit.names is None)
    masks: dict[str, int] = {}
    for i, bit in enumerate(bits):
        for name in bit.names or ():
            masks[name] = masks.get(name, any_name) | 1 << i
    if not masks:
        return _word(any_name)
    entries = ", ".join(f"{literal(name)}: {_word(mask)}" for name, mask in sorted(masks.items()))
    return f"coalesce(map_extract_value(MAP {{{entries}}}, {event}), {_word(any_name)})"


def _word(mask: int) -> str:
    return f"{mask}::UBIGINT"


def _key(layers: Layers, text: Sql | None) -> str:
    """A text's hash as a signed number; 0 is missing, so a hash that is 0 becomes 1."""
    if text is None:
        return "0::BIGINT"
    hashed = layers.let(Sql(f"hash({text})", text.level))
    half = 2**63
    return (
        f"CASE WHEN {text} IS NULL THEN 0::BIGINT WHEN {hashed} = 0 THEN 1::BIGINT "
        f"WHEN {hashed} < {half} THEN CAST({hashed} AS BIGINT) "
        f"ELSE CAST({hashed} - {half}::UBIGINT AS BIGINT) - {half - 1} - 1 END"
    )


def _struct(known: Sql | None, readings: Sequence[Reading], values: Sequence[Sql | None]) -> str:
    """A struct of readings; NULL where the value is not known."""
    fields = ", ".join(
        f"{reading}_ := CAST({value or 'NULL'} AS {TYPES[reading]})"
        for reading, value in zip(readings, values, strict=True)
    )
    return f"CASE WHEN {known or 'false'} THEN struct_pack({fields}) END"



