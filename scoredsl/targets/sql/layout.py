"""The text of a query, laid out from the top down: a WITH step for each thought, with a comment that says which."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scoredsl.semantics import program as p
from scoredsl.semantics.values import instant_text
from scoredsl.targets.sql import dialects
from scoredsl.targets.sql.columns import Columns, identifier
from scoredsl.targets.sql.expressions import field_column, points_of, property_column
from scoredsl.targets.sql.names import Names, sentence
from scoredsl.targets.sql.pieces import State, Step, Tables, Unwritten

_BEFORE = -62_135_596_800_000_000
"""The year 1: rows of the profile without a time are older than all others."""


@dataclass(slots=True)
class Layout:
    """Lays out what has been planned. `unrounded`: column and expression of each formula before it is rounded."""

    program: p.Program
    dialect: str
    tables: Tables
    as_of: int | None
    order: bool
    columns: Columns
    names: Names
    state: State
    score_columns: dict[str, str]
    unrounded: dict[str, tuple[str, str]]

    def put(self, expression: str) -> str:
        return dialects.render(expression, self.dialect)

    def text(
        self,
        ignored: list[str],
        excluded: list[str],
        levels: list[list[tuple[p.Score, str]]],
        shown: list[tuple[str, str]],
        unwritten: tuple[Unwritten, ...],
    ) -> str:
        steps = [self.moment(), *self.seen(ignored), self.by_lead()]
        steps += self.state.steps
        if self.tables.profiles is not None:
            steps += [self.profile(), self.leads()]
        later = " ".join([*(sql for _, sql in shown), *excluded, *(sql for level in levels for _, sql in level)])
        steps.append(self.worth(later))
        source = "worth"
        for level in levels:
            if not level:
                continue
            formulas = [self.unrounded[score.name] for score, _ in level if score.formula is not None]
            if formulas:
                listed = [f"  {self.put(number)} AS {self.put(column)}" for column, number in formulas]
                name = self.names.new("unrounded")
                lines = ["SELECT", f"  {source}.*,", *_comma(listed), f"FROM {source}"]
                steps.append(Step(name, "Formulas, as doubles", lines))
                source = name
            listed = [f"  {self.put(sql)} AS {self.put(self.score_columns[score.name])}" for score, sql in level]
            notes = [f"  -- {sentence(self.program, score.place).splitlines()[0]}" for score, _ in level]
            lines = ["SELECT", f"  {source}.*,"]
            for note, line in zip(notes, _comma(listed), strict=True):
                lines += [note, line]
            name = "scores" if source == "worth" else self.names.new("rounded")
            note = "The scores, in millionths of a point" if source == "worth" else "Rounded to millionths"
            steps.append(Step(name, note, [*lines, f"FROM {source}"]))
            source = name
        head = self.head(unwritten)
        text = "\n".join(head) + "\nWITH\n"
        text += ",\n".join(_indented(step) for step in steps)
        columns = ["lead", *(f"{self.put(sql)} AS {self.put(_quoted(name))}" for name, sql in shown)]
        text += "\nSELECT\n" + ",\n".join(f"  {column}" for column in columns) + f"\nFROM {source}"
        if excluded:
            text += "\nWHERE NOT (" + " OR ".join(self.put(each) for each in excluded) + ")"
        if self.order:
            text += "\nORDER BY lead" + (' COLLATE "C"' if self.dialect == "postgres" else "")
        if self.dialect == "clickhouse":
            text += "\nSETTINGS join_use_nulls = 1, prefer_column_name_to_alias = 1"
        return text + "\n"

    def head(self, unwritten: tuple[Unwritten, ...]) -> list[str]:
        file = self.program.path.rpartition("/")[2]
        lines = [f"-- Scores of {file}, written by scoredsl for {self.dialect}. Sums are in millionths of a point."]
        lines.append(f"-- {self.tables.events}: lead and event (text), time (timestamp in UTC)"
                     + (", id (text)" if self.tables.ids else "") + self.types("properties"))
        if self.tables.profiles is not None:
            time = ", time (timestamp in UTC)" if self.tables.versions else ""
            lines.append(f"-- {self.tables.profiles}: lead (text){time}" + self.types("fields"))
        if unwritten:
            lines.append("-- Not in this query:")
            lines += [f"--   {each}" for each in unwritten]
        return lines

    def types(self, what: str) -> str:
        if what == "properties":
            found = [f"{name} ({self.columns.properties[name]})" for name in sorted(self.state.properties)]
        else:
            found = [f"{name} ({self.columns.fields[name]})" for name in sorted(self.state.fields)]
        return "".join(f", {each}" for each in found)

    def moment(self) -> Step:
        value = dialects.placeholder(self.dialect) if self.as_of is None else f"'{_plain_time(self.as_of)}'"
        return Step("moment", "", [f"SELECT {dialects.timestamp(self.dialect, value)} AS as_of"])

    def seen(self, ignored: list[str]) -> list[Step]:
        """The log up to then: without ignored events, and one event of each id."""
        columns = ["e.lead", "e.event", "e.time"] + (["e.id"] if self.tables.ids else [])
        for name in sorted(self.state.properties):
            column = property_column(name)
            source = f"e.{identifier(name)}"
            if self.columns.property_type(name) == "text":
                columns.append(f"NULLIF({source}, '') AS {column}")
            else:
                columns.append(source if source == f"e.{column}" else f"{source} AS {column}")
        columns.append("moment.as_of")
        lines = ["SELECT", *(f"  {self.put(each)}," for each in columns[:-1]), f"  {columns[-1]}"]
        lines += [f"FROM {self.tables.events} AS e", "CROSS JOIN moment", "WHERE e.time <= moment.as_of"]
        steps = [Step("log", "The log up to then", lines)]
        if ignored:
            filters = [f"{'WHERE' if i == 0 else '  AND'} {self.put(each)}" for i, each in enumerate(ignored)]
            steps.append(Step("heeded", "Without the events that are ignored", ["SELECT *", "FROM log", *filters]))
        if self.tables.ids:
            steps.append(Step("unique_events", "Of the events of one id the first", [
                "SELECT *", "FROM (",
                "  SELECT *, ROW_NUMBER() OVER (PARTITION BY lead, id ORDER BY time) AS copy",
                f"  FROM {steps[-1].name}", ") AS numbered", "WHERE copy = 1 OR id IS NULL"]))  # fmt: skip
        if self.state.amounts:
            listed = [f"  {self.put(number)} AS {self.put(raw)}" for raw, number, _, _ in self.state.amounts]
            before = steps[-1].name
            steps.append(Step("amounts", "Points that are computed: what the rules say",
                               ["SELECT", f"  {before}.*,", *_comma(listed), f"FROM {before}"]))
            listed = []
            for raw, _, points, sign in self.state.amounts:
                value = f"-({points_of(raw)})" if sign else points_of(raw)
                listed.append(f"  {self.put(value)} AS {self.put(points)}")
            steps.append(Step("valued", "Rounded to millionths; none beyond a thousand million points",
                               ["SELECT", "  amounts.*,", *_comma(listed), "FROM amounts"]))
        if self.state.worn:
            before = steps[-1].name
            listed = [f"  {self.put(number)} AS {self.put(column)}" for column, number in self.state.worn]
            steps.append(Step("faded", "What decaying points are worth by now",
                               ["SELECT", f"  {before}.*,", *_comma(listed), f"FROM {before}"]))
        steps[-1] = Step("seen", steps[-1].note, steps[-1].lines)
        return steps

    def by_lead(self) -> Step:
        totals = list(self.state.totals)
        if self.state.needs_last:
            totals.insert(0, ("last_event", "MAX(time)", ""))
        lines = ["SELECT", "  lead" + ("," if totals else "")]
        for i, (name, expression, note) in enumerate(totals):
            if note:
                lines.append(f"  -- {note}")
            lines.append(f"  {self.whole(expression)} AS {self.put(name)}{',' if i < len(totals) - 1 else ''}")
        lines += ["FROM seen", "GROUP BY lead"]
        return Step("by_lead", "One pass over the log: the plain rules and the facts", lines)

    def whole(self, expression: str) -> str:
        return dialects.whole(expression, self.dialect)

    def profile(self) -> Step:
        """One row a lead: each field as it was at that moment."""
        assert self.tables.profiles is not None
        fields = sorted(self.state.fields)
        source = f"{self.tables.profiles} AS p"
        if not self.tables.versions:
            lines = ["SELECT", "  p.lead" + ("," if fields else "")]
            for i, name in enumerate(fields):
                column = f"p.{identifier(name)}"
                value = f"NULLIF({column}, '')" if self.columns.field_type(name) == "text" else column
                lines.append(f"  {self.put(self.one(value, name))} AS {self.put(field_column(name))}"
                             + ("," if i < len(fields) - 1 else ""))
            return Step("profile", "The profile", [*lines, f"FROM {source}", "GROUP BY p.lead"])
        if not fields:
            then = ["CROSS JOIN moment", "WHERE p.time IS NULL OR p.time <= moment.as_of"]
            return Step("profile", "Those with a profile then", ["SELECT DISTINCT p.lead", f"FROM {source}", *then])
        inner = ["SELECT", "    p.lead,", "    COALESCE(p.time, " + self.put(f"X_INSTANT({_BEFORE})") + ") AS since"]
        for name in fields:
            column = f"p.{identifier(name)}"
            value = f"NULLIF({column}, '')" if self.columns.field_type(name) == "text" else column
            inner[-1] += ","
            inner.append(f"    {self.put(value)} AS {self.put(field_column(name))}")
        inner += [f"  FROM {source}", "  CROSS JOIN moment", "  WHERE p.time IS NULL OR p.time <= moment.as_of"]
        lines = ["SELECT", "  lead" + ("," if fields else "")]
        newest = ["SELECT", "    version.*" + ("," if fields else "")]
        for i, name in enumerate(fields):
            column, since = field_column(name), f"since_{i + 1}"
            comma = "," if i < len(fields) - 1 else ""
            newest.append("    " + self.put(
                f"MAX(CASE WHEN {column} IS NOT NULL THEN since END) OVER (PARTITION BY lead)") + f" AS {since}{comma}")
            lines.append("  " + self.put(self.one(f"CASE WHEN since = {since} THEN {column} END", name))
                         + f" AS {self.put(column)}{comma}")
        return Step("profile", "The profile: of each field the newest value known then", [
            *lines, "FROM (", "  " + newest[0], *("  " + each for each in newest[1:]), "    FROM (",
            *("    " + each for each in inner), "    ) AS version", ") AS dated", "GROUP BY lead"])  # fmt: skip

    def one(self, value: str, name: str) -> str:
        """The one value that a group has."""
        if self.columns.field_type(name) == "boolean":
            return f"MAX(CASE WHEN {value} THEN 1 WHEN NOT {value} THEN 0 END) = 1"
        return f"MAX({value})"

    def leads(self) -> Step:
        union = "UNION DISTINCT" if self.dialect in ("bigquery", "clickhouse") else "UNION"
        lines = [f"SELECT lead FROM by_lead {union} SELECT lead FROM profile"]
        return Step("leads", "All that have an event or a profile", lines)

    def worth(self, later: str) -> Step:
        """`later`: what follows reads facts and fields of it."""
        base = "by_lead" if self.tables.profiles is None else "leads"
        columns: list[tuple[str, str]] = [(f"{base}.lead", ""), ("moment.as_of", "")]
        # facts and fields are carried along for labels and exclusions
        for table, name in (
            ("by_lead", "last_event"),
            *(("by_lead", name) for name, _, _ in self.state.totals),
            *(("profile", field_column(name)) for name in sorted(self.state.fields)),
        ):
            if mentions(later, name):
                columns.append((f"{table}.{self.put(name)}", ""))
        for name, sql, note in self.state.worths:
            text = self.put(sql)
            text = f"toInt64({text})" if self.dialect == "clickhouse" else text
            columns.append((f"{text} AS {self.put(name)}", note))
        if self.dialect == "clickhouse":  # there a column of a join is called by its table too, unless it is named
            columns = [
                (text if " AS " in text else f"{text} AS {text.partition('.')[2]}", note) for text, note in columns
            ]
        lines = ["SELECT"]
        for i, (column, note) in enumerate(columns):
            if note:
                lines.append(f"  -- {note}")
            lines.append(f"  {column}{',' if i < len(columns) - 1 else ''}")
        lines += [f"FROM {base}", "CROSS JOIN moment"]
        if base == "leads":
            lines.append("LEFT JOIN by_lead ON by_lead.lead = leads.lead")
            lines.append("LEFT JOIN profile ON profile.lead = leads.lead")
        lines += [f"LEFT JOIN {self.put(step)} ON {self.put(step)}.lead = {base}.lead" for step in self.state.joined]
        return Step("worth", "What each rule is worth to a lead", lines)


def mentions(text: str, column: str) -> bool:
    """Whether an expression names a column."""
    return re.search(rf"(?<![\w\"]){re.escape(column)}(?![\w\"])", text) is not None


def _comma(lines: list[str]) -> list[str]:
    return [f"{line}," for line in lines[:-1]] + lines[-1:]


def _plain_time(micros: int) -> str:
    return instant_text(micros).replace("T", " ").removesuffix("Z")


def _indented(step: Step) -> str:
    note = f"  -- {step.note}\n" if step.note else ""
    body = "\n".join(f"    {line}" for line in step.lines)
    return f"{note}  {step.name} AS (\n{body}\n  )"


def _quoted(name: str) -> str:
    return identifier(name)
