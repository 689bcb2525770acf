"""`scoredsl stats` as a user calls it; the figures are by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

RULES = """\
score interest
  threshold 40 as hot
  tier warm from 10
  expire after 30d
  on visit add 5 at most 1 time per day
  on demo add 40 once as "Demo"
  on call add 30
  on goodbye reset
  on visit where pages > 5 and pages < 3 add 1
  when country = "DE" add 2
score total = interest / 2
  threshold 20 as mql
"""
EVENTS = """\
lead,event,time
a,demo,2026-03-01T10:00:00Z
b,visit,2026-03-02T10:00:00Z
b,visit,2026-03-02T11:00:00Z
b,visit,2026-03-03T10:00:00Z
c,demo,2026-03-05T10:00:00Z
c,visit,2026-03-15T10:00:00Z
d,demo,2026-01-05T10:00:00Z
d,goodbye,2026-01-06T10:00:00Z
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "rules.score").write_text(RULES)
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "profiles.csv").write_text("lead,country\na,DE\nx,DE\n")
    return tmp_path


ARGUMENTS = ("stats", "rules.score", "events.csv", "--profiles", "profiles.csv")


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_the_figures(run, project: Path, engine: str) -> None:
    done = run(*ARGUMENTS, "--format", "json", "--engine", engine)
    assert done.status == 0, done.err
    report = json.loads(done.out)
    assert (report["as_of"], report["leads"]) == ("2026-03-15T10:00:00Z", 5)
    assert report["tiers"] == [
        {"score": "interest", "tier": "hot", "leads": 2}, {"score": "interest", "tier": "warm", "leads": 1},
        {"score": "total", "tier": "mql", "leads": 2},
    ]  # fmt: skip
    keys = ("rule", "kind", "fired", "leads", "points", "points_now", "last_fired")
    assert [tuple(rule[key] for key in keys) for rule in report["rules"]] == [
        ("on visit add 5 at most 1 time per day", "on", 3, 2, 15, 15, "2026-03-15T10:00:00Z"),
        ("Demo", "on", 3, 3, 120, 80, "2026-03-05T10:00:00Z"),
        ("on call add 30", "on", 0, 0, 0, 0, None),
        ("on goodbye reset", "reset", 1, 1, 0, 0, "2026-01-06T10:00:00Z"),
        ("on visit where pages > 5 and pages < 3 add 1", "on", 0, 0, 0, 0, None),
        ('when country = "DE" add 2', "when", 2, 2, 4, 4, None),
    ]
    assert [rule["possible"] for rule in report["rules"]] == [True, True, True, True, False, True]
    owed = {(each["score"], each["tier"]): each["leads"] for each in report["rules"][1]["owed"]}
    assert owed == {("interest", "hot"): 2, ("interest", "warm"): 0, ("total", "mql"): 2}
    (of_visits,) = [each["leads"] for each in report["rules"][0]["owed"] if each["tier"] == "warm"]
    assert of_visits == 1, "b has 10 points by two visits"


def test_the_text(run, project: Path) -> None:
    done = run(*ARGUMENTS)
    assert "6 rules, 2 never fired. 5 leads as of 2026-03-15T10:00:00Z." in done.out
    assert "  Demo" in done.out and "2 (100%)" in done.out
    assert "- on call add 30 (rules.score:7)\n" in done.out
    assert "(rules.score:9): no event and no lead could ever make it fire" in done.out
    assert "holds now" in done.out and "resets" in done.out


def test_csv_and_files(run, project: Path) -> None:
    done = run(*ARGUMENTS, "--format", "csv", "--out", "stats.ndjson", "--report", "csv=stats.csv", "--report",
               "markdown=stats.md", "--report", "html=stats.html")  # fmt: skip
    assert done.status == 0, done.err
    rows = list(csv.DictReader(done.out.splitlines()))
    assert (project / "stats.csv").read_text() == done.out
    assert rows[1] == {
        "score": "interest", "rule": "Demo", "place": "rules.score:6", "kind": "on", "fired": "3", "leads": "3",
        "points": "120", "points_now": "80", "last_fired": "2026-03-05T10:00:00Z", "interest.hot": "2",
        "interest.warm": "0", "total.mql": "2",
    }  # fmt: skip
    first = json.loads((project / "stats.ndjson").read_text().splitlines()[0])
    assert first["fired"] == 3 and first["points_now"] == 15
    assert "| Demo | 3 | 3 | 120 | 80 |" in (project / "stats.md").read_text()
    assert "<table>" in (project / "stats.html").read_text()


def test_without_tiers(run, project: Path) -> None:
    done = run(*ARGUMENTS, "--no-tiers", "--format", "csv", "--as-of", "2026-03-01T10:00:00Z")
    rows = list(csv.DictReader(done.out.splitlines()))
    assert "total.mql" not in rows[0] and [row["fired"] for row in rows] == ["0", "2", "0", "1", "0", "2"]
