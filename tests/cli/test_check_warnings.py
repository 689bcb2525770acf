"""The warnings of `check`: exit status, examples that `score` confirms, a clock, a log, several programs."""

from __future__ import annotations

import csv
import json

import pytest

EXAMPLES = {
    "repeated-rule": "score s\n  on webinar add 20\n  on webinar add 20\n",
    "swallowed-rule": "score s\n  on page where url contains \"price\" add 5\n"
                      "  on page where url starts with \"/price\" add 5\n",
    "paid-twice": "score s\n  when size between 50 and 500 add 10\n  when size >= 500 add 20\n",
    "once-expires": "score s\n  on demo add 30 once, expire after 60d\n  on visit add 1\n",
    "subtract-expires": "score s\n  expire after 90d\n  on visit add 5\n  on complaint subtract 20\n",
    "owed-points": "score s\n  minimum 0\n  on visit add 5\n  on complaint subtract 20\n",
    "never-sent": "score s\n  on email_opened add 1\n  when no email_opened and country = \"DE\" subtract 5\n",
}  # fmt: skip


@pytest.mark.parametrize("code", EXAMPLES)
def test_score_confirms_the_example(code, run, tmp_path):
    (tmp_path / "rules.score").write_text(EXAMPLES[code])
    done = run("check", "rules.score", "--format", "json")
    (found,) = json.loads(done.out)
    assert (done.status, found["code"], found["severity"]) == (0, code, "warning")
    shown = found["args"]
    somebody = "lead,event,time\nzoe,other,2020-01-01T00:00:00Z\n"
    (tmp_path / "events.csv").write_text(f"{shown['events']}\n" if shown["events"] else somebody)
    arguments = ["score", "rules.score", "events.csv", "--as-of", shown["as_of"], "--out", "scores.csv"]
    if shown["profiles"]:
        (tmp_path / "profiles.csv").write_text(shown["profiles"] + "\n")
        arguments += ["--profiles", "profiles.csv"]
    assert run(*arguments).status == 0
    with (tmp_path / "scores.csv").open() as file:
        scores = {row["lead"]: row["s"] for row in csv.DictReader(file)}
    assert scores["eva"] == shown["value"]
    text = run("check", "rules.score").out
    assert all(f"    {line}" in text for line in shown["events"].splitlines())
    assert f"s = {shown['value']} at {shown['as_of']}" in text


def test_exit_status(run, tmp_path):
    (tmp_path / "rules.score").write_text("threshold 100\non visit add 30 once\n")
    done = run("check", "rules.score")
    assert done.status == 0 and "1 warning in 1 file." in done.err
    assert run("check", "rules.score", "--warnings-as-errors").status == 1
    silenced = "threshold 100  # scoredsl: ignore[unreachable-tier] next year\n"
    (tmp_path / "rules.score").write_text(f"{silenced}on a add 1 once\n")
    assert run("check", "rules.score", "--warnings-as-errors").status == 0


def test_running_rules_says_nothing_of_it(run, tmp_path):
    """Warnings belong to check: commands that run rules are as quiet and as fast as before."""
    (tmp_path / "rules.score").write_text("threshold 100\non visit add 30 once\n")
    (tmp_path / "events.csv").write_text("lead,event,time\na,visit,2026-03-01T10:00:00Z\n")
    done = run("score", "rules.score", "events.csv")
    assert done.status == 0 and "more than 30" not in done.out + done.err


def test_what_is_silenced_is_not_said_to_be_unused_where_it_was_not_looked_for(run, tmp_path):
    """In a program with an error nothing is reasoned about; without a log nothing is compared with one."""
    (tmp_path / "rules.score").write_text("threshold 100  # scoredsl: ignore[unreachable-tier] later\non visit ad 3\n")
    assert "unused-ignore" not in run("check", "rules.score", "--format", "json").out
    (tmp_path / "rules.score").write_text("on visit add 3  # scoredsl: ignore[never-fired] new\n")
    (tmp_path / "events.csv").write_text("lead,event,time\na,visit,2026-03-01T10:00:00Z\n")
    assert json.loads(run("check", "rules.score", "--format", "json").out) == []
    found = json.loads(run("check", "rules.score", "--format", "json", "--events", "events.csv").out)
    assert [each["code"] for each in found] == ["unused-ignore"]


def test_the_clock(run, tmp_path):
    (tmp_path / "rules.score").write_text("on visit add 5 until 2026-03-31\n")
    codes = [json.loads(run("check", "rules.score", "--format", "json", "--as-of", at).out) for at in
             ("2026-03-31", "2026-03-31T23:59:59Z", "2026-04-01")]
    assert [[each["code"] for each in found] for found in codes] == [[], [], ["campaign-over"]]
    assert "campaign-over" in run("check", "rules.score", "--format", "json").out  # now
    done = run("check", "rules.score", "--as-of", "latest")
    assert done.status == 2 and "--as-of latest needs a log" in done.err


def test_a_file_that_others_import_may_keep_names_for_them(run, tmp_path):
    (tmp_path / "base.score").write_text("define big: 100\ndefine small: 1\nscore a\n  on visit add small\n")
    alone = json.loads(run("check", "base.score", "--format", "json").out)
    assert [(each["code"], each["line"]) for each in alone] == [("unused-define", 1)]
    assert alone[0]["tags"] == ["unnecessary"]
    (tmp_path / "rules.score").write_text('import "base.score"\nscore b\n  on order add big\n')
    assert json.loads(run("check", ".", "--format", "json").out) == []


def test_two_programs_say_the_same_of_a_file_that_both_import(run, tmp_path):
    (tmp_path / "base.score").write_text("score a\n  on demo add 20\n  on demo add 30\n")
    for name in ("one", "two"):
        (tmp_path / f"{name}.score").write_text(f'import "base.score"\nscore {name} = a\n  threshold 100\n')
    found = json.loads(run("check", ".", "--format", "json").out)
    assert [(each["file"], each["code"]) for each in found] == [("base.score", "paid-twice")]
    assert "demo is paid by line 2 too" in found[0]["message"]
    (tmp_path / "one.score").write_text('import "base.score"\nignore demo where x = 1\nscore one\n  on call add 1\n')
    (tmp_path / "base.score").write_text("ignore demo\nscore a\n  on visit add 20\n")
    (found,) = json.loads(run("check", "one.score", "--format", "json").out)
    assert "base.score:1 ignores these events anyway" in found["message"]


def test_new_warnings_of_a_branch(run, tmp_path):
    """With a baseline only what is new is said."""
    (tmp_path / "rules.score").write_text("threshold 100\non visit add 30 once\n")
    assert run("check", "rules.score", "--write-baseline").status == 0
    assert run("check", "rules.score", "--baseline", "scoredsl-baseline.json", "--warnings-as-errors").status == 0
    (tmp_path / "rules.score").write_text("# moved\nthreshold 100\non visit add 30 once\non call add 1 once, once\n")
    done = run("check", "rules.score", "--baseline", "scoredsl-baseline.json", "--format", "json")
    assert [each["code"] for each in json.loads(done.out)] == ["limit-never-matters"]


# ---- with a log

LOG_RULES = """\
event_rule_placeholder
on page_veiw add 1
on page_view where ulr starts with "/pricing" add 5
on page_view where url starts with "/pricing" add 5
on page_view where url starts with "/nothing" add 5
on 3 page_view within 1d add 7
on 4 page_view within 1d add 7
on page_view then demo within 2d add 3
on demo then page_view within 2d add 3
on page_view without demo within 1d add 2
on inactivity of 30d subtract 5
on demo from 2026-06-01 add 5
on demo add amount / 10
on demo if score > 100 add 2
when country = "DE" add 5
when contry = "DE" add 5
when country = "XX" add 5
when has page_view in last 1h add 2
""".replace("event_rule_placeholder\n", "")
LOG = """\
lead,event,time,url,amount
a,page_view,2026-03-01T10:00:00Z,/pricing,
a,page_view,2026-03-01T11:00:00Z,/blog,
a,page_view,2026-03-01T12:00:00Z,/blog,
a,demo,2026-03-02T10:00:00Z,,
b,page_view,2026-03-05T10:00:00Z,/blog,
b,other,2026-03-20T10:00:00Z,,5
"""
PROFILES = "lead,country\na,DE\nb,AT\n"
EXPECTED = [
    (1, "unseen-event", "Did you mean page_view?"),
    (2, "unseen-property", "Did you mean url?"),
    (4, "never-fired", ""),
    (6, "never-fired", ""),
    (8, "never-fired", ""),
    (11, "never-fired", ""),
    (12, "unseen-property", ""),
    (13, "never-fired", ""),
    (15, "unseen-property", "Did you mean country?"),
    (16, "never-fired", ""),
]
"""Line 10: nobody has been silent for 30 days by the end of the log."""


def with_log(found):
    return [(each["line"], each["code"]) for each in found if each["code"].startswith(("unseen", "never-fired"))]


@pytest.mark.parametrize("format_", ["csv", "ndjson"])
def test_a_log(format_, run, tmp_path):
    (tmp_path / "rules.score").write_text(LOG_RULES.replace("from 2026-06-01 add 5", "add 5 from 2026-06-01"))
    if format_ == "csv":
        (tmp_path / "log.csv").write_text(LOG)
    else:
        rows = [{key: value for key, value in row.items() if value} for row in csv.DictReader(LOG.splitlines())]
        (tmp_path / "log.ndjson").write_text("\n".join(json.dumps(row) for row in rows) + "\n")
    (tmp_path / "profiles.csv").write_text(PROFILES)
    done = run("check", "rules.score", "--events", f"log.{format_}", "--profiles", "profiles.csv", "--format", "json")
    found = json.loads(done.out)
    expected = [*EXPECTED, (10, "never-fired", "")]
    assert sorted(with_log(found)) == sorted((line, code) for line, code, _ in expected)
    for line, code, help_ in expected:
        (each,) = [each for each in found if (each["line"], each["code"]) == (line, code)]
        assert help_ in each["help"]
    assert "6 events" in next(each["message"] for each in found if each["code"] == "unseen-event")


def test_the_log_of_the_project(run, project):
    (project / "rules.score").write_text("score s\n  on visit add 5\n  on call add 3\n")
    assert json.loads(run("check", "--format", "json").out) == []
    found = json.loads(run("check", "--with-log", "--format", "json").out)
    assert [(each["line"], each["code"]) for each in found] == [(3, "unseen-event")]


def test_no_log(run, tmp_path):
    (tmp_path / "rules.score").write_text("on visit add 5\n")
    done = run("check", "rules.score", "--with-log")
    assert done.status == 2 and "Which log?" in done.err
    done = run("check", "rules.score", "--events", "missing.csv")
    assert done.status == 2 and "missing.csv" in done.err


def test_resets_conditions_on_the_score_and_excluded_leads(run, tmp_path):
    """A count that a reset cuts, a rule that waits for points; who is excluded sets rules off all the same."""
    (tmp_path / "rules.score").write_text(
        "on visit add 10\non visit if score > 50 add 1\non visit if score >= 10 add 1\non stop reset\n"
        "on 3 visit add 5\non 2 visit add 5\nexclude when has stop\n"
    )
    (tmp_path / "log.csv").write_text(
        "lead,event,time\na,visit,2026-03-01T10:00:00Z\na,visit,2026-03-01T11:00:00Z\na,stop,2026-03-01T12:00:00Z\n"
        "a,visit,2026-03-02T12:00:00Z\n"
    )
    found = json.loads(run("check", "rules.score", "--events", "log.csv", "--format", "json").out)
    assert with_log(found) == [(2, "never-fired"), (5, "never-fired")]
