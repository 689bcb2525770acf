"""`scoredsl test --coverage` through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scoredsl.report.formats import FORMATS


def test_what_is_missing_is_a_sentence_at_its_line(run, project):
    done = run("test", "--coverage")
    assert done.status == 0
    assert "rules.score:4: on visit add 5 at most 1 time per day\n  No test makes this rule give points.\n" in done.out
    assert "The tests reach " in done.out
    lines = run("test", "--coverage", "--format", "concise").out.splitlines()
    assert lines[0].startswith("rules.score:2:3: note: No test has a lead who is not in the tier hot")


def test_the_gate(run, project):
    done = run("test", "--coverage", "--min", "99.5")
    assert done.status == 1 and "At least 99.5% are asked for." in done.out
    assert run("test", "--coverage", "--min", "10").status == 0


def test_every_format(run, project):
    done = run("test", "--coverage", *[word for name in FORMATS for word in ("--report", f"{name}={name}.out")])
    assert done.status == 0
    data = json.loads((project / "json.out").read_text())
    assert data["reached"] + len(data["missing"]) == data["all"] == sum(kind["all"] for kind in data["kinds"])
    (sarif,) = json.loads((project / "sarif.out").read_text())["runs"]
    assert {result["level"] for result in sarif["results"]} == {"note"}
    page = (project / "markdown.out").read_text()
    assert "| Rules and branches | 1 | 2 |" in page and "`on visit add 5 at most 1 time per day`" in page


@pytest.mark.parametrize(
    "options, words",
    [
        (("--coverage", "--mutate"), "two questions"),
        (("--min", "50"), "--min says how much --coverage or --mutate"),
        (("--coverage", "-k", "demo"), "leave -k out"),
        (("--coverage", "--min", "101"), "0<=x<=100"),
    ],
)
def test_what_does_not_go_together(run, project, options, words):
    done = run("test", *options)
    assert done.status == 2 and words in done.err


def test_failing_tests_come_first(run, project):
    (project / "rules.score").write_text(
        (project / "rules.score").read_text().replace("interest = 40", "interest = 41")
    )
    done = run("test", "--coverage")
    assert done.status == 1 and "FAILED" in done.out and "reach" not in done.out


def test_the_page_shows_what_comes(run, project):
    page = (Path(__file__).resolve().parents[2] / "docs" / "testing.md").read_text("utf-8")
    rules = page.split("```score\n")[1].split("```")[0]
    (project / "rules.score").write_text(rules.rstrip().rpartition("\n")[0] + "\n")
    shown = page.split("```\nrules.score:2")[1].split("```")[0]
    assert f"rules.score:2{shown}".strip() in run("test", "--coverage").out.strip()
