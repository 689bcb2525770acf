"""`scoredsl insights` as a user calls it; the figures are by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

RULES = """\
exclude when staff = true
score interest
  threshold 30 as hot
  tier warm from 10
  on visit add 10 at most 1 time per day expire after 10d
  on mail add 2
"""
EVENTS = """\
lead,event,time,campaign,clicks
a,visit,2026-03-01T10:00:00Z,spring,3
a,visit,2026-03-01T12:00:00Z,spring,
a,visit,2026-03-02T10:00:00Z,autumn,
a,visit,2026-03-03T10:00:00Z,autumn,
b,visit,2026-03-01T10:00:00Z,spring,
b,mail,2026-03-01T10:00:00Z,,
b,visit,2026-03-11T10:00:00Z,autumn,
c,mail,2026-03-05T10:00:00Z,,
boss,visit,2026-03-01T10:00:00Z,spring,
"""
PROFILES = "lead,country,staff\na,DE,\nb,AT,\nc,,\nd,DE,\nboss,DE,true\n"
OUTCOMES = "lead,outcome,time\na,won,2026-03-02T10:00:00Z\nb,lost,2026-03-20\nc,open,\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in (("rules.score", RULES), ("events.csv", EVENTS), ("profiles.csv", PROFILES),
                       ("outcomes.csv", OUTCOMES)):  # fmt: skip
        (tmp_path / name).write_text(text)
    return tmp_path


ARGUMENTS = ("insights", "rules.score", "events.csv", "--profiles", "profiles.csv")


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_content(run, project: Path, engine: str) -> None:
    done = run(*ARGUMENTS, "--outcomes", "outcomes.csv", "--by", "campaign", "--format", "json", "--engine", engine)
    assert done.status == 0, done.err
    report = json.loads(done.out)
    assert (report["leads"], report["as_of"]) == (4, "2026-03-11T10:00:00Z")
    keys = ("value", "events", "leads", "mean_change", "total_change", "events_that_moved", "into_a_higher_tier",
            "decided_leads")  # fmt: skip
    assert [tuple(each[key] for key in keys) for each in report["content"]] == [
        # Twice 10 for a; on the 11th b's first 10 end as the next ones come: nothing changes.
        ("autumn", 3, 2, pytest.approx(20 / 3), 20, 2, 1, 1),
        # b has 12 by a visit and a mail at one instant: 6 by each. a's second visit of the day gives nothing.
        ("spring", 3, 2, pytest.approx(16 / 3), 16, 2, 2, 2),
        (None, 2, 2, 4, 8, 2, 1, 1),
    ]
    wins = {each["value"]: each["win_rate"]["value"] for each in report["content"]}
    # What a saw at the instant of the win, and later, is not counted.
    assert wins == {"autumn": 0, "spring": 0.5, None: 0}


def test_segments(run, project: Path) -> None:
    done = run(*ARGUMENTS, "--segment", "country", "--format", "json")
    report = json.loads(done.out)
    found = [(each["value"], each["leads"], each["mean_score"], each["tiers"], each["no_tier"])
             for each in report["segments"]]  # fmt: skip
    assert found == [
        ("DE", 2, 10, {"hot": 0, "warm": 1}, 1),
        ("AT", 1, 12, {"hot": 0, "warm": 1}, 0),
        (None, 1, 2, {"hot": 0, "warm": 0}, 1),
    ]
    assert [each["value"] for each in report["content"]] == ["visit", "mail"]


def test_the_text(run, project: Path) -> None:
    done = run(*ARGUMENTS, "--by", "campaign", "--segment", "country", "--top", "1", "--report", "html=page.html")
    assert "8 events of 4 leads" in done.out, "those of who is excluded are left out"
    assert "autumn" in done.out and "And 2 more; --top shows more" in done.out
    assert "<table>" in (project / "page.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--by", "campain"), "--by campain: no event has such a property."),
        (("--segment", "contry"), "--segment contry: no profile has such a field; did you mean country?"),
        (("--no-profiles", "--segment", "country"), "Say --profiles or --no-profiles, not both."),
    ],
)
def test_what_goes_wrong_is_said(run, project: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(*ARGUMENTS, *arguments)
    assert done.status == 2 and said in done.err
