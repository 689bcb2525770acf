"""Scores at T in one pass over the log, for programs that do not depend on the order of events (LANGUAGE section 5).

A rule without a limit is a sum over its living events; a `once` rule of constant points is two bits: an event was seen
that still lives, and one was seen that does not (then the first has expired). So a program of plain rules is a few sums
and bits by lead. `plan_of` finds them and gives None for any program that needs more: the walk computes that.

DuckDB evaluates what each event adds; names are looked up in a list of constants, which it does once for each
dictionary of a Parquet file. The sums are then made by `engine/kernel/fold.c` (`fold`), or in SQL by `asof_query`,
without a kernel.

Measured with `b2b.score`, 20 million events of 1 million leads in Parquet, two cores, the result sorted and written, in
CPU seconds on a shared machine (the ratios tell):

    names joined with a small table of rules, as an expert writes it      3.2 to 3.3
    names looked up in lists, else the same (`asof_query`)                2.9 to 3.0
    the same, grouped by the hash of the lead: not exact                  2.5 to 2.8
    streamed into `fold`, sums and bits as two columns                    2.5 to 2.7
    streamed into `fold`, sums and bits packed into one column            2.2 to 2.4

(GROUP BY lead alone, with nothing added up and nothing written, takes DuckDB 1.6 to 1.8.)
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scoredsl.plan.describe import reasons_to_walk
from scoredsl.plan.lowering import inspect
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.values import LARGEST_FORMULA

_ALWAYS = -(2**62)
_WORD = 48
"""Bits in a word: they may share an integer with a sum."""
_BATCH = 200_000
_EVENT = '"scoredsl event"'
"""Names with a space: no score and hardly a column is called so."""

ConditionSql = Callable[[e.Condition], "str | None"]
"""A condition about one event as SQL over the relation, never NULL; None where it cannot be written."""


class NotExactError(Exception):
    """The points of this log are too large for sums of 64 bits: another way has to be taken."""


@dataclass(slots=True)
class _Sum:
    """A sum by lead: points in units of `unit` millionths."""

    points: list[int] = field(default_factory=list)

    @property
    def unit(self) -> int:
        return math.gcd(*self.points) or 1


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a rule adds for one event, if it is one of `names` (None: any) and the condition and the dates hold.

    Later than `since` it is `live` (added to sum `into`, or the bit `into`), else `dead`.
    """

    names: tuple[str, ...] | None
    condition: str
    start: int
    stop: int | None
    since: int
    points: int
    sum: int | None
    bit: int | None
    dead_bit: int | None


@dataclass(frozen=True, slots=True)
class OnePass:
    """How to compute a program in one pass.

    `columns` are what `event_query` gives after the lead, and `result_query` takes.
    """

    program: p.Program
    as_of: int
    pieces: tuple[_Piece, ...]
    units: tuple[int, ...]
    bits: int
    values: tuple[tuple[str, str], ...]
    """The scores, a formula below those that it uses, and the SQL of each in millionths."""

    @property
    def words(self) -> int:
        return -(-self.bits // _WORD)

    @property
    def packed(self) -> int:
        """How many low bits of the first column are the first word; the rest is the first sum. 0: they are apart."""
        if not self.units or not self.bits:
            return 0
        low = min(self.bits, _WORD)
        return low if low + _width(self._most(0)) < 62 else 0

    def _most(self, number: int) -> int:
        """The most that one event can add to a sum, in units."""
        return sum(abs(each.points) // self.units[number] for each in self.pieces if each.sum == number)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `folded` by lead: sums, then words."""
        return (*map(_sum, range(len(self.units))), *map(_bits, range(self.words)))

    def event_query(self, relation: str) -> str:
        """What each event adds, as a query over a relation with lead, event and time (whole microseconds)."""
        names = sorted({name for piece in self.pieces for name in piece.names or ()})
        adds = [f"{sql} AS {_name(name)}" for name, sql in self._added(names)]
        lookup = f"list_position([{', '.join(map(_text, names))}], event)" if names else "0"
        return (
            f"SELECT {', '.join(['lead', *adds])}\n"
            f"FROM (SELECT *, {lookup} AS {_EVENT}\n"
            f"      FROM {relation}\n"
            f"      WHERE time <= {self.as_of})"
        )

    def _added(self, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        shift = self.packed
        if shift:
            most = max((self._most(0) + 1) << shift, 1)
            yield "packed", self._column(names, 0, 0, shift, most)
        for i in range(1 if shift else 0, len(self.units)):
            yield _sum(i), self._column(names, i, None, 0, self._most(i))
        for i in range(1 if shift else 0, self.words):
            yield _bits(i), self._column(names, None, i, 0, 1 << min(_WORD, self.bits - i * _WORD))

    def _column(self, names: Sequence[str], into: int | None, word: int | None, shift: int, most: int) -> str:
        """The sum of all that the rules add to a column: rules with the same condition share a look-up by name."""
        kind = "INTEGER" if most < 2**31 else "BIGINT"

        def amounts(piece: _Piece) -> tuple[int, int]:
            live = dead = 0
            if into is not None and piece.sum == into:
                live += piece.points // self.units[into] << shift
            if word is not None and piece.bit is not None and piece.bit // _WORD == word:
                live += 1 << piece.bit % _WORD
            if word is not None and piece.dead_bit is not None and piece.dead_bit // _WORD == word:
                dead += 1 << piece.dead_bit % _WORD
            return live, dead

        shared: dict[tuple[str, int, int | None], list[_Piece]] = {}
        for piece in self.pieces:
            if any(amounts(piece)):
                shared.setdefault((piece.condition, piece.start, piece.stop), []).append(piece)
        terms: list[str] = []
        for (condition, start, stop), pieces in shared.items():
            tests = [condition] if condition else []
            if start > _ALWAYS:
                tests.append(f"time >= {start}")
            if stop is not None:
                tests.append(f"time < {stop}")
            for table in _tables(pieces):
                term = _looked_up(names, table, amounts, kind)
                terms.append(f"CASE WHEN {' AND '.join(tests)} THEN {term} ELSE 0 END" if tests else term)
        return "CAST(" + (" + ".join(terms) or "0") + f" AS {kind})"

    def result_query(self, folded: str, *, millionths: bool = False, order: bool = True) -> str:
        """Scores, tiers, grids and labels of all leads, from a relation with lead and `columns`.

        Scores are doubles, or whole millionths if those are asked for.
        """
        steps: list[str] = []
        source = folded
        for name, sql in self.values:
            step = f"step_{len(steps)}"
            steps.append(f"{step} AS (SELECT *, {sql} AS {_score(name)} FROM {source})")
            source = step
        shown = ["lead"]
        for score in self.program.scores:
            value = _score(score.name)
            shown.append(f"{value if millionths else _points(value)} AS {_name(score.name)}")
            if score.tiers:
                shown.append(f"{_tier(score)} AS {_name(score.name + '_tier')}")
        shown += [f"{_cell(grid)} AS {_name(grid.name)}" for grid in self.program.grids]
        shown += [f"{_condition(label.condition)} AS {_name(label.name)}" for label in self.program.labels]
        begin = f"WITH {(',' + chr(10) + '  ').join(steps)}\n" if steps else ""
        return f"{begin}SELECT {', '.join(shown)}\nFROM {source}" + ("\nORDER BY lead" if order else "")


# ---- from a program to sums and bits


def plan_of(program: p.Program, as_of: int, condition_sql: ConditionSql | None = None) -> OnePass | None:
    """How to compute a program at T in one pass; None where it needs the walk, the profile, ids or the run's counts."""
    planner = _Planner(program, as_of, condition_sql or (lambda _: None))
    return planner.plan()


class _Planner:
    def __init__(self, program: p.Program, as_of: int, condition_sql: ConditionSql) -> None:
        self.program = program
        self.as_of = as_of
        self.condition_sql = condition_sql
        self.sums: list[_Sum] = []
        self.pieces: list[_Piece] = []
        self.bits = 0

    def plan(self) -> OnePass | None:
        program = self.program
        if program.ignores or program.excludes:
            return None
        rules = [rule for score in program.scores for rule in score.rules]
        if not all(isinstance(rule, p.OnRule) and _plain(rule) for rule in rules):
            return None
        if any(tier.follows_the_course for score in program.scores for tier in score.tiers):
            return None
        bounds = [b for s in program.scores for b in (*s.bounds, *(g for group in s.groups for g in group.bounds))]
        if any(bound.when is not None for bound in bounds):
            return None
        if any(_condition(label.condition) is None for label in program.labels):
            return None
        values: list[tuple[str, str]] = []
        for score in inspect.in_order(program):
            sql = self.formula(score) if score.formula is not None else self.rule_score(score)
            if sql is None:
                return None
            values.append((score.name, sql))
        units = tuple(each.unit for each in self.sums)
        for i, unit in enumerate(units):
            before, after = (f"{_name(_sum(i))} * {factor}" for factor in (":unit", unit))
            values = [(name, sql.replace(before, after)) for name, sql in values]
        return OnePass(program, self.as_of, tuple(self.pieces), units, self.bits, tuple(values))

    def rule_score(self, score: p.Score) -> str | None:
        parts: dict[int | None, list[str]] = {None: [], **{i: [] for i in range(len(score.groups))}}
        sums: dict[int | None, int] = {}
        for rule in score.rules:
            assert isinstance(rule, p.OnRule)
            points = constant_points(rule)
            assert points is not None
            where = self.where(rule.trigger.pattern) if isinstance(rule.trigger, p.Occurs) else None
            if where is None:
                return None
            start, stop = rule.start, rule.stop
            if stop is not None and stop > self.as_of:
                stop = None
            since = _ALWAYS if rule.expiry is None else self.as_of - rule.expiry.duration
            if points == 0 or (start is not None and start > self.as_of) or (stop is not None and stop - 1 <= since):
                continue
            if rule.limits:
                bit, self.bits = self.bits, self.bits + 1
                dead = None
                if since > _ALWAYS:
                    dead, self.bits = self.bits, self.bits + 1
                piece = _Piece(*where, _ALWAYS if start is None else start, stop, since, points, None, bit, dead)
                value = _seen(bit, dead, points)
            else:
                if start is not None:
                    since = max(since, start - 1)
                if rule.up_to is not None or rule.group not in sums:
                    number = len(self.sums)
                    self.sums.append(_Sum())
                    value = f"{_name(_sum(number))} * :unit"
                    if rule.up_to is None:
                        sums[rule.group] = number
                else:
                    number, value = sums[rule.group], ""
                self.sums[number].points.append(points)
                piece = _Piece(*where, _ALWAYS, stop, since, points, number, None, None)
            self.pieces.append(piece)
            if rule.up_to is not None:
                value = f"greatest({-rule.up_to.number}, least({rule.up_to.number}, {value}))"
            if value:
                parts[rule.group].append(value)
        total = parts[None]
        if score.start:
            total.append(str(score.start))
        for i, group in enumerate(score.groups):
            total.append(_bounded(" + ".join(parts[i]) or "0", group.bounds))
        return _bounded(" + ".join(total) or "0", score.bounds)

    def where(self, pattern: e.Pattern) -> tuple[tuple[str, ...] | None, str] | None:
        """The names of the events (None: any) and the condition on them (empty: none)."""
        condition = "" if pattern.where is None else self.condition_sql(pattern.where)
        if condition is None:
            return None
        alternatives = pattern.matcher.alternatives
        if not any(each.where for each in alternatives):
            names: set[str] = set()
            for each in alternatives:
                if each.names is None:
                    return None, condition
                names |= each.names
            return tuple(sorted(names)), condition
        found: list[str] = []
        for each in alternatives:
            tests = [self.condition_sql(part) for part in each.where]
            if each.names is not None:
                tests.insert(0, f"event IN ({', '.join(map(_text, sorted(each.names)))})")
            if any(test is None for test in tests):
                return None
            found.append("(" + (" AND ".join(f"({test})" for test in tests) or "true") + ")")
        either = f"({' OR '.join(found)})"
        return None, f"({condition}) AND {either}" if condition else either

    def formula(self, score: p.Score) -> str | None:
        assert score.formula is not None
        number = _formula(score.formula)
        if number is None:
            return None
        limit = f"{LARGEST_FORMULA // 1_000_000}e6"
        rounded = f"CAST(sign({number}) * floor(abs({number}) * 1e6 + 0.5e0) AS BIGINT)"
        clamped = (
            f"CASE WHEN isnan({number}) THEN 0 WHEN {number} * 1e6 >= {limit} THEN {LARGEST_FORMULA} "
            f"WHEN {number} * 1e6 <= -{limit} THEN {-LARGEST_FORMULA} ELSE {rounded} END"
        )
        return _bounded(clamped, score.bounds)


def _plain(rule: p.OnRule) -> bool:
    """Whether a rule is a sum, or a `once`, over single events with constant points."""
    return rule.state is None and constant_points(rule) is not None and not any(reasons_to_walk(rule))


def constant_points(rule: p.OnRule) -> int | None:
    """The points of a rule in millionths, with their sign; None where they are not the same for all events."""
    return inspect.constant_points(rule.effect) if isinstance(rule.effect, p.Points) else None


# ---- SQL


def _tables(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces that share a look-up: no two of them are for the same event; those for any event stand alone."""
    tables: list[tuple[set[str], list[_Piece]]] = []
    for piece in pieces:
        if piece.names is None:
            yield [piece]
            continue
        for taken, table in tables:
            if taken.isdisjoint(piece.names):
                taken.update(piece.names)
                table.append(piece)
                break
        else:
            tables.append((set(piece.names), [piece]))
    for _, table in tables:
        yield table


def _looked_up(
    names: Sequence[str], table: Sequence[_Piece], amounts: Callable[[_Piece], tuple[int, int]], kind: str
) -> str:
    """What the rules of a table add for an event, 0 for events of other names."""
    if table[0].names is None:
        added, gone = amounts(table[0])
        since = table[0].since
        return str(added) if since == _ALWAYS else f"CASE WHEN time > {since} THEN {added} ELSE {gone} END"
    by_name = {name: piece for piece in table for name in piece.names or ()}
    found = [by_name.get(name) for name in names]
    lives = [_ALWAYS if piece is None else piece.since for piece in found]
    live = _list([0 if piece is None else amounts(piece)[0] for piece in found], kind)
    if all(each == _ALWAYS for each in lives):
        return f"coalesce({live}, 0)"
    gone_by = [0 if piece is None else amounts(piece)[1] for piece in found]
    dead = _list(gone_by, kind) if any(gone_by) else "0"
    return f"coalesce(CASE WHEN time > {_list(lives, 'BIGINT')} THEN {live} ELSE {dead} END, 0)"


def _list(numbers: Sequence[int], kind: str) -> str:
    return f"list_extract(CAST([{', '.join(map(str, numbers))}] AS {kind}[]), {_EVENT})"


def _seen(bit: int, dead: int | None, points: int) -> str:
    """The worth of a `once` rule: an event was seen that lives, and none that does not."""
    live = f"({_name(_bits(bit // _WORD))} >> {bit % _WORD}) & 1 = 1"
    if dead is not None:
        live += f" AND ({_name(_bits(dead // _WORD))} >> {dead % _WORD}) & 1 = 0"
    return f"CASE WHEN {live} THEN {points} ELSE 0 END"


def _bounded(value: str, bounds: Sequence[p.Bound]) -> str:
    """Within the highest minimum and the lowest maximum; if they cross, the maximum wins."""
    low = [bound.number for bound in bounds if bound.kind == "minimum"]
    high = [bound.number for bound in bounds if bound.kind == "maximum"]
    if low:
        value = f"greatest({max(low)}, {value})"
    if high:
        value = f"least({min(high)}, {value})"
    return value if low or high or " " not in value else f"({value})"


def _points(value: str) -> str:
    """Whole millionths as the nearest double."""
    whole = f"CAST({value} // 1000000 AS DOUBLE) + CAST({value} % 1000000 AS DOUBLE) / 1e6"
    return f"CASE WHEN abs({value}) < {2**53} THEN CAST({value} AS DOUBLE) / 1e6 ELSE {whole} END"


def _tier(score: p.Score) -> str:
    whens = [
        f"WHEN {_score(score.name)} {'>' if tier.above else '>='} {tier.number} THEN {_text(tier.name)}"
        for tier in score.tiers
    ]
    return f"CASE {' '.join(whens)} END"


def _cell(grid: p.Grid) -> str:
    axes = []
    for axis in grid.axes:
        whens = [f"WHEN {_score(axis.score)} >= {number} THEN {_text(band)}" for band, number in axis.bands[:-1]]
        rest = _text(axis.bands[-1][0])
        axes.append(f"CASE {' '.join(whens)} ELSE {rest} END" if whens else rest)
    return " || ".join(axes)


def _formula(value: e.Value) -> str | None:
    """A formula in double precision; None where it divides by what may be 0, which the run counts."""
    match value:
        case e.Constant(number):
            return _double(number)
        case e.ScoreValue(name) if name is not None:
            return f"({_points(_score(name))})"
        case e.Negative(operand):
            inner = _formula(operand)
            return None if inner is None else f"(-{inner})"
        case e.Arithmetic(op, left, right):
            if op == "/" and not (isinstance(right, e.Constant) and right.value != 0):
                return None
            first, second = _formula(left), _formula(right)
            return None if first is None or second is None else f"({first} {op} {second})"
        case e.Call(function, arguments):
            numbers = [_formula(argument) for argument in arguments]
            known = [number for number in numbers if number is not None]
            if len(known) < len(numbers):
                return None
            return f"{ {'min': 'least', 'max': 'greatest', 'round': 'round'}[function]}({', '.join(known)})"
        case _:
            return None


def _condition(condition: e.Condition) -> str | None:
    """A condition of a label over scores alone; None where it asks for more."""
    match condition:
        case e.Always(holds):
            return "true" if holds else "false"
        case e.Not(inner):
            found = _condition(inner)
            return None if found is None else f"(NOT {found})"
        case e.And(parts) | e.Or(parts):
            each = [_condition(part) for part in parts]
            known = [part for part in each if part is not None]
            word = " AND " if isinstance(condition, e.And) else " OR "
            return f"({word.join(known)})" if len(known) == len(each) else None
        case e.CompareNumbers(op, e.ScoreValue() | e.Constant() as left, e.ScoreValue() | e.Constant() as right):
            first, second = _formula(left), _formula(right)
            return None if first is None or second is None else f"({first} {'<>' if op == '!=' else op} {second})"
        case _:
            return None


def _double(number: float) -> str:
    text = repr(number)
    return f"({text})" if "e" in text else f"({text}e0)"


def _sum(number: int) -> str:
    return f"sum {number}"


def _bits(number: int) -> str:
    return f"bits {number}"


def _score(name: str) -> str:
    """A score's value in millionths. DuckDB takes names without regard to case, the language does not."""
    marks = "".join("1" if c.isupper() else "0" for c in name)
    return _name(f"score {name} {marks}")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _width(most: int) -> int:
    return most.bit_length() + 1


# ---- running it


def asof_query(program: p.Program, relation: str, as_of: int, condition_sql: ConditionSql | None = None) -> str | None:
    """Scores at T as one query in SQL alone, over a relation with lead, event and time (whole microseconds).

    None where the program needs more than one pass.
    """
    plan = plan_of(program, as_of, condition_sql)
    return None if plan is None else grouped_query(plan, relation)


def grouped_query(plan: OnePass, relation: str) -> str:
    """The plan in SQL alone: what `fold` does is done by GROUP BY."""
    shift = plan.packed
    parts = ["lead"]
    for i in range(len(plan.units)):
        added = f"packed >> {shift}" if shift and i == 0 else _name(_sum(i))
        parts.append(f"sum({added}) AS {_name(_sum(i))}")
    for i in range(plan.words):
        added = f"packed & {(1 << shift) - 1}" if shift and i == 0 else _name(_bits(i))
        parts.append(f"bit_or({added}) AS {_name(_bits(i))}")
    folded = f"(SELECT {', '.join(parts)}\nFROM ({plan.event_query(relation)})\nGROUP BY lead)"
    return plan.result_query(folded)


def write_parquet(db: Any, plan: OnePass, folded: Any, path: str) -> int:
    """Writes what `fold` made as scores at T, sorted by lead, in Parquet, whole or not at all; gives their number.

    Raises OSError.
    """
    from scoredsl.engine.output import replacing

    db.register("scoredsl_folded", folded)
    try:
        with replacing(path) as temporary:
            query = plan.result_query("scoredsl_folded")
            db.execute(f"COPY ({query}) TO {_text(str(temporary))} (FORMAT parquet)")
    finally:
        db.unregister("scoredsl_folded")
    return int(folded.num_rows)


class _Column(ctypes.Structure):
    _fields_ = (
        ("values", ctypes.c_void_p),
        ("validity", ctypes.c_void_p),
        ("offset", ctypes.c_int64),
        ("bytes", ctypes.c_int64),
    )


def fold(db: Any, plan: OnePass, relation: str) -> Any:
    """Runs the plan's one pass in DuckDB and the kernel: an Arrow table with lead and the plan's columns.

    Raises NotExactError where 64 bits could be too few, KernelMissingError where there is no kernel.
    """
    import pyarrow as pa

    library = _library()
    store = library.fold_new(len(plan.units), plan.words, plan.packed)
    if not store:
        raise MemoryError
    try:
        # `sql` streams in parallel; a result of `execute` would be copied first
        for batch in db.sql(plan.event_query(relation)).to_arrow_reader(_BATCH):
            _add(library, store, batch)
        if not library.fold_exact(store, (ctypes.c_int64 * max(1, len(plan.units)))(*plan.units)):
            raise NotExactError
        count = library.fold_leads(store)
        offsets = pa.allocate_buffer(8 * (count + 1))
        data = pa.allocate_buffer(library.fold_text_bytes(store))
        made = [pa.allocate_buffer(8 * count) for _ in plan.columns]
        addresses = (ctypes.c_void_p * max(1, len(made)))(*(each.address for each in made))
        library.fold_result(store, offsets.address, data.address, addresses)
    finally:
        library.fold_free(store)
    lead = pa.Array.from_buffers(pa.large_string(), count, [None, offsets, data])
    arrays = [pa.Array.from_buffers(pa.int64(), count, [None, each]) for each in made]
    return pa.table([lead, *arrays], names=["lead", *plan.columns])


def _library() -> Any:
    from scoredsl.engine.kernel.library import kernel

    library = kernel()
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    library.fold_new.restype = pointer
    library.fold_new.argtypes = [number] * 3
    library.fold_add.argtypes = [pointer, number, pointer, pointer, number, pointer]
    library.fold_exact.argtypes = [pointer, pointer]
    library.fold_result.argtypes = [pointer] * 4
    library.fold_result.restype = None
    library.fold_free.argtypes = [pointer]
    library.fold_free.restype = None
    for function in (library.fold_leads, library.fold_text_bytes):
        function.restype = number
        function.argtypes = [pointer]
    return library


def _add(library: Any, store: int, batch: Any) -> None:
    lead = batch.column(0)
    _, offsets, data = lead.buffers()
    columns = (_Column * max(1, batch.num_columns - 1))()
    for i in range(1, batch.num_columns):
        array = batch.column(i)
        validity, values = array.buffers()
        absent = validity.address if validity is not None and array.null_count else None
        columns[i - 1] = _Column(values.address, absent, array.offset, array.type.bit_width // 8)
    done = library.fold_add(
        store,
        batch.num_rows,
        offsets.address + 4 * lead.offset,
        data.address if data is not None else None,
        data.size if data is not None else 0,
        columns,
    )
    if done:
        raise MemoryError
