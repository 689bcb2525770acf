"""`--format` and `--report` through the commands: one run serves the terminal, the annotations and the pull request."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from scoredsl.report.formats import FORMATS

BAD = 'score s\n  on visit add 5 at most once per day\n\ntest "t"\n  given visit at 2026-03-01\n  expect s = 6\n'


@pytest.fixture
def bad(tmp_path):
    (tmp_path / "bad.score").write_text(BAD)
    (tmp_path / "wrong.score").write_text(BAD.replace(" at most once per day", ""))
    return tmp_path


@pytest.mark.parametrize("verb, file", [("check", "bad.score"), ("test", "wrong.score")])
def test_one_run_writes_every_format_as_standard_output_would_have_it(run, bad, verb, file):
    wanted = [word for name in FORMATS for word in ("--report", f"{name}={name}.out")]
    first = run(verb, file, *wanted)
    assert first.status == 1
    for name in FORMATS:
        done = run(verb, file, "--format", name)
        assert done.status == 1
        written = (bad / f"{name}.out").read_text()
        if name in ("text", "concise"):
            assert written.strip() == (done.out + done.err).strip()
        else:
            assert written == done.out
    assert json.loads((bad / "sarif.out").read_text())["runs"][0]["results"]


def test_full_is_another_word_for_text(run, bad):
    assert run("check", "bad.score", "--format", "full") == run("check", "bad.score", "--format", "text")


@pytest.mark.parametrize(
    "options, words",
    [
        (("--report", "sarif"), "write a format and a file, such as sarif=scoredsl.sarif"),
        (("--report", "saarif=x"), "There is no format saarif. Did you mean sarif?"),
        (("--report", "json=bad.score"), "--report json to bad.score would overwrite the rules."),
        (("--report", "json=no/where.json"), "there is no folder no"),
        (("--report", "json=a", "--report", "sarif=a"), "name one file, a"),
        (("--report", "json=a", "--report", "json=a"), "Two --report are the same."),
        (("--report", "json=b.json", "--baseline", "b.json"), "would overwrite the baseline"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused_before_anything_is_done(run, bad, options, words):
    done = run("check", "bad.score", *options)
    assert done.status == 2 and words in done.err, done.err
    assert (bad / "bad.score").read_text() == BAD


def test_what_fails_in_a_test_stands_at_its_line(run, bad):
    done = run("test", "wrong.score", "--format", "github")
    assert done.out == (
        '::error file=wrong.score,line=6,endLine=6,title=scoredsl test-failed,col=3,endColumn=14::The test "t" expects '
        "s = 6 at 2026-03-01T00:00:00Z, but s = 5.\n"
    )
    assert run("test", "wrong.score", "--format", "concise").out.startswith("wrong.score:6:3: error: The test")
    (entry,) = json.loads(run("test", "wrong.score", "--format", "gitlab").out)
    assert entry["check_name"] == "test-failed" and entry["location"]["lines"]["begin"] == 6


def test_the_page_of_a_failing_test_has_the_ledger(run, bad):
    page = run("test", "wrong.score", "--format", "markdown").out
    for words in ("# Scoring rules: test\n\n0 passed, 1 failed.", "### ❌ t", "| 6 | 2026-03-01T00:00:00Z | s \\= 6"):
        assert words.replace("\\=", "=") in page
    assert "<summary>The ledger that led there</summary>" in page and "+5  wrong.score:2  visit" in page
    good = run("test", "wrong.score", "-k", "t", "--format", "html").out
    assert good.startswith("<!doctype html>") and good.rstrip().endswith("</html>")


def test_a_page_says_when_all_is_well(run, project):
    assert "The rules are right. 2 files checked: no errors." in run("check", "--format", "markdown").out
    page = run("test", "--format", "markdown").out
    assert "All examples hold. 1 passed, 0 failed." in page and "a demo" in page


def test_files_are_named_from_the_root_of_the_repository(run, tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "marketing"
    folder.mkdir()
    (folder / "bad.score").write_text(BAD)
    monkeypatch.chdir(folder)
    assert "file=marketing/bad.score," in run("check", "bad.score", "--format", "github").out
    sarif = json.loads(run("check", "bad.score", "--format", "sarif").out)
    place = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "marketing/bad.score"
    assert "bad.score:2:" in run("check", "bad.score", "--format", "concise").out, "people see what they named"


def test_lines_that_end_as_windows_ends_them(run, tmp_path):
    (tmp_path / "r.score").write_bytes(b"# one\r\n# two\r\non visit ad 5\r\n")
    done = run("check", "r.score")
    assert "r.score:3:10" in done.out and "3 | on visit ad 5\n  |          ^^" in done.out


def test_warnings_fail_a_junit_case_only_where_they_fail_the_run(run, project):
    (project / "scoredsl.toml").write_text("events = ['events.csv']\n")  # warns that no rules are named
    for options, status, failures in (((), 0, "0"), (("--warnings-as-errors",), 1, "1")):
        done = run("check", "--format", "junit", *options)
        assert done.status == status
        assert ElementTree.fromstring(done.out).get("failures") == failures
