"""Programs that are written in another way mean the same: layout, order of rules, printed nodes, several log files."""

from __future__ import annotations

import json
import math
import re
import sys
import tempfile
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.engine.sources import read_events
from scoredsl.reference import LeadScores, Log, history_of, score_log
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.semantics.values import MILLION, instant_text, millionths_text
from scoredsl.syntax.format import format_source
from scoredsl.syntax.parse import parse_file
from scoredsl.syntax.printer import backquote, print_number, print_statement, quote
from scoredsl.syntax.tree import Statement
from scoredsl.testing.run import run_tests
from scoredsl.text import Source
from tests.strategies.logs import moved
from tests.strategies.programs import MAIN, Case, cases, checked

HEADERS = re.compile(r" *(score|group|test)\b")
RESETS = re.compile(r"\b(reset|set to)\b")


def everything(case: Case) -> tuple[list[list[LeadScores]], list[Any]]:
    """Scores at all instants and the history without its causes, which name lines."""
    log = case.log
    rows = history_of(log, case.instants[-1])
    return (
        [score_log(log, instant).rows for instant in case.instants],
        [(row.lead, row.time, row.score, row.value, row.change, row.tier, row.from_tier) for row in rows],
    )


def rewritten(case: Case, write: Callable[[str, str], str]) -> Case:
    return case.with_files({path: write(path, text) for path, text in case.files.items()})


def values_at(log: Log, case: Case) -> list[list[LeadScores]]:
    return [score_log(log, instant).rows for instant in case.instants]


# ---- layout


@given(cases())
def test_formatting_keeps_all_scores(case: Case) -> None:
    def formatted(path: str, text: str) -> str:
        result = format_source(Source(text, path))
        assert result.refused is None, result.refused
        assert not format_source(Source(result.text, path)).changed
        return result.text

    assert everything(rewritten(case, formatted)) == everything(case)


@given(cases())
def test_printing_keeps_all_scores(case: Case) -> None:
    def printed(statement: Statement, level: int) -> list[str]:
        assert statement.node is not None
        lines = ["  " * level + print_statement(statement.node)]
        return lines + [line for child in statement.children for line in printed(child, level + 1)]

    def write(path: str, text: str) -> str:
        file = parse_file(Source(text, path))
        return "\n".join(line for statement in file.statements for line in printed(statement, 0)) or "# nothing"

    assert everything(rewritten(case, write)) == everything(case)


@given(cases(), st.randoms(use_true_random=False))
def test_semicolons_are_line_ends(case: Case, random: Any) -> None:
    """Statements of one block on one line, or the rest of it on a continuation line after `;`."""

    def indent(line: str) -> int:
        return len(line) - len(line.lstrip())

    def write(path: str, text: str) -> str:
        lines: list[str] = []
        for line in text.splitlines():
            above = lines[-1] if lines else "#"
            joins = not any(HEADERS.match(each) or each.startswith("#") for each in (above, line))
            if joins and indent(above) == indent(line) and random.random() < 0.5:
                lines[-1] += random.choice(["; ", ";", " ; "]) + line.strip()
            else:
                lines.append(line)
        return "\n".join(lines) + "\n"

    joined = rewritten(case, write)
    assert everything(joined) == everything(case), joined


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rules_does_not_matter(case: Case, random: Any) -> None:
    """The rules of a score, or a group, of a program that resets nothing."""

    def write(path: str, text: str) -> str:
        if RESETS.search(text):
            return text
        lines: list[str] = []
        for _, block in groupby(text.splitlines(), key=lambda line: (HEADERS.match(line) is not None,
                                                                      len(line) - len(line.lstrip()))):
            found = list(block)
            rules = [line for line in found if line.lstrip().startswith(("on ", "when "))]
            random.shuffle(rules)
            lines += [rules.pop() if line.lstrip().startswith(("on ", "when ")) else line for line in found]
        return "\n".join(lines) + "\n"

    permuted = rewritten(case, write)
    assert everything(permuted) == everything(case), permuted


# ---- the log in several files


def as_json(event: Event) -> str:
    line = {"lead": event.lead, "event": event.name, "time": instant_text(event.time), "id": event.id}
    return json.dumps({**line, **event.properties}, allow_nan=False)


def writable(event: Event) -> Event:
    """JSON knows no NaN; the columns of a file that is read as a table have no nested names with dots."""
    properties = {k: v for k, v in event.properties.items() if not (isinstance(v, float) and math.isnan(v))}
    return Event(event.lead, event.name, event.time, event.id, event.place, properties)


@given(cases(with_if=False), st.randoms(use_true_random=False))
def test_places_do_not_matter_where_all_events_have_ids(case: Case, random: Any) -> None:
    """A log that is cut into several files, which are given in any order."""
    case = case.with_ids()
    files: list[list[Event]] = [[], [], []]
    for event in case.events:
        random.choice(files).append(event)
    places = [event for file in files for event in file]
    other = Log.of(case.program, [moved(event, place) for place, event in enumerate(places)], case.profile_rows)
    assert values_at(other, case) == values_at(case.log, case)


@given(cases(), st.randoms(use_true_random=False))
def test_a_log_read_from_several_files_is_the_log(case: Case, random: Any) -> None:
    """What is written as NDJSON and read by the sources gives the same scores."""
    case = case.with_ids()
    events = [writable(event) for event in case.events]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        order = list(range(len(events)))
        random.shuffle(order)
        halves = (order[::2], order[1::2])
        for i in range(2):
            part = [event for event in events if event.place in halves[i]]
            path = Path(folder) / f"part{i}.ndjson"
            path.write_text("".join(as_json(event) + "\n" for event in part))
            if part:
                paths.append(str(path))
        found = read_events(paths)
    assert not found.rejected
    read = Log.of(case.program, found.events, case.profile_rows)
    assert values_at(read, case) == values_at(Log.of(case.program, events, case.profile_rows), case)


# ---- tests of the program


def literal(value: Any) -> str | None:
    """A value as it is written in a `given`; None where no literal says it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return print_number(value) if math.isfinite(value) else None
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, list):
        items = [None if isinstance(item, list) else literal(item) for item in value]
        return f"[{', '.join(str(item) for item in items)}]" if items and None not in items else None
    return None


def assignments(values: Any) -> tuple[dict[str, Any], str]:
    """Those of the values that can be written, and how."""
    kept = {name: value for name, value in values.items() if literal(value) is not None}
    return kept, ", ".join(f"{backquote(name)} {literal(value)}" for name, value in kept.items())


@given(cases())
def test_expectations_of_what_is_so_pass(case: Case) -> None:
    """A test that gives a lead's log passes with the computed value, tier, cell and label, and fails with another."""
    text = re.sub(r"^profile .*\n", "", case.files[MAIN], flags=re.MULTILINE)
    lead = case.events[0].lead
    lines = ['test "generated"']
    events: list[Event] = []
    rows: list[ProfileRow] = []
    for event in sorted((e for e in case.events if e.lead == lead), key=lambda e: e.place):
        kept, words = assignments(event.properties)
        events.append(Event("test", event.name, event.time, None, event.place, kept))
        name = quote(event.name)
        lines.append(f"  given {name}{' with ' if words else ''}{words} at {instant_text(event.time)}")
    for row in case.profile_rows:
        kept, words = assignments(row.fields)
        if row.lead == lead and words:
            rows.append(ProfileRow("test", row.time, row.place, kept))
            at = f" at {instant_text(row.time)}" if row.time is not None else ""
            lines.append(f"  given profile {words}{at}")
    program = case.with_files({**case.files, MAIN: text}).program
    log = Log.of(program, events, rows)
    good, bad = 0, 0
    for instant in case.instants:
        run = log.run("test", instant)
        if not run.exists:
            continue
        at = f" at {instant_text(instant)}"
        if run.excluded:
            lines.append(f"  expect excluded{at}")
            good += 1
            continue
        scores = run.scores()
        for name, value in scores.values.items():
            if abs(value) >= 10**9 * MILLION - MILLION:
                continue
            lines.append(f"  expect {name} = {millionths_text(value)}{at}")
            lines.append(f"  expect {name} = {millionths_text(value + MILLION)}{at}")
            good, bad = good + 1, bad + 1
        for name, tier in scores.tiers.items():
            lines.append(f"  expect {name} tier {'none' if tier is None else quote(tier)}{at}")
        lines += [f"  expect {name} {quote(cell)}{at}" for name, cell in scores.grids.items()]
        lines += [f"  expect {'' if holds else 'no '}{name}{at}" for name, holds in scores.labels.items()]
    if not good:
        return
    tested = checked({**case.files, MAIN: text + "\n".join(lines) + "\n"})
    (result,) = run_tests(tested)
    assert len(result.failures) == bad, result.failures
    for failure in result.failures:
        name, value = failure.actual.split(" = ")
        assert failure.expected != f"{name} = {value}"
        if failure.explanation is not None:
            (ledger,) = [each for each in failure.explanation.ledgers if each.score.name == name]
            assert millionths_text(sum(line.worth for line in ledger.lines)) == value
