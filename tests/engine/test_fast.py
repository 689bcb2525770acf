"""The fast engine as a whole, from files to rows, against the reference interpreter on random programs and logs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.engine.fast import Resources, run
from scoredsl.engine.results import alert_rows, history_rows, score_rows
from scoredsl.engine.scan import scan_events, scan_profiles
from scoredsl.engine.sources import ReadOptions, read_events, read_profiles
from scoredsl.engine.sources.duck import connection
from scoredsl.plan.logical import logical_plan
from scoredsl.reference import Log, history_of, score_log
from scoredsl.semantics.values import instant_text
from tests.strategies.programs import Case, cases

_PLAIN = ReadOptions()
LITTLE = Resources(memory=1 << 20, threads=2)


def write_log(case: Case, folder: Path) -> tuple[str, str | None]:
    """The log and the profiles of a case as NDJSON."""
    log = folder / "events.ndjson"
    with log.open("w", encoding="utf-8") as file:
        for event in case.events:
            head: dict[str, Any] = {"lead": event.lead, "event": event.name, "time": instant_text(event.time)}
            if event.id is not None:
                head["id"] = event.id
            file.write(json.dumps({**head, "properties": dict(event.properties)}) + "\n")
    if not case.profile_rows:
        return str(log), None
    profiles = folder / "profiles.ndjson"
    with profiles.open("w", encoding="utf-8") as file:
        for row in case.profile_rows:
            head = {"lead": row.lead}
            if row.time is not None:
                head["time"] = instant_text(row.time)
            file.write(json.dumps({**head, "properties": dict(row.fields)}) + "\n")
    return str(log), str(profiles)


@given(cases(), st.booleans())
def test_the_whole_way(case: Case, with_ids: bool) -> None:
    """Scores, history and alerts of a log in files are those of the reference interpreter on the same files."""
    if with_ids:
        case = case.with_ids()
    program = case.program
    plan = logical_plan(program)
    with TemporaryDirectory() as folder, connection() as db:
        log_path, profile_path = write_log(case, Path(folder))
        read = read_events([log_path])
        rows = read_profiles([profile_path]).rows if profile_path else []
        log = Log.of(program, read.events, rows)
        # Nothing is said of rules that no event can ever meet: the plan has none.
        planned = Log.of(plan.program(), read.events, rows)
        with scan_events([log_path], _PLAIN, db) as events:
            profiles = scan_profiles([profile_path], _PLAIN, db) if profile_path else None
            for instant in {case.instants[0], case.instants[-1]}:
                table = score_log(log, instant)
                with run(plan, events, profiles, instant, "scores", LITTLE) as found:
                    assert [list(row) for row in found.rows.rows()] == list(score_rows(program, table.rows))
                    assert found.leads == len(table.rows)
                    assert found.tally == score_log(planned, instant).tally
                changes = list(history_of(log, instant))
                with run(plan, events, profiles, instant, "history", LITTLE) as found:
                    assert [list(row) for row in found.rows.rows()] == list(history_rows(changes))
                with run(plan, events, profiles, instant, "alerts", LITTLE) as found:
                    assert [list(row) for row in found.rows.rows()] == list(alert_rows(changes))
            if profiles is not None:
                profiles.close()





@given(cases(with_if=False))
def test_scores_at_many_instants(case: Case) -> None:
    """What has expired by T is left out on the way to the walk: the scores at T are the same."""
    program = case.program
    plan = logical_plan(program)
    with TemporaryDirectory() as folder, connection() as db:
        log_path, profile_path = write_log(case, Path(folder))
        rows = read_profiles([profile_path]).rows if profile_path else []
        log = Log.of(program, read_events([log_path]).events, rows)
        with scan_events([log_path], _PLAIN, db) as events:
            profiles = scan_profiles([profile_path], _PLAIN, db) if profile_path else None
            for instant in case.instants:
                with run(plan, events, profiles, instant, "scores", LITTLE) as found:
                    expected = list(score_rows(program, score_log(log, instant).rows))
                    assert [list(row) for row in found.rows.rows()] == expected
            if profiles is not None:
                profiles.close()
