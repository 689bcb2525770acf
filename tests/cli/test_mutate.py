"""`scoredsl test --mutate` through the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scoredsl.report.formats import FORMATS


def test_what_no_test_notices_is_shown_with_a_test_that_does(run, project):
    done = run("test", "--mutate")
    assert done.status == 0
    assert '  - on demo add 40 once as "Demo"\n  + on demo add 40 at most 2 times as "Demo"' in done.out
    assert re.search(r"The tests notice \d+ of \d+ changes \([\d.]+%\)", done.out)
    blocks = re.findall(r"^    (test \".*\n(?:      .*\n)+)", done.out, re.MULTILINE)
    assert blocks
    rules = (project / "rules.score").read_text()
    more = "\n".join(re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in blocks)
    (project / "rules.score").write_text(f"{rules}\n{more}")
    done = run("test", "--mutate", "--min", "100")
    assert done.status == 0 and "(100%)" in done.out, done.out


def test_the_gate(run, project):
    done = run("test", "--mutate", "--min", "99")
    assert done.status == 1 and "At least 99% are asked for." in done.out
    assert run("test", "--min", "99").status == 2


def test_every_format(run, project):
    done = run("test", "--mutate", *[word for name in FORMATS for word in ("--report", f"{name}={name}.out")])
    assert done.status == 0
    data = json.loads((project / "json.out").read_text())
    unnoticed = [change for change in data["changes"] if change["outcome"] == "unnoticed"]
    assert data["unnoticed"] == len(unnoticed) > 0 and all(change["test"] for change in unnoticed)
    (sarif,) = json.loads((project / "sarif.out").read_text())["runs"]
    assert len(sarif["results"]) == len(unnoticed)
    text = sarif["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"]
    assert text.lstrip().startswith("test ")
    assert "```diff\n- " in (project / "markdown.out").read_text()


def test_rules_and_tests_in_two_files(run, project):
    rules, _, tests = (project / "rules.score").read_text().partition("\ntest ")
    (project / "rules.score").write_text(rules)
    (project / "tests.score").write_text(f'import "rules.score"\ntest {tests}')
    (project / "scoredsl.toml").write_text('rules = "rules.score"\ntests = ["tests.score"]\n')
    data = json.loads(run("test", "--mutate", "--format", "json").out)
    assert {change["file"] for change in data["changes"]} == {"rules.score"}
    assert {change["test_file"] for change in data["changes"] if change["test"]} == {"tests.score"}


@pytest.mark.parametrize("text, status", [("on visit add 5\n", 2), ("on visit ad 5\n", 1)])
def test_without_tests_that_pass_there_is_nothing_to_mutate(run, project, text, status):
    (project / "rules.score").write_text(text)
    assert run("test", "--mutate").status == status


def test_failing_tests_are_shown_first(run, project):
    rules = (project / "rules.score").read_text().replace("interest = 40", "interest = 41")
    (project / "rules.score").write_text(rules)
    done = run("test", "--mutate")
    assert done.status == 1 and "FAILED rules.score:7" in done.out and "notice" not in done.out


def test_the_page_shows_what_comes(run, project):
    page = (Path(__file__).resolve().parents[2] / "docs" / "testing.md").read_text("utf-8")
    rules = page.split("```score\n")[1].split("```")[0]
    (project / "rules.score").write_text(rules.rstrip().rpartition("\n")[0] + "\n")
    shown = page.split("```\nunnoticed")[1].split("```")[0]
    assert run("test", "--mutate").out.strip() == f"unnoticed{shown}".strip()
