"""Pairs of random programs: equal forms mean equal scores, and all changes together make the new program of the old."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hypothesis import given

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.impact.blend import blended
from scoredsl.impact.changes import changes
from scoredsl.impact.combined import combined
from scoredsl.impact.meaning import same_meaning
from scoredsl.impact.pairing import paired
from scoredsl.plan.logical import LogicalPlan, written
from scoredsl.reference import Log, history_of, score_log
from tests.strategies.changed import Changed, changed
from tests.strategies.programs import Case


def everything(plan: LogicalPlan, case: Case) -> list[Any]:
    """Scores at all instants and alerts, without causes, which name places."""
    log = Log.of(plan.program(), case.events, case.profile_rows)
    rows = history_of(log, case.instants[-1])
    return [
        [score_log(log, instant).rows for instant in case.instants],
        [(row.lead, row.time, row.score, row.value, row.tier, row.from_tier) for row in rows],
    ]


@given(changed())
def test_the_same_form_means_the_same_scores(both: Changed) -> None:
    old, new = written(both.case.program), written(both.new)
    assert same_meaning(old, old)
    if same_meaning(old, new):
        assert everything(old, both.case) == everything(new, both.case)
        assert not [each for each in changes(paired(old, new), both.case.program, both.new) if each.keys]


@given(changed())
def test_all_changes_together_make_the_new_program(both: Changed) -> None:
    pairing = paired(written(both.case.program), written(both.new))
    found = changes(pairing, both.case.program, both.new)
    every = frozenset(key for each in found for key in each.keys)
    whole = blended(pairing, every)
    # grids and labels are shown, and change no score
    whole = LogicalPlan(
        whole.path, whole.timezone, whole.scores, pairing.new.grids, pairing.new.labels, whole.ignores, whole.excludes,
        whole.list_columns,
    )  # fmt: skip
    new = written(both.new)
    names = {score.name for score in new.scores}
    assert [score.name for score in whole.scores if score.name in names] == [score.name for score in whole.scores]
    order = {score.name: i for i, score in enumerate(new.scores)}
    assert len(whole.scores) == len(new.scores)
    ordered = LogicalPlan(
        whole.path, whole.timezone, tuple(sorted(whole.scores, key=lambda score: order[score.name])), whole.grids,
        whole.labels, whole.ignores, whole.excludes, whole.list_columns,
    )  # fmt: skip
    values, alerts = everything(ordered, both.case)
    new_values, new_alerts = everything(new, both.case)
    if ordered.scores == new.scores or _tier_names(ordered) == _tier_names(new):
        assert values == new_values
        assert alerts == new_alerts
    else:  # a tier that has nothing but another name
        assert _bare(values) == _bare(new_values)
        assert [row[:4] for row in alerts] == [row[:4] for row in new_alerts]


@given(changed())
def test_no_change_leaves_the_old_program(both: Changed) -> None:
    old = written(both.case.program)
    pairing = paired(old, written(both.new))
    assert same_meaning(blended(pairing, frozenset()), pairing.old)
    renamed = [[list(row.values.values()) for row in rows] for rows in everything(pairing.old, both.case)[0]]
    assert renamed == [[list(row.values.values()) for row in rows] for rows in everything(old, both.case)[0]]


@given(changed())
def test_a_program_against_itself_has_no_changes(both: Changed) -> None:
    old = written(both.case.program)
    assert changes(paired(old, old), both.case.program, both.case.program) == ()


@given(changed())
def test_scores_side_by_side_are_those_of_each_program(both: Changed) -> None:
    """Every program keeps its scores when it is put into one plan with others."""
    pairing = paired(written(both.case.program), written(both.new))
    found = changes(pairing, both.case.program, both.new)
    alone = [blended(pairing, each.keys) for each in found if each.keys]
    programs = [pairing.old, pairing.new, *alone]
    runs, placed = combined(programs[:2], programs[2:])
    instant = both.case.instants[-1]
    tables = []
    for run in runs:
        log = Log.of(run.plan.program(), both.case.events, both.case.profile_rows)
        tables.append({row.lead: row for row in score_log(log, instant).rows})
    for number, (program, where) in enumerate(zip(programs, placed, strict=True)):
        log = Log.of(program.program(), both.case.events, both.case.profile_rows)
        rows = score_log(log, instant).rows
        table = tables[where.run]
        assert [row.lead for row in rows] == list(table)
        for row in rows:
            for score in program.scores:
                column = where.scores[score.name]
                assert row.values[score.name] == table[row.lead].values[f"s{column.number}"]
        if number < 2:
            for row in rows:
                other = table[row.lead]
                assert {name: other.grids[f"g{at.number}"] for name, at in where.grids.items()} == row.grids
                assert {name: other.labels[f"l{at.number}"] for name, at in where.labels.items()} == row.labels


def _tier_names(plan: LogicalPlan) -> list[tuple[str, ...]]:
    return [tuple(tier.name for tier in score.tiers) for score in plan.scores]


def _bare(values: list[Any]) -> list[Any]:
    return [[(row.lead, row.values) for row in rows] for rows in values]
