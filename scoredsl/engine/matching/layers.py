"""SQL in layers: what is used more than once is computed once, as a column of a layer below."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sql:
    """An expression over the columns of all layers below `level`; level 0 is the source."""

    text: str
    level: int = 0

    def __str__(self) -> str:
        return self.text


@dataclass(slots=True)
class Layers:
    """Columns over columns over a source."""

    columns: list[dict[str, str]] = field(default_factory=list)
    levels: dict[str, int] = field(default_factory=dict)

    def let(self, sql: Sql) -> Sql:
        """A name for an expression; the same for the same."""
        while len(self.columns) <= sql.level:
            self.columns.append({})
        held = self.columns[sql.level]
        name = held.get(sql.text)
        if name is None:
            name = held[sql.text] = f"x{len(self.levels)}"
            self.levels[name] = sql.level + 1
        return Sql(name, sql.level + 1)

    def level_of(self, name: str) -> int:
        """The level of a name; that of a column of the source is 0."""
        return self.levels.get(name, 0)

    def over(self, source: str) -> str:
        """The source with all columns: what stands after FROM."""
        found = f"({source})"
        for columns in self.columns:
            if columns:
                added = ", ".join(f"{text} AS {name}" for text, name in columns.items())
                found = f"(SELECT *, {added} FROM {found})"
        return found


def level(*parts: Sql) -> int:
    """The level of an expression of these parts."""
    return max((part.level for part in parts), default=0)
