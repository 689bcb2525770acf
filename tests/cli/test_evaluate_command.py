"""`scoredsl evaluate` as a user calls it; leaks are planted, figures are by hand or by scikit-learn."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path

import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

CARDS = Path(__file__).parents[1] / "learning" / "scorecards"
RULES = """\
score interest
  threshold 40 as hot
  tier warm from 10
  on visit add 5 at most 1 time per day
  on demo add 40 once as "Demo"
  on complaint add 3
"""
WON = 20
LOST = 30


def log(*, leak: bool = False) -> str:
    """Leads w0.. are won and l0.. lost ten days after their first visit on 2026-03-01; o0 is open.

    Three of four winners and one of five losers see a demo on day 2; every loser complains. `leak`: every winner has
    a demo at the very microsecond of the outcome, and ten more after it.
    """
    rows = ["lead,event,time"]
    for kind, count, demos in (("w", WON, 4), ("l", LOST, 5)):
        for i in range(count):
            lead = f"{kind}{i}"
            rows.append(f"{lead},visit,2026-03-01T08:00:00Z")
            if (i % demos != 0) == (kind == "w"):
                rows.append(f"{lead},demo,2026-03-02T08:00:00Z")
            if kind == "l":
                rows.append(f"{lead},complaint,2026-03-01T09:00:00Z")
            if leak and kind == "w":
                rows.append(f"{lead},demo,2026-03-11T08:00:00Z")
                rows += [f"{lead},visit,2026-03-{day}T08:00:00Z" for day in range(12, 22)]
    rows += ["o0,visit,2026-03-01T08:00:00Z", "o0,demo,2026-03-01T09:00:00Z", "x,visit,2026-04-30"]
    return "\n".join(rows) + "\n"


def outcomes() -> str:
    rows = ["lead,outcome,time"]
    rows += [f"w{i},won,2026-03-11T08:00:00Z" for i in range(WON)]
    rows += [f"l{i},lost,2026-03-11T08:00:00Z" for i in range(LOST)]
    return "\n".join([*rows, "o0,open,", "gone,won,2026-03-11"]) + "\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "rules.score").write_text(RULES)
    (tmp_path / "events.csv").write_text(log())
    (tmp_path / "outcomes.csv").write_text(outcomes())
    return tmp_path


ARGUMENTS = ("evaluate", "rules.score", "events.csv", "--outcomes", "outcomes.csv")


def as_json(run, *arguments: str) -> dict:
    done = run(*ARGUMENTS, "--format", "json", *arguments)
    assert done.status == 0, done.err
    return json.loads(done.out)


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_the_figures(run, project: Path, engine: str) -> None:
    report = as_json(run, "--at-age", "12h,3d", "--engine", engine)
    assert report["outcomes"] == {"won": WON + 1, "lost": LOST, "open": 1, "not_in_the_log": 1}
    early, late = report["moments"]
    assert (early["at"], late["at"]) == ("age 12h", "age 3d")
    assert (late["observations"], late["won"], late["lost"], late["decided_before"]) == (50, 20, 30, 0)
    # At 12 hours losers have 8 points and winners 5: the score is upside down.
    assert early["auc"]["value"] == 0
    # At 3 days 15 winners and 6 losers have seen a demo: of pairs, with ties by no one (48 and 45, 8 and 5).
    wins_above = 15 * 24 + 5 * 0 + 0
    assert late["auc"]["value"] == pytest.approx(wins_above / (20 * 30))
    hot, warm, none = late["tiers"]
    assert (hot["tier"], hot["observations"], hot["won"]) == ("hot", 21, 15)
    assert hot["precision_from_here_up"]["value"] == pytest.approx(15 / 21)
    assert hot["recall_from_here_up"]["value"] == pytest.approx(15 / 20)
    assert hot["lift"]["value"] == pytest.approx(15 / 21 / (20 / 50))
    assert (warm["observations"], none["observations"]) == (0, 29)
    rules = {rule["rule"]: rule for rule in late["rules"]}
    complaint = rules["on complaint add 3"]
    assert complaint["observations"] == 30 and complaint["win_rate_with"]["value"] == 0
    assert complaint["win_rate_without"]["value"] == 1
    assert complaint["auc_without"]["value"] == pytest.approx((15 * 24 + 15 * 6 / 2 + 5 * 24 / 2) / 600)
    assert "the order of the leads is better without it" in complaint["harm"]
    assert "it adds points, and leads with it win less often" in complaint["harm"]
    assert rules["Demo"]["harm"] is None and rules["Demo"]["mean_points"] == 40
    flow = report["tiers_over_time"][0]
    assert (flow["leads_entering"], flow["wins_that_entered_first"]) == (22, 15)
    assert flow["days_to_win"]["half"] == pytest.approx(9)


def test_a_planted_leak_has_no_effect(run, project: Path) -> None:
    """Events at the microsecond of the outcome, or after it, change no figure, whenever leads are looked at."""
    for when in (("--at-age", "3d,10d"), ("--as-of", "2026-03-05,2026-03-11T07:59:59.999999Z"), ("--every", "2d")):
        (project / "events.csv").write_text(log())
        honest = as_json(run, *when)
        (project / "events.csv").write_text(log(leak=True))
        leaked = as_json(run, *when)
        assert leaked == honest
    done = run(*ARGUMENTS, "--at-age", "10d")
    assert done.status == 2 and "too few" in done.err, "at the age of ten days all are decided: nobody is looked at"


def test_rows_to_compute_again(run, project: Path) -> None:
    report = as_json(run, "--as-of", "2026-03-05", "--out", "looks.csv")
    (moment,) = report["moments"]
    with (project / "looks.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    won = [row["won"] == "true" for row in rows]
    points = [float(row["score"]) for row in rows]
    chances = [float(row["probability"]) for row in rows]
    assert len(rows) == 50 and {row["time"] for row in rows} == {"2026-03-05T00:00:00Z"}
    assert moment["auc"]["value"] == pytest.approx(roc_auc_score(won, points), abs=1e-9)
    assert moment["average_precision"]["value"] == pytest.approx(average_precision_score(won, points), abs=1e-9)
    assert moment["calibration"]["brier"]["value"] == pytest.approx(brier_score_loss(won, chances), abs=1e-6)


def test_every_looks_again_and_again(run, project: Path) -> None:
    report = as_json(run, "--every", "2d")
    (moment,) = report["moments"]
    assert (moment["at"], moment["leads"], moment["observations"]) == ("every 2d", 50, 200)
    assert [month["month"] for month in moment["months"]] == ["2026-03"]


def test_training_on_earlier_leads(run, project: Path) -> None:
    """The same leads again two months later, under other names: they are judged, the first ones train."""
    for name, text in (("events.csv", log()), ("outcomes.csv", outcomes())):
        again = [f"again-{line.replace('2026-03', '2026-05')}" for line in text.splitlines()[1:] if line[0] in "wl"]
        (project / name).write_text(text + "\n".join(again) + "\n")
    report = as_json(run, "--at-age", "3d", "--train-until", "2026-04-01", "--calibration", "logistic")
    (moment,) = report["moments"]
    assert (moment["observations"], report["train_until"]) == (50, "2026-04-01T00:00:00Z")
    assert moment["calibration"]["method"] == "logistic"


def test_compared_with_another_program(run, project: Path) -> None:
    (project / "other.score").write_text(RULES.replace("on complaint add 3", "on complaint subtract 3"))
    report = as_json(run, "--at-age", "3d", "--compare", "other.score")
    compared = report["moments"][0]["compared"]
    assert report["compared_with"] == "other.score"
    assert compared["auc_difference"]["value"] == pytest.approx(
        compared["other_auc"]["value"] - report["moments"][0]["auc"]["value"]
    )
    assert compared["auc_difference"]["low"] > 0
    text = run(*ARGUMENTS, "--at-age", "3d", "--compare", "other.score").out
    assert "other.score orders them better." in text


def test_another_program_that_sees_another_log(run, project: Path) -> None:
    """It ignores complaints and leaves a lead out: the leads that both score are compared."""
    (project / "other.score").write_text('ignore complaint\nexclude when vip = "yes"\n' + RULES)
    (project / "profiles.csv").write_text("lead,vip\nw1,yes\n")
    report = as_json(run, "--at-age", "3d", "--compare", "other.score", "--profiles", "profiles.csv")
    assert report["moments"][0]["compared"]["observations"] == 49


def test_excluded_at_that_instant_only(run, project: Path) -> None:
    """A lead that is excluded later was a lead before."""
    (project / "rules.score").write_text("exclude when has demo and has complaint\n" + RULES)
    early, late = as_json(run, "--at-age", "12h,3d")["moments"]
    assert (early["excluded"], early["observations"]) == (0, 50)
    assert (late["excluded"], late["observations"]) == (6, 44)


def test_gates(run, project: Path) -> None:
    (project / "better.score").write_text(RULES.replace("on complaint add 3", "on complaint subtract 3"))
    kept = run("evaluate", "better.score", *ARGUMENTS[2:], "--at-age", "3d", "--min-auc", "0.9", "--min-lift", "2.4")
    assert (kept.status, kept.err.splitlines()[-1]) == (0, "2 gates kept.")
    breached = run(*ARGUMENTS, "--at-age", "3d", "--min-auc", "0.9", "--report", "junit=gates.xml")
    assert breached.status == 1 and "1 gate of 1 breached." in breached.err
    assert "--min-auc 0.9: At age 3d the AUC is 0.600; at least 0.9 is asked for." in breached.out
    assert "failure" in (project / "gates.xml").read_text()


def test_formats_and_the_project_file(run, project: Path) -> None:
    (project / "scoredsl.toml").write_text(
        'rules = "rules.score"\nevents = ["events.csv"]\noutcomes = ["outcomes.csv"]\n'
        '[outcome-columns]\nlead = "lead"\ntime = "time"\n'
    )
    done = run("evaluate", "--at-age", "3d", "--format", "markdown", "--report", "html=page.html")
    assert done.status == 0, done.err
    assert "| hot | 21 | 15 | 71% (50% to 86%) |" in done.out
    assert "<table>" in (project / "page.html").read_text()
    assert run("check", ".").status == 0


def test_outcomes_of_many_kinds(run, project: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    wanted = as_json(run, "--at-age", "3d")
    rows = list(csv.DictReader(outcomes().splitlines()))
    words = {"won": "TRUE", "lost": "false", "open": ""}
    tsv = ["contact_id\tresult\tclosed_at", *(
        f"{row['lead']}\t{words[row['outcome']]}\t{row['time']}" for row in rows)]  # fmt: skip
    (project / "outcomes.tsv").write_text("\n".join(tsv))
    numbers = {"won": 1, "lost": 0, "open": None}
    lines = [
        json.dumps({"lead": row["lead"], "won": numbers[row["outcome"]], "time": row["time"] or None}) for row in rows
    ]
    (project / "outcomes.ndjson").write_text("\n".join(lines))
    flags = [{"won": True, "lost": False, "open": None}[row["outcome"]] for row in rows]
    table = {"lead": [row["lead"] for row in rows], "won": flags, "decided": [row["time"] or None for row in rows]}
    pq.write_table(pa.table(table), project / "outcomes.parquet")
    for name in ("outcomes.tsv", "outcomes.ndjson", "outcomes.parquet"):
        done = run("evaluate", "rules.score", "events.csv", "--outcomes", name, "--at-age", "3d", "--format", "json")
        assert done.status == 0, done.err
        assert json.loads(done.out) == wanted, name


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("lead,outcome,time\nw1,perhaps,2026-03-11\n", (),
         'The outcome "perhaps" is not known; write won, lost or open'),
        ("lead,outcome,time\nw1,won,\n", (), "The time is missing: when was the lead won"),
        ("lead,outcome,time\nw1,won,soon\n", (), 'The time "soon" cannot be read'),
        ("lead,outcome,time\nw1,won,2026-03-11\nw1,lost,2026-03-12\n", (), "The lead w1 has an outcome already"),
        ("lead,verdict,time\nw1,won,2026-03-11\n", (), "no column that is known as the outcome; name it with "
         "--outcome-column. Its columns are lead, verdict, time."),
        ("lead,outcome,time\nnobody,won,2026-03-11\n", (), "None of the 1 leads of the outcomes is in the log. In the "
         "outcomes one is called nobody; in the log one is called w0"),
        ("lead,outcome,time\nw1,won,2026-03-11\n", (), "age 3d: 1 lead that was won and 0 that were lost"),
        (outcomes(), ("--at-age", "3 days"),
         "--at-age 3 days is no duration. Write a whole number and s, m, h, d or w"),
        (outcomes(), ("--as-of", "2026-03-01", "--every", "1d"), "Say one of --at-age, --as-of and --every."),
        (outcomes(), ("--as-of", "spring"), "--as-of spring is no time."),
        (outcomes(), ("--at-age", "3d,3d"), "The same moment is named twice."),
        (outcomes(), ("--every", "52w"), "choose another duration"),
        (outcomes(), ("--score", "intrest"), "rules.score has no score intrest; did you mean interest?"),
        (outcomes(), ("--out", "outcomes.csv"), "--out outcomes.csv would overwrite the outcomes."),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said(run, project: Path, text: str, arguments: tuple[str, ...], said: str) -> None:
    (project / "outcomes.csv").write_text(text)
    done = run(*ARGUMENTS, *(arguments or ("--at-age", "3d")))
    assert said in " ".join(done.err.split()), done.err
    assert done.status == 2


def test_without_outcomes_and_without_the_library(run, project: Path, monkeypatch) -> None:
    assert "Which outcomes? Name their file with --outcomes" in run("evaluate", "rules.score", "events.csv").err
    monkeypatch.setitem(sys.modules, "sklearn.isotonic", None)
    done = run(*ARGUMENTS)
    assert done.status == 2 and "pip install 'scoredsl[learn]'" in done.err


def test_which_score_is_meant(run, project: Path) -> None:
    (project / "rules.score").write_text("score a\n  on demo add 1\nscore b\n  on visit add 1\n")
    assert "Which score of rules.score? It has a, b: name one with --score." in run(*ARGUMENTS).err
    (project / "rules.score").write_text("score a\n  on demo add 1\nscore b\n  on visit add 1\nscore c = a + b\n")
    report = as_json(run, "--at-age", "3d")
    assert report["score"] == "c" and [rule["score"] for rule in report["moments"][0]["rules"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("card", "score", "expected"), [("adult", "earns", 0.8607), ("mammography", "malignant", 0.8535)]
)
def test_published_scorecards(run, tmp_path: Path, card: str, score: str, expected: float) -> None:
    """FasterRisk's published cards, from files to the report."""
    shutil.copy(CARDS / f"{card}.score", tmp_path / "card.score")
    outcome, count, data = {
        "adult": ("over_50k", "people", "adult_counts.csv"), "mammography": ("Malignant", "", "mammo_data.csv"),
    }[card]  # fmt: skip
    with (CARDS / data).open(newline="") as file:
        rows = [row for row in csv.DictReader(file) for _ in range(int(row.get(count, 1)))]
    fields = [name for name in rows[0] if name not in (outcome, count)]
    profiles = [",".join(["lead", *fields])]
    profiles += [",".join([f"p{i}", *(row[name] for name in fields)]) for i, row in enumerate(rows)]
    (tmp_path / "profiles.csv").write_text("\n".join(profiles) + "\n")
    (tmp_path / "events.csv").write_text("lead,event,time\nnobody,visit,2026-01-01\n")
    said = [f"p{i},{row[outcome]},2026-01-03" for i, row in enumerate(rows)]
    (tmp_path / "outcomes.csv").write_text("\n".join(["lead,outcome,time", *said]) + "\n")
    done = run("evaluate", "card.score", "events.csv", "--profiles", "profiles.csv", "--outcomes", "outcomes.csv",
               "--as-of", "2026-01-02", "--format", "json")  # fmt: skip
    assert done.status == 0, done.err
    report = json.loads(done.out)
    (moment,) = report["moments"]
    assert report["score"] == score and round(moment["auc"]["value"], 4) == expected
    assert moment["observations"] == {"adult": 32_561, "mammography": 961}[card]
