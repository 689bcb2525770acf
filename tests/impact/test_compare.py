"""The figures of a comparison are those of scoring each program by itself and joining the results by hand."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.engine.fast import Resources
from scoredsl.engine.scan import scan_events, scan_profiles
from scoredsl.engine.side_by_side import interpreted, walked
from scoredsl.engine.sources import ReadOptions, read_events, read_profiles
from scoredsl.engine.sources.duck import connection
from scoredsl.impact.blend import blended
from scoredsl.impact.compare import Comparison, compared, impact, moved_columns, moved_rows
from scoredsl.impact.figures import SHARES, Impact, ScoreImpact
from scoredsl.impact.ledgers import named_lines, with_ledgers
from scoredsl.impact.pairing import ScorePair
from scoredsl.plan.logical import LogicalPlan, prepared
from scoredsl.reference import Log, history_of, score_log
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, ProfileRow
from tests.engine.test_fast import write_log
from tests.strategies.changed import Changed, changed

LITTLE = Resources(memory=1 << 20, threads=2)
_PLAIN = ReadOptions()
Place = int | str | None
"""A tier by its place among the pairs; "none", or None for a lead without scores."""


class ByHand:
    """One program, scored by the reference interpreter; a lead's value and tier by name of score."""

    def __init__(self, plan: LogicalPlan, events: list[Event], rows: list[ProfileRow], instant: int) -> None:
        self.plan = plan
        self.program = plan.program()
        self.log = Log.of(self.program, events, rows)
        self.rows = {row.lead: row for row in score_log(self.log, instant).rows}
        self.instant = instant

    def value(self, lead: str, score: str) -> int | None:
        row = self.rows.get(lead)
        return None if row is None else row.values[score]

    def place(self, lead: str, pair: ScorePair) -> Place:
        row = self.rows.get(lead)
        if row is None:
            return None
        name = row.tiers.get(pair.name)
        if name is None:
            return "none"
        tier = self.program.score(pair.name).tier(name)
        return next(i for i, each in enumerate(pair.tiers) if tier is each.old or tier is each.new)

    def alerts(self, pair: ScorePair, since: int) -> Counter[str | None]:
        """By the tier that the lead comes to."""
        return Counter(
            row.tier
            for row in history_of(self.log, self.instant)
            if row.score == pair.name and row.tier != row.from_tier and row.time is not None and row.time >= since
        )


def check(comparison: Comparison, found: Impact, old: ByHand, new: ByHand, alone: list[ByHand], since: int) -> None:
    pairs = {pair.name: pair for pair in comparison.pairing.scores if pair.old is not None and pair.new is not None}
    assert {score.name for score in found.scores} <= set(pairs)
    assert found.leads == len({*old.rows, *new.rows})
    by_name = {score.name: score for score in found.scores}
    for name, pair in pairs.items():
        leads = sorted({*old.rows, *new.rows})
        differ = [lead for lead in leads if (old.value(lead, name), old.place(lead, pair)) !=
                  (new.value(lead, name), new.place(lead, pair))]  # fmt: skip
        if name not in by_name:
            assert differ == []
            continue
        check_score(by_name[name], pair, old, new, leads, differ)
        check_alerts(by_name[name], pair, old, new, since)
        check_parts(comparison, by_name[name], pair, old, new, alone)


def check_score(
    score: ScoreImpact, pair: ScorePair, old: ByHand, new: ByHand, leads: list[str], differ: list[str]
) -> None:
    name = pair.name
    both = [lead for lead in leads if lead in old.rows and lead in new.rows]
    up = [lead for lead in both if (new.value(lead, name) or 0) > (old.value(lead, name) or 0)]
    down = [lead for lead in both if (new.value(lead, name) or 0) < (old.value(lead, name) or 0)]
    assert (score.leads, score.moved, score.up, score.down) == (len(leads), len(differ), len(up), len(down))
    tier_moved = [lead for lead in leads if old.place(lead, pair) != new.place(lead, pair)]
    assert score.tier_moved == len(tier_moved)
    assert score.appearing == len(leads) - len(old.rows) and score.vanishing == len(leads) - len(new.rows)

    def tier_name(place: Place, side: str) -> str | None:
        if not isinstance(place, int):
            return None
        tiers = pair.tiers[place]
        tier = (tiers.old or tiers.new) if side == "old" else (tiers.new or tiers.old)
        assert tier is not None
        return tier.name

    places = [(old.place(lead, pair), new.place(lead, pair)) for lead in both]
    matrix = Counter((tier_name(was, "old"), tier_name(now, "new")) for was, now in places)
    assert {(cell.old, cell.new): cell.leads for cell in score.matrix} == matrix
    for tier in score.tiers:
        place = next(i for i, each in enumerate(pair.tiers) if tier_name(i, "new") == tier.name)
        was = {lead for lead in leads if old.place(lead, pair) == place}
        now = {lead for lead in leads if new.place(lead, pair) == place}
        assert (tier.before, tier.after) == (len(was), len(now))
        assert (tier.entering, tier.leaving) == (len(now - was), len(was - now))
        assert {move.lead for move in tier.entering_leads} == now - was
        assert {move.lead for move in tier.leaving_leads} == was - now
        kept = pair.tiers[place].new or pair.tiers[place].old
        assert kept is not None
        lost = [lead for lead in was if number(new, lead, name) is None or (number(new, lead, name) or 0) < kept.number]
        assert tier.lost == len(lost)
    for side, spread in ((old, score.before), (new, score.after)):
        values = sorted(row.values[name] for row in side.rows.values())
        assert (spread.leads, spread.total) == (len(values), sum(values))
        wanted = tuple(values[max(0, math.ceil(share * len(values)) - 1)] for share in SHARES) if values else ()
        assert spread.values == wanted
    for bar in score.bars:
        for side, count in ((old, bar.before), (new, bar.after)):
            inside: Callable[[int], bool] = lambda value, bar=bar: (  # noqa: E731
                (bar.low is None or value >= bar.low) and (bar.high is None or value < bar.high)
            )
            assert count == sum(inside(row.values[name]) for row in side.rows.values())
    assert sum(bar.before for bar in score.bars) == len(old.rows)
    moves = [(abs((new.value(lead, name) or 0) - (old.value(lead, name) or 0)), lead in tier_moved) for lead in differ]
    shown = [(abs((each.move.new or 0) - (each.move.old or 0)), each.move.lead in tier_moved)
             for each in score.moved_most]  # fmt: skip
    assert shown == sorted(moves, reverse=True)[:10]
    for each in score.moved_most:
        assert (each.move.old, each.move.new) == (old.value(each.move.lead, name), new.value(each.move.lead, name))


def number(side: ByHand, lead: str, name: str) -> int | None:
    """The number of the tier that a lead is in."""
    row = side.rows.get(lead)
    tier = row.tiers.get(name) if row is not None else None
    found = side.program.score(name).tier(tier) if tier is not None else None
    return None if found is None else found.number


def check_alerts(score: ScoreImpact, pair: ScorePair, old: ByHand, new: ByHand, since: int) -> None:
    before, after = old.alerts(pair, since), new.alerts(pair, since)
    assert (score.alerts_before, score.alerts_after) == (sum(before.values()), sum(after.values()))
    for tier in score.tiers:
        assert tier.alerts_before == before.get(tier.old_name, 0)
        assert tier.alerts_after == (0 if tier.gone else after.get(tier.name, 0))


def check_parts(
    comparison: Comparison, score: ScoreImpact, pair: ScorePair, old: ByHand, new: ByHand, alone: list[ByHand]
) -> None:
    name = pair.name
    sides = dict(zip([change.number for change, _ in comparison.alone], alone, strict=True))
    parts = [sides[part.change.number] for part in score.parts]
    leads = [lead for lead in old.rows if lead in new.rows and all(lead in part.rows for part in parts)]

    def moves(part: ByHand, lead: str) -> bool:
        return part.value(lead, name) != old.value(lead, name) or part.place(lead, pair) != old.place(lead, pair)

    for part, side in zip(score.parts, parts, strict=True):
        deltas = [side.rows[lead].values[name] - old.rows[lead].values[name] for lead in leads]
        moved = [lead for lead in leads if moves(side, lead)]
        assert (part.moved, part.up, part.down) == (len(moved), sum(d > 0 for d in deltas), sum(d < 0 for d in deltas))
        assert part.points == sum(deltas)
        assert part.tier_moved == sum(side.place(lead, pair) != old.place(lead, pair) for lead in leads)
        assert part.only == sum(sum(moves(other, lead) for other in parts) == 1 for lead in moved)
    untouched = [side for change, side in zip(comparison.alone, alone, strict=True)
                 if change[0].number not in {part.change.number for part in score.parts}]  # fmt: skip
    for side in untouched:
        assert not any(moves(side, lead) for lead in old.rows if lead in side.rows)
    if score.together is None:
        assert len(parts) < 2
        return
    rest = [
        new.rows[lead].values[name] - old.rows[lead].values[name]
        - sum(part.rows[lead].values[name] - old.rows[lead].values[name] for part in parts)
        for lead in leads
    ]  # fmt: skip
    assert (score.together.leads, score.together.points) == (sum(each != 0 for each in rest), sum(rest))


@given(changed())
def test_all_figures(both: Changed) -> None:
    case = both.case
    comparison = compared(case.program, both.new, 20)
    if comparison.same:
        return
    instant = case.instants[-1]
    with TemporaryDirectory() as folder, connection() as db:
        log_path, profile_path = write_log(case, Path(folder))
        events = read_events([log_path]).events
        rows = read_profiles([profile_path]).rows if profile_path else []
        since = case.instants[0]
        made = []
        with scan_events([log_path], _PLAIN, db) as scan:
            profiles = scan_profiles([profile_path], _PLAIN, db) if profile_path else None
            for i, run in enumerate(comparison.runs):
                if i % 2 == 0:
                    made.append(walked(prepared(run.plan), run.loud, scan, profiles, instant, since, LITTLE, f"t{i}"))
                else:
                    log = Log.of(run.plan.program(), events, rows)
                    made.append(interpreted(run.plan, run.loud, log, db, instant, since, f"t{i}"))
            if profiles is not None:
                profiles.close()
        tables = [each.name for each in made]
        found = impact(comparison, db, tables, since, instant, {"old": "a", "new": "b"}, 1000, 10)
        old = ByHand(comparison.pairing.old, events, rows, instant)
        new = ByHand(comparison.pairing.new, events, rows, instant)
        alone = [ByHand(blended(comparison.pairing, change.keys), events, rows, instant)
                 for change, _ in comparison.alone]  # fmt: skip
        # the tiers of a blend are told by what they are
        for side, (_, plan) in zip(alone, comparison.alone, strict=True):
            side.program = plan.program()
        check(comparison, found, old, new, alone, since)
        check_moved(comparison, db, tables, old, new)
        check_ledgers(found, comparison, case.program, both.new, events, rows)


def check_moved(comparison: Comparison, db: Any, tables: list[str], old: ByHand, new: ByHand) -> None:
    """The file with every lead that moves."""
    columns = [column.name for column in moved_columns(comparison)]
    found = [dict(zip(columns, row, strict=True)) for row in moved_rows(comparison, db, tables)]
    pairs = [pair for pair in comparison.pairing.scores if f"{pair.name}_old" in columns]
    wanted = [
        lead
        for lead in sorted({*old.rows, *new.rows})
        if any(
            old.value(lead, pair.name) != new.value(lead, pair.name) or old.place(lead, pair) != new.place(lead, pair)
            for pair in pairs
        )
    ]
    assert [row["lead"] for row in found] == wanted
    for row in found:
        for pair in pairs:
            for side, each in (("old", old), ("new", new)):
                assert row[f"{pair.name}_{side}"] == each.value(row["lead"], pair.name)


def check_ledgers(
    found: Impact, comparison: Comparison, old: p.Program, new: p.Program, events: list[Event], rows: list[ProfileRow]
) -> None:
    """The ledgers of a lead that moved, and their common table, sum to its values."""
    logs, names = (Log.of(old, events, rows), Log.of(new, events, rows)), (named_lines(old), named_lines(new))
    assert found.as_of is not None
    pairs = {pair.name: pair for pair in comparison.pairing.scores}
    for score in found.scores:
        for each in with_ledgers(score, pairs[score.name], logs, names, found.as_of).moved_most:
            assert (each.old is None, each.new is None) == (each.move.old is None, each.move.new is None)
            assert sum(row.old or 0 for row in each.rows) == (each.move.old or 0)
            assert sum(row.new or 0 for row in each.rows) == (each.move.new or 0)
