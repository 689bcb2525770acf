"""From tables of scores side by side (`engine/side_by_side.py`) to figures, by SQL: no lead is counted in Python."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scoredsl.engine.scan.sql import literal
from scoredsl.impact.changes import Change
from scoredsl.impact.combined import Column, Placed
from scoredsl.impact.figures import (
    SHARES,
    Bar,
    Cell,
    GoneScore,
    Ledgers,
    Move,
    Output,
    Part,
    ScoreImpact,
    Spread,
    TierImpact,
    Together,
)
from scoredsl.impact.pairing import ScorePair
from scoredsl.semantics import program as p
from scoredsl.semantics.values import MILLION

NONE, GONE = -1, -2
"""Numbers of tiers in the tables made here: no tier, and no score at all. From 0 on: places in the pairs of tiers."""
_NO_PLACE = -3
_BARS = 12


@dataclass(frozen=True, slots=True)
class Alone:
    """A change, the old program with it alone, and where that is found."""

    change: Change
    score: p.Score
    placed: Placed


@dataclass(frozen=True, slots=True)
class Question:
    """A score of both programs, with where all that is asked is found. `tables` are their names, by run."""

    pair: ScorePair
    old: Placed
    new: Placed
    alone: Sequence[Alone]
    tables: Sequence[str]
    names: int
    """How many leads are named for each tier."""
    most: int
    """How many leads that moved most are wanted."""


def measured(db: Any, question: Question) -> ScoreImpact:
    """The figures of one score; without ledgers."""
    return _Board(db, question).impact()


def highest(db: Any, question: Question, most: int) -> tuple[Move, ...]:
    """The leads with the most points in the new program, at most so many; of equal ones the first by name."""
    return _Board(db, question).highest(most)


def leads_in_all(db: Any, tables: Sequence[str]) -> int:
    """How many leads have scores in any of the tables."""
    found = " UNION ".join(f"SELECT lead FROM {table}_leads" for table in tables)
    return int(db.execute(f"SELECT count(*) FROM ({found})").fetchone()[0])


def gone_score(db: Any, pair: ScorePair, old: Placed, tables: Sequence[str]) -> GoneScore:
    """A score of the old program alone."""
    assert pair.old is not None
    column = old.scores[pair.name]
    sql = f"SELECT t{column.number}, count(*) FROM {tables[column.run]}_leads GROUP BY ALL"
    counts = dict(db.execute(sql).fetchall())
    return GoneScore(pair.name, tuple((tier.name, counts.get(i, 0)) for i, tier in enumerate(pair.old.tiers)))


def output_changes(db: Any, kind: str, name: str, old: Column, new: Column, cells: Sequence[Sequence[str]],
                   tables: Sequence[str]) -> Output:  # fmt: skip
    """For how many leads a grid (`cells`: its names, by program) or label says something else."""
    letter = "g" if kind == "grid" else "l"
    before, after = f"o.{letter}{old.number}", f"n.{letter}{new.number}"
    if kind == "grid":
        names = [f"list_extract([{', '.join(map(literal, each))}], {column} + 1)"
                 for each, column in zip(cells, (before, after), strict=True)]  # fmt: skip
        before, after = names
    joined = f"{tables[old.run]}_leads o FULL JOIN {tables[new.run]}_leads n USING (lead)"
    leads, changed = db.execute(
        f"SELECT count(*), count(*) FILTER (WHERE {before} IS DISTINCT FROM {after}) FROM {joined}"
    ).fetchone()
    return Output(kind, name, leads, changed)


def tier_places(pair: ScorePair, score: p.Score) -> list[int]:
    """For no tier, then for each tier of a score of the pair (or a blend of it), its place in the pairs of tiers."""
    places = [
        next(i for i, each in enumerate(pair.tiers) if tier is each.old or tier is each.new) for tier in score.tiers
    ]
    return [NONE, *places]


class _Board:
    """A view `board` of one score: a row a lead, with its value and tier in either program and after each change."""

    def __init__(self, db: Any, question: Question) -> None:
        self.db = db
        self.q = question
        self.pair = question.pair
        assert self.pair.old is not None and self.pair.new is not None
        self.old, self.new = self.pair.old, self.pair.new
        self.count = len(question.alone)
        db.execute(f"CREATE OR REPLACE VIEW board AS {self._view()}")

    # ---- the view

    def _view(self) -> str:
        sides = [(self.q.old, self.old, "old"), (self.q.new, self.new, "new")]
        sides += [(each.placed, each.score, f"v{i}") for i, each in enumerate(self.q.alone)]
        runs = list(dict.fromkeys(placed.run for placed, _, _ in sides))
        columns = []
        for placed, score, name in sides:
            column = placed.scores[self.pair.name]
            table = f"r{column.run}"
            tier = _listed(tier_places(self.pair, score), f"{table}.t{column.number} + 2")
            columns.append(f"{table}.s{column.number} AS {name}_value")
            columns.append(f"CASE WHEN {table}.lead IS NULL THEN {GONE} ELSE {tier} END AS {name}_tier")
        lead = f"coalesce({', '.join(f'r{run}.lead' for run in runs)})"
        joined = f"{self.q.tables[runs[0]]}_leads r{runs[0]}"
        for i, run in enumerate(runs[1:], 1):
            known = f"coalesce({', '.join(f'r{each}.lead' for each in runs[:i])})"
            joined += f" FULL JOIN {self.q.tables[run]}_leads r{run} ON r{run}.lead = {known}"
        return f"SELECT {lead} AS lead, {', '.join(columns)} FROM {joined}"

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.db.execute(sql).fetchall()
        return found

    # ---- all figures

    def impact(self) -> ScoreImpact:
        either = "old_value IS NOT NULL OR new_value IS NOT NULL"
        ((leads, moved, up, down, tier_moved, appearing, vanishing),) = self._rows(
            f"SELECT count(*), {_count(_MOVED)}, {_count('new_value > old_value')}, {_count('new_value < old_value')}, "
            f"{_count('old_tier <> new_tier')}, {_count('old_value IS NULL')}, {_count('new_value IS NULL')} "
            f"FROM board WHERE {either}"
        )
        alerts = (self._alerts(self.q.old, self.old), self._alerts(self.q.new, self.new))
        before, after = self._spread("old"), self._spread("new")
        return ScoreImpact(
            self.pair.name, self.pair.old_name or self.pair.name, leads, moved, up, down, tier_moved, appearing,
            vanishing, self._matrix(), tuple(self._tiers(*alerts)), before, after, tuple(self._bars(before, after)),
            *self._parts(), tuple(Ledgers(move) for move in self._most_moved()),
            sum(alerts[0].values()), sum(alerts[1].values()),
        )  # fmt: skip

    # ---- tiers

    def _name(self, place: int, new: bool) -> str | None:
        if place < 0:
            return None
        pair = self.pair.tiers[place]
        tier = (pair.new or pair.old) if new else (pair.old or pair.new)
        assert tier is not None
        return tier.name

    def _matrix(self) -> tuple[Cell, ...]:
        rows = self._rows(
            "SELECT old_tier, new_tier, count(*) FROM board WHERE old_value IS NOT NULL AND new_value IS NOT NULL "
            "GROUP BY ALL"
        )
        order = {place: i for i, place in enumerate([*self._ranked(), NONE])}
        rows.sort(key=lambda row: (order[row[0]], order[row[1]]))
        return tuple(Cell(self._name(old, False), self._name(new, True), leads) for old, new, leads in rows)

    def _ranked(self) -> list[int]:
        """The places of all tiers, the highest first: by the number in the new program, else in the old one."""

        def number(place: int) -> int:
            pair = self.pair.tiers[place]
            tier = pair.new or pair.old
            assert tier is not None
            return tier.number

        return sorted(range(len(self.pair.tiers)), key=lambda place: -number(place))

    def _tiers(self, alerts_before: dict[int, int], alerts_after: dict[int, int]) -> Iterator[TierImpact]:
        for place in self._ranked():
            pair = self.pair.tiers[place]
            kept = ", ".join(map(str, [*self._as_high(place), _NO_PLACE]))
            entering, leaving = (f"{one}_tier = {place} AND {other}_tier <> {place}"
                                 for one, other in (("new", "old"), ("old", "new")))  # fmt: skip
            ((before, after, come, go, lost),) = self._rows(
                f"SELECT {_count(f'old_tier = {place}')}, {_count(f'new_tier = {place}')}, {_count(entering)}, "
                f"{_count(leaving)}, {_count(f'old_tier = {place} AND new_tier NOT IN ({kept})')} FROM board"
            )
            name = self._name(place, True)
            assert name is not None
            yield TierImpact(
                name, pair.old.name if pair.old is not None else None, pair.new is None, before, after, come, go, lost,
                self._named(entering, "new_value"), self._named(leaving, "old_value"), alerts_before.get(place, 0),
                alerts_after.get(place, 0),
            )  # fmt: skip

    def _as_high(self, place: int) -> list[int]:
        """The tiers of the new program in which a lead has not lost the one at `place`."""
        pair = self.pair.tiers[place]
        least = pair.new or pair.old
        assert least is not None
        number = least.number
        return [i for i, each in enumerate(self.pair.tiers) if each.new is not None and each.new.number >= number]

    def _named(self, where: str, by: str) -> tuple[Move, ...]:
        return self._moves(f"WHERE {where} ORDER BY {by} DESC, lead LIMIT {self.q.names}")

    def _moves(self, rest: str) -> tuple[Move, ...]:
        rows = self._rows(f"SELECT lead, old_value, new_value, old_tier, new_tier FROM board {rest}")
        return tuple(
            Move(lead, old, new, self._name(old_tier, False), self._name(new_tier, True))
            for lead, old, new, old_tier, new_tier in rows
        )

    def highest(self, most: int) -> tuple[Move, ...]:
        return self._moves(f"WHERE new_value IS NOT NULL ORDER BY new_value DESC, lead LIMIT {most}")

    def _most_moved(self) -> tuple[Move, ...]:
        """By how far the value moved; a lead that appears or vanishes moves by its whole value."""
        how_far = "abs(coalesce(new_value, 0)::HUGEINT - coalesce(old_value, 0))"
        return self._moves(
            f"WHERE {_MOVED} ORDER BY {how_far} DESC, (old_tier <> new_tier) DESC, lead LIMIT {self.q.most}"
        )

    def _alerts(self, placed: Placed, score: p.Score) -> dict[int, int]:
        """How many alerts there were, by the place of the tier that the lead came to."""
        column = placed.scores[self.pair.name]
        places = tier_places(self.pair, score)
        table = f"{self.q.tables[column.run]}_alerts"
        rows = self._rows(f"SELECT now, sum(alerts) FROM {table} WHERE score = {column.number} GROUP BY now")
        return {places[now + 1]: int(alerts) for now, alerts in rows}

    # ---- the distribution

    def _spread(self, side: str) -> Spread:
        shares = ", ".join(map(str, SHARES))
        ((leads, total, values),) = self._rows(
            f"SELECT count({side}_value), sum({side}_value), quantile_disc({side}_value, [{shares}]) FROM board"
        )
        return Spread(leads, int(total or 0), tuple(values or ()))

    def _bars(self, before: Spread, after: Spread) -> Iterator[Bar]:
        """About a dozen bars of a round width, over the range of all but the highest hundredth; the ends are open."""
        spreads = [spread.values for spread in (before, after) if spread.values]
        if not spreads:
            return
        low, high = min(values[0] for values in spreads), max(values[-2] for values in spreads)
        least = min(values[1] for values in spreads)
        whole = all(value % MILLION == 0 for values in spreads for value in values)
        width = max(round_width(max(high - least, 1)), MILLION if whole else 1)
        first = least // width
        last = max(high // width, first)
        bar = f"greatest({first - 1}, least({last + 1}, {{}}_value // {width} - CASE WHEN {{}}_value % {width} < 0 "
        bar += "THEN 1 ELSE 0 END))"
        counts: dict[int, list[int]] = {}
        for i, side in enumerate(("old", "new")):
            sql = bar.format(side, side)
            for number, leads in self._rows(
                f"SELECT {sql}, count(*) FROM board WHERE {side}_value IS NOT NULL GROUP BY ALL"
            ):
                counts.setdefault(number, [0, 0])[i] = leads
        numbers = range(min(counts), max(counts) + 1)
        highest = max(values[-1] for values in spreads)
        for number in numbers:
            begin = None if number < first and low < first * width else number * width
            end = None if number > last and highest >= (last + 2) * width else (number + 1) * width
            yield Bar(begin, end, *counts.get(number, [0, 0]))

    # ---- change by change

    def _parts(self) -> tuple[tuple[Part, ...], Together | None]:
        if not self.count:
            return (), None
        moved = [f"(v{i}_value <> old_value OR v{i}_tier <> old_tier)" for i in range(self.count)]
        how_many = " + ".join(f"{each}::INTEGER" for each in moved)
        columns = []
        for i, by_this in enumerate(moved):
            columns += [
                _count(by_this), _count(f"v{i}_value > old_value"), _count(f"v{i}_value < old_value"),
                _count(f"v{i}_tier <> old_tier"), _count(f"{by_this} AND moved_by = 1"),
                f"coalesce(sum(v{i}_value::HUGEINT - old_value), 0)",
            ]  # fmt: skip
        parts = " + ".join(f"(v{i}_value::HUGEINT - old_value)" for i in range(self.count))
        whole = "(new_value::HUGEINT - old_value)"
        columns += [_count(f"{whole} <> {parts}"), f"coalesce(sum({whole} - ({parts})), 0)"]
        every = " AND ".join(f"v{i}_value IS NOT NULL" for i in range(self.count))
        (row,) = self._rows(
            f"SELECT {', '.join(columns)} FROM (SELECT *, {how_many} AS moved_by FROM board "
            f"WHERE old_value IS NOT NULL AND new_value IS NOT NULL AND {every})"
        )
        found = [
            Part(each.change, *map(int, row[6 * i : 6 * i + 6])) for i, each in enumerate(self.q.alone)
        ]
        together = Together(int(row[-2]), int(row[-1])) if self.count > 1 else None
        return tuple(found), together


_MOVED = "(old_value IS DISTINCT FROM new_value OR old_tier <> new_tier)"


def round_width(reach: int) -> int:
    """The width of a bar, in millionths, so that about a dozen cover `reach`: 1, 2 or 5 times a power of ten."""
    width = 1
    while True:
        for factor in (1, 2, 5):
            if width * factor * _BARS >= reach:
                return width * factor
        width *= 10


def _count(condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition})"


def _listed(numbers: Sequence[int], index: str) -> str:
    return f"list_extract({list(numbers)}, {index})"
