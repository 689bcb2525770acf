"""What one pass has to add up: the sums and bits of a program whose scores do not depend on the order of events.

A rule without a limit is a sum over its living events; a `once` rule of constant points is two bits: an event was seen
that still lives, and one was seen that does not (then the first has expired). So a program of plain rules is a few sums
and bits by lead (LANGUAGE section 5). `plan_of` finds them and gives None for any program that needs more.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from scoredsl.engine.onepass.expressions import (
    WORD,
    bits_name,
    bounded,
    condition_of_scores,
    formula_points,
    literal,
    quoted,
    seen,
    sum_name,
)
from scoredsl.plan.describe import reasons_to_walk
from scoredsl.semantics import expressions as e
from scoredsl.semantics import inspect
from scoredsl.semantics import program as p

ALWAYS = -(2**62)

ConditionSql = Callable[[e.Condition], "str | None"]
"""A condition about one event as SQL over the relation, never NULL; None where it cannot be written."""


@dataclass(slots=True)
class _Sum:
    """A sum by lead: points in units of `unit` millionths."""

    points: list[int] = field(default_factory=list)

    @property
    def unit(self) -> int:
        return math.gcd(*self.points) or 1


@dataclass(frozen=True, slots=True)
class Piece:
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
class Column:
    """A whole number that each event adds: a sum in its unit, shifted by so many bits, a word of bits, or both."""

    name: str
    sum: int | None
    word: int | None
    shift: int
    most: int
    """No event adds more, or less than the same below 0."""


@dataclass(frozen=True, slots=True)
class OnePass:
    """How to compute a program in one pass: each event adds `added`, of which a lead has `columns`."""

    program: p.Program
    as_of: int
    pieces: tuple[Piece, ...]
    units: tuple[int, ...]
    """Of each sum, in millionths."""
    bits: int
    values: tuple[tuple[str, str], ...]
    """The scores, a formula below those that it uses, and the SQL of each in millionths."""

    @property
    def words(self) -> int:
        return -(-self.bits // WORD)

    @property
    def names(self) -> tuple[str, ...]:
        """The events that a piece names."""
        return tuple(sorted({name for piece in self.pieces for name in piece.names or ()}))

    @property
    def columns(self) -> tuple[str, ...]:
        """What there is of a lead in the end: sums, then words."""
        return (*map(sum_name, range(len(self.units))), *map(bits_name, range(self.words)))

    @property
    def packed(self) -> int:
        """How many low bits of the first column are the first word; the rest is the first sum. 0: they are apart."""
        if not self.units or not self.bits:
            return 0
        low = min(self.bits, WORD)
        return low if low + _width(self._most(0)) < 62 else 0

    @property
    def added(self) -> tuple[Column, ...]:
        shift = self.packed
        first = (Column("packed", 0, 0, shift, (self._most(0) + 1) << shift),) if shift else ()
        sums = [Column(sum_name(i), i, None, 0, self._most(i)) for i in range(len(self.units))]
        words = [Column(bits_name(i), None, i, 0, 1 << min(WORD, self.bits - i * WORD)) for i in range(self.words)]
        return (*first, *sums[len(first) :], *words[len(first) :])

    def adds(self, piece: Piece, column: Column) -> tuple[int, int]:
        """What a piece adds to a column for an event that lives, and for one that does not."""
        live = dead = 0
        if column.sum is not None and piece.sum == column.sum:
            live += piece.points // self.units[column.sum] << column.shift
        if column.word is not None and piece.bit is not None and piece.bit // WORD == column.word:
            live += 1 << piece.bit % WORD
        if column.word is not None and piece.dead_bit is not None and piece.dead_bit // WORD == column.word:
            dead += 1 << piece.dead_bit % WORD
        return live, dead

    def _most(self, number: int) -> int:
        """The most that one event can add to a sum, in units."""
        return sum(abs(each.points) // self.units[number] for each in self.pieces if each.sum == number)


def _width(most: int) -> int:
    return most.bit_length() + 1


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
        self.pieces: list[Piece] = []
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
        if any(condition_of_scores(label.condition) is None for label in program.labels):
            return None
        values: list[tuple[str, str]] = []
        for score in inspect.in_order(program):
            sql = formula_points(score) if score.formula is not None else self.rule_score(score)
            if sql is None:
                return None
            values.append((score.name, sql))
        units = tuple(each.unit for each in self.sums)
        for i, unit in enumerate(units):
            before, after = (f"{quoted(sum_name(i))} * {factor}" for factor in (":unit", unit))
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
            since = ALWAYS if rule.expiry is None else self.as_of - rule.expiry.duration
            if points == 0 or (start is not None and start > self.as_of) or (stop is not None and stop - 1 <= since):
                continue
            if rule.limits:
                bit, self.bits = self.bits, self.bits + 1
                dead = None
                if since > ALWAYS:
                    dead, self.bits = self.bits, self.bits + 1
                piece = Piece(*where, ALWAYS if start is None else start, stop, since, points, None, bit, dead)
                value = seen(bit, dead, points)
            else:
                if start is not None:
                    since = max(since, start - 1)
                if rule.up_to is not None or rule.group not in sums:
                    number = len(self.sums)
                    self.sums.append(_Sum())
                    value = f"{quoted(sum_name(number))} * :unit"
                    if rule.up_to is None:
                        sums[rule.group] = number
                else:
                    number, value = sums[rule.group], ""
                self.sums[number].points.append(points)
                piece = Piece(*where, ALWAYS, stop, since, points, number, None, None)
            self.pieces.append(piece)
            if rule.up_to is not None:
                value = f"greatest({-rule.up_to.number}, least({rule.up_to.number}, {value}))"
            if value:
                parts[rule.group].append(value)
        total = parts[None]
        if score.start:
            total.append(str(score.start))
        for i, group in enumerate(score.groups):
            total.append(bounded(" + ".join(parts[i]) or "0", group.bounds))
        return bounded(" + ".join(total) or "0", score.bounds)

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
                tests.insert(0, f"event IN ({', '.join(map(literal, sorted(each.names)))})")
            if any(test is None for test in tests):
                return None
            found.append("(" + (" AND ".join(f"({test})" for test in tests) or "true") + ")")
        either = f"({' OR '.join(found)})"
        return None, f"({condition}) AND {either}" if condition else either


def _plain(rule: p.OnRule) -> bool:
    """Whether a rule is a sum, or a `once`, over single events with constant points."""
    return rule.state is None and constant_points(rule) is not None and not any(reasons_to_walk(rule))


def constant_points(rule: p.OnRule) -> int | None:
    """The points of a rule in millionths, with their sign; None where they are not the same for all events."""
    return inspect.constant_points(rule.effect) if isinstance(rule.effect, p.Points) else None
