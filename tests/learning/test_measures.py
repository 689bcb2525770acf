"""The measures against scikit-learn, and by hand; that intervals cover is asked of simulated leads."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from scoredsl import api
from scoredsl.learning.intervals import Estimate, proportion, ratio_of_shares, wilson
from scoredsl.learning.measures import auc, auc_difference, average_precision, brier, placements, top_lift
from scoredsl.reference import Log, score_log
from scoredsl.semantics.log import ProfileRow

CARDS = Path(__file__).parent / "scorecards"
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"


@st.composite
def judged(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Scores with ties, and outcomes of both kinds."""
    rows = draw(st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=2, max_size=60))
    rows += [(0, True), (1, False)]
    scores, won = zip(*rows, strict=True)
    return np.array(scores) * 1_000_000, np.array(won)


@given(judged())
def test_as_scikit_learn_has_them(case: tuple[np.ndarray, np.ndarray]) -> None:
    scores, won = case
    leads = np.arange(len(won))
    assert auc(scores, won, leads).value == pytest.approx(roc_auc_score(won, scores), abs=1e-9)
    found = average_precision(scores, won, leads)
    assert found.value == pytest.approx(average_precision_score(won, scores), abs=1e-9)
    chances = (scores - scores.min() + 1) / (np.ptp(scores) + 2)
    assert brier(chances, won, leads).value == pytest.approx(brier_score_loss(won, chances), abs=1e-9)


@given(judged())
def test_delong_by_its_definition(case: tuple[np.ndarray, np.ndarray]) -> None:
    """Every pair of a win and a loss by itself."""
    scores, won = case
    wins, losses = scores[won], scores[~won]
    pairs = (wins[:, None] > losses[None, :]) + (wins[:, None] == losses[None, :]) / 2
    found = placements(scores, won, np.arange(len(won)))
    assert found is not None
    assert found.auc == pytest.approx(pairs.mean(), abs=1e-12)
    assert found.wins == pytest.approx(pairs.mean(axis=1)) and found.losses == pytest.approx(pairs.mean(axis=0))
    other = auc_difference(scores, scores, won, np.arange(len(won)))
    assert (other.value, other.low, other.high) == pytest.approx((0, 0, 0), abs=1e-12)


def test_by_hand() -> None:
    assert wilson(0.5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    won = np.array([True] * 4 + [False] * 6)
    inside = np.array([True, True, True, False, True, False, False, False, False, False])
    lift = ratio_of_shares(inside, won, np.arange(10))
    assert lift.value == pytest.approx(0.75 / 0.4)
    none = ratio_of_shares(~inside & ~won, won, np.arange(10))
    assert (none.value, none.low) == (0, 0) and none.high is not None and none.high > 0.5
    assert top_lift(np.arange(10)[::-1], won, np.ones(10), 0.2) == pytest.approx(2.5)
    assert top_lift(np.zeros(10, int), won, np.ones(10), 0.2) == pytest.approx(1)
    assert auc(np.arange(3), np.array([True, True, True]), np.arange(3)) == Estimate(None)


def test_a_lead_seen_twice_tells_no_more_than_once() -> None:
    """Intervals of leads that stand in the sample twice are those of the leads."""
    chance = np.random.default_rng(1)
    won = chance.random(80) < 0.4
    scores = (10 * chance.random(80) + 3 * won).astype(int)
    leads = np.arange(80)
    twice = [np.concatenate([each, each]) for each in (scores, won, leads)]
    once, doubled = auc(scores, won, leads), auc(*twice)
    assert (doubled.low, doubled.high) == pytest.approx((once.low, once.high))
    once, doubled = proportion(won, leads), proportion(twice[1], twice[2])
    assert (doubled.low, doubled.high) == pytest.approx((once.low, once.high))
    inside = scores > 6
    once, doubled = (ratio_of_shares(each, w, i) for each, w, i in (
        (inside, won, leads), (np.concatenate([inside, inside]), twice[1], twice[2])))  # fmt: skip
    assert (doubled.low, doubled.high) == pytest.approx((once.low, once.high))


def test_intervals_cover() -> None:
    """95% intervals of leads drawn from a known law hold the truth in 95 of 100 samples, within what chance allows."""
    rounds, size = (2_000, 400) if LONG else (300, 300)
    chance = np.random.default_rng(7)
    truth_auc, truth_share, truth_lift, truth_ap = _truth()
    held = {"auc": 0, "share": 0, "lift": 0, "precision": 0, "difference": 0}
    for number in range(rounds):
        scores, won, other = _sample(chance, size)
        leads = np.arange(size)
        held["auc"] += _holds(auc(scores, won, leads), truth_auc)
        held["share"] += _holds(proportion(won, leads), truth_share)
        held["lift"] += _holds(ratio_of_shares(scores >= 3, won, leads), truth_lift)
        held["difference"] += _holds(auc_difference(scores, other, won, leads), 0.0)
        if number < rounds // 3:
            held["precision"] += 3 * _holds(average_precision(scores, won, leads), truth_ap)
    slack = 4 * (0.95 * 0.05 / rounds) ** 0.5
    for name, count in held.items():
        room = slack * 2 + 0.02 if name == "precision" else slack
        assert abs(count / rounds - 0.95) < room + 0.01, f"{name}: {count / rounds:.3f}"


def _sample(chance: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A score of 0 to 4, wins that become likelier with it, and a second score of the same worth."""
    quality = chance.binomial(4, 0.4, size)
    second = chance.binomial(4, 0.4, size)
    won = chance.random(size) < 1 / (1 + np.exp(2.2 - 0.5 * quality - 0.5 * second))
    return quality, won, second


def _truth() -> tuple[float, float, float, float]:
    """The law itself: a score and an outcome, with their exact chances."""
    from math import comb, exp

    weight = [comb(4, k) * 0.4**k * 0.6 ** (4 - k) for k in range(5)]
    win = [sum(w * (1 / (1 + exp(2.2 - 0.5 * k - 0.5 * j))) for j, w in enumerate(weight)) for k in range(5)]
    wins = [w * p for w, p in zip(weight, win, strict=True)]
    losses = [w * (1 - p) for w, p in zip(weight, win, strict=True)]
    base = sum(wins)
    area = sum(a * (sum(losses[:k]) + losses[k] / 2) for k, a in enumerate(wins)) / (base * sum(losses))
    lift = sum(wins[3:]) / sum(weight[3:]) / base
    precision = sum(wins[k] * sum(wins[k:]) / sum(weight[k:]) for k in range(5)) / base
    return area, base, lift, precision


def _holds(found: Estimate, truth: float) -> bool:
    assert found.low is not None and found.high is not None
    return found.low <= truth <= found.high


@pytest.mark.parametrize(
    ("card", "score", "expected"), [("adult", "earns", 0.8607), ("mammography", "malignant", 0.8535)]
)
def test_published_scorecards(card: str, score: str, expected: float) -> None:
    """The published points as rules give the published AUC on the published data."""
    text = (CARDS / f"{card}.score").read_text(encoding="utf-8")
    program, said = api.check_text(text, f"{card}.score")
    assert program is not None and not said
    people = _adult() if card == "adult" else _mammography()
    rows = [ProfileRow(str(i), None, i, fields) for i, (fields, _, _) in enumerate(people)]
    values = {row.lead: row.values[score] for row in score_log(Log.of(program, [], rows), 0).rows}
    points = np.repeat([values[str(i)] for i in range(len(people))], [count for _, _, count in people])
    won = np.repeat([won for _, won, _ in people], [count for _, _, count in people])
    assert len(won) == {"adult": 32_561, "mammography": 961}[card]
    found = auc(points, won, np.arange(len(won)))
    assert found.value is not None and round(found.value, 4) == expected
    assert found.value == pytest.approx(roc_auc_score(won, points), abs=1e-9)


def _adult() -> list[tuple[dict[str, str], bool, int]]:
    with (CARDS / "adult_counts.csv").open(encoding="utf-8", newline="") as file:
        return [(row, row["over_50k"] == "1", int(row["people"])) for row in csv.DictReader(file)]


def _mammography() -> list[tuple[dict[str, str], bool, int]]:
    with (CARDS / "mammo_data.csv").open(encoding="utf-8", newline="") as file:
        return [(row, row["Malignant"] == "1", 1) for row in csv.DictReader(file)]
