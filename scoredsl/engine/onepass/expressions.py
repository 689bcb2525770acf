"""SQL of values: scores in millionths over sums and bits by lead, and the names that columns have."""

from __future__ import annotations

from collections.abc import Sequence

from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.values import LARGEST_FORMULA

WORD = 48
"""Bits in a word: they may share an integer with a sum."""


def sum_name(number: int) -> str:
    return f"sum {number}"


def bits_name(number: int) -> str:
    return f"bits {number}"


def score_name(name: str) -> str:
    """A score's value in millionths. DuckDB takes names without regard to case, the language does not."""
    marks = "".join("1" if c.isupper() else "0" for c in name)
    return quoted(f"score {name} {marks}")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def seen(bit: int, dead: int | None, points: int) -> str:
    """The worth of a `once` rule: an event was seen that lives, and none that does not."""
    live = f"({quoted(bits_name(bit // WORD))} >> {bit % WORD}) & 1 = 1"
    if dead is not None:
        live += f" AND ({quoted(bits_name(dead // WORD))} >> {dead % WORD}) & 1 = 0"
    return f"CASE WHEN {live} THEN {points} ELSE 0 END"


def bounded(value: str, bounds: Sequence[p.Bound]) -> str:
    """Within the highest minimum and the lowest maximum; if they cross, the maximum wins."""
    low = [bound.number for bound in bounds if bound.kind == "minimum"]
    high = [bound.number for bound in bounds if bound.kind == "maximum"]
    if low:
        value = f"greatest({max(low)}, {value})"
    if high:
        value = f"least({min(high)}, {value})"
    return value if low or high or " " not in value else f"({value})"


def points(value: str) -> str:
    """Whole millionths as the nearest double."""
    whole = f"CAST({value} // 1000000 AS DOUBLE) + CAST({value} % 1000000 AS DOUBLE) / 1e6"
    return f"CASE WHEN abs({value}) < {2**53} THEN CAST({value} AS DOUBLE) / 1e6 ELSE {whole} END"


def tier(score: p.Score) -> str:
    whens = [
        f"WHEN {score_name(score.name)} {'>' if tier.above else '>='} {tier.number} THEN {literal(tier.name)}"
        for tier in score.tiers
    ]
    return f"CASE {' '.join(whens)} END"


def cell(grid: p.Grid) -> str:
    axes = []
    for axis in grid.axes:
        whens = [f"WHEN {score_name(axis.score)} >= {number} THEN {literal(band)}" for band, number in axis.bands[:-1]]
        rest = literal(axis.bands[-1][0])
        axes.append(f"CASE {' '.join(whens)} ELSE {rest} END" if whens else rest)
    return " || ".join(axes)


def formula(value: e.Value) -> str | None:
    """A formula in double precision; None where it divides by what may be 0, which the run counts."""
    match value:
        case e.Constant(number):
            return double(number)
        case e.ScoreValue(name) if name is not None:
            return f"({points(score_name(name))})"
        case e.Negative(operand):
            inner = formula(operand)
            return None if inner is None else f"(-{inner})"
        case e.Arithmetic(op, left, right):
            if op == "/" and not (isinstance(right, e.Constant) and right.value != 0):
                return None
            first, second = formula(left), formula(right)
            return None if first is None or second is None else f"({first} {op} {second})"
        case e.Call(function, arguments):
            numbers = [formula(argument) for argument in arguments]
            known = [number for number in numbers if number is not None]
            if len(known) < len(numbers):
                return None
            return f"{ {'min': 'least', 'max': 'greatest', 'round': 'round'}[function] }({', '.join(known)})"
        case _:
            return None


def condition_of_scores(condition: e.Condition) -> str | None:
    """A condition of a label over scores alone; None where it asks for more."""
    match condition:
        case e.Always(holds):
            return "true" if holds else "false"
        case e.Not(inner):
            found = condition_of_scores(inner)
            return None if found is None else f"(NOT {found})"
        case e.And(parts) | e.Or(parts):
            each = [condition_of_scores(part) for part in parts]
            known = [part for part in each if part is not None]
            word = " AND " if isinstance(condition, e.And) else " OR "
            return f"({word.join(known)})" if len(known) == len(each) else None
        case e.CompareNumbers(op, e.ScoreValue() | e.Constant() as left, e.ScoreValue() | e.Constant() as right):
            first, second = formula(left), formula(right)
            return None if first is None or second is None else f"({first} {'<>' if op == '!=' else op} {second})"
        case _:
            return None


def double(number: float) -> str:
    text = repr(number)
    return f"({text})" if "e" in text else f"({text}e0)"


def formula_points(score: p.Score) -> str | None:
    """A formula score in millionths, rounded as LANGUAGE section 6 says; None where it needs the walk."""
    assert score.formula is not None
    number = formula(score.formula)
    if number is None:
        return None
    limit = f"{LARGEST_FORMULA // 1_000_000}e6"
    rounded = f"CAST(sign({number}) * floor(abs({number}) * 1e6 + 0.5e0) AS BIGINT)"
    clamped = (
        f"CASE WHEN isnan({number}) THEN 0 WHEN {number} * 1e6 >= {limit} THEN {LARGEST_FORMULA} "
        f"WHEN {number} * 1e6 <= -{limit} THEN {-LARGEST_FORMULA} ELSE {rounded} END"
    )
    return bounded(clamped, score.bounds)
