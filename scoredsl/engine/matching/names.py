"""Where properties and fields stand in SQL; a dotted name reaches into nested data (LANGUAGE section 1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scoredsl.engine.matching.layers import Layers, Sql
from scoredsl.engine.matching.readings import TYPES, Reading, Readings
from scoredsl.engine.scan.parts import Raw
from scoredsl.engine.scan.sql import pointer


def asked(names: Sequence[str]) -> list[str]:
    """The columns to be read for properties of these names: a dotted one may stand whole, or inside its first word."""
    return list(dict.fromkeys(part for name in names for part in (name, name.split(".")[0])))


@dataclass(slots=True)
class RawNames:
    """The properties of one file's rows."""

    layers: Layers
    readings: Readings
    fields: Mapping[str, tuple[Raw, ...]]
    guards: Mapping[str, Sql]
    """Rows for which a property is needed, where it is not needed for all."""

    def read(self, name: str, reading: Reading) -> Sql | None:
        first, *rest = name.split(".")
        whole = [(raw, raw) for raw in self._raws(name, name)]
        inner = [(raw, self._reached(raw, rest)) for raw in self._raws(first, name)] if rest else []
        return self._first_known([*whole, *inner], reading)

    def pieces(self, name: str, reading: Reading) -> tuple[Sql | None, Sql | None, Sql | None, Sql | None]:
        """Apart: whether a name is known whole, its reading, whether its first word is known, what is reached in it."""
        first, *rest = name.split(".")
        whole = [(raw, raw) for raw in self._raws(name, name)]
        inner = [(raw, self._reached(raw, rest)) for raw in self._raws(first, name)] if rest else []
        outer = [(raw, raw) for raw in self._raws(first, name)] if rest else []
        return (
            self._first_known(whole, "known"),
            self._first_known(whole, reading),
            self._first_known(outer, "known"),
            self._first_known(inner, reading),
        )

    def _raws(self, name: str, user: str) -> list[Raw]:
        """The raws of a column, each of them a name."""
        guard = self.guards.get(user)
        found = self.fields.get(name, ())
        if guard is None:
            return list(found)
        return [
            Raw(raw.kind, self.layers.let(Sql(f"CASE WHEN {guard} THEN {raw.sql} END", guard.level)).text)
            if raw.kind in ("text", "json")
            else raw
            for raw in found
        ]

    def _level(self, raw: Raw) -> int:
        return self.layers.level_of(raw.sql)

    def _reading(self, raw: Raw | None, reading: Reading) -> Sql | None:
        if raw is None:
            return Sql("false") if reading == "known" else None
        level = self._level(raw)

        def let(sql: str) -> str:
            nonlocal level
            named = self.layers.let(Sql(sql, self._level(raw)))
            level = max(level, named.level)
            return named.text

        found = self.readings.of(raw, reading, let)
        return None if found is None else self.layers.let(Sql(found, level))

    def _first_known(self, pairs: Sequence[tuple[Raw, Raw | None]], reading: Reading) -> Sql | None:
        """The reading of the first whose left side is known, taken of its right side."""
        cases: list[tuple[Sql | None, Sql | None]] = []
        for i, (one, other) in enumerate(pairs):
            last = i == len(pairs) - 1 and one is other
            cases.append((None if last else self._reading(one, "known"), self._reading(other, reading)))
        if all(value is None for _, value in cases):
            return None
        if len(cases) == 1 and cases[0][0] is None:
            return cases[0][1]
        none = "false" if reading == "known" else "NULL"
        text, level = "CASE", 0
        for known, value in cases:
            level = max(level, known.level if known else 0, value.level if value else 0)
            shown = none if value is None else str(value)
            text += f" WHEN {known} THEN {shown}" if known else f" ELSE {shown}"
        if cases[-1][0] is not None:
            text += f" ELSE {none}"
        return self.layers.let(Sql(f"{text} END", level))

    def _reached(self, raw: Raw, path: Sequence[str]) -> Raw | None:
        """What lies inside an object; of equal keys the last."""
        if raw.kind != "json":
            return None
        for name in path:
            x = raw.sql
            slow = self.readings.functions.name(("reach", name), _reach(name), "VARCHAR")
            keys = self.layers.let(Sql(f"CASE WHEN {x}[1] = '{{' THEN json_keys({x}) END", self._level(raw)))
            sql = (
                f"CASE WHEN list_unique({keys}) = len({keys}) "
                f"THEN CAST(json_extract({x}, {pointer([name])}) AS VARCHAR) "
                f"WHEN {keys} IS NOT NULL THEN {slow}({x}) END"
            )
            raw = Raw("json", self.layers.let(Sql(sql, keys.level)).text)
        return raw


def _reach(name: str) -> Callable[[str], str | None]:
    def reach(text: str) -> str | None:
        value = json.loads(text).get(name)
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    return reach


@dataclass(slots=True)
class AskedNames:
    """Remembers which readings a condition asks for."""

    asked: dict[tuple[str, Reading], None]

    def read(self, name: str, reading: Reading) -> Sql | None:
        self.asked[(name, reading)] = None
        return Sql(f"CAST(NULL AS {TYPES[reading]})")


@dataclass(frozen=True, slots=True)
class FilledNames:
    """The fields of profile rows after the filling: structs of readings, of the whole name and by its first word."""

    places: Mapping[str, int]
    layers: Layers

    def read(self, name: str, reading: Reading) -> Sql | None:
        place = self.places[name]
        if reading == "known":
            inner = f" OR coalesce(v{place}.known_, false)" if "." in name else ""
            return self.layers.let(Sql(f"(w{place} IS NOT NULL{inner})"))
        if "." not in name:
            return self.layers.let(Sql(f"w{place}.{reading}_"))
        inner = f"ELSE v{place}.{reading}_"
        return self.layers.let(Sql(f"CASE WHEN w{place} IS NOT NULL THEN w{place}.{reading}_ {inner} END"))


