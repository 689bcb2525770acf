"""What a log holds, in figures: counts of the whole log, values of whole leads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scoredsl.engine import seen as module
from scoredsl.engine.seen import seen
from scoredsl.engine.sources import ReadOptions, SourceError

PLAIN = ReadOptions()


def test_counts_leads_and_values(tmp_path: Path) -> None:
    log, profiles = tmp_path / "log.csv", tmp_path / "profiles.csv"
    log.write_text(
        "lead,event,time,plan,amount\n"
        "eva,page_view,2026-01-01,pro,\neva,page_view,2026-01-03,free,\nbob,page_view,2026-01-02,pro,\n"
        "bob,bought,2026-01-05T10:00:00Z,,12.50\n"
    )
    profiles.write_text("lead,country\neva,DE\nbob,DE\n")
    found = seen([str(log)], PLAIN, [str(profiles)], PLAIN).as_data()
    assert found["events"] == {
        "page_view": {"count": 3, "leads": 2, "first": "2026-01-01", "last": "2026-01-03",
            "properties": {"plan": {"pro": 2, "free": 1}},
        },
        "bought": {"count": 1, "leads": 1, "first": "2026-01-05", "last": "2026-01-05",
            "properties": {"amount": {"12.50": 1}},
        },
    }
    assert list(found["events"]) == ["page_view", "bought"]
    assert found["fields"] == {"country": {"DE": 2}}
    assert found["sampled"] == 4


def test_of_a_large_log_all_is_counted_and_whole_leads_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SAMPLE", 25)
    log = tmp_path / "log.ndjson"
    rows = [
        {"lead": f"l{i}", "event": "view", "time": "2026-01-01", "page": {"url": f"/{i}"}}
        for i in range(40)
        for _ in range(10)
    ]
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = seen([str(log)], PLAIN, [], PLAIN)
    assert (found.events["view"].count, found.events["view"].leads) == (400, 40)
    assert found.sampled == 20
    assert sorted(found.events["view"].properties["page.url"].values()) == [10, 10]


def test_a_log_that_is_not_there() -> None:
    with pytest.raises(SourceError):
        seen(["nowhere.csv"], PLAIN, [], PLAIN)
