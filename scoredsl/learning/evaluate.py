"""Evaluation: from scores at instants and outcomes to figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoredsl.engine.at_instants import ALWAYS, NEVER, AtInstants
from scoredsl.learning.calibration import Method, calibrated
from scoredsl.learning.figures import (
    AtMoment,
    Compared,
    Group,
    Month,
    RuleWorth,
    TierFlow,
    TierGroup,
)
from scoredsl.learning.intervals import Estimate, proportion, ratio_of_shares
from scoredsl.learning.measures import (
    Cells,
    auc,
    auc_difference,
    average_precision,
    precision_of,
    top_lift,
)
from scoredsl.learning.sample import LEAST, Leads, Looks, Moment
from scoredsl.learning.variants import Judged, RuleColumns
from scoredsl.prose.words import counted
from scoredsl.semantics.values import instant_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOP = 0.1
"""The share of the leads whose lift is the one number of a model."""
_DECILES = 10
_DAY = 86_400_000_000
_WEEK = 7 * _DAY


@dataclass(frozen=True, slots=True)
class Seen:
    """Observations of one moment: leads that exist and are not excluded. `numbers`: their places in what was asked."""

    numbers: NDArray[np.int64]
    leads: NDArray[np.int64]
    instants: NDArray[np.int64]
    won: NDArray[np.bool_]
    scores: NDArray[np.int64]
    tiers: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Asking:
    """What an evaluation is made of: the looks, and what each plan gave for them (by the number of the plan)."""

    leads: Leads
    looks: Looks
    made: Sequence[AtInstants]
    model: Judged
    other: Judged | None
    method: Method
    train_until: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One observation, for who wants to compute it again. `probability` is what the calibration says."""

    moment: str
    lead: str
    instant: int
    won: bool
    decided: int
    score: int
    tier: str | None
    probability: float


def at_moment(asking: Asking, moment: Moment, number: int) -> tuple[AtMoment, list[Row]] | str:
    """What is said of one moment, and its observations; a sentence where there are too few leads."""
    import numpy as np

    seen, excluded = _seen(asking, number)
    training = None
    if asking.train_until is not None:
        first, begins = asking.leads.first[seen.leads], asking.leads.begins[seen.leads]
        began = np.where(first == NEVER, begins, first) < asking.train_until
        if _too_few(seen.won[began]):
            return f"{moment.name}: {_few(seen.won[began])} among the leads that began before --train-until: too few."
        training = began
    judged = np.ones(len(seen.won), bool) if training is None else ~training
    if _too_few(seen.won[judged]):
        return f"{moment.name}: {_few(seen.won[judged])} are seen while undecided: too few, at least {LEAST} of each."
    calibration, chances = calibrated(asking.method, seen.scores, seen.won, seen.leads, training)
    seen, chances = _only(seen, judged), chances[judged]
    found = AtMoment(
        name=moment.name,
        observations=len(seen.won),
        leads=len(np.unique(seen.leads)),
        won=len(np.unique(seen.leads[seen.won])),
        lost=len(np.unique(seen.leads[~seen.won])),
        decided=asking.looks.decided[number],
        absent=asking.looks.absent[number],
        excluded=excluded,
        auc=auc(seen.scores, seen.won, seen.leads),
        average_precision=average_precision(seen.scores, seen.won, seen.leads),
        top_lift=_top_lift(seen),
        rate=proportion(seen.won, seen.leads),
        deciles=_deciles(seen),
        tiers=_tiers(seen, [tier.name for tier in asking.model.score.tiers]),
        calibration=calibration,
        rules=tuple(_rule(asking, seen, rule) for rule in asking.model.rules),
        months=_months(seen),
        compared=None if asking.other is None else _compared(asking, asking.other, seen),
    )
    return found, _rows(asking, moment, seen, chances)


def _few(won: NDArray[np.bool_]) -> str:
    wins, losses = int(won.sum()), int((~won).sum())
    return f"{counted(wins, 'lead')} that {_were(wins)} won and {losses:,} that {_were(losses)} lost"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _too_few(won: NDArray[np.bool_]) -> bool:
    return min(int(won.sum()), int((~won).sum())) < LEAST


def _seen(asking: Asking, number: int) -> tuple[Seen, int]:
    """The observations of a moment, and how many were excluded."""
    import numpy as np

    looks, model = asking.looks, asking.model
    made = asking.made[model.value.run]
    mine = np.flatnonzero(looks.moment == number)
    mine = mine[made.values[mine, model.exists.number] > 0]
    out = _excluded(asking, model, mine)
    kept = mine[~out]
    leads = looks.asked.lead[kept]
    values, tiers = made.values[kept, model.value.number], made.tiers[kept, model.value.number]
    seen = Seen(kept, leads, looks.asked.instant[kept], asking.leads.won[leads], values, tiers)
    return seen, int(out.sum())


def _excluded(asking: Asking, model: Judged, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    import numpy as np

    out = np.zeros(len(numbers), bool)
    for column in model.excluded:
        out |= asking.made[column.run].values[numbers, column.number] != 0
    return out


def _only(seen: Seen, kept: NDArray[np.bool_]) -> Seen:
    return Seen(
        seen.numbers[kept], seen.leads[kept], seen.instants[kept], seen.won[kept], seen.scores[kept], seen.tiers[kept]
    )


# ---- groups of leads


def group(name: str, inside: NDArray[np.bool_], seen: Seen) -> Group:
    """What became of some of the leads."""
    won = seen.won[inside]
    scores = seen.scores[inside]
    return Group(
        name,
        len(won),
        int(won.sum()),
        proportion(won, seen.leads[inside]),
        ratio_of_shares(inside, seen.won, seen.leads),
        float(won.sum() / seen.won.sum()),
        int(scores.min()) if len(scores) else None,
        int(scores.max()) if len(scores) else None,
    )


def _deciles(seen: Seen) -> tuple[Group, ...]:
    """Tenths from the highest score down. Leads of one score are in one tenth: that of the first of them."""
    import numpy as np

    values, which, counts = np.unique(-seen.scores, return_inverse=True, return_counts=True)
    before = np.cumsum(counts) - counts
    tenth = (_DECILES * before // len(seen.won))[which.reshape(-1)] if len(values) else which
    return tuple(group(str(number + 1), tenth == number, seen) for number in np.unique(tenth).tolist())


def _tiers(seen: Seen, names: Sequence[str]) -> tuple[TierGroup, ...]:
    """Tiers from the highest down, and at the end the leads in none."""
    found = []
    for place, name in enumerate(names):
        reached = (seen.tiers >= 0) & (seen.tiers <= place)
        precision = proportion(seen.won[reached], seen.leads[reached])
        recall = proportion(reached[seen.won], seen.leads[seen.won])
        found.append(TierGroup(group(name, seen.tiers == place, seen), precision, recall))
    if names:
        everyone = proportion(seen.won, seen.leads)
        found.append(TierGroup(group("", seen.tiers < 0, seen), everyone, Estimate(1.0, 1.0, 1.0)))
    return tuple(found)


def _top_lift(seen: Seen) -> Estimate:
    cells = Cells.of([seen.scores], seen.won, seen.leads)
    assert cells is not None
    return cells.bootstrap(lambda weights: top_lift(cells.keys[0], cells.won, weights, TOP))


def _months(seen: Seen) -> tuple[Month, ...]:
    import numpy as np

    months = np.array([instant_text(each)[:7] for each in seen.instants.tolist()])
    found = []
    for month in np.unique(months).tolist():
        inside = months == month
        won, leads = seen.won[inside], seen.leads[inside]
        area = Estimate(None) if _too_few(won) else auc(seen.scores[inside], won, leads)
        found.append(Month(month, len(won), int(won.sum()), proportion(won, leads), area))
    return tuple(found)


# ---- rules


def _rule(asking: Asking, seen: Seen, rule: RuleColumns) -> RuleWorth:
    import numpy as np

    without = asking.made[rule.without.run].values[seen.numbers, rule.without.number]
    if rule.alone is None:
        points = seen.scores - without
    else:
        points = asking.made[rule.alone.run].values[seen.numbers, rule.alone.number]
    has = points != 0
    with_rule, without_rule = (proportion(seen.won[each], seen.leads[each]) for each in (has, ~has))
    change = auc_difference(seen.scores, without, seen.won, seen.leads)
    mean = int(np.round(points[has].mean())) if has.any() else 0
    return RuleWorth(
        rule.score, rule.name, str(rule.rule.place), int(has.sum()), mean, with_rule, without_rule,
        ratio_of_shares(has, seen.won, seen.leads), auc(without, seen.won, seen.leads), change,
        _harm(mean, with_rule, without_rule, change),
    )  # fmt: skip


def _harm(points: int, with_rule: Estimate, without_rule: Estimate, change: Estimate) -> str:
    """Why a rule does harm; only what the intervals leave no doubt about."""
    said = []
    if change.low is not None and change.low > 1e-12:
        said.append("the order of the leads is better without it")
    if None not in (with_rule.low, with_rule.high, without_rule.low, without_rule.high):
        assert with_rule.low is not None and without_rule.high is not None
        assert with_rule.high is not None and without_rule.low is not None
        if points > 0 and with_rule.high < without_rule.low:
            said.append("it adds points, and leads with it win less often than the others")
        if points < 0 and with_rule.low > without_rule.high:
            said.append("it takes points, and leads with it win more often than the others")
    return "; ".join(said)


# ---- another program


def _compared(asking: Asking, other: Judged, seen: Seen) -> Compared | None:
    """None where too few leads have a score in both programs."""
    made = asking.made[other.value.run]
    both = (made.values[seen.numbers, other.exists.number] > 0) & ~_excluded(asking, other, seen.numbers)
    seen = _only(seen, both)
    if _too_few(seen.won):
        return None
    theirs = made.values[seen.numbers, other.value.number]
    cells = Cells.of([seen.scores, theirs], seen.won, seen.leads)
    assert cells is not None

    def precision(side: int, weights: NDArray[np.float64]) -> float:
        return precision_of(cells.keys[side], cells.won, weights)

    def lift(side: int, weights: NDArray[np.float64]) -> float:
        return top_lift(cells.keys[side], cells.won, weights, TOP)

    return Compared(
        len(seen.won),
        auc(seen.scores, seen.won, seen.leads),
        auc(theirs, seen.won, seen.leads),
        auc_difference(seen.scores, theirs, seen.won, seen.leads),
        cells.bootstrap(lambda weights: precision(0, weights)),
        cells.bootstrap(lambda weights: precision(1, weights)),
        cells.bootstrap(lambda weights: precision(1, weights) - precision(0, weights)),
        cells.bootstrap(lambda weights: lift(0, weights)),
        cells.bootstrap(lambda weights: lift(1, weights)),
        cells.bootstrap(lambda weights: lift(1, weights) - lift(0, weights)),
    )


# ---- how tiers fill


def tier_flows(
    leads: Leads, model: Judged, entered: NDArray[np.int64], first_tier: int, until: int
) -> tuple[TierFlow, ...]:
    """`entered`: as `AtInstants` has it; the score's tiers stand from `first_tier` on. Open leads count.

    A week is one of those from the first event of all leads to `until`. What held from always was entered at the
    beginning.
    """
    import numpy as np

    known = leads.begins < until
    began = leads.first[known & (leads.first < until)]
    weeks = (until - int(began.min())) / _WEEK if len(began) else 0.0
    found = []
    for place, tier in enumerate(model.score.tiers):
        times = entered[:, first_tier + place]
        inside = (times < leads.decided) & (times <= until)
        wins = leads.won & known
        first = wins & inside
        timed = first & (times != ALWAYS)
        days = (leads.decided[timed] - times[timed]) / _DAY
        quartiles = tuple(float(each) for each in np.quantile(days, [0.25, 0.5, 0.75])) if len(days) else None
        found.append(
            TierFlow(
                tier.name,
                int(inside.sum()),
                float(inside.sum() / weeks) if weeks > 0 else None,
                int(first.sum()),
                proportion(first[wins], np.flatnonzero(wins)),
                quartiles if quartiles is None else (quartiles[0], quartiles[1], quartiles[2]),
            )
        )
    return tuple(found)


def _rows(asking: Asking, moment: Moment, seen: Seen, chances: NDArray[np.float64]) -> list[Row]:
    leads = asking.leads
    names = [*(tier.name for tier in asking.model.score.tiers), None]
    columns = (seen.leads, seen.instants, seen.won, seen.scores, seen.tiers, chances)
    return [
        Row(moment.name, leads.names[lead], instant, won, int(leads.decided[lead]), score, names[tier], chance)
        for lead, instant, won, score, tier, chance in zip(*(each.tolist() for each in columns), strict=True)
    ]
