"""Learning: from features of leads and outcomes to few rules with whole points, chosen on later leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoredsl.learning.candidates import Candidate, joined
from scoredsl.learning.intervals import Estimate, proportion, ratio_of_shares
from scoredsl.learning.measures import auc
from scoredsl.learning.scorecard import Card, Data, path, rounded
from scoredsl.learning.split import Split

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_WINS = 30
"""Fewer wins, or losses, to fit on teach nothing that would hold later."""
WINS_A_RULE = 10
_LEAST_LEADS = 20
_LEAST_SHARE = 0.005


class TooFewError(Exception):
    """There is too little to learn from. Its text is for the user."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`rules`: at most so many; points from `least` to `most`."""

    rules: int = 15
    least: int = -50
    most: int = 50


@dataclass(frozen=True, slots=True)
class Features:
    """Rules and what they give, in points of one: a row a look, a column a rule."""

    rules: tuple[Candidate, ...]
    values: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Looked:
    """Looks at leads, each once: whose, what became of them, and the score of the rules that are kept (or None)."""

    leads: NDArray[np.int64]
    won: NDArray[np.bool_]
    kept: NDArray[np.float64] | None


@dataclass(frozen=True, slots=True)
class LearnedRule:
    """A rule with its points, and how leads with it fared among those that it was learned from."""

    rule: Candidate
    points: int
    leads: int
    rate: Estimate
    lift: Estimate


@dataclass(frozen=True, slots=True)
class Tried:
    """A model of so many rules, and its mean logistic loss and AUC on the leads that chose."""

    rules: int
    loss: float
    auc: Estimate


@dataclass(frozen=True, slots=True)
class Learned:
    """The rules, by points; `totals`: the sum of points of each look; `base_rate`: of the leads it was learned from."""

    rules: tuple[LearnedRule, ...]
    totals: NDArray[np.int64]
    tried: tuple[Tried, ...]
    learned_from: int
    base_rate: float


def check_enough(looked: Looked, parts: Split, limits: Limits) -> Limits:
    """The limits that so many outcomes allow. Raises TooFewError."""
    for name, part, least in (("to fit on", parts.fit, LEAST_WINS), ("to choose by", parts.choose, LEAST_WINS // 3),
                              ("to report on", parts.test, LEAST_WINS // 3)):  # fmt: skip
        won, count = int(looked.won[part].sum()), int(part.sum())
        if min(won, count - won) < least:
            raise TooFewError(
                f"There are too few outcomes to learn from: of the leads {name}, {won:,} were won and {count - won:,} "
                f"lost; at least {least} of each are needed. Wait for more outcomes, or choose an earlier age."
            )
    wins = int(looked.won[parts.fit].sum())
    scarce = min(wins, int(parts.fit.sum()) - wins)
    return Limits(min(limits.rules, max(1, scarce // WINS_A_RULE)), limits.least, limits.most)


def prepared(features: Features, looked: Looked, parts: Split) -> Features:
    """The rules that hold for enough leads and not for nearly all; of those alike the first; lists of values added."""
    import numpy as np

    known = parts.fit | parts.choose
    columns = [(rule, features.values[:, i]) for i, rule in enumerate(features.rules)]
    columns += _lists(columns, looked.won, parts.fit)
    total = int(known.sum())
    least = max(_LEAST_LEADS, _LEAST_SHARE * total)
    kept: dict[bytes, tuple[Candidate, NDArray[np.int16]]] = {}
    for rule, values in columns:
        most = int(np.unique(values[known], return_counts=True)[1].max())
        if most <= total - least:
            opposite = (values.max() - values).tobytes()
            if opposite not in kept:
                kept.setdefault(values.tobytes(), (rule, values))
    chosen = list(kept.values())
    matrix = np.column_stack([each for _, each in chosen]) if chosen else np.zeros((len(looked.won), 0), np.int16)
    return Features(tuple(rule for rule, _ in chosen), matrix)


def _lists(
    columns: Sequence[tuple[Candidate, NDArray[np.int16]]], won: NDArray[np.bool_], fit: NDArray[np.bool_]
) -> list[tuple[Candidate, NDArray[np.int16]]]:
    """The values of a field that win most often, and least often, together: two of them, three, ..."""
    import numpy as np

    by_field: dict[str, list[tuple[Candidate, NDArray[np.int16]]]] = {}
    for rule, values in columns:
        if rule.value and values[fit].any():
            by_field.setdefault(rule.field, []).append((rule, values))
    found: list[tuple[Candidate, NDArray[np.int16]]] = []
    for several in by_field.values():
        ranked = sorted(several, key=lambda each: (float(won[fit & (each[1] > 0)].mean()), each[0].value))
        for size in range(2, len(ranked)):
            for some in (ranked[-size:], ranked[:size]):
                values = np.max([each for _, each in some], axis=0)
                found.append((joined([rule for rule, _ in some]), values))
    return found


def learn(features: Features, looked: Looked, parts: Split, limits: Limits) -> Learned:
    """Fits on the first leads, takes as many rules as serve the later ones best, and fits these again on both."""
    import numpy as np

    def data(rows: NDArray[np.bool_]) -> Data:
        offset = None if looked.kept is None else looked.kept[rows]
        return Data(features.values[rows], looked.won[rows], offset)

    first = data(parts.fit)
    tried: list[Tried] = []
    for fit in path(first, limits.rules):
        card = rounded(first, fit, limits.least, limits.most)
        tried.append(_judged(card, features, looked, parts.choose))
    best = min(tried, key=lambda each: (each.loss, each.rules))
    both = parts.fit | parts.choose
    known = data(both)
    last = path(known, best.rules)[-1]
    card = rounded(known, last, limits.least, limits.most)
    rules = [_rule(features, looked, both, column, points) for column, points in zip(card.chosen, card.points,
                                                                                  strict=True)]  # fmt: skip
    columns = np.array(card.chosen, np.intp)
    totals = features.values[:, columns].astype(np.int64) @ np.array(card.points, np.int64)
    return Learned(
        tuple(sorted(rules, key=lambda each: -each.points)), totals.astype(np.int64), tuple(tried), int(both.sum()),
        float(looked.won[both].mean()),
    )  # fmt: skip


def _judged(card: Card, features: Features, looked: Looked, rows: NDArray[np.bool_]) -> Tried:
    import numpy as np

    columns = np.array(card.chosen, np.intp)
    total = features.values[rows][:, columns].astype(np.float64) @ np.array(card.points, np.float64)
    if looked.kept is not None:
        total = total + looked.kept[rows]
    won = looked.won[rows]
    eta = card.intercept + card.unit * total
    loss = float((np.logaddexp(0, eta) - won * eta).mean())
    return Tried(len(card.chosen), loss, auc(np.rint(total * 1e6).astype(np.int64), won, looked.leads[rows]))


def _rule(features: Features, looked: Looked, rows: NDArray[np.bool_], column: int, points: int) -> LearnedRule:
    holds, won, leads = features.values[rows, column] != 0, looked.won[rows], looked.leads[rows]
    return LearnedRule(
        features.rules[column], points, int(holds.sum()), proportion(won[holds], leads[holds]),
        ratio_of_shares(holds, won, leads),
    )  # fmt: skip


# ---- tiers


@dataclass(frozen=True, slots=True)
class TierWish:
    """A tier of the highest leads: so large a share of them (`volume`), or one that wins at such a rate."""

    name: str
    share: float
    kind: str
    """`volume` or `rate`"""


def tier_border(wish: TierWish, totals: NDArray[np.int64], won: NDArray[np.bool_]) -> int | None:
    """The sum of points from which on a lead is in the tier; None where no leads reach such a win rate."""
    import numpy as np

    values = np.unique(totals)[::-1]
    sizes = np.array([(totals >= value).mean() for value in values])
    if wish.kind == "volume":
        return int(values[int(np.argmin(np.abs(sizes - wish.share)))])
    rates = np.array([won[totals >= value].mean() for value in values])
    enough = np.array([(totals >= value).sum() >= _LEAST_LEADS for value in values])
    reached = np.flatnonzero((rates >= wish.share) & enough)
    return int(values[reached[-1]]) if len(reached) else None
