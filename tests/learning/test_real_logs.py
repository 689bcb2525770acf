"""What is learned from real logs is as good as a logistic regression on the same leads, with far fewer terms.

Needs the folder of the logs in SCOREDSL_DATA; without it these tests are skipped.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from scoredsl.cli import main

DATA = Path(os.environ.get("SCOREDSL_DATA", "/nowhere"))
pytestmark = [pytest.mark.skipif(not DATA.is_dir(), reason="SCOREDSL_DATA names no folder of real logs"),
              pytest.mark.slow]  # fmt: skip
MOST_RULES = 15
WITHIN = 0.01


def called(capsys, monkeypatch, *arguments: str) -> str:
    """What a command writes to standard output; it must succeed."""
    monkeypatch.setattr(sys, "argv", ["scoredsl", *arguments])
    capsys.readouterr()
    with pytest.raises(SystemExit) as leave:
        main()
    out, err = capsys.readouterr()
    assert not leave.value.code, err
    return out


def learned(folder: Path, capsys, monkeypatch, *arguments: str) -> dict:
    monkeypatch.chdir(folder)
    size = ("--max-rules", str(MOST_RULES))
    out = called(capsys, monkeypatch, "learn", *arguments, *size, "--format", "json", "--out", "learned.score")
    found = json.loads(out)
    assert len(found["rules"]) <= MOST_RULES
    called(capsys, monkeypatch, "test", "learned.score")
    return found


def judged(folder: Path, capsys, monkeypatch, *arguments: str) -> dict:
    """The learned program against outcomes."""
    return json.loads(called(capsys, monkeypatch, "evaluate", "learned.score", *arguments, "--format", "json"))


def regression(features: np.ndarray, won: np.ndarray, early: np.ndarray) -> float:
    """The AUC on the later leads of a logistic regression that was fitted on the earlier ones."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5_000)).fit(features[early], won[early])
    return float(roc_auc_score(won[~early], model.predict_proba(features[~early])[:, 1]))


# ---- loan applications (BPI Challenge 2012)


@pytest.fixture(scope="module")
def loans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log as Parquet, which is read faster than texts of times with an offset."""
    folder = tmp_path_factory.mktemp("loans")
    db = duckdb.connect()
    source = DATA / "bpic2012"
    db.execute("SET timezone = 'UTC'")
    columns = "case_id, activity, timestamp::TIMESTAMPTZ AS moment"
    db.execute(f"CREATE TABLE e AS SELECT {columns} FROM '{source}/events.csv.gz'")
    db.execute(f"COPY (SELECT case_id AS lead, activity AS event, moment AS time FROM e) TO '{folder}/events.parquet'")
    return folder


@pytest.mark.parametrize(("age", "interval"), [("1h", "1 hour"), ("1d", "1 day"), ("7d", "7 days")])
def test_loans(loans: Path, capsys, monkeypatch, age: str, interval: str) -> None:
    """Trained on cases that began before 2012: event counts, amount and hours since the last event."""
    source = DATA / "bpic2012"
    found = learned(
        loans, capsys, monkeypatch, "events.parquet", "--profiles", f"{source}/profiles.csv", "--profile-lead-column",
        "case_id", "--outcomes", f"{source}/outcomes.csv", "--at-age", age, "--test-from", "2012-01-01",
    )  # fmt: skip
    db = duckdb.connect()
    db.execute("SET timezone = 'UTC'")
    db.execute(f"CREATE TABLE e AS SELECT lead AS case_id, event, time AS moment FROM '{loans}/events.parquet'")
    db.execute(f"CREATE TABLE o AS SELECT case_id, outcome = 'won' AS won, decided_at::TIMESTAMPTZ AS decided "
               f"FROM '{source}/outcomes.csv' WHERE outcome != 'open'")  # fmt: skip
    names = [name for (name,) in db.execute("SELECT DISTINCT event FROM e ORDER BY 1").fetchall()]
    counts = ", ".join(f"count(*) FILTER (WHERE event = '{name}')" for name in names)
    rows = db.execute(
        f"WITH began AS (SELECT case_id, min(moment) AS began FROM e GROUP BY 1), "
        f"looks AS (SELECT case_id, began, began + INTERVAL {interval} AS look, won FROM began JOIN o USING (case_id) "
        f"WHERE began + INTERVAL {interval} < decided) "
        f"SELECT any_value(won), any_value(began) < TIMESTAMPTZ '2012-01-01 00:00:00+00', any_value(amount_requested), "
        f"epoch(any_value(look) - max(moment)) / 3600, {counts} "
        f"FROM looks JOIN e USING (case_id) JOIN '{source}/profiles.csv' USING (case_id) WHERE moment <= look "
        f"GROUP BY case_id ORDER BY case_id"
    ).fetchall()
    table = np.array(rows, float)
    later = regression(table[:, 2:], table[:, 0] > 0, table[:, 1] > 0)
    test = found["parts"][-1]
    assert test["leads"] == int((table[:, 1] == 0).sum())
    assert test["auc"]["value"] >= later - WITHIN, f"{test['auc']} against {later:.4f}"


# ---- customers of a CD shop (CDNOW)


def test_customers(tmp_path: Path, capsys, monkeypatch) -> None:
    """Will they buy again after 1997-09-30?"""
    lines = [line.split() for line in (DATA / "cdnow" / "CDNOW_master.txt").read_text().splitlines()[1:]]
    bought = [(lead, f"{date[:4]}-{date[4:6]}-{date[6:]}", amount) for lead, date, _, amount in lines]
    write(tmp_path / "events.csv", ("lead", "event", "time", "amount"),
          [(lead, "purchase", day, amount) for lead, day, amount in bought])  # fmt: skip
    again: dict[str, str] = {}
    for lead, day, _ in sorted(bought, key=lambda each: each[1]):
        if day > "1997-09-30":
            again.setdefault(lead, day)
    outcomes = [(lead, "won" if lead in again else "lost", again.get(lead, "1998-07-01"))
                for lead in sorted({lead for lead, _, _ in bought})]  # fmt: skip
    write(tmp_path / "outcomes.csv", ("lead", "outcome", "time"), outcomes)
    found = learned(tmp_path, capsys, monkeypatch, "events.csv", "--outcomes", "outcomes.csv", "--as-of", "1997-09-30")
    assert found["parts"][-1]["leads"] == 4_714
    looks = judged(tmp_path, capsys, monkeypatch, "events.csv", "--outcomes", "outcomes.csv", "--as-of", "1997-09-30")
    assert looks["moments"][0]["observations"] == 23_570
    assert looks["moments"][0]["auc"]["value"] >= 0.765


# ---- calls of a bank's campaign (UCI Bank Marketing)


def test_calls(tmp_path: Path, capsys, monkeypatch) -> None:
    """Without `duration`, which is known only after the call. The calls are put in a random order of time."""
    with gzip.open(DATA / "bank" / "bank-full.csv.gz", "rt", newline="") as file:
        calls = list(csv.DictReader(file))
    won = np.array([call.pop("y") == "yes" for call in calls])
    for call in calls:
        del call["duration"]
    order = np.random.default_rng(3).permutation(len(calls)).tolist()
    start, early = datetime(2026, 1, 1), int(0.8 * len(calls))

    def minute(number: int) -> str:
        return f"{(start + timedelta(minutes=number)).isoformat()}Z"

    write(tmp_path / "events.csv", ("lead", "event", "time"), ((i, "listed", minute(k)) for i, k in enumerate(order)))
    write(tmp_path / "profiles.csv", ("lead", *calls[0]), ((i, *call.values()) for i, call in enumerate(calls)))
    write(tmp_path / "outcomes.csv", ("lead", "outcome", "time"), ((i, w, "2026-06-01") for i, w in enumerate(won)))
    found = learned(tmp_path, capsys, monkeypatch, "events.csv", "--profiles", "profiles.csv", "--outcomes",
                    "outcomes.csv", "--at-age", "1h", "--test-from", minute(early))  # fmt: skip
    numbers = [{name: float(text) if is_number(text) else text for name, text in call.items()} for call in calls]
    later = regression(DictVectorizer(sparse=False).fit_transform(numbers), won, np.array(order) < early)
    test = found["parts"][-1]
    assert test["leads"] == len(calls) - early
    assert test["auc"]["value"] >= later - WITHIN, f"{test['auc']} against {later:.4f}"


def is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
