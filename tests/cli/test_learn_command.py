"""`scoredsl learn` as a user calls it, on leads whose law is known."""

from __future__ import annotations

import json
import math
import random
import re
from pathlib import Path

import pytest

from scoredsl import api

LEADS = 900


def made(folder: Path, *, leak: bool = False, leads: int = LEADS) -> None:
    """A demo makes a win likelier, a complaint less likely, so do many seats; a newsletter tells nothing.

    `leak`: each winner signs at the very instant of the outcome, and is billed afterwards.
    """
    chance = random.Random(5)
    events, profiles, outcomes = ["lead,event,time,source"], ["lead,seats,plan"], ["lead,outcome,time"]
    for i in range(leads):
        lead, day = f"l{i:04}", 1 + i // 40
        hour = 6 * (i % 4)
        began = f"2026-{1 + (day - 1) // 28:02}-{1 + (day - 1) % 28:02}T{hour:02}"
        demo, complaint, mail = chance.random() < 0.4, chance.random() < 0.3, chance.random() < 0.5
        seats, plan = chance.choice([1, 5, 20, 50, 200, 500]), chance.choice(["free", "pro", "team"])
        profiles.append(f"{lead},{seats},{plan}")
        events.append(f"{lead},visit,{began}:00:00Z,ad")
        if demo:
            events.append(f"{lead},demo,{began}:20:00Z,{chance.choice(['web', 'phone'])}")
        if complaint:
            events.append(f"{lead},complaint,{began}:30:00Z,")
        if mail:
            events.append(f"{lead},newsletter,{began}:40:00Z,")
        odds = -1.6 + 2.0 * demo - 1.6 * complaint + 1.2 * (seats >= 50) + 0.8 * (plan == "team")
        won = chance.random() < 1 / (1 + math.exp(-odds))
        decided = f"2026-{3 + (day - 1) // 28:02}-{1 + (day - 1) % 28:02}T12:00:00Z"
        outcomes.append(f"{lead},{'won' if won else 'lost'},{decided}")
        if won and leak:
            events += [f"{lead},signed,{decided},", f"{lead},billed,2026-12-01T00:00:00Z,"]
    for name, rows in (("events.csv", events), ("profiles.csv", profiles), ("outcomes.csv", outcomes)):
        (folder / name).write_text("\n".join(rows) + "\n")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made(tmp_path)
    return tmp_path


ARGUMENTS = ("learn", "events.csv", "--profiles", "profiles.csv", "--outcomes", "outcomes.csv", "--at-age", "1d")


def points_of(text: str) -> dict[str, int]:
    """The points of each rule by its title."""
    joined = re.sub(r"\n\s{6,}", " ", text)
    found = re.findall(r"^  (?:on|when) .*? (add|subtract) (\d+).*? as \"(.*?)\"$", joined, re.MULTILINE)
    return {title: int(number) * (1 if verb == "add" else -1) for verb, number, title in found}


def test_what_is_learned(run, project: Path) -> None:
    done = run(*ARGUMENTS, "--out", "learned.score", "--format", "json")
    assert done.status == 0, done.err
    report = json.loads(done.out)
    text = (project / "learned.score").read_text()
    points = points_of(text)
    assert points == {rule["title"]: rule["points"] for rule in report["rules"]}
    assert points["Demo"] > 0 > points["Complaint"]
    assert any(title.startswith("Seats from") and number > 0 for title, number in points.items())
    assert not any("ewsletter" in title for title in points)
    assert report["parts"][-1]["auc"]["low"] > 0.7
    assert [part["leads"] for part in report["parts"]] == [530, 190, 180], "leads of one time stay together"
    assert re.search(r"# \d+ of 720 leads; win rate \d+% \(\d+% to \d+%\), lift \d", text)
    assert "tier hot from 100" in text and report["tiers"][0]["from"] == 100
    program, said = api.check(str(project / "learned.score"))
    assert program is not None and said == []
    assert run("fmt", "--check", "learned.score").status == 0
    tested = run("test", "learned.score")
    assert tested.status == 0 and len(program.tests) >= 2


def test_the_report_is_what_evaluate_says(run, project: Path) -> None:
    """The points are really those of the file: it scores the latest leads as the report has it."""
    report = json.loads(run(*ARGUMENTS, "--out", "learned.score", "--format", "json", "--test-from",
                            "2026-01-20").out)  # fmt: skip
    done = run("evaluate", "learned.score", *ARGUMENTS[1:], "--train-until", "2026-01-20", "--format", "json")
    (moment,) = json.loads(done.out)["moments"]
    test = report["parts"][-1]
    assert (moment["observations"], moment["won"]) == (test["leads"], test["won"])
    assert moment["auc"] == test["auc"]


def test_it_is_the_same_each_time(run, project: Path) -> None:
    run(*ARGUMENTS, "--out", "one.score")
    head, *rows = (project / "outcomes.csv").read_text().splitlines()
    (project / "outcomes.csv").write_text("\n".join([head, *reversed(rows)]) + "\n")
    run(*ARGUMENTS, "--out", "two.score")
    assert (project / "one.score").read_bytes() == (project / "two.score").read_bytes()


def test_a_planted_leak_is_not_seen(run, project: Path) -> None:
    run(*ARGUMENTS, "--out", "honest.score")
    made(project, leak=True)
    run(*ARGUMENTS, "--out", "leaked.score")
    assert (project / "honest.score").read_bytes() == (project / "leaked.score").read_bytes()


def test_limits(run, project: Path) -> None:
    done = run(*ARGUMENTS, "--out", "small.score", "--max-rules", "2", "--points", "0..5", "--threshold", "50",
               "--tier", "vip=win:60%", "--score", "fit", "--format", "json")  # fmt: skip
    assert done.status == 0, done.err
    text = (project / "small.score").read_text()
    points = points_of(text)
    assert 0 < len(points) <= 2 and all(0 < number <= 5 for number in points.values())
    assert "score fit " in text and "tier vip from 50" in text
    assert json.loads(done.out)["tiers"][0]["win_rate"]["value"] > 0.4


def test_rules_that_are_kept(run, project: Path) -> None:
    """The user's rules stand as they were, and what is learned stands below them, in their score."""
    kept = (
        "# Ours.\nscore interest\n  threshold 20 as hot\n  on demo add 20 once  # a demo is a demo\n\n"
        'test "a demo"\n  given demo at 2026-01-01\n  expect interest = 20\n'
    )
    (project / "ours.score").write_text(kept)
    done = run(*ARGUMENTS, "--keep", "ours.score", "--out", "more.score", "--format", "json")
    assert done.status == 0, done.err
    text = (project / "more.score").read_text()
    for line in kept.splitlines():
        assert line in text
    points = points_of(text)
    report = json.loads(done.out)
    (alone,) = [note for note in report["notes"] if note.startswith("By themselves the rules that are kept")]
    assert float(re.search(r"AUC of (0\.\d+)", alone)[1]) < report["parts"][-1]["auc"]["value"]
    assert points["Complaint"] < 0 and "Demo" not in points
    assert text.index("on demo add 20") < text.index("Complaint") < text.index('test "a demo"')
    assert (project / "ours.score").read_text() == kept
    assert run("test", "more.score").status == 0
    program, said = api.check(str(project / "more.score"))
    assert program is not None and said == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "When are leads looked at? Say --at-age 7d, for example, or --as-of TIME."),
        (("--at-age", "1d,2d"), "Learning looks at leads at one age or instant. Name one."),
        (("--at-age", "1d", "--points", "many"), "many is no range of points. Write, for example, -50..50 or 0..20."),
        (("--at-age", "1d", "--tier", "hot"), "hot is no tier. Write hot=10% for the highest tenth"),
        (("--at-age", "1d", "--out", "rules.csv"), "--out rules.csv: the file's name must end in .score."),
        (("--at-age", "30d"), "There are too few outcomes to learn from: of the leads to fit on"),
    ],
)
def test_what_goes_wrong_is_said(run, project: Path, arguments: tuple[str, ...], said: str) -> None:
    if "30d" in arguments:
        made(project, leads=60)
    out = () if "--out" in arguments else ("--out", "learned.score")
    done = run(*ARGUMENTS[:-2], *arguments, *out)
    assert done.status == 2 and said in " ".join(done.err.split()), done.err
    assert not (project / "learned.score").exists()


def test_tests_that_no_longer_hold_are_said(run, project: Path) -> None:
    """A test of the user's that a learned rule changes."""
    (project / "ours.score").write_text(
        'score interest\n  on demo add 20 once\ntest "calm"\n  given complaint at 2026-01-01\n  expect interest = 0\n'
    )
    done = run(*ARGUMENTS, "--keep", "ours.score", "--out", "more.score")
    assert "1 test of the rules that are kept expects another number now: calm." in done.out
