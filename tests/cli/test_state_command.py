"""`--state`: runs that go on from what earlier ones kept, by hand, and what is said where that cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scoredsl.engine.state import basis
from scoredsl.engine.state.lock import locked

RULES = """\
score interest
  threshold 40 as hot
  on visit add 10 expire after 30d
  on demo add 30 once
  on inactivity of 20d subtract 5
"""
MARCH = """\
lead,event,time
eva,visit,2026-03-01T10:00:00Z
eva,demo,2026-03-02T10:00:00Z
tom,visit,2026-03-03T10:00:00Z
"""
LATER = """\
lead,event,time
tom,demo,2026-03-20T09:00:00Z
ann,visit,2026-03-21T09:00:00Z
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "rules.score").write_text(RULES)
    (tmp_path / "march.csv").write_text(MARCH)
    (tmp_path / "later.csv").write_text(LATER)
    return Path(tmp_path)


@pytest.fixture
def score(run):
    """The rows of `score` on the state, as a dictionary by lead; the last run is `score.done`."""

    def call(*arguments: str, **options):
        call.done = run("score", "rules.score", *arguments, "--state", "state", **options)
        assert call.done.status == 0, call.done.err
        rows = [line.split(",", 1) for line in call.done.out.splitlines()[1:]]
        return dict(rows)

    return call


def everything(run, *files: str, as_of: str) -> str:
    done = run("score", "rules.score", *files, "--as-of", as_of)
    assert done.status == 0
    return done.out


# ---- what a run gives


def test_a_run_with_the_new_events_gives_what_one_over_everything_gives(run, files, score):
    assert score("march.csv") == {"eva": "40,hot", "tom": "10,"}
    assert score("later.csv", "--as-of", "2026-03-21T10:00:00Z") == {"ann": "10,", "eva": "40,hot", "tom": "40,hot"}
    assert "2 new events, 3 of earlier runs.\n" in score.done.err
    assert score.done.out == everything(run, "march.csv", "later.csv", as_of="2026-03-21T10:00:00Z")


def test_scores_move_with_time_alone(run, files, score):
    """Expiry and inactivity, for leads of whom nothing new is known; also back again."""
    score("march.csv")
    assert score("--as-of", "2026-03-22T10:00:00Z") == {"eva": "35,", "tom": "10,"}
    assert score("--as-of", "2026-04-15") == {"eva": "25,", "tom": "-5,"}
    assert "0 new events, 3 of earlier runs." in score.done.err
    assert score("--as-of", "2026-03-01T12:00:00Z") == {"eva": "10,"}
    assert score() == {"eva": "40,hot", "tom": "10,"}  # latest: the newest event, whichever run brought it


def test_late_events_count_as_if_they_had_come_in_time(run, files, score):
    score("march.csv", "--as-of", "2026-03-10")
    late = "lead,event,time\ntom,demo,2026-03-02\nzoe,visit,2026-03-09\nzoe,visit,2026-03-12\n"
    (files / "late.csv").write_text(late)
    assert score("late.csv", "--as-of", "2026-03-12") == {"eva": "40,hot", "tom": "40,hot", "zoe": "20,"}
    assert "2 of the new ones are late, from 2026-03-10T00:00:00Z or before: counted as if" in score.done.err
    assert score("--as-of", "2026-03-03") == {"eva": "40,hot", "tom": "30,"}


def test_what_lies_ahead_is_kept(run, files, score):
    assert score("march.csv", "--as-of", "2026-03-01T10:00:00Z") == {"eva": "10,"}
    assert score("--as-of", "2026-03-05") == {"eva": "40,hot", "tom": "10,"}


def test_an_id_counts_once_over_all_runs(run, files, score):
    (files / "one.csv").write_text("lead,event,time,id\na,visit,2026-03-01,1\na,visit,2026-03-02,2\n")
    (files / "two.csv").write_text("lead,event,time,id\na,visit,2026-03-02,2\na,visit,2026-03-03,3\n")
    (files / "early.csv").write_text("lead,event,time,id\na,visit,2026-02-01,3\n")
    assert score("one.csv") == {"a": "20,"}
    assert score("two.csv") == {"a": "30,"}
    assert "1 event left out as a duplicate" in score.done.err
    # Of two the earlier stays: it has expired, and was followed by nothing for 20 days.
    assert score("early.csv", "--as-of", "2026-03-03T01:00:00Z") == {"a": "15,"}
    assert "2 events left out as a duplicate" in score.done.err


def test_logs_without_ids_and_with(run, files, score):
    (files / "ids.csv").write_text("lead,event,time,id\ntom,visit,2026-03-04,1\ntom,visit,2026-03-04,1\n")
    score("march.csv")
    assert score("ids.csv") == {"eva": "40,hot", "tom": "20,"}
    assert score("later.csv", "--as-of", "2026-03-21T10:00:00Z")["tom"] == "50,hot"


def test_profiles_are_added_and_can_be_replaced(run, files, score):
    (files / "rules.score").write_text('when country = "DE" add 10\nwhen seats > 5 add 1\non visit add 100\n')
    (files / "p1.csv").write_text("lead,country,seats\neva,DE,9\ntom,DE,\n")
    (files / "p2.csv").write_text("lead,country,seats\neva,AT,\nzoe,DE,7\n")
    march = {"eva": "111", "tom": "110"}
    assert score("march.csv", "--profiles", "p1.csv", "--as-of", "2026-04-01") == march
    assert score("--as-of", "2026-04-02") == march
    more = {"eva": "101", "tom": "110", "zoe": "11"}
    assert score("--profiles", "p2.csv", "--as-of", "2026-04-02") == more
    assert score("--profiles", "p1.csv", "--as-of", "2026-04-02") == more
    assert "p1.csv is left out: the state has it." in score.done.err
    both = run("score", "rules.score", "march.csv", "--profiles", "p1.csv", "--profiles", "p2.csv",
               "--as-of", "2026-04-02")
    assert score.done.out == both.out
    assert score("--profiles", "p1.csv", "--replace-profiles", "--as-of", "2026-04-02") == march
    assert score("--as-of", "2026-04-02") == march


def test_a_profile_may_have_versions_in_several_runs(run, files, score):
    (files / "rules.score").write_text('on visit add 10\nwhen plan = "pro" add 1\nwhen country = "DE" add 2\n')
    for name, rows in (("p1", "eva,,DE,pro"), ("p2", "eva,2026-03-10,,free"), ("p3", "eva,2026-03-05,AT,")):
        (files / f"{name}.csv").write_text(f"lead,time,country,plan\n{rows}\n")
    assert score("march.csv", "--profiles", "p1.csv")["eva"] == "13"
    assert score("--profiles", "p2.csv", "--as-of", "2026-03-11")["eva"] == "12"
    assert score("--profiles", "p3.csv", "--as-of", "2026-03-11")["eva"] == "10"
    assert score("--as-of", "2026-03-09")["eva"] == "11"


# ---- files


def test_a_file_that_is_given_again_is_left_out(run, files, score):
    first = score("march.csv")
    assert score("march.csv") == first
    assert "march.csv is left out: the state has it." in score.done.err
    (files / "copy.csv").write_text(MARCH)
    assert score("copy.csv") == first
    assert "copy.csv is left out" in score.done.err
    assert score("-", "--input-format", "csv", stdin=MARCH.encode()) == first
    assert score("*r*.csv")["ann"] == "10,"
    assert "march.csv is left out" in score.done.err


def test_a_pattern_that_names_the_files_of_all_days(run, files, monkeypatch):
    (files / "logs").mkdir()
    (files / "logs" / "1.csv").write_text(MARCH)
    (files / "scoredsl.toml").write_text('rules = "rules.score"\nevents = ["logs/*.csv"]\n')
    run("score", "--state", "state")
    (files / "logs" / "2.csv").write_text(LATER)
    (files / "logs" / "3.csv").write_text("lead,event,time\n")  # a day without events
    done = run("score", "--state", "state")
    assert done.status == 0
    assert "logs/1.csv is left out" in done.err and "2 new events" in done.err
    assert done.out == run("score").out
    assert "2 files are left out, logs/1.csv to logs/2.csv" in run("score", "--state", "state").err


def test_a_file_that_has_grown_would_count_twice(run, files, score):
    score("march.csv")
    (files / "march.csv").write_text(MARCH + "tom,demo,2026-03-20T09:00:00Z\n")
    done = run("score", "rules.score", "march.csv", "--state", "state")
    assert (done.status, done.out) == (2, "")
    assert "march.csv begins with all rows of march.csv, which the state has: they would count twice." in done.err
    assert score() == {"eva": "40,hot", "tom": "10,"}


def test_a_file_that_has_grown_is_right_where_events_have_ids(run, files, score):
    rows = ["lead,event,time,id", "a,visit,2026-03-01,1", "a,visit,2026-03-02,2", "a,visit,2026-03-03,3"]
    (files / "log.csv").write_text("\n".join(rows[:3]) + "\n")
    assert score("log.csv") == {"a": "20,"}
    (files / "log.csv").write_text("\n".join(rows) + "\n")
    assert score("log.csv") == {"a": "30,"}


# ---- alerts and history


def alerts(run, *arguments: str) -> tuple[list[str], str]:
    done = run("alerts", "rules.score", *arguments, "--state", "state")
    assert done.status == 0, done.err
    return [",".join(line.split(",")[:6]) for line in done.out.splitlines()[1:]], done.err


def test_alerts_are_those_that_no_run_gave(run, files):
    eva = "eva,2026-03-02T10:00:00Z,interest,40,,hot"
    assert alerts(run, "march.csv", "--as-of", "2026-03-05")[0] == [eva]
    assert alerts(run, "--as-of", "2026-03-05")[0] == []
    tom = "tom,2026-03-20T09:00:00Z,interest,40,,hot"
    assert alerts(run, "later.csv", "--as-of", "2026-03-21")[0] == [tom]
    cooled = ["eva,2026-03-22T10:00:00Z,interest,35,hot,"]
    assert alerts(run, "--as-of", "2026-03-23")[0] == cooled
    assert alerts(run, "--as-of", "2026-03-23", "--all")[0] == [eva, *cooled, tom]
    assert alerts(run, "--as-of", "2026-03-23")[0] == []
    whole = run("alerts", "rules.score", "march.csv", "later.csv", "--as-of", "2026-03-23")
    assert run("alerts", "rules.score", "--state", "state", "--all", "--as-of", "2026-03-23").out == whole.out


def test_a_late_event_may_bring_an_alert_and_take_one_back(run, files):
    """Tom was hot on the 20th by a demo; as is known later, he was on the 12th, by an earlier one."""
    assert alerts(run, "march.csv", "later.csv", "--as-of", "2026-03-21")[0] == [
        "eva,2026-03-02T10:00:00Z,interest,40,,hot", "tom,2026-03-20T09:00:00Z,interest,40,,hot",
    ]  # fmt: skip
    (files / "late.csv").write_text("lead,event,time\ntom,demo,2026-03-12\n")
    rows, said = alerts(run, "late.csv", "--as-of", "2026-03-21")
    assert rows == ["tom,2026-03-12T00:00:00Z,interest,40,,hot"]
    assert "1 alert of earlier runs did not happen, as is known now" in said
    rows, said = alerts(run, "--as-of", "2026-03-21")
    assert rows == [] and "did not happen" not in said


def test_scores_and_alerts_share_a_state(run, files, score):
    score("march.csv")
    assert alerts(run, "march.csv")[0] == ["eva,2026-03-02T10:00:00Z,interest,40,,hot"]
    assert score("later.csv")["tom"] == "40,hot"
    assert alerts(run, "later.csv")[0] == ["tom,2026-03-20T09:00:00Z,interest,40,,hot"]


def test_alerts_do_not_go_back(run, files):
    alerts(run, "march.csv", "--as-of", "2026-03-05")
    done = run("alerts", "rules.score", "--state", "state", "--as-of", "2026-03-01")
    assert done.status == 2
    assert "--as-of 2026-03-01T00:00:00Z is before 2026-03-05T00:00:00Z, up to which the alerts were given" in done.err
    assert alerts(run, "--as-of", "2026-03-02T12:00:00Z", "--all")[0] == ["eva,2026-03-02T10:00:00Z,interest,40,,hot"]


def test_the_history_is_that_of_all_events(run, files, score):
    score("march.csv")
    done = run("history", "rules.score", "later.csv", "--state", "state", "--as-of", "2026-04-01")
    assert done.out == run("history", "rules.score", "march.csv", "later.csv", "--as-of", "2026-04-01").out


# ---- what a state depends on


@pytest.mark.parametrize("rules", [
    "# a comment\n" + RULES,
    RULES.replace("  on", "    on").replace("  threshold", "    threshold"),
    RULES.replace("once", 'once as "A demo"'),
    RULES.replace("score interest", 'score interest "Interest"\n  # how much'),
])  # fmt: skip
def test_comments_layout_and_titles_are_no_other_rules(run, files, score, rules):
    score("march.csv")
    (files / "rules.score").write_text(rules)
    assert score("later.csv")["tom"] == "40,hot"


@pytest.mark.parametrize("rules", [
    RULES.replace("add 10", "add 11"),
    RULES.replace("30d", "31d"),
    RULES.replace("threshold 40", "threshold 41"),
    RULES.replace("as hot", "as warm"),
    RULES + "ignore visit\n",
    'timezone "Europe/Berlin"\n' + RULES,
])  # fmt: skip
def test_a_state_of_other_rules_is_refused(run, files, score, rules):
    first = score("march.csv")
    (files / "rules.score").write_text(rules)
    before = {path.name: path.read_bytes() for path in (files / "state").iterdir()}
    done = run("score", "rules.score", "later.csv", "--state", "state", "--out", "scores.csv")
    assert done.status == 2
    assert "The state in state was made with other rules" in done.err
    assert "To start anew, give the whole log and say --new-state." in done.err
    assert not (files / "scores.csv").exists()
    assert {path.name: path.read_bytes() for path in (files / "state").iterdir()} == before
    (files / "rules.score").write_text(RULES)
    assert score() == first


def test_a_state_is_begun_anew(run, files, score):
    score("march.csv")
    (files / "rules.score").write_text(RULES.replace("add 10", "add 11"))
    assert score("march.csv", "--new-state") == {"eva": "41,hot", "tom": "11,"}
    assert score("later.csv")["ann"] == "11,"
    assert len(list((files / "state").glob("*.rows"))) == 2


def test_a_plan_goes_on_where_its_rules_were(run, files, score):
    score("march.csv")
    (files / "plan.json").write_text(run("plan", "rules.score", "--format", "json").out)
    done = run("score", "plan.json", "later.csv", "--state", "state")
    assert done.status == 0
    assert done.out == everything(run, "march.csv", "later.csv", as_of="latest")


def test_other_data_about_timezones(run, files, monkeypatch):
    (files / "rules.score").write_text('timezone "Europe/Berlin"\n' + RULES)
    run("score", "rules.score", "march.csv", "--state", "state")
    monkeypatch.setattr(basis, "_changes", lambda info: [(0, None)])
    done = run("score", "rules.score", "later.csv", "--state", "state")
    assert done.status == 2 and "other data about timezones" in done.err


def test_another_version_of_the_database(run, files, monkeypatch):
    """Its hashes of values may be others: only where rules compare values is that a reason."""
    for rules, is_refused in ((RULES, False), (RULES + "  on visit add 1 once per page\n", True)):
        (files / "rules.score").write_text(rules)
        run("score", "rules.score", "march.csv", "--state", "state", "--new-state")
        with monkeypatch.context() as patch:
            patch.setattr(basis, "_PROBES", ("another",))
            done = run("score", "rules.score", "later.csv", "--state", "state")
        assert ("made with another version of scoredsl or DuckDB" in done.err) == is_refused
        assert done.status == (2 if is_refused else 0)


def test_another_version_of_the_format(run, files, score):
    score("march.csv")
    manifest = json.loads((files / "state" / "state.json").read_text())
    (files / "state" / "state.json").write_text(json.dumps({**manifest, "version": 99}))
    done = run("score", "rules.score", "--state", "state")
    assert done.status == 2
    assert "The state in state is of version 99, this scoredsl has version 1. To start anew" in done.err


# ---- damage, locks, folders


def test_every_damage_is_found(run, files, score):
    (files / "rules.score").write_text('on visit add 10\nwhen country = "DE" add 1\nthreshold 5\n')
    (files / "p.csv").write_text("lead,country\neva,DE\n")
    run("alerts", "rules.score", "march.csv", "--profiles", "p.csv", "--state", "state")
    parts = sorted(path for path in (files / "state").iterdir() if path.name != "lock")
    assert [path.name.split("-")[0] for path in parts] == ["alerts", "events", "profiles", "state.json", "versions"]
    (files / "more.csv").write_text("lead,country\ntom,DE\n")
    for part in parts:
        whole = part.read_bytes()
        # Profile rows as they were read are needed when there are new ones; the others always.
        profiles = ["--profiles", "more.csv"] if part.name.startswith("profiles") else []
        for place in range(0, len(whole), max(1, len(whole) // 15)):
            part.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
            done = run("alerts", "rules.score", *profiles, "--state", "state", "--as-of", "2027-01-01")
            assert done.status == 2, (part, place)
            assert "is damaged" in done.err or "is of version" in done.err, (part, place, done.err)
        for damaged in (whole[:-2], b"", None):
            part.unlink(missing_ok=True)
            if damaged is not None:
                part.write_bytes(damaged)
            done = run("alerts", "rules.score", *profiles, "--state", "state", "--as-of", "2027-01-01")
            assert done.status == 2 and "is damaged" in done.err, (part, damaged)
        part.write_bytes(whole)
    assert run("alerts", "rules.score", "--state", "state", "--as-of", "2027-01-01").status == 0


def test_two_runs_at_once(run, files, score):
    score("march.csv")
    with locked(files / "state" / "lock"):
        done = run("score", "rules.score", "later.csv", "--state", "state")
    assert done.status == 2
    assert "Another run is using the state in state. Wait until it has ended." in done.err
    assert score("later.csv")["tom"] == "40,hot"


def test_folders_that_are_none_for_a_state(run, files):
    (files / "other").mkdir()
    (files / "other" / "notes.txt").write_text("mine")
    for folder, said in (
        ("other", "--state other: the folder holds notes.txt and no state. Name another, or a new one."),
        ("march.csv", "--state march.csv is a file. Name a folder, which may be a new one."),
        ("no/where", "--state no/where: there is no folder no."),
        ("sta*", "must not have *, ? or [ in its name"),
    ):
        done = run("score", "rules.score", "march.csv", "--state", folder)
        assert done.status == 2 and said in done.err
    assert [path.name for path in (files / "other").iterdir()] == ["notes.txt"]


def test_what_a_killed_run_left_is_removed(run, files, score):
    score("march.csv")
    for name in ("events-000002.rows", "profiles-000007.parquet", "state.json.tmp"):
        (files / "state" / name).write_bytes(b"half")
    score("later.csv")
    assert sorted(path.name for path in (files / "state").iterdir()) == [
        "events-000001.rows", "events-000002.rows", "lock", "state.json",
    ]  # fmt: skip


def test_a_run_that_fails_leaves_the_state_as_it_was(run, files, score):
    (files / "bad.csv").write_text("lead,event,time\ntom,demo,2026-03-20\ntom,demo,soon\n")
    done = run("score", "rules.score", "march.csv", "bad.csv", "--state", "state", "--strict")
    assert done.status == 1
    assert not (files / "state").exists()
    score("march.csv")
    before = {path.name: path.read_bytes() for path in (files / "state").iterdir()}
    done = run("score", "rules.score", "bad.csv", "--state", "state", "--strict")
    assert done.status == 1 and "1 rows were rejected" in done.err
    (files / "none.csv").write_text("lead,event,time\ntom,demo,soon\n")
    assert run("score", "rules.score", "none.csv", "--state", "state").status == 2
    assert {path.name: path.read_bytes() for path in (files / "state").iterdir()} == before


# ---- options


@pytest.mark.parametrize("arguments, said", [
    ("score rules.score march.csv --new-state", "--new-state says something about a state"),
    ("score rules.score march.csv --replace-profiles", "--replace-profiles says something about a state"),
    ("alerts rules.score march.csv --all", "--all says something about a state"),
    ("score rules.score march.csv --state s --engine reference", "--state needs the fast engine"),
    ("score rules.score march.csv --state s --out s/scores.csv", "would stand among the files of the state"),
    ("score rules.score --state s", "Which log? s has nothing yet: name the files of the whole log."),
    ("score rules.score --state s --new-state", "Which log?"),
    ("score rules.score march.csv --state s --replace-profiles", "--replace-profiles needs profiles"),
    ("history rules.score march.csv --state s --lead eva", "--lead needs the events of the lead as they were"),
    ("alerts rules.score march.csv --state s --lead eva", "--lead needs the events of the lead as they were"),
    ("alerts rules.score march.csv --state s --top 1", "--top 1 would give some of the new alerts"),
])  # fmt: skip
def test_options_that_do_not_fit(run, files, arguments, said):
    done = run(*arguments.split())
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert not (files / "s").exists()


def test_results_go_where_they_are_asked_for(run, files, score):
    score("march.csv")
    for name in ("scores.csv", "scores.parquet", "scores.ndjson"):
        done = run("score", "rules.score", "--state", "state", "--out", name)
        assert done.status == 0 and f"2 leads written to {name}." in done.err
    assert run("score", "rules.score", "--state", "state", "--top", "1").out.splitlines()[1:] == ["eva,40,hot"]
    assert len(run("history", "rules.score", "--state", "state", "--top", "2").out.splitlines()) == 3
    assert len(run("alerts", "rules.score", "--state", "state", "--all", "--top", "1").out.splitlines()) == 2


def test_a_score_that_is_too_large(run, files):
    (files / "rules.score").write_text("score s\n  on buy add 1000000000\n")
    rows = "\n".join(f"a,buy,2026-03-01T00:00:00.{i:06d}Z" for i in range(9_300))
    (files / "log.csv").write_text(f"lead,event,time\n{rows}\n")
    done = run("score", "rules.score", "log.csv", "--state", "s")
    assert done.status == 2
    assert "A score is too large for the fast engine, which --state needs" in done.err
    assert not (files / "s").exists()
