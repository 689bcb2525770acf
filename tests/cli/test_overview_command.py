"""`scoredsl overview`, `--texts`: figures worked out by hand, and the same as those of `score` on every example."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def overview(run, *arguments: str):
    done = run("overview", *arguments, "--format", "json")
    assert done.status == 0, done.err
    return json.loads(done.out)


def test_tiers_spread_and_highest_leads(run, project) -> None:
    found = overview(run, "--top", "1")
    assert (found["program"], found["as_of"], found["leads"]) == ("rules.score", "2026-03-03T08:30:00Z", 2)
    (score,) = found["scores"]
    # a: a visit (the second of the day does not count) and a demo; b: a visit
    assert score["highest"] == [{"lead": "a", "value": 45, "tier": "hot"}]
    assert score["tiers"] == [{"tier": "hot", "title": None, "from": 40, "above": False, "leads": 1, "before": None}]
    assert score["no_tier"] == {"leads": 1, "before": None}
    assert score["spread"]["mean"] == 25
    assert [(each["share"], each["value"]) for each in score["spread"]["at"]][::7] == [(0.0, 5), (1.0, 45)]
    assert sum(bar["leads"] for bar in score["bars"]) == 2
    assert all(bar["before"] is None for bar in score["bars"])
    assert found["compared"] is False and found["explanation"] is None


def test_older_rules_stand_beside(run, project) -> None:
    old = project / "old.score"
    old.write_text((project / "rules.score").read_text().replace("threshold 40", "threshold 5"))
    with (project / "rules.score").open("a") as rules:
        rules.write("score fresh\n  on visit add 1\n")
    found = overview(run, "--against", "old.score")
    interest, fresh = found["scores"]
    assert interest["tiers"][0] | {"title": None} == {
        "tier": "hot", "title": None, "from": 40, "above": False, "leads": 1, "before": 2
    }
    assert (interest["moved"], interest["up"], interest["down"]) == (1, 0, 0)
    assert interest["no_tier"] == {"leads": 1, "before": 0}
    assert interest["highest"][1] == {"lead": "b", "value": 5, "tier": None, "before": 5, "tier_before": "hot"}
    assert [each["value"] for each in fresh["highest"]] == [2, 1] and fresh["moved"] is None


def test_the_page(run, project) -> None:
    shown = run("overview")
    assert shown.status == 0
    lines = [line.rstrip() for line in shown.out.splitlines()]
    assert "  hot        40      1" in lines and "  no tier            1" in lines
    assert ["a", "45", "hot"] in [line.split() for line in lines]
    assert shown.err.endswith("2 leads, 1 score as of 2026-03-03T08:30:00Z.\n")
    (project / "old.score").write_text((project / "rules.score").read_text().replace("add 40", "add 30"))
    compared = run("overview", "--against", "old.score").out
    assert "1 lead of 2 gets another score or tier; up: 1, down: 0." in compared
    assert ["a", "45", "+10", "hot"] in [line.split() for line in compared.splitlines()]
    assert "<table>" in run("overview", "--format", "html").out


def test_a_lead_is_explained_as_well(run, project) -> None:
    found = overview(run, "--lead", "a")["explanation"]
    assert found["lead"] == "a"
    (score,) = found["scores"]
    assert [(line["worth"], line["line"]) for line in score["lines"]] == [(5, 4), (40, 5)]
    wrong = overview(run, "--lead", "c")
    assert wrong["explanation"] == {"lead": "c", "error": "There is no lead c in this log."} and wrong["leads"] == 2


def test_texts_are_taken_instead_of_files(run, project) -> None:
    texts = {str(project / "rules.score"): (project / "rules.score").read_text().replace("add 40", "add 400")}
    (project / "texts.json").write_text(json.dumps(texts))
    for command in (["overview"], ["score"], ["explain", "--lead", "a"], ["diff", "old.score", "rules.score"]):
        (project / "old.score").write_text((project / "rules.score").read_text())
        done = run("--texts", "texts.json", *command, "--events", "events.csv") if command[0] == "diff" else run(
            "--texts", "texts.json", *command
        )
        assert done.status == 0 and "405" in done.out, (command, done)
        assert "405" not in run(*command, *(["--events", "events.csv"] if command[0] == "diff" else [])).out


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}'])
def test_texts_that_are_none(run, project, text: str) -> None:
    (project / "texts.json").write_text(text)
    done = run("--texts", "texts.json", "score")
    assert done.status == 2 and "--texts texts.json" in done.err
    assert run("--texts", "nowhere.json", "score").status == 2


@pytest.mark.parametrize("example", sorted(path.parent.name for path in EXAMPLES.glob("*/scoredsl.toml")))
def test_the_figures_are_those_of_score(run, monkeypatch, example: str) -> None:
    monkeypatch.chdir(EXAMPLES / example)
    found = overview(run, "--top", "5")
    rows = list(csv.DictReader(io.StringIO(run("score").out)))
    assert found["leads"] == len(rows)
    for score in found["scores"]:
        name = score["score"]
        values = sorted((-float(row[name]), row["lead"]) for row in rows)
        assert [(each["lead"], each["value"]) for each in score["highest"]] == [(who, -n) for n, who in values[:5]]
        assert sum(bar["leads"] for bar in score["bars"]) == len(rows)
        counts = Counter(row.get(f"{name}_tier") or None for row in rows)
        assert {each["tier"]: each["leads"] for each in score["tiers"]} == {
            each["tier"]: counts[each["tier"]] for each in score["tiers"]
        }
        assert score["no_tier"]["leads"] == counts[None]
        for bar in score["bars"]:
            low = float("-inf") if bar["low"] is None else bar["low"]
            high = float("inf") if bar["high"] is None else bar["high"]
            assert bar["leads"] == sum(low <= float(row[name]) < high for row in rows)
