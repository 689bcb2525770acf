"""Our scorecards against FasterRisk's on one table: `python benchmarks/scorecards.py BANK.csv.gz [FASTERRISK_PYTHON]`.

BANK.csv.gz is UCI Bank Marketing (bank-full, separated by commas). Its fields (without `duration`, which is known only
after the call) become yes-or-no features; three quarters of the calls are fitted on, the others judge. The second
argument is the Python of an environment with `fasterrisk`: that package wants old versions of numpy and scikit-learn.
Seconds are those of the processor, so that other load counts little.
"""

from __future__ import annotations

import csv
import gzip
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from scoredsl.learning.measures import auc
from scoredsl.learning.scorecard import Data, path, rounded

SEED = 0
MOST = 50
SIZES = (5, 10, 15)
FASTERRISK = """
import sys, time
import numpy as np
from fasterrisk.fasterrisk import RiskScoreOptimizer
data = np.load(sys.argv[1])
begin = time.process_time()
found = RiskScoreOptimizer(X=data["fit"].astype(float), y=np.where(data["won"], 1.0, -1.0), k=int(sys.argv[2]),
                           lb=-int(sys.argv[3]), ub=int(sys.argv[3]))
found.optimize()
multiplier, intercept, points = found.get_models()
took = time.process_time() - begin
np.savez(sys.argv[4], total=data["judge"].astype(float) @ points[0], took=took,
         odds=(intercept[0] + data["fit"].astype(float) @ points[0]) / multiplier[0])
"""


def features(rows: list[dict[str, str]], won: np.ndarray, fit: np.ndarray) -> np.ndarray:
    """Each value of a text, the values that win most often together, and limits of numbers at twentieths."""
    columns = []
    for name in rows[0]:
        values = [row[name] for row in rows]
        if all(value.lstrip("-").isdigit() for value in values):
            numbers = np.array(values, float)
            limits = np.unique(np.quantile(numbers[fit], np.linspace(0.05, 0.95, 19)))
            columns += [numbers >= limit for limit in limits]
            continue
        wins = defaultdict(list)
        for value, is_won, is_fitted in zip(values, won, fit, strict=True):
            if is_fitted:
                wins[value].append(is_won)
        ranked = sorted(wins, key=lambda value: float(np.mean(wins[value])))
        texts = np.array(values)
        columns += [texts == value for value in ranked]
        columns += [np.isin(texts, ranked[-size:]) for size in range(2, len(ranked) - 1)]
    return np.column_stack(columns).astype(np.int16)


def shown(
    name: str, size: int, took: float, odds: np.ndarray, won: np.ndarray, total: np.ndarray, later: np.ndarray
) -> None:
    loss = float((np.logaddexp(0, odds) - won * odds).sum())
    area = auc(np.rint(total).astype(np.int64), later, np.arange(len(later)))
    print(f"{name:10} {size:2} rules: {took:6.1f} s, loss on the fitted {loss:8.1f}, AUC on others {area.value:.4f}")


def main() -> None:
    with gzip.open(sys.argv[1], "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    won = np.array([row.pop("y") == "yes" for row in rows])
    for row in rows:
        del row["duration"]
    fit = np.random.default_rng(SEED).permutation(len(rows)) < 0.75 * len(rows)
    table = features(rows, won, fit)
    print(f"{table.shape[1]} features, {int(fit.sum()):,} calls fitted on, {int((~fit).sum()):,} that judge")
    for size in SIZES:
        begin = time.process_time()
        data = Data(table[fit], won[fit])
        card = rounded(data, path(data, size)[-1], -MOST, MOST)
        took = time.process_time() - begin
        total = table[:, list(card.chosen)] @ np.array(card.points)
        shown("scoredsl", size, took, card.intercept + card.unit * total[fit], won[fit], total[~fit], won[~fit])
    for size in SIZES if len(sys.argv) > 2 else ():
        with tempfile.TemporaryDirectory() as folder:
            given, made = Path(folder, "given.npz"), Path(folder, "made.npz")
            np.savez(given, fit=table[fit], won=won[fit], judge=table[~fit])
            subprocess.run([sys.argv[2], "-c", FASTERRISK, given, str(size), str(MOST), made], check=True)
            found = np.load(made)
            shown("FasterRisk", size, float(found["took"]), found["odds"], won[fit], found["total"], won[~fit])


if __name__ == "__main__":
    main()
