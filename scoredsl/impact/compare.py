"""Two programs over one log: what has to be computed, and, when it is, the whole report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoredsl.engine.results import Column, Row
from scoredsl.engine.scan.sql import literal as text_literal
from scoredsl.impact.blend import SCORE, blended
from scoredsl.impact.changes import Change, changes
from scoredsl.impact.combined import Placed, Run, combined
from scoredsl.impact.figures import Impact, Output
from scoredsl.impact.meaning import same_meaning
from scoredsl.impact.measure import Alone, Question, gone_score, leads_in_all, measured, output_changes, tier_places
from scoredsl.impact.pairing import Pairing, ScorePair, paired
from scoredsl.plan.logical import LogicalPlan, written
from scoredsl.semantics import program as p

_ROWS = 20_000
"""How many rows are fetched at once."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two programs, their changes, and the plans to be run over the log. Equal programs need none."""

    pairing: Pairing
    changes: tuple[Change, ...]
    same: bool
    alone: tuple[tuple[Change, LogicalPlan], ...]
    """Changes that are computed by themselves: the old program with each."""
    not_alone: int
    runs: tuple[Run, ...]
    placed: tuple[Placed, ...]
    """Where the old program, the new one and those of `alone` are found."""


def compared(old: p.Program, new: p.Program, most_alone: int) -> Comparison:
    """What differs, and what has to be run; at most `most_alone` changes are computed by themselves."""
    pairing = paired(written(old), written(new))
    found = changes(pairing, old, new)
    if same_meaning(written(old), written(new)):
        return Comparison(pairing, found, True, (), 0, (), ())
    telling = [each for each in found if each.keys and not all(key[0] == SCORE for key in each.keys)]
    alone = [(each, blended(pairing, each.keys)) for each in telling[:most_alone]] if len(telling) > 1 else []
    runs, placed = combined([pairing.old, pairing.new], [plan for _, plan in alone])
    not_alone = len(telling) - len(alone) if len(telling) > 1 else 0
    return Comparison(pairing, found, False, tuple(alone), not_alone, tuple(runs), tuple(placed))


def impact(
    comparison: Comparison, db: Any, tables: Sequence[str], since: int, as_of: int, names: Mapping[str, str],
    named_leads: int, most_moved: int,
) -> Impact:  # fmt: skip
    """The report, without ledgers. `tables`: the names under which `db` has what the runs made, in their order.

    `names`: what the two programs are called (`old`, `new`). `named_leads`: how many leads are named for each tier that
    they enter or leave; `most_moved`: how many of those that moved most.
    """
    old, new, *alone = comparison.placed
    scores = []
    for pair in _changed(comparison):
        parts = []
        for (change, plan), placed in zip(comparison.alone, alone, strict=True):
            score = next((each for each in plan.scores if each.name == pair.name), None)
            if score is not None and placed.scores[pair.name] != old.scores[pair.name]:
                parts.append(Alone(change, score, placed))
        scores.append(measured(db, Question(pair, old, new, parts, tables, named_leads, most_moved)))
    return Impact(
        names["old"], names["new"], False, comparison.changes, as_of, since, leads_in_all(db, tables[: 1 + new.run]),
        tuple(scores), tuple(pair.name for pair in comparison.pairing.scores if pair.old is None),
        tuple(gone_score(db, pair, old, tables) for pair in comparison.pairing.scores if pair.new is None),
        tuple(_outputs(comparison, db, tables)), comparison.not_alone,
    )  # fmt: skip


def nothing_changes(comparison: Comparison, names: Mapping[str, str]) -> Impact:
    """The report of two programs that mean the same."""
    return Impact(names["old"], names["new"], True, comparison.changes, None, None, 0)


def _outputs(comparison: Comparison, db: Any, tables: Sequence[str]) -> list[Output]:
    """Grids and labels of both programs that say something else for some leads."""
    old, new, *_ = comparison.placed
    pairing = comparison.pairing
    found = []
    for name in old.grids:
        if name in new.grids:
            plans = (pairing.old, pairing.new)
            cells = [next(grid.cells for grid in plan.grids if grid.name == name) for plan in plans]
            found.append(output_changes(db, "grid", name, old.grids[name], new.grids[name], cells, tables))
    found += [
        output_changes(db, "label", name, old.labels[name], new.labels[name], (), tables)
        for name in old.labels
        if name in new.labels
    ]
    return [each for each in found if each.changed]


# ---- every lead that moves


def moved_columns(comparison: Comparison) -> list[Column]:
    """`lead`; for each score of both programs that differs its value before and after, and its tiers."""
    columns = [Column("lead", "text")]
    for pair in _changed(comparison):
        columns += [Column(f"{pair.name}_{side}", "points") for side in ("old", "new")]
        if pair.tiers:
            columns += [Column(f"{pair.name}_tier_{side}", "text") for side in ("old", "new")]
    return columns


def moved_rows(comparison: Comparison, db: Any, tables: Sequence[str]) -> Iterator[Row]:
    """The leads whose value or tier differs in any score, sorted by lead."""
    old, new, *_ = comparison.placed
    chosen, moved = [], []
    for pair in _changed(comparison):
        assert pair.old is not None and pair.new is not None
        values, names, places = [], [], []
        for placed, score, table in ((old, pair.old, "o"), (new, pair.new, "n")):
            number = placed.scores[pair.name].number
            values.append(f"{table}.s{number}")
            tiers = ["NULL", *(text_literal(tier.name) for tier in score.tiers)]
            names.append(f"list_extract([{', '.join(tiers)}], {table}.t{number} + 2)")
            places.append(f"list_extract({tier_places(pair, score)}, {table}.t{number} + 2)")
        chosen += [*values, *names] if pair.tiers else values
        moved += [f"{before} IS DISTINCT FROM {after}" for before, after in (values, places)]
    if not moved:
        return
    joined = f"{tables[old.run]}_leads o FULL JOIN {tables[new.run]}_leads n USING (lead)"
    found = db.execute(f"SELECT lead, {', '.join(chosen)} FROM {joined} WHERE {' OR '.join(moved)} ORDER BY lead")
    while rows := found.fetchmany(_ROWS):
        yield from rows


def _changed(comparison: Comparison) -> list[ScorePair]:
    """The scores of both programs that are not the same."""
    old, new, *_ = comparison.placed
    return [
        pair
        for pair in comparison.pairing.scores
        if pair.old is not None and pair.new is not None and old.scores[pair.name] != new.scores[pair.name]
    ]
