"""One pass as SQL: what each event adds, what the sums and bits of a lead are worth, and both as a single query.

DuckDB looks names up in a list of constants, which it does once for each dictionary of a Parquet file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from scoredsl.engine.onepass.expressions import (
    bits_name,
    cell,
    condition_of_scores,
    literal,
    points,
    quoted,
    score_name,
    sum_name,
    tier,
)
from scoredsl.engine.onepass.plan import ALWAYS, Column, ConditionSql, OnePass, Piece, plan_of
from scoredsl.semantics import program as p

_EVENT = '"scoredsl event"'
"""Names with a space: no score and hardly a column is called so."""


def event_query(plan: OnePass, relation: str) -> str:
    """What each event adds, as a query over a relation with lead, event and time (whole microseconds)."""
    names = plan.names
    adds = [f"{_column(plan, column, names)} AS {quoted(column.name)}" for column in plan.added]
    lookup = f"list_position([{', '.join(map(literal, names))}], event)" if names else "0"
    return (
        f"SELECT {', '.join(['lead', *adds])}\n"
        f"FROM (SELECT *, {lookup} AS {_EVENT}\n"
        f"      FROM {relation}\n"
        f"      WHERE time <= {plan.as_of})"
    )


def _column(plan: OnePass, column: Column, names: Sequence[str]) -> str:
    """The sum of all that the rules add to a column: rules with the same condition share a look-up by name."""
    kind = "INTEGER" if column.most < 2**31 else "BIGINT"

    def amounts(piece: Piece) -> tuple[int, int]:
        return plan.adds(piece, column)

    shared: dict[tuple[str, int, int | None], list[Piece]] = {}
    for piece in plan.pieces:
        if any(amounts(piece)):
            shared.setdefault((piece.condition, piece.start, piece.stop), []).append(piece)
    terms: list[str] = []
    for (condition, start, stop), pieces in shared.items():
        tests = [condition] if condition else []
        if start > ALWAYS:
            tests.append(f"time >= {start}")
        if stop is not None:
            tests.append(f"time < {stop}")
        for table in _tables(pieces):
            term = _looked_up(names, table, amounts, kind)
            terms.append(f"CASE WHEN {' AND '.join(tests)} THEN {term} ELSE 0 END" if tests else term)
    return "CAST(" + (" + ".join(terms) or "0") + f" AS {kind})"


def result_query(plan: OnePass, folded: str, *, millionths: bool = False, order: bool = True) -> str:
    """Scores, tiers, grids and labels of all leads, from a relation with lead and the plan's columns.

    Scores are doubles, or whole millionths if those are asked for.
    """
    steps: list[str] = []
    source = folded
    for name, sql in plan.values:
        step = f"step_{len(steps)}"
        steps.append(f"{step} AS (SELECT *, {sql} AS {score_name(name)} FROM {source})")
        source = step
    shown = ["lead"]
    for score in plan.program.scores:
        value = score_name(score.name)
        shown.append(f"{value if millionths else points(value)} AS {quoted(score.name)}")
        if score.tiers:
            shown.append(f"{tier(score)} AS {quoted(score.name + '_tier')}")
    shown += [f"{cell(grid)} AS {quoted(grid.name)}" for grid in plan.program.grids]
    shown += [f"{condition_of_scores(label.condition)} AS {quoted(label.name)}" for label in plan.program.labels]
    begin = f"WITH {(',' + chr(10) + '  ').join(steps)}\n" if steps else ""
    return f"{begin}SELECT {', '.join(shown)}\nFROM {source}" + ("\nORDER BY lead" if order else "")


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
        added = f"packed >> {shift}" if shift and i == 0 else quoted(sum_name(i))
        parts.append(f"sum({added}) AS {quoted(sum_name(i))}")
    for i in range(plan.words):
        added = f"packed & {(1 << shift) - 1}" if shift and i == 0 else quoted(bits_name(i))
        parts.append(f"bit_or({added}) AS {quoted(bits_name(i))}")
    folded = f"(SELECT {', '.join(parts)}\nFROM ({event_query(plan, relation)})\nGROUP BY lead)"
    return result_query(plan, folded)


def _tables(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces that share a look-up: no two of them are for the same event; those for any event stand alone."""
    tables: list[tuple[set[str], list[Piece]]] = []
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
    names: Sequence[str], table: Sequence[Piece], amounts: Callable[[Piece], tuple[int, int]], kind: str
) -> str:
    """What the rules of a table add for an event, 0 for events of other names."""
    if table[0].names is None:
        added, gone = amounts(table[0])
        since = table[0].since
        return str(added) if since == ALWAYS else f"CASE WHEN time > {since} THEN {added} ELSE {gone} END"
    by_name = {name: piece for piece in table for name in piece.names or ()}
    found = [by_name.get(name) for name in names]
    lives = [ALWAYS if piece is None else piece.since for piece in found]
    live = _list([0 if piece is None else amounts(piece)[0] for piece in found], kind)
    if all(each == ALWAYS for each in lives):
        return f"coalesce({live}, 0)"
    gone_by = [0 if piece is None else amounts(piece)[1] for piece in found]
    dead = _list(gone_by, kind) if any(gone_by) else "0"
    return f"coalesce(CASE WHEN time > {_list(lives, 'BIGINT')} THEN {live} ELSE {dead} END, 0)"


def _list(numbers: Sequence[int], kind: str) -> str:
    return f"list_extract(CAST([{', '.join(map(str, numbers))}] AS {kind}[]), {_EVENT})"
