"""`scoredsl calibrate` as a user calls it, on leads whose law is known."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.cli.test_learn_command import made

RULES = """\
# What we believe. Demos are overrated, complaints are forgotten.
score interest "Interest"
  threshold 40 as hot
  on demo add 5 once as "Demo"  # too little?
  on complaint add 20 once as "Complaint"
  on newsletter add 10 at most 3 times as "Newsletter"
  when seats >= 50 add 10, else when seats >= 20 add 10, else add 5 as "Size"
  on visit add 2.5 once expire after 7d as "Visit"
  on visit where source = "nowhere" add 7
  on visit add clicks / 10 as "Clicks"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made(tmp_path)
    (tmp_path / "rules.score").write_text(RULES)
    return tmp_path


ARGUMENTS = ("calibrate", "rules.score", "events.csv", "--profiles", "profiles.csv", "--outcomes", "outcomes.csv",
             "--at-age", "1d", "--out", "new.score")  # fmt: skip


def test_points_follow_the_outcomes(run, project: Path) -> None:
    done = run(*ARGUMENTS, "--format", "json")
    assert done.status == 0, done.err
    report = json.loads(done.out)
    new = {each["rule"]: each["new"] for each in report["points"]}
    old = {each["rule"]: each["old"] for each in report["points"]}
    assert new["Demo"] > 5 and new["Complaint"] < 0 and abs(new["Newsletter"]) < new["Demo"] / 2
    assert new["Size (1. branch)"] > new["Size (3. branch)"]
    assert new['on visit where source = "nowhere" add 7'] is None, "nobody has it: it stays"
    assert old["Visit"] == 2.5 and "Clicks" not in old, "what is computed stays"
    assert report["auc_difference"]["low"] > 0.05
    tier = report["tiers"][0]
    assert tier["new_win_rate"]["value"] > tier["old_win_rate"]["value"]
    assert (project / "rules.score").read_text() == RULES


def test_nothing_but_points_is_touched(run, project: Path) -> None:
    done = run(*ARGUMENTS)
    text = (project / "new.score").read_text()
    blank = re.compile(r"(add|subtract) [0-9.]+")
    assert blank.sub("POINTS", text) == blank.sub("POINTS", RULES)
    assert "on complaint subtract" in text and "add clicks / 10" in text
    assert "-  on complaint add 20 once" in done.out and "+  on complaint subtract" in done.out
    assert run("check", "new.score").status == 0


def test_the_report_is_what_evaluate_says(run, project: Path) -> None:
    report = json.loads(run(*ARGUMENTS, "--format", "json", "--test-from", "2026-01-20").out)
    for rules, auc in (("rules.score", "old_auc"), ("new.score", "new_auc")):
        done = run("evaluate", rules, *ARGUMENTS[2:-2], "--train-until", "2026-01-20", "--format", "json")
        (moment,) = json.loads(done.out)["moments"]
        assert moment["observations"] == report["judged_by"]
        assert moment["auc"] == report[auc]


@pytest.mark.parametrize(
    ("rules", "arguments", "said"),
    [
        ("score a = 2 * b\nscore b\n  on demo add 1\n", ("--score", "a"), "a is a formula of other scores"),
        ("on demo add clicks\n", (), "has no points that can be refitted: none is written as a number."),
        (RULES, ("--out", "rules.score"), "--out rules.score would overwrite the rules."),
        (RULES, ("--out", "new.csv"), "the file's name must end in .score."),
        (RULES, ("--at-age", "1d,2d"), "Learning looks at leads at one age or instant."),
    ],
)
def test_what_goes_wrong_is_said(run, project: Path, rules: str, arguments: tuple[str, ...], said: str) -> None:
    (project / "rules.score").write_text(rules)
    done = run(*ARGUMENTS, *arguments)
    assert done.status == 2 and said in " ".join(done.err.split()), done.err
    assert not (project / "new.score").exists()
