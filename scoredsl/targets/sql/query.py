"""From a checked program to one query that gives the scores of all leads at T, for what does not depend on order.

The query reads from the top down: the moment, the log up to it, one pass over the log that sums the plain rules and
counts the facts, a step for each rule with a limit of its own, the profile, what each rule is worth, the scores, the
result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scoredsl.reference.lead import formula_scores
from scoredsl.semantics import expressions as e
from scoredsl.semantics import inspect
from scoredsl.semantics import program as p
from scoredsl.semantics.values import LARGEST_FORMULA
from scoredsl.targets.sql import dialects
from scoredsl.targets.sql.columns import columns_of, identifier
from scoredsl.targets.sql.dialects import UnwritableError
from scoredsl.targets.sql.expressions import (
    About,
    ago,
    double_of,
    field_column,
    literal,
    points_of,
    property_column,
    rounded,
    whole,
)
from scoredsl.targets.sql.layout import Layout, mentions
from scoredsl.targets.sql.names import Names, sentence, slug
from scoredsl.targets.sql.pieces import Query, State, Step, Tables, Unwritten
from scoredsl.targets.sql.rules import Award, award_of, unordered


def compile_program(
    program: p.Program, dialect: str, tables: Tables, as_of: int | None = None, *, order: bool = True
) -> Query:
    """The query; `as_of` None leaves the parameter as_of in it."""
    return Compiler(program, dialect, tables, as_of, order).query()


class Compiler:
    def __init__(self, program: p.Program, dialect: str, tables: Tables, as_of: int | None, order: bool) -> None:
        self.program = program
        self.dialect = dialect
        self.tables = tables
        self.as_of = as_of
        self.order = order
        self.columns = columns_of(program)
        own = {
            "as_of", "amounts", "by_lead", "copy", "event", "faded", "heeded", "id", "last_event", "lead", "leads",
            "log", "moment", "nth", "points", "profile", "scores", "seen", "since", "time", "unique_events", "valued",
            "worth",
        }  # fmt: skip
        used = {property_column(name).strip('"') for name in self.columns.properties}
        used |= {field_column(name).strip('"') for name in self.columns.fields}
        self.names = Names(own | used | {score.name for score in program.scores})
        self.state = State()
        self.unwritten: list[Unwritten] = []
        self.unrounded: dict[str, tuple[str, str]] = {}
        self.score_columns: dict[str, str] = {}
        seen_scores: set[str] = set()
        for score in program.scores:
            taken = score.name.lower() in own | seen_scores | used
            seen_scores.add(score.name.lower())
            self.score_columns[score.name] = (
                self.names.new(f"score_{slug(score.name)}") if taken else identifier(score.name)
            )
        self.event = About(self.columns, event=True)
        self.lead = About(self.columns, event=False, fact=self.fact, has=self.has)

    # ---- the whole

    def query(self) -> Query:
        ignored = self.log_filters()
        excluded = self.excluded()
        if ignored is None or excluded is None:
            return Query(None, (), tuple(self.unwritten), self.columns)
        written: dict[str, tuple[p.Score, str]] = {}
        for score in self.program.scores:
            if score.formula is None:
                sql = self.rule_score(score)
                if sql is not None:
                    written[score.name] = (score, sql)
        levels: list[list[tuple[p.Score, str]]] = [list(written.values())]
        waiting = [score for score in self.program.scores if score.formula is not None]
        while waiting:
            ready = [s for s in waiting if all(name in written for name in formula_scores(s))]
            level = [(score, sql) for score in ready if (sql := self.formula(score)) is not None]
            for score, sql in level:
                written[score.name] = (score, sql)
            if level:
                levels.append(level)
            if not level:
                for score in waiting:
                    if not any(each.place == score.place for each in self.unwritten):
                        missing = [name for name in formula_scores(score) if name not in written]
                        self.refuse(score.place, f"score {score.name}", f"it needs {', '.join(missing)}")
                break
            waiting = [score for score in waiting if score.name not in written]
        shown: list[tuple[str, str]] = []
        for score in self.program.scores:
            if score.name not in written:
                continue
            column = self.score_columns[score.name]
            shown.append((score.name, double_of(column)))
            if score.tiers:
                tier = self.tier(score)
                if tier is not None:
                    shown.append((f"{score.name}_tier", tier))
        for grid in self.program.grids:
            cell = self.cell(grid, written)
            if cell is not None:
                shown.append((grid.name, cell))
        for label in self.program.labels:
            sql = self.label(label, written)
            if sql is not None:
                shown.append((label.name, sql))
        order = {place: i for i, place in enumerate(dict.fromkeys(each.place for each in self.unwritten))}
        by_place = sorted(self.unwritten, key=lambda each: (each.place.file, each.place.line, order[each.place]))
        unwritten = tuple(by_place)
        if not shown:
            return Query(None, (), unwritten, self.columns)
        layout = Layout(
            self.program, self.dialect, self.tables, self.as_of, self.order, self.columns, self.names, self.state,
            self.score_columns, self.unrounded,
        )  # fmt: skip
        text = layout.text(ignored, excluded, levels, shown, unwritten)
        return Query(text, tuple(name for name, _ in shown), unwritten, self.columns)

    def refuse(self, place: p.Place, what: str, reason: str) -> None:
        found = Unwritten(place, what, reason)
        if found not in self.unwritten:
            self.unwritten.append(found)

    # ---- events

    def properties_in(self, text: str) -> None:
        for name in self.columns.properties:
            if mentions(text, property_column(name)):
                self.state.properties.add(name)

    def fields_in(self, text: str) -> None:
        for name in self.columns.fields:
            if mentions(text, field_column(name)):
                self.state.fields.add(name)

    def takes(self, pattern: e.Pattern) -> str:
        """Whether an event of the log is one of EVENTS [where C]."""
        if pattern.apart is not None:
            raise UnwritableError("`apart` asks for the event before, among those of one instant too")
        found: list[str] = []
        for alternative in pattern.matcher.alternatives:
            tests = [self.event.part(part, e.Or) for part in alternative.where]
            if alternative.names is not None:
                names = sorted(alternative.names)
                tests.insert(0, f"event = {literal(names[0])}" if len(names) == 1
                             else f"event IN ({', '.join(map(literal, names))})")
            found.append(" AND ".join(tests))
        if all(found):
            either = found[0] if len(found) == 1 else "(" + " OR ".join(f"({each})" for each in found) + ")"
        else:
            either = ""
        parts = [either] if either else []
        if pattern.where is not None:
            parts.append(self.event.part(pattern.where, e.Or))
        text = " AND ".join(parts)
        self.properties_in(text)
        return text

    def log_filters(self) -> list[str] | None:
        """What the events that count must meet, besides their time; None where an `ignore` cannot be written."""
        filters: list[str] = []
        for pattern in self.program.ignores:
            try:
                text = self.takes(pattern)
                self.check(text)
            except UnwritableError as problem:
                place = self.ignore_place()
                self.refuse(place, "ignore", f"{problem}; it touches every score")
                return None
            filters.append(f"NOT COALESCE({text or 'TRUE'}, FALSE)")
        return filters

    def ignore_place(self) -> p.Place:
        """The first `ignore` of the file that is run (an ignore has no place of its own)."""
        return _statement_place(self.program, "ignore")

    def excluded(self) -> list[str] | None:
        found: list[str] = []
        for condition in self.program.excludes:
            try:
                text = self.about_lead(self.lead, condition, shown=True)
            except UnwritableError as problem:
                place = _statement_place(self.program, "exclude")
                self.refuse(place, "exclude", f"{problem}; it touches every score")
                return None
            found.append(text)
        return found

    def check(self, *texts: str) -> None:
        """Raises UnwritableError where the dialect has no words for an expression."""
        for text in texts:
            if text:
                dialects.render(text, self.dialect)

    # ---- facts

    def about_lead(self, about: About, condition: e.Condition, *, shown: bool = False) -> str:
        text = about.shown(condition) if shown else about.condition(condition)
        self.after_lead(text)
        return text

    def after_lead(self, text: str) -> None:
        self.fields_in(text)
        if self.state.fields and self.tables.profiles is None:
            raise UnwritableError("it reads the profile, and no table of profiles is named (--profiles)")
        if re.search(r"\blast_event\b", text):
            self.state.needs_last = True
        self.check(text)

    def counted(self, pattern: e.Pattern, last: int | None) -> str:
        tests = [text for text in (self.takes(pattern),) if text]
        if last is not None:
            tests.append(f"time > {ago(last)}")
        return " AND ".join(tests)

    def total(self, wanted: str, expression: str, note: str = "") -> str:
        """A column of the one pass; the same expression is taken once."""
        for name, known, _ in self.state.totals:
            if known == expression:
                return name
        self.check(expression)
        name = self.names.new(wanted)
        self.state.totals.append((name, expression, note))
        return name

    def has(self, condition: e.Has) -> str:
        column = self.fact(e.Fact("count", None, condition.pattern, condition.last))
        return f"{column} > 0" if condition.some else f"{column} = 0"

    def fact(self, fact: e.Fact) -> str:
        """The value of a fact in the row of a lead."""
        tests = self.counted(fact.pattern, fact.last)
        names = sorted(n for each in fact.pattern.matcher.alternatives for n in each.names or frozenset({"any"}))
        word = slug(names[0]) + ("_and_others" if len(names) > 1 else "")
        if fact.kind == "count":
            counted = f"COUNT(CASE WHEN {tests} THEN 1 END)" if tests else "COUNT(*)"
            return f"COALESCE({self.total(f'count_{word}', counted)}, 0)"
        if fact.kind == "days since last":
            latest = self.total(f"last_{word}", f"MAX(CASE WHEN {tests or 'TRUE'} THEN time END)")
            return f"FLOOR(CAST(X_MICROS(as_of) - X_MICROS({latest}) AS DOUBLE) / 86400000000)"
        prop = fact.prop or ""
        self.state.properties.add(prop)
        column, kind, _ = self.event.named(e.Property(prop))
        if fact.kind == "distinct":
            key = f"LOWER({column})" if kind == "text" else column
            value = f"CASE WHEN {tests} THEN {key} END" if tests else key
            return f"COALESCE({self.total(f'distinct_{slug(prop)}', f'COUNT(DISTINCT {value})')}, 0)"
        if fact.kind in ("latest", "first"):
            raise UnwritableError(f"`{fact.kind} {prop}` depends on the order of events of one instant")
        points = points_of(self.event.number(e.Property(prop)))
        value = f"CASE WHEN {tests} THEN {points} END" if tests else points
        if fact.kind in ("lowest", "highest"):
            function = "MIN" if fact.kind == "lowest" else "MAX"
            return f"({double_of(self.total(f'{fact.kind}_{slug(prop)}', f'{function}({value})'))})"
        total = self.total(f"sum_{slug(prop)}", f"SUM({value})")
        if fact.kind == "sum":
            return f"({double_of(total)})"
        count = self.total(f"known_{slug(prop)}", f"COUNT({value})")
        mean = f"({double_of(total)}) / CAST({count} AS DOUBLE)"
        guarded = f"CASE WHEN {count} > 0 THEN {rounded(f'({mean})')} END"
        return f"({guarded} / 1000000)"

    # ---- rules

    def rule_score(self, score: p.Score) -> str | None:
        """The score in millionths from the worths of its rules; None where a rule cannot be written."""
        kept = self.state.copy()
        fine = True
        parts: dict[int | None, list[str]] = {None: [], **{i: [] for i in range(len(score.groups))}}
        for rule in score.rules:
            try:
                parts[rule.group].append(self.rule(rule))
            except UnwritableError as problem:
                self.refuse(rule.place, _short(rule), str(problem))
                fine = False
        value = ""
        try:
            total = list(parts[None])
            if score.start:
                total.append(whole(score.start))
            for i, group in enumerate(score.groups):
                total.append(self.bounded(" + ".join(parts[i]) or "0", group.bounds))
            value = self.bounded(" + ".join(total) or "0", score.bounds)
        except UnwritableError as problem:
            self.refuse(score.place, f"a bound of score {score.name}", str(problem))
            fine = False
        if fine:
            return value
        self.state = kept
        return None

    def rule(self, rule: p.Rule) -> str:
        """The column of a rule's worth, NULL for none."""
        note = sentence(self.program, rule.place)
        if isinstance(rule, p.WhenRule):
            worth = self.when(rule)
            name = self.names.rule(rule)
        else:
            reason = unordered(rule)
            if reason is not None:
                raise UnwritableError(reason)
            assert isinstance(rule.trigger, p.Occurs)
            award = award_of(rule, self.takes(rule.trigger.pattern), self)
            name = self.names.rule(rule)
            worth = self.on(rule, award, name, note)
            if award.step is not None or award.first is not None:
                note = ""
        if rule.up_to is not None and not isinstance(rule.up_to, int) and (rule.up_to.per or rule.up_to.period):
            pass  # each value's or period's sum was kept within it
        elif rule.up_to is not None:
            number = rule.up_to if isinstance(rule.up_to, int) else rule.up_to.number
            worth = f"GREATEST({whole(-number)}, LEAST({whole(number)}, {worth}))"
        self.check(worth)
        self.state.worths.append((name, worth, note))
        return name

    def amount(self, rule: p.OnRule) -> str:
        """The column of the points that the rule gives for each event."""
        assert isinstance(rule.effect, p.Points)
        number = self.event.number(rule.effect.amount)
        self.properties_in(number)
        self.check(number)
        base = slug(rule.title) if rule.title is not None else f"line_{rule.place.line}"
        raw, points = self.names.new(f"{base}_amount"), self.names.new(f"{base}_points_each")
        self.state.amounts.append((raw, number, points, "" if rule.effect.sign == 1 else "-"))
        return points

    def faded(self, rule: p.OnRule, worth: str) -> str:
        """The column of what an award is worth now, as a double."""
        base = slug(rule.title) if rule.title is not None else f"line_{rule.place.line}"
        self.check(worth)
        column = self.names.new(f"{base}_faded")
        self.state.worn.append((column, worth))
        return column

    def on(self, rule: p.OnRule, award: Award, name: str, note: str) -> str:
        if award.step is not None:
            step = name
            self.state.steps.append(Step(step, note, award.step))
            self.state.joined.append(step)
            return f"COALESCE({step}.points, 0)"
        if award.first is not None:
            first = self.total(f"first_{name.strip(chr(34))}", award.first, note)
            return award.worth.replace("$first", first)
        total = self.total(f"{name.strip(chr(34))}_points", award.sum, note)
        return f"COALESCE({total}, 0)"

    def when(self, rule: p.WhenRule) -> str:
        whens: list[str] = []
        rest = "0"
        for branch in rule.branches:
            amount = self.lead.number(branch.points.amount)
            points = points_of(amount)
            constant = inspect.constant_points(branch.points)
            value = whole(constant) if constant is not None else f"COALESCE({_signed(points, branch.points.sign)}, 0)"
            if constant is None:
                self.after_lead(amount)
            if branch.condition is None:
                rest = value
            else:
                whens.append(f"WHEN {self.about_lead(self.lead, branch.condition)} THEN {value}")
        return f"CASE {' '.join(whens)} ELSE {rest} END" if whens else rest

    def bounded(self, value: str, bounds: Sequence[p.Bound]) -> str:
        """Within the highest minimum and the lowest maximum that hold; if they cross, the maximum wins."""
        simple = not any(bound.when is not None for bound in bounds)
        low = [bound for bound in bounds if bound.kind == "minimum"]
        high = [bound for bound in bounds if bound.kind == "maximum"]
        if simple:
            if low:
                value = f"GREATEST({whole(max(bound.number for bound in low))}, {value})"
            if high:
                value = f"LEAST({whole(min(bound.number for bound in high))}, {value})"
            return value if low or high or " " not in value else f"({value})"
        for bound in sorted(low, key=lambda bound: bound.number):
            value = self.held(bound, "GREATEST", value)
        for bound in sorted(high, key=lambda bound: -bound.number):
            value = self.held(bound, "LEAST", value)
        return value

    def held(self, bound: p.Bound, function: str, value: str) -> str:
        if bound.when is None:
            return f"{function}({whole(bound.number)}, {value})"
        condition = self.about_lead(self.lead, bound.when)
        beyond = whole(-(10**18) if function == "GREATEST" else 10**18)
        limit = self.names.new(f"{bound.kind}_{bound.place.line}")
        value_then = f"CASE WHEN {condition} THEN {whole(bound.number)} ELSE {beyond} END"
        self.state.worths.append((limit, value_then, sentence(self.program, bound.place)))
        return f"{function}({limit}, {value})"

    # ---- scores

    def formula(self, score: p.Score) -> str | None:
        """The score from the column of its unrounded value, which `self.unrounded` holds."""
        kept = self.state.copy()
        try:
            assert score.formula is not None
            about = About(self.columns, event=False, score=lambda name: self.score_columns[name])
            limit = f"X_DOUBLE('{LARGEST_FORMULA // 1_000_000}')"
            number = f"LEAST({limit}, GREATEST(-{limit}, {about.number(score.formula, inside=True)}))"
            column = self.names.new(f"{slug(score.name)}_unrounded")
            value = self.bounded(f"CAST({rounded(column)} AS BIGINT)", score.bounds)
            self.check(number, value)
        except UnwritableError as problem:
            self.state = kept
            self.refuse(score.place, f"score {score.name}", str(problem))
            return None
        self.unrounded[score.name] = (column, number)
        return value

    def tier(self, score: p.Score) -> str | None:
        course = next((tier for tier in score.tiers if tier.follows_the_course), None)
        if course is not None:
            what = "for good" if course.for_good else "until below"
            self.refuse(course.place, f"tier {course.name}", f"`{what}` depends on what the score was before")
            return None
        column = self.score_columns[score.name]
        whens = [
            f"WHEN {column} {'>' if tier.above else '>='} {tier.number} THEN {literal(tier.name)}"
            for tier in score.tiers
        ]
        return f"CASE {' '.join(whens)} END"

    def cell(self, grid: p.Grid, written: dict[str, tuple[p.Score, str]]) -> str | None:
        missing = [axis.score for axis in grid.axes if axis.score not in written]
        if missing:
            self.refuse(grid.place, f"grid {grid.name}", f"it needs {', '.join(dict.fromkeys(missing))}")
            return None
        axes = []
        for axis in grid.axes:
            column = self.score_columns[axis.score]
            whens = [f"WHEN {column} >= {number} THEN {literal(band)}" for band, number in axis.bands[:-1]]
            rest = literal(axis.bands[-1][0])
            axes.append(f"CASE {' '.join(whens)} ELSE {rest} END" if whens else rest)
        return axes[0] if len(axes) == 1 else f"CONCAT({', '.join(axes)})"

    def label(self, label: p.Label, written: dict[str, tuple[p.Score, str]]) -> str | None:
        def score(name: str) -> str:
            if name not in written:
                raise UnwritableError(f"it needs {name}")
            return self.score_columns[name]

        kept = self.state.copy()
        try:
            about = About(self.columns, event=False, fact=self.fact, has=self.has, score=score)
            return self.about_lead(about, label.condition, shown=True)
        except UnwritableError as problem:
            self.state = kept
            self.refuse(label.place, f"label {label.name}", str(problem))
            return None

    # ---- the text


def _signed(text: str, sign: int) -> str:
    return text if sign == 1 else f"-({text})"


def _short(rule: p.Rule) -> str:
    return f"rule {rule.title}" if rule.title is not None else "rule"


def _statement_place(program: p.Program, word: str) -> p.Place:
    """Where the program's first statement with this word stands."""
    from scoredsl.text import Span

    for name, source in program.sources.items():
        found = re.search(rf"(?m)^[ ]*{word}\b", source.text)
        if found is not None:
            start = found.end() - len(word)
            return p.Place(name, source.position(start).line, Span(start, found.end(), name))
    return p.Place(program.path, 1, Span(0, 0, program.path))
