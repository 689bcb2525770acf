"""A file as SQL: its usable rows with lead, name, time and id, and where the value of a property stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from scoredsl.engine.scan.sql import both, pointer

Kind: TypeAlias = Literal["text", "json", "number", "boolean", "moment"]
"""What an SQL column holds. Whatever the kind, NULL is missing.

text     VARCHAR, as it is; an empty one is missing
json     VARCHAR, the JSON text of any value; of equal keys in an object the last counts
number   DOUBLE; NaN and infinities are missing
boolean  BOOLEAN
moment   BIGINT, the microseconds of a timestamp of the years 1 to 9999
"""


@dataclass(frozen=True, slots=True)
class Raw:
    """A value as a file has it: SQL and what it holds."""

    kind: Kind
    sql: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A SELECT with the columns lead, event, time (BIGINT), id, place and those that `fields` names.

    A profile's have no event and no id; their time is NULL where a row holds from always. Of the raws of a field the
    first that is known counts; without any there is no such field.
    """

    sql: str
    fields: Mapping[str, tuple[Raw, ...]]


class Part(Protocol):
    """The rows of one file, rejected ones left out, in their order."""

    def relation(self, names: Sequence[str], until: int | None) -> Relation:
        """The rows whose time is at most `until` (None: all), with the fields of these names."""
        ...


@dataclass(frozen=True, slots=True)
class PlainColumns:
    """The columns of a Parquet file that are lead, name and time as they stand: no row is rejected, none is converted.

    Leads and names are texts, times are timestamps in UTC. `event` is None where all events are called `event_name`.
    """

    path: str
    lead: str
    time: str
    event: str | None
    event_name: str | None


@dataclass(frozen=True, slots=True)
class TablePart:
    """A file whose columns are properties. All texts are SQL over `source`, which follows FROM.

    `columns` gives the raws of the property of a name. `inner`: JSON text of an object whose keys stand beside the
    columns, NULL where there is none. `given`: NULL where a row has no time at all. `moment`: a timestamp that is the
    time; DuckDB skips by its statistics what is later. `unclear`: rows for which `time` may be wrong. `event` is None
    for profiles.
    """

    source: str
    lead: str
    event: str | None
    time: str
    id: str | None
    place: str
    columns: Callable[[str], tuple[Raw, ...]]
    inner: str | None = None
    given: str | None = None
    moment: str | None = None
    unclear: str = "false"
    where: tuple[str, ...] = ()
    plain: PlainColumns | None = None

    def relation(self, names: Sequence[str], until: int | None) -> Relation:
        chosen: list[str] = []
        fields: dict[str, tuple[Raw, ...]] = {}

        def column(sql: str) -> str:
            chosen.append(f"{sql} AS r{len(chosen)}")
            return f"r{len(chosen) - 1}"

        for name in names:
            raws = [Raw(raw.kind, column(raw.sql)) for raw in self.columns(name)]
            if self.inner is not None:
                raws.append(Raw("json", column(f"CAST(json_extract(inner_, {pointer([name])}) AS VARCHAR)")))
            fields[name] = tuple(raws)
        source = self.source
        if self.inner is not None and names:
            source = f"(SELECT *, {self.inner} AS inner_ FROM {source})"
        conditions = [*self.where]
        if until is not None:
            conditions.append(self._not_after(until))
        where = f" WHERE {both(conditions)}" if conditions else ""
        return Relation(f"SELECT {', '.join([*self.head(), *chosen])} FROM {source}{where}", fields)

    def head(self) -> list[str]:
        """Lead, event, time, id and place."""
        if self.event is None:
            return [f"{self.lead} AS lead", f"{self.time} AS time", f"{self.place} AS place"]
        id_ = self.id or "NULL::VARCHAR"
        return [
            f"{self.lead} AS lead", f"{self.event} AS event", f"{self.time} AS time", f"{id_} AS id",
            f"{self.place} AS place",
        ]  # fmt: skip

    def unusable(self) -> str:
        """Which rows are rejected; never NULL."""
        if self.event is None:
            late = f" OR ({self.given} IS NOT NULL AND ({self.time}) IS NULL)" if self.given else ""
            return f"({self.lead}) IS NULL{late}"
        return f"({self.lead}) IS NULL OR ({self.event}) IS NULL OR ({self.time}) IS NULL"

    def _not_after(self, until: int) -> str:
        if self.moment is not None:
            return f"{self.moment} <= make_timestamp({until})"
        earlier = f"({self.time}) <= {until}"
        return f"({self.time}) IS NULL OR {earlier}" if self.event is None else earlier
