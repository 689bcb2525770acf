"""Each command by hand: what it writes where, and its exit status (0 done, 1 errors and failures, 2 wrong use)."""

from __future__ import annotations

import csv
import json
from xml.etree import ElementTree

import duckdb
import pytest


def test_score_writes_csv_to_a_pipe_and_says_the_instant_on_standard_error(run, project):
    done = run("score", "rules.score", "events.csv")
    assert done.status == 0
    assert done.out == "lead,interest,interest_tier\na,45,hot\nb,5,\n"
    assert "As of 2026-03-03T08:30:00Z, the newest event or profile row." in done.err


def test_a_project_needs_no_arguments(run, project):
    assert run("score").out == run("score", "rules.score", "events.csv").out
    assert run("check").status == 0
    assert run("test").out == "1 passed, 0 failed\n"
    assert run("fmt", "--check").status == 0


@pytest.mark.parametrize("as_of, rows", [
    ("2026-03-01", "lead,interest,interest_tier\n"),
    ("2026-03-01T10:00:00Z", "lead,interest,interest_tier\na,5,\n"),
    ("2026-04-01T08:59:59.999999Z", "lead,interest,interest_tier\na,40,hot\nb,5,\n"),
    ("2026-04-01T09:00:00+00:00", "lead,interest,interest_tier\na,0,\nb,5,\n"),
])
def test_as_of(run, project, as_of, rows):
    done = run("score", "--as-of", as_of)
    assert (done.status, done.out) == (0, rows)


def test_top_is_by_score(run, project):
    assert run("score", "--top", "1", "--as-of", "2026-03-03T09:00:00Z").out.splitlines()[1:] == ["a,45,hot"]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "ndjson"])
def test_out(run, project, suffix):
    out = project / f"result.{suffix}"
    done = run("score", "--out", str(out))
    assert (done.status, done.out) == (0, "")
    assert "2 leads written" in done.err
    query = "read_json" if suffix == "ndjson" else f"read_{suffix}"
    rows = duckdb.sql(f"select lead, interest, interest_tier from {query}('{out}') order by lead").fetchall()
    assert [(lead, float(value), tier or None) for lead, value, tier in rows] == [("a", 45.0, "hot"), ("b", 5.0, None)]
    assert not list(project.glob(".result*")), "no temporary file is left"
    if suffix == "parquet":
        types = dict(duckdb.sql(f"select column_name, column_type from (describe from '{out}')").fetchall())
        assert types["interest"] == "DOUBLE"


def test_parquet_history_has_utc_timestamps(run, project):
    out = project / "h.parquet"
    assert run("history", "--out", str(out)).status == 0
    types = dict(duckdb.sql(f"select column_name, column_type from (describe from '{out}')").fetchall())
    assert types["time"] == "TIMESTAMP WITH TIME ZONE"
    assert types["value"] == types["change"] == "DOUBLE"


def test_history_and_alerts(run, project):
    history = run("history", "--lead", "a", "--as-of", "2026-05-01").out
    assert history == (
        "lead,time,score,value,change,tier,cause\n"
        "a,2026-03-01T10:00:00Z,interest,5,5,,rules.score:4 awarded\n"
        "a,2026-03-02T09:00:00Z,interest,45,40,hot,Demo awarded\n"
        "a,2026-03-31T10:00:00Z,interest,40,-5,hot,rules.score:4 expired\n"
        "a,2026-04-01T09:00:00Z,interest,0,-40,,Demo expired\n"
    )
    alerts = run("alerts", "--as-of", "2026-05-01").out
    assert alerts == (
        "lead,time,score,value,from_tier,to_tier,cause\n"
        "a,2026-03-02T09:00:00Z,interest,45,,hot,Demo awarded\n"
        "a,2026-04-01T09:00:00Z,interest,0,hot,,Demo expired\n"
    )


def test_explain_sums_exactly(run, project):
    done = run("explain", "--lead", "a", "--format", "json", "--as-of", "2026-03-03")
    (score,) = json.loads(done.out)["scores"]
    assert sum(line["worth"] for line in score["lines"]) == score["value"] == 45
    assert score["next_change"] == {"time": "2026-03-31T10:00:00Z", "value": 40, "tier": "hot"}
    assert score["leaves_tier"] == {"time": "2026-04-01T09:00:00Z", "value": 0, "tier": None}
    text = run("explain", "--lead", "a", "--as-of", "2026-05-01").out
    assert "expired on 2026-04-01T09:00:00Z" in text


def test_a_lead_that_is_not_there(run, project):
    (project / "events.csv").write_text("lead,event,time\nanna,visit,2026-03-01\n")
    done = run("explain", "--lead", "annna")
    assert done.status == 2
    assert "There is no lead annna in this log. Did you mean anna?" in done.err


def test_failing_tests_show_the_ledger(run, project):
    rules = (project / "rules.score").read_text().replace("expect interest = 40", "expect interest = 41")
    (project / "rules.score").write_text(rules)
    done = run("test")
    assert done.status == 1
    for words in ("FAILED rules.score:7: a demo", "expected: interest = 41", "but:      interest = 40", "+40  Demo"):
        assert words in done.out
    assert "0 passed, 1 failed" in done.out
    (answer,) = json.loads(run("test", "--format", "json").out)
    assert answer["passed"] is False and answer["failures"][0]["line"] == 9
    suites = ElementTree.fromstring(run("test", "--format", "junit").out.encode())
    assert suites.find("testsuite").get("failures") == "1"
    assert suites.find("testsuite/testcase/failure").get("message").startswith("expected interest = 41")
    assert run("test", "-k", "no such").status == 2


def test_a_run_without_a_test_is_no_success(run, tmp_path):
    (tmp_path / "r.score").write_text("on visit add 5\n")
    for format_, out in (("text", ""), ("json", "[]\n")):
        done = run("test", "r.score", "--format", format_)
        assert (done.status, done.out) == (2, out)
        assert done.err.startswith("There is no test in r.score: nothing was tested.")
    done = run("test", "r.score", "--format", "junit")
    assert done.status == 2
    assert ElementTree.fromstring(done.out.encode()).find("testsuite").get("tests") == "0"


def test_errors_in_rules_are_in_the_results_of_tests(run, project):
    (project / "bad.score").write_text('on visit ad 5 as "<&>"\non demo ad 3\n')
    (project / "also.score").write_text('import "bad.score"\n')
    files = ("bad.score", "rules.score", "also.score")
    done = run("test", *files, "--format", "json")
    assert done.status == 1
    bad, good, also = json.loads(done.out)
    assert [bad["file"], bad["name"], bad["passed"], bad["failures"]] == ["bad.score", None, False, []]
    assert [(error["line"], error["severity"]) for error in bad["errors"]] == [(1, "error"), (2, "error")]
    assert bad["errors"] == json.loads(run("check", "bad.score", "--format", "json").out)
    assert good["passed"] and good["errors"] == [], "the other files are tested"
    assert also["file"] == "also.score" and also["errors"][0]["file"] == "bad.score"
    assert "2 files with errors in the rules, not tested" in done.err

    done = run("test", *files, "--format", "junit")
    assert done.status == 1
    suites = ElementTree.fromstring(done.out.encode()).findall("testsuite")
    assert [(s.get("tests"), s.get("errors"), s.get("failures")) for s in suites] == [
        ("1", "1", "0"), ("1", "0", "0"), ("1", "1", "0"),
    ]  # fmt: skip
    error = suites[0].find("testcase/error")
    assert error.get("type") == bad["errors"][0]["code"] and error.get("message") == bad["errors"][0]["message"]
    assert "bad.score:1:" in error.text and "bad.score:2:" in error.text

    done = run("test", *files)
    assert done.status == 1
    assert "1 passed, 0 failed; 2 files with errors in the rules, not tested" in done.out
    assert done.out.count("bad.score:1:") == 1, "each error once"
    assert "also.score was not tested" in done.out


def test_profiles_of_the_project_go_with_a_log_that_is_named(run, project):
    (project / "rules.score").write_text('when country = "DE" add 7\n')
    (project / "profiles.csv").write_text("lead,country\na,DE\n")
    (project / "own.csv").write_text("lead,country\nb,DE\n")
    (project / "scoredsl.toml").write_text(
        'rules = "rules.score"\nevents = ["events.csv"]\nprofiles = ["profiles.csv"]\n'
    )
    said = "Profiles: profiles.csv, as scoredsl.toml says (--no-profiles leaves them out)."
    done = run("score")
    assert done.out == "lead,score\na,7\nb,0\n" and "Profiles:" not in done.err
    done = run("score", "rules.score", "events.csv")
    assert done.out == "lead,score\na,7\nb,0\n" and said in done.err
    done = run("score", "rules.score", "events.csv", "--profiles", "own.csv")
    assert done.out == "lead,score\na,0\nb,7\n" and "Profiles:" not in done.err
    for arguments in ((), ("rules.score", "events.csv")):
        done = run("score", *arguments, "--no-profiles")
        assert done.out == "lead,score\na,0\nb,0\n" and "Profiles:" not in done.err
    assert "profile country" in run("catalog", "events.csv").out
    assert "profile country" not in run("catalog", "events.csv", "--no-profiles").out
    assert run("score", "--profiles", "own.csv", "--no-profiles").status == 2


def test_columns_of_profiles_are_named_by_their_own_options(run, project):
    (project / "p.csv").write_text("who,since,country\na,20260301,DE\n")
    arguments = ["score", "rules.score", "events.csv", "--profiles", "p.csv"]
    assert "name it with --profile-lead-column." in run(*arguments).err
    assert "no column x (--profile-lead-column)" in run(*arguments, "--profile-lead-column", "x").err
    arguments += ["--profile-lead-column", "who", "--profile-time-column", "since"]
    assert "say --profile-time-format yyyymmdd" in run(*arguments).err
    assert run(*arguments, "--profile-time-format", "yyyymmdd").status == 0
    (project / "scoredsl.toml").write_text(
        'rules = "rules.score"\nevents = ["events.csv"]\nprofiles = ["p.csv"]\nprofile-time-format = "yyyymmdd"\n'
        '[profile-columns]\nlead = "who"\ntime = "since"\n'
    )
    assert run("score").status == 0 and run("check").status == 0


def test_check_json(run, tmp_path):
    (tmp_path / "r.score").write_text('# é\non visit ad 5 as "ü"\n')
    done = run("check", "r.score", "--format", "json")
    assert done.status == 1
    (found,) = json.loads(done.out)
    assert (found["line"], found["column"], found["end_line"], found["end_column"]) == (2, 10, 2, 12)
    assert found["severity"] == "error" and found["code"] == "misspelt-word"
    assert found["fix"]["sure"] and found["fix"]["edits"], "add is the one repair"
    assert {"message", "file", "related", "args"} <= found.keys()


def test_check_fix(run, tmp_path):
    (tmp_path / "r.score").write_text("on visit ad 5\non demo add +5 at most once\n")
    done = run("check", "--fix", "r.score")
    assert done.status == 0
    assert (tmp_path / "r.score").read_text() == "on visit add 5\non demo add 5 once\n"


def test_warnings_as_errors(run, tmp_path):
    (tmp_path / "r.score").write_text(
        'on a add 5\ntest "t"\n  given a at 2026-03-02\n  expect score = 5\n  given a at 2026-03-01\n'
    )
    assert run("check", "r.score").status == 0
    assert run("check", "r.score", "--warnings-as-errors").status == 1


def test_fmt(run, tmp_path):
    (tmp_path / "r.score").write_text("on  visit   add 5;threshold 10 # ten\n")
    assert run("fmt", "--check", "r.score").status == 1
    assert "+on visit add 5" in run("fmt", "--diff", "r.score").out
    assert run("fmt", "r.score").status == 0
    assert (tmp_path / "r.score").read_text() == "on visit add 5\nthreshold 10  # ten\n"
    done = run("fmt", "-", stdin=b"on  visit add 5")
    assert (done.status, done.out) == (0, "on visit add 5\n")
    broken = "on visit ad 5\n"
    (tmp_path / "r.score").write_text(broken)
    assert run("fmt", "r.score").status == 1
    assert (tmp_path / "r.score").read_text() == broken


def test_init_gives_a_project_that_works(run, tmp_path):
    assert run("init", ".").status == 0
    for command in ("check", "test", "score", "history", "alerts"):
        assert run(command).status == 0, command
    assert run("fmt", "--check").status == 0
    assert (tmp_path / ".github/workflows/scoredsl.yml").exists()
    assert (tmp_path / ".pre-commit-config.yaml").exists()
    assert (tmp_path / ".gitignore").exists()
    again = run("init", ".")
    assert again.status == 2
    assert "nothing was written" in again.err


def test_catalog_can_be_checked_and_imported(run, tmp_path):
    (tmp_path / "log.ndjson").write_text(
        '{"lead": "a", "event": "Order Completed", "time": "2026-03-01", "amount": 5, "cart": {"size": 2},'
        ' "zip": "01234"}\n'
        '{"lead": "b", "event": "visit", "time": "2026-03-02", "tags": ["x"], "ok": true, "due": "2026-03-05",'
        ' "o-id": "q"}\n'
    )
    assert run("catalog", "log.ndjson", "--out", "catalog.score").status == 0
    text = (tmp_path / "catalog.score").read_text()
    assert 'event "Order Completed" with amount number, cart.size number, zip text' in text
    assert "event visit with due time, `o-id` text, ok boolean, tags list" in text
    assert "# 1 time for 1 lead, last seen 2026-03-02" in text
    rules = 'import "catalog.score"\non visit where ok add 5\non "Order Completed" add amount\n'
    (tmp_path / "r.score").write_text(rules)
    assert run("check", "r.score").status == 0
    assert run("score", "r.score", "log.ndjson").out == "lead,score\na,5\nb,5\n"


def test_rejects(run, tmp_path):
    (tmp_path / "r.score").write_text("on visit add 5\n")
    (tmp_path / "e.csv").write_text("lead,event,time\na,visit,2026-03-01\nb,visit,soon\n,visit,2026-03-01\n")
    done = run("score", "r.score", "e.csv", "--rejects", "bad.csv")
    assert done.status == 0
    assert "2 rows rejected" in done.err and "e.csv:3" in done.err
    rows = list(csv.DictReader((tmp_path / "bad.csv").open()))
    assert [row["row"] for row in rows] == ["3", "4"]
    assert run("score", "r.score", "e.csv", "--strict").status == 1


def test_standard_input(run, tmp_path):
    (tmp_path / "r.score").write_text("on visit add 5\n")
    line = b'{"lead": "a", "event": "visit", "time": "2026-03-01"}\n'
    assert run("score", "r.score", "-", "--input-format", "ndjson", stdin=line).out == "lead,score\na,5\n"
    done = run("score", "r.score", "-", stdin=line)
    assert done.status == 2 and "--input-format" in done.err


def test_excluded_leads_are_counted(run, tmp_path):
    (tmp_path / "r.score").write_text("exclude when has complaint\nignore heartbeat\non visit add 5\n")
    (tmp_path / "e.csv").write_text(
        "lead,event,time\na,visit,2026-03-01\nb,complaint,2026-03-01\na,heartbeat,2026-03-01\n"
    )
    done = run("score", "r.score", "e.csv")
    assert done.out == "lead,score\na,5\n"
    assert "1 event ignored by the rules." in done.err and "1 lead excluded by the rules." in done.err
    assert "excluded by the rules" in run("explain", "r.score", "e.csv", "--lead", "b").out


def test_what_cannot_be_computed_is_reported(run, tmp_path):
    (tmp_path / "r.score").write_text(
        'score a\n  on order add amount as "Order"\n  on 2 view with same url add 1 as "Twice"\n\nscore b = 1 / a\n'
    )
    (tmp_path / "e.csv").write_text("lead,event,time,amount,url\nx,order,2026-03-01,much,\nx,view,2026-03-01,,\n")
    done = run("score", "r.score", "e.csv")
    assert done.out == "lead,a,b\nx,0,0\n"
    assert "Order: 1 occurrence gave no points" in done.err
    assert "Twice: 1 event took no part" in done.err
    assert "b: 1 lead had a division by 0" in done.err


@pytest.mark.parametrize("arguments, words", [
    (["score", "r.score", "nothing.csv"], "nothing.csv does not exist"),
    (["score", "r.score", "."], "is a folder"),
    (["score", "nothing.score", "e.csv"], "There is no file nothing.score"),
    (["score", "r.score", "e.csv", "--as-of", "soon"], "is no time"),
    (["score", "r.score", "e.csv", "--out", "x.xls"], "must end in .csv, .parquet or .ndjson"),
    (["score", "r.score", "e.csv", "--out", "no/x.csv"], "there is no folder no"),
    (["score", "r.score", "no.csv", "--as-of", "2026-13-01"], "is no time"),
    (["score", "r.score", "r.score"], "no log. One file is run, r.score: import others there."),
    (["history", "e.csv", "r.score"], "r.score is a rules file, no log. Name the rules first."),
    (["catalog", "r.score"], "r.score is a rules file, no log."),
    (["score", "r.score", "empty.csv"], "empty.csv is empty"),
    (["score", "r.score"], "Which log?"),
    (["score"], "Which rules?"),
    (["check"], "Which rules?"),
    (["check", "nothing.score"], "There is no file nothing.score"),
    (["check", "latin.score"], "not UTF-8"),
    (["scor"], "Did you mean score?"),
    (["code", "unknown-evnt"], "Did you mean unknown-event?"),
    (["init", "r.score"], "is a file, not a folder"),
])
def test_wrong_use_is_status_2_with_a_sentence(run, tmp_path, arguments, words):
    (tmp_path / "r.score").write_text("on visit add 5\n")
    (tmp_path / "e.csv").write_text("lead,event,time\na,visit,2026-03-01\n")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "latin.score").write_bytes('on visit add 5 as "K\xf6ln"\n'.encode("latin-1"))
    done = run(*arguments)
    assert done.status == 2
    assert words in done.err
    assert "Traceback" not in done.err


def test_errors_in_rules_end_a_run_with_status_1(run, tmp_path):
    (tmp_path / "r.score").write_text("on visit ad 5\n")
    (tmp_path / "e.csv").write_text("lead,event,time\na,visit,2026-03-01\n")
    done = run("score", "r.score", "e.csv")
    assert done.status == 1
    assert "did you mean add?" in done.err and done.out == ""


def test_help_has_an_example(run, project):
    for command in ("init", "check", "fmt", "test", "score", "history", "alerts", "explain", "what-if", "catalog",
                    "code"):
        done = run(command, "--help")
        assert done.status == 0
        assert "Example" in done.out and f"scoredsl {command}" in done.out, command


def test_the_configuration_is_checked(run, project):
    (project / "scoredsl.toml").write_text('rule = "rules.score"\nevents = ["no*.csv"]\n\n[columns]\nleads = "x"\n')
    done = run("check", "--format", "json")
    found = {(d["line"], d["message"]) for d in json.loads(done.out)}
    assert done.status == 1
    assert (1, "rule is no key of scoredsl.toml.") in found
    assert (5, "leads is no key of scoredsl.toml.") in found
    assert (2, "events names no*.csv, and there is no such file.") in found
    (project / "scoredsl.toml").write_text('events = ["events.csv"]\n')
    assert run("check", "--fix").status == 0
    assert (project / "scoredsl.toml").read_text() == 'rules = "rules.score"\nevents = ["events.csv"]\n'
