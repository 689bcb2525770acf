"""`scoredsl plan`, plans in files, and engines and their limits on the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RULES = """score s
  threshold 20 as hot
  on a add 10
  on a where (x > 5 and x < 3) add 5
  on 2 b within 7d add 3
  when size > 5 add 1
"""
EVENTS = "lead,event,time,x\nl,a,2026-03-01,1\nl,a,2026-03-02,2\nm,b,2026-03-01,\nm,b,2026-03-02,\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "rules.score").write_text(RULES)
    (tmp_path / "events.csv").write_text(EVENTS)
    return tmp_path


def scoredsl(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scoredsl", *arguments], cwd=project, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )  # fmt: skip


def test_plan_says_each_rules_way(project: Path) -> None:
    done = scoredsl(project, "plan", "rules.score")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.startswith("  rules.score:3  sum ") for line in lines)
    assert any(line.startswith("  rules.score:4  left out") for line in lines)
    assert "  rules.score:5  walk  it counts events" in lines
    assert any(line.startswith("  rules.score:6  at T ") for line in lines)


def test_plan_shows_the_sql_of_a_log(project: Path) -> None:
    done = scoredsl(project, "plan", "rules.score", "--events", "events.csv")
    assert done.returncode == 0, done.stderr
    assert "SELECT lead, time" in done.stdout


def test_a_plan_file_gives_what_the_rules_give(project: Path) -> None:
    (project / "plan.json").write_text(scoredsl(project, "plan", "rules.score", "--format", "json").stdout)
    for verb in ("score", "history", "alerts"):
        by_plan = scoredsl(project, verb, "plan.json", "events.csv")
        assert by_plan.returncode == 0, by_plan.stderr
        for engine in ("fast", "reference"):
            assert by_plan.stdout == scoredsl(project, verb, "rules.score", "events.csv", "--engine", engine).stdout
    assert by_plan.stdout.startswith("lead,time,score,value,from_tier,to_tier,cause\nl,2026-03-02T00:00:00Z,s,20,,hot,")


def test_a_plan_of_another_version_is_refused(project: Path) -> None:
    plan = json.loads(scoredsl(project, "plan", "rules.score", "--format", "json").stdout)
    (project / "plan.json").write_text(json.dumps({**plan, "version": 99}))
    done = scoredsl(project, "score", "plan.json", "events.csv")
    assert done.returncode == 2
    assert "version 99" in done.stderr


@pytest.mark.parametrize(("memory", "said"), [("much", "is no amount of memory"), ("5MB", "at least 512MiB")])
def test_memory_is_an_amount(project: Path, memory: str, said: str) -> None:
    done = scoredsl(project, "score", "rules.score", "events.csv", "--memory", memory)
    assert done.returncode == 2
    assert said in done.stderr


def test_one_lead_and_unknown_leads(project: Path) -> None:
    one = scoredsl(project, "history", "rules.score", "events.csv", "--lead", "l")
    assert [line.split(",")[0] for line in one.stdout.splitlines()[1:]] == ["l", "l"]
    for engine in ("fast", "reference"):
        unknown = scoredsl(project, "explain", "rules.score", "events.csv", "--lead", "nobody", "--engine", engine)
        assert unknown.returncode == 2
        assert "There is no lead nobody in this log." in unknown.stderr
