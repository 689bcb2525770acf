"""What a warning says cannot be, random logs try to do; what it says can be, the reference interpreter confirms."""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl import api
from scoredsl.diagnostics import Diagnostic, Edit
from scoredsl.reference import HistoryRow, LeadScores, Log, history_of, leads_at, score_log
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.semantics.program import Program
from scoredsl.semantics.values import instant_of_text, millionths_text
from tests.strategies.programs import MAIN, Case, cases
from tests.strategies.suspicious import suspicious_cases
from tests.test_cases import CASES, NOW

CHANGES_NOTHING = {
    "limit-never-matters", "lifetime-never-matters", "swallowed-branch", "points-of-zero", "swallowed-rule",
    "repeated-rule",
}  # fmt: skip


def warnings(text: str) -> tuple[Program, list[Diagnostic]]:
    program, said = api.check_text(text, MAIN)
    assert program is not None, [each.message for each in said]
    return program, [each for each in said if each.severity == "warning"]


# ---- what changes nothing can be left out


def without(text: str, said: Diagnostic) -> str | None:
    """The program without what a warning says is useless; None where it does not say that."""
    if said.code not in CHANGES_NOTHING or (said.code != "points-of-zero" and "unnecessary" not in said.tags):
        return None
    if said.fix is not None:
        return edited(text, said.fix.edits)
    start, end = said.span.start, said.span.end
    if said.code == "swallowed-branch":
        cap = re.search(r" up to \d+ points$", text[start:end])
        return text[:start].rstrip().removesuffix(",") + (cap[0] if cap else "") + text[end:]
    if said.code == "points-of-zero" and ("branch" in said.message or text[start:end].startswith("up")):
        return None
    first = text.rfind("\n", 0, start) + 1
    return text[:first] + text[text.find("\n", end) + 1 :]


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    for edit in sorted(edits, key=lambda each: each.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def results(program: Program, case: Case) -> tuple[list[list[LeadScores]], list[tuple[Any, ...]]]:
    """Scores at all instants, and the history without its causes, which name lines."""
    log = Log.of(program, case.events, case.profile_rows)
    rows: list[HistoryRow] = list(history_of(log, case.instants[-1]))
    told = [(row.lead, row.time, row.score, row.value, row.tier) for row in rows]
    return [score_log(log, instant).rows for instant in case.instants], told


def nothing_changes(case: Case) -> None:
    text = case.files[MAIN]
    program, said = warnings(text)
    for each in said:
        other = without(text, each)
        if other is None or not other.strip():
            continue
        smaller, _ = api.check_text(other, MAIN)
        if smaller is None or {score.name for score in smaller.scores} != {score.name for score in program.scores}:
            continue
        assert results(program, case) == results(smaller, case), f"{each.code}: {each.message}\n{other}"


@given(suspicious_cases())
def test_what_changes_nothing_can_be_left_out(case: Case) -> None:
    nothing_changes(case)


# ---- what cannot be reached


def nowhere(case: Case) -> None:
    program, said = warnings(case.files[MAIN])
    for each in said:
        if each.code == "unreachable-tier":
            name, most = str(each.args["score"]), float(each.args["most"])
            beyond = {tier.name for tier in program.score(name).tiers if tier.number > most * 1_000_000}
            for row in history_of(case.log, case.instants[-1]):
                assert row.score != name or row.tier not in beyond, each.message
        if each.code == "tier-of-everyone":
            name, number = str(each.args["score"]), float(each.args["number"])
            for instant in case.instants:
                for run in leads_at(case.log, instant):
                    assert run.scores().values[name] >= number * 1_000_000, each.message


@given(suspicious_cases())
def test_tiers_out_of_reach_are_never_reached(case: Case) -> None:
    nowhere(case)


@given(cases())
def test_tiers_of_any_program(case: Case) -> None:
    if len(case.files) == 1:
        nowhere(case)


# ---- what is shown


def example(said: Diagnostic) -> tuple[list[Event], list[ProfileRow]] | None:
    """The small log that a warning shows."""
    if not isinstance(said.args.get("events"), str):
        return None
    events, rows = [], []
    for i, cells in enumerate(csv.DictReader(str(said.args["events"]).splitlines())):
        time = instant_of_text(cells.pop("time"), None)
        assert time is not None
        events.append(Event(cells.pop("lead"), cells.pop("event"), time, None, i, dict(cells)))
    for i, cells in enumerate(csv.DictReader(str(said.args["profiles"]).splitlines())):
        rows.append(ProfileRow(cells.pop("lead"), None, i, dict(cells)))
    return events, rows


def confirm(program: Program, said: list[Diagnostic]) -> None:
    """Runs each example, as it is shown, through the reference interpreter."""
    for each in said:
        found = example(each)
        if found is None:
            continue
        at = instant_of_text(str(each.args["as_of"]), None)
        assert at is not None
        times = [event.time for event in found[0]]
        assert times == sorted(times), "the rows of a log stand in order"
        (scores,) = score_log(Log.of(program, *found), at).rows
        assert millionths_text(scores.values[str(each.args["score"])]) == each.args["value"], each.message
        for line in (*str(each.args["events"]).splitlines(), *str(each.args["profiles"]).splitlines()):
            assert line in [shown.strip() for shown in each.detail.splitlines()]


@given(suspicious_cases())
def test_examples_are_as_the_reference_has_them(case: Case) -> None:
    program, said = warnings(case.files[MAIN])
    confirm(program, said)


@given(cases())
def test_examples_of_any_program(case: Case) -> None:
    if len(case.files) == 1:
        program, said = warnings(case.files[MAIN])
        confirm(program, said)


@pytest.mark.parametrize("case", [case for case in CASES if case.all_warnings], ids=lambda case: case.title)
def test_examples_of_the_cases(case: Any) -> None:
    program, said = api.check("rules.score", case.files)
    assert program is not None
    confirm(program, said)


@pytest.mark.parametrize("case", [case for case in CASES if case.all_warnings], ids=lambda case: case.title)
def test_no_repair_is_made_by_itself(case: Any) -> None:
    """What is meant is not known for sure: a repair of a warning is offered, and takes the warning away."""
    _, said = api.check("rules.score", case.files, now=NOW)
    for each in said:
        if each.fix is None or each.is_error:
            continue
        assert not each.fix.sure
        file = each.span.file
        smaller = {**case.files, file: edited(case.files[file], each.fix.edits)}
        after = api.check("rules.score", smaller, now=NOW)[1]
        assert not any(other.is_error for other in after)
        assert sum(other.code == each.code for other in after) < sum(other.code == each.code for other in said)


@pytest.mark.parametrize("code", sorted(CHANGES_NOTHING | {"unreachable-tier", "tier-of-everyone"}))
def test_random_programs_give_cause(code: str) -> None:
    """So that the tests above have something to try."""
    few = settings(max_examples=1500, database=None, phases=[Phase.generate], deadline=None)

    def said(case: Case) -> bool:
        return any(each.code == code for each in warnings(case.files[MAIN])[1])

    assert find(suspicious_cases(), said, settings=few, random=Random(0))
