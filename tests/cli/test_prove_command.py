"""`scoredsl prove` as a user calls it; its example is given to `scoredsl score`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

OLD = """\
score interest
  threshold 40 as hot
  on visit or call add 5
  on demo add 40 once
  when country = "DE" add 10
"""
SAME = """\
score interest "Interest"
  threshold 36 as hot
  when country = "DE" add 10
  on demo add 40 once as "Demo"
  on call add 5
  on visit add 5
"""
NEW = OLD.replace("add 40 once", "add 30 once")
TIERS = "score a\n  on x add 1\nscore b\n  on y add 1\nscore c = "


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    texts = {"old": OLD, "same": SAME, "new": NEW, "left": f"{TIERS}(a + b) + 3\n", "right": f"{TIERS}a + (b + 3)\n"}
    for name, text in texts.items():
        (tmp_path / f"{name}.score").write_text(text)
    return tmp_path


def test_equal(run, rules: Path) -> None:
    done = run("prove", "old.score", "same.score")
    assert done.status == 0, done.err
    assert "Equal. Whatever a lead does, both programs give the same interest at every instant." in done.out


def test_different(run, rules: Path) -> None:
    done = run("prove", "old.score", "new.score")
    assert done.status == 1, done.err
    assert "interest 40 → 30, interest_tier hot → none" in done.out
    assert "eva,demo," in done.out


def test_the_example_is_what_score_says(run, rules: Path) -> None:
    report = json.loads(run("prove", "old.score", "new.score", "--format", "json").out)
    example = report["example"]
    assert report["verdict"] == "different" and example["format"] == "csv"
    (rules / "example.csv").write_text(example["events"])
    for side in ("old", "new"):
        done = run("score", f"{side}.score", "example.csv", "--as-of", example["at"])
        (row,) = csv.DictReader(done.out.splitlines())
        assert {each["column"]: each[side] for each in example["columns"]}.items() <= row.items()
    (ledger,) = example["ledgers"]
    assert sum(row["old"] for row in ledger["rows"]) == ledger["old"] == 40


def test_not_decided(run, rules: Path) -> None:
    done = run("prove", "left.score", "right.score")
    assert done.status == 3
    assert "c may differ: written in another way, not proven equal" in done.out
    assert "Not decided" in done.err
    assert run("prove", "left.score", "right.score", "--score", "a").status == 0


def test_a_score_that_is_not_there(run, rules: Path) -> None:
    done = run("prove", "old.score", "new.score", "--score", "interst")
    assert done.status == 2 and "Did you mean interest?" in done.err


def test_sarif(run, rules: Path) -> None:
    done = run("prove", "old.score", "new.score", "--format", "sarif")
    assert json.loads(done.out)["runs"][0]["results"][0]["ruleId"] == "programs-differ"


def test_the_session_of_the_page(run, rules: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "prove.md").read_text(encoding="utf-8")
    session = page.partition("```console\n$ scoredsl prove old.score new.score\n")[2].partition("```")[0]
    assert run("prove", "old.score", "new.score").out == session
