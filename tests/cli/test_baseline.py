"""`check --baseline`: known findings are not shown, by their content; those that are gone are reported."""

from __future__ import annotations

import json

import pytest

OLD = "on visit ad 5\non demo add 3\n"


@pytest.fixture
def known(run, tmp_path):
    (tmp_path / "r.score").write_text(OLD)
    assert run("check", "r.score").status == 1
    done = run("check", "r.score", "--write-baseline")
    assert done.status == 0 and done.err.startswith(
        "1 finding written to scoredsl-baseline.json. 1 of them is an error"
    )
    return tmp_path


BASELINE = ("--baseline", "scoredsl-baseline.json")


def test_old_findings_do_not_stop_a_project_wherever_their_lines_move(run, known):
    for text in (OLD, "# a\n\n\n" + OLD, OLD.replace("on visit ad 5", "on  visit   ad 5"), "on demo add 3\n" + OLD):
        (known / "r.score").write_text(text)
        done = run("check", "r.score", *BASELINE)
        assert (done.status, done.out) == (0, "")
        assert "1 finding is known in scoredsl-baseline.json, 1 error among them." in done.err
    (known / "r.score").write_text(OLD.replace("on visit ad 5", "on visit ad 6"))
    assert run("check", "r.score", *BASELINE).status == 1, "its line was changed: it is new"


def test_a_new_finding_fails_also_an_equal_one(run, known):
    (known / "r.score").write_text(OLD + "on visit ad 5\n")
    done = run("check", "r.score", *BASELINE, "--format", "json")
    assert done.status == 1
    assert [found["line"] for found in json.loads(done.out)] == [3], "one of the two is known: the first"


def test_a_stale_entry_is_reported_in_every_format_and_can_fail_the_run(run, known):
    (known / "r.score").write_text("on visit add 5\n")
    done = run("check", "r.score", *BASELINE)
    assert done.status == 0 and "warning[stale-baseline]" in done.out and "--> scoredsl-baseline.json:4:5" in done.out
    assert run("check", "r.score", *BASELINE, "--warnings-as-errors").status == 1
    (found,) = json.loads(run("check", "r.score", *BASELINE, "--format", "json").out)
    assert found["args"] == {"file": "r.score", "code": "misspelt-word", "line": "on visit ad 5", "count": 1}
    assert run("check", "r.score", *BASELINE, "--write-baseline").status == 0
    assert run("check", "r.score", *BASELINE, "--warnings-as-errors").status == 0


def test_what_is_not_looked_at_is_not_stale_and_what_is_gone_is(run, known):
    (known / "other.score").write_text("on a add 1\n")
    assert "stale" not in run("check", "other.score", *BASELINE).out
    (known / "r.score").unlink()
    assert "stale-baseline" in run("check", "other.score", *BASELINE).out


def test_the_baseline_of_scoredsl_toml(run, known, monkeypatch):
    (known / "scoredsl.toml").write_text('rules = "r.score"\nbaseline = "scoredsl-baseline.json"\n')
    assert run("check").status == 0
    assert run("check", "r.score").status == 1, "with files named, the toml is not asked"
    (known / "deep").mkdir()
    monkeypatch.chdir(known / "deep")
    done = run("check", "../r.score", "--baseline", "../scoredsl-baseline.json")
    assert done.status == 0, "files are known as seen from the baseline's folder"


def test_fix_leaves_what_is_known(run, known):
    assert run("check", "r.score", *BASELINE, "--fix").status == 0
    assert (known / "r.score").read_text() == OLD


@pytest.mark.parametrize(
    "text, words",
    [
        (None, "There is no baseline b.json. Write it with --write-baseline."),
        ("{", "The baseline b.json cannot be used: line 1 is no JSON"),
        (b"\xff", "The baseline b.json cannot be used: it is not UTF-8 text."),
    ],
)
def test_a_baseline_that_cannot_be_used(run, known, text, words):
    if text is not None:
        (known / "b.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    done = run("check", "r.score", "--baseline", "b.json")
    assert done.status == 2 and words in done.err
    assert "Traceback" not in done.err
