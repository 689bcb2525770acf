"""`scoredsl what-if` as a user calls it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

RULES = """\
score interest
  tier hot from 60 "Hot"
  tier warm from 20
  maximum 90
  on visit add 5 expire after 30d
  on page_view where url starts with "/pricing" add 10 once per url expire after 30d
  on demo add 40 once as "Demo"
score fit
  when size > 100 add 10
score total = interest + fit
  tier mql from 80
exclude when blocked = true
"""
EVENTS = """\
lead,event,time,url
eva,demo,2026-03-01T10:00:00Z,
eva,visit,2026-03-02T10:00:00Z,
tom,visit,2026-03-02T11:00:00Z,
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "rules.score").write_text(RULES)
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "profiles.csv").write_text("lead,size,blocked\ntom,500,\nbad,1,true\n")
    (tmp_path / "scoredsl.toml").write_text(
        'rules = "rules.score"\nevents = ["events.csv"]\nprofiles = ["profiles.csv"]\n'
    )
    return tmp_path


def test_the_text(run, project: Path) -> None:
    done = run("what-if", "--lead", "eva", "--score", "interest")
    assert done.status == 0, done.err
    assert done.out == (
        "eva at 2026-03-02T11:00:00Z\n"
        "\n"
        "interest = 45, tier warm\n"
        "  To hot (from 60), 2 events are enough:\n"
        '    page_view with url "/pricing"\n'
        '    page_view with url "/pricing-2"\n'
        "  Then interest is 65, tier hot, at 2026-03-02T11:00:00Z.\n"
        "  If nothing happens, it stays in warm for at least three years.\n"
    )
    assert done.err == "As of 2026-03-02T11:00:00Z, the newest event or profile row.\n"


@pytest.mark.parametrize("lead", ["eva", "tom"])
def test_the_fast_engine_agrees(run, project: Path, lead: str) -> None:
    """The events of each way, added to the log, give what the way says."""
    for score in json.loads(run("what-if", "--lead", lead, "--format", "json").out)["scores"]:
        assert score["ways"]
        for way in score["ways"]:
            lines = [{"lead": lead, "event": each["event"], "time": each["time"], **each["properties"]}
                     for each in way["events"]]
            (project / "more.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))
            done = run("score", "rules.score", "events.csv", "more.ndjson", "--profiles", "profiles.csv",
                       "--as-of", way["time"], "--engine", "fast")
            (row,) = [row for row in csv.DictReader(io.StringIO(done.out)) if row["lead"] == lead]
            assert (float(row[score["score"]]), row[f"{score['score']}_tier"]) == (way["value"], way["tier"])


def test_every_score_with_tiers(run, project: Path) -> None:
    report = json.loads(run("what-if", "--lead", "tom", "--format", "json").out)
    assert (report["lead"], report["as_of"]) == ("tom", "2026-03-02T11:00:00Z")
    interest, total = report["scores"]
    assert (interest["score"], interest["value"], interest["tier"]) == ("interest", 5, None)
    assert interest["target"] == {"tier": "warm", "from": 20, "above": False}
    assert [event["event"] for event in interest["ways"][0]["events"]] == ["demo"]
    assert interest["ways"][0] | {"events": 0} == {
        "events": 0, "fewest": True, "time": "2026-03-02T11:00:00Z", "value": 45, "tier": "warm"
    }  # fmt: skip
    assert (total["score"], total["value"]) == ("total", 15)
    assert total["leaves_tier"] is None and total["looked_ahead_days"] == 1096
    # 15 + 40 for the demo: 25 more, three events
    assert len(total["ways"][0]["events"]) == 4


def test_another_tier_and_when_it_falls(run, project: Path) -> None:
    """Five visits of 5 points: 25. The first is over 30 days after the 1st of March: 20, which still is warm."""
    (project / "events.csv").write_text("lead,event,time\neva,visit,2026-03-01\n" + "eva,visit,2026-03-02\n" * 4)
    done = run("what-if", "--lead", "eva", "--score", "interest", "--tier", "warm")
    assert done.out.splitlines()[2:] == [
        "interest = 25, tier warm",
        "  It is in that tier, or above it.",
        "  If nothing happens, it falls from warm to no tier at 2026-04-01T00:00:00Z, with 0.",
    ]
    done = run("alerts", "rules.score", "events.csv", "--as-of", "2026-05-01")
    assert done.out.splitlines()[-1].startswith("eva,2026-04-01T00:00:00Z,interest,0,warm,,"), "so the alert says"


def test_the_highest_tier(run, project: Path) -> None:
    (project / "events.csv").write_text("lead,event,time\neva,demo,2026-03-01\n" + "eva,visit,2026-03-02\n" * 4)
    lines = run("what-if", "--lead", "eva", "--score", "interest").out.splitlines()
    assert lines[2:] == [
        "interest = 60, tier hot",
        "  There is no tier above hot.",
        "  If nothing happens, it falls from hot to warm at 2026-04-01T00:00:00Z, with 40.",
    ]


def test_as_of(run, project: Path) -> None:
    report = json.loads(run("what-if", "--lead", "eva", "--as-of", "2026-03-01T12:00:00Z", "--format", "json").out)
    assert (report["as_of"], report["scores"][0]["value"]) == ("2026-03-01T12:00:00Z", 40)


def test_an_excluded_lead(run, project: Path) -> None:
    assert run("what-if", "--lead", "bad").out == (
        "bad is excluded by the rules at 2026-03-02T11:00:00Z: there are no scores.\n"
    )
    assert json.loads(run("what-if", "--lead", "bad", "--format", "json").out)["excluded"] is True


def test_no_way(run, project: Path) -> None:
    (project / "rules.score").write_text("tier top from 100\nmaximum 90\non demo add 40 once\non visit add 45 once\n")
    done = run("what-if", "--lead", "eva")
    assert "No events can bring it to top (from 100): the most is 85 (demo 40, visit 45)." in done.out
    report = json.loads(run("what-if", "--lead", "eva", "--format", "json").out)["scores"][0]
    assert report["ways"] == []
    assert report["no_way"] == {
        "proven": True, "most": 85, "highest_reached": 85, "events_tried": 0,
        "parts": [{"what": "demo", "points": 40}, {"what": "visit", "points": 45}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--lead", "evi"), "There is no lead evi in this log. Did you mean eva?"),
        (("--lead", "eva", "--score", "intrest"), "There is no score intrest. Did you mean interest?"),
        (("--lead", "eva", "--tier", "hott"), "There is no tier hott. Did you mean hot?"),
        (("--lead", "eva", "--score", "fit"), "The score fit has no tiers"),
        (("--lead", "eva", "--as-of", "2026-01-01"), "eva has no event and no profile row at or before 2026-01-01"),
        ((), "--lead"),
    ],
)
def test_what_cannot_be_asked(run, project: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run("what-if", *arguments)
    assert done.status == 2 and said in done.err
