"""Many scores over one log that is read and matched once: scores at T as a table in DuckDB, and the alerts counted.

The scores come as one plan, also those of several programs (`impact/combined.py`). Nothing is kept in Python: a row a
lead, columns in whole millionths.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from scoredsl.engine.fast import Progress, Resources, add_tally, filled_store, walk_leads
from scoredsl.engine.kernel.walker import HISTORY_WORDS, Walker
from scoredsl.engine.scan import EventScan, ProfileScan
from scoredsl.engine.sources.duck import cursor
from scoredsl.plan.logical import LogicalPlan
from scoredsl.reference import LeadScores, Log, Tally, leads_at
from scoredsl.reference.history import lead_history
from scoredsl.reference.rule_counts import RuleCount, lead_counts
from scoredsl.semantics import program as p
from scoredsl.semantics.program import Program

_CHUNK = 32 << 20
"""Bytes of rows that are handed to DuckDB at once."""
_NONE = -1


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What was made: tables `NAME_leads` and `NAME_alerts` in `db`.

    `NAME_leads` has the columns `lead`, `s0..` (values in millionths), `t0..` (numbers of tiers, the highest is 0; -1
    is none), `g0..` (numbers of cells), `l0..` (labels) in the order of the plan. `NAME_alerts` has `score`, `was`,
    `now` (numbers) and `alerts`, how many there were from `since` to T.
    """

    name: str
    tally: Tally
    leads: int
    since: int
    """From when on alerts are counted, in microseconds; the first event where nothing else was asked."""
    rules: Mapping[tuple[int, p.Place], RuleCount] = field(default_factory=dict)
    """What the rules of the scores that were to be counted did, by the score's number and the place of the rule.

    A rule is missing where a pass has found that it can never fire.
    """


def walked(
    plan: LogicalPlan,
    loud: int,
    events: EventScan,
    profiles: ProfileScan | None,
    until: int,
    since: int | None,
    resources: Resources,
    name: str,
    progress: Progress | None = None,
    *,
    counted: int = 0,
) -> SideBySide:
    """All scores of the plan at T (`until`), by the kernel; alerts of the first `loud` scores, rules of `counted`.

    Raises TooLargeError, KernelMissingError, Cancelled, OSError and MemoryError.
    """
    program = plan.program()
    with filled_store(plan, events, profiles, until, resources, progress) as filled:
        store = filled.store
        start = filled.first if since is None else since
        walkers = [Walker(filled.plan, until, "both", loud, counted) for _ in range(max(1, resources.threads))]
        tables = _Tables(events.db, name, program, start)

        def finished(number: int, leads: Any) -> None:
            tables.take(walkers[number], leads)
            if progress is not None:
                progress("score", store.walked, store.events)

        walk_leads(store, walkers, finished)
    tables.flush()
    tally = Tally()
    for walker in walkers:
        add_tally(tally, walker.tally(program))
    return SideBySide(name, tally, sum(walker.leads for walker in walkers), start, _counts(walkers, program, counted))


def _counts(walkers: Sequence[Walker], program: Program, counted: int) -> dict[tuple[int, p.Place], RuleCount]:
    """What the walkers counted, together."""
    found = _no_counts(program, counted)
    for walker in walkers:
        for number, counts in enumerate(walker.rule_counts(program, counted)):
            for rule, count in zip(program.scores[number].rules, counts, strict=True):
                found[number, rule.place] += count
    return found


def _no_counts(program: Program, counted: int) -> dict[tuple[int, p.Place], RuleCount]:
    scores = enumerate(program.scores[:counted])
    return {(number, rule.place): RuleCount() for number, score in scores for rule in score.rules}


def interpreted(
    plan: LogicalPlan, loud: int, log: Log, db: Any, until: int, since: int | None, name: str, *, counted: int = 0
) -> SideBySide:
    """The same by the reference interpreter."""
    program = plan.program()
    tally = log.tally(until)
    times = [events[0].time for events in log.events.values() if events[0].time <= until]
    start = min(times, default=until) if since is None else since
    tables = _Tables(db, name, program, start)
    width = tables.width
    numbers = {score.name: i for i, score in enumerate(program.scores[:loud])}
    leads: list[str] = []
    words: list[int] = []
    changes: list[int] = []
    rules = _no_counts(program, counted)
    for run in leads_at(log, until, tally):
        words += [len(leads), *_words(program, run.scores(tally))]
        leads.append(run.lead)
        for number, score in enumerate(program.scores[:counted]):
            for rule, count in zip(score.rules, lead_counts(run, score), strict=True):
                rules[number, rule.place] += count
        for row in lead_history(run):
            if row.score in numbers and row.tier != row.from_tier and row.time is not None:
                number = numbers[row.score]
                was, now = (tables.tier_number(number, tier) for tier in (row.from_tier, row.tier))
                changes += [0, row.time, number, 0, 0, now, was, 0]
    tables.add(_batch(leads, words, width), changes)
    tables.flush()
    return SideBySide(name, tally, len(leads), start, rules)


def _words(program: Program, scores: LeadScores) -> Iterator[int]:
    """A lead's scores as the kernel writes them."""
    yield from (scores.values[score.name] for score in program.scores)
    for score in program.scores:
        tier = scores.tiers.get(score.name)
        yield _NONE if tier is None else [each.name for each in score.tiers].index(tier)
    yield from (grid.cells.index(scores.grids[grid.name]) for grid in program.grids)
    yield from (int(scores.labels[label.name]) for label in program.labels)


class _Tables:
    """Takes rows from any thread, and hands them to DuckDB in large pieces."""

    def __init__(self, db: Any, name: str, program: Program, since: int) -> None:
        self.db = db
        self.name = name
        self.since = since
        self.program = program
        self.first_tier = [0, *accumulate(len(score.tiers) for score in program.scores)]
        count = len(program.scores)
        columns = [f"s{i} BIGINT" for i in range(count)] + [f"t{i} SMALLINT" for i in range(count)]
        columns += [f"g{i} INTEGER" for i in range(len(program.grids))]
        columns += [f"l{i} BOOLEAN" for i in range(len(program.labels))]
        self.width = 1 + len(columns)
        self._columns = [column.split() for column in columns]
        self._leads: list[Any] = []
        self._changes: list[Any] = []
        self._bytes = 0
        self._lock = threading.Lock()
        db.execute(f"CREATE TABLE {name}_leads ({', '.join(['lead VARCHAR', *columns])})")
        db.execute(f"CREATE TABLE {name}_alerts (score INTEGER, was INTEGER, now INTEGER, alerts BIGINT)")

    def tier_number(self, score: int, tier: str | None) -> int:
        """A tier's number among those of all scores, as the rows of the walk have it."""
        names = [each.name for each in self.program.scores[score].tiers]
        return _NONE if tier is None else self.first_tier[score] + names.index(tier)

    def take(self, walker: Walker, leads: Any) -> None:
        """Takes what a walker has made of a partition. `leads`: an Arrow array, by index in the rows."""
        import ctypes

        finals = _read(ctypes, *walker.final_words())
        changes = _read(ctypes, *walker.row_words())
        walker.clear()
        self.add(_batch(leads, finals, self.width), changes)

    def add(self, leads: Any, changes: bytes | Sequence[int]) -> None:
        with self._lock:
            self._leads.append(leads)
            self._changes.append(_table(changes, HISTORY_WORDS))
            self._bytes += leads.nbytes + self._changes[-1].nbytes
            if self._bytes > _CHUNK:
                self._flush()

    def flush(self) -> None:
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if not self._leads:
            return
        leads, changes = pa.concat_tables(self._leads), pa.concat_tables(self._changes)
        self._leads, self._changes, self._bytes = [], [], 0
        columns = [f"CAST(words[{2 + i}] AS {type_}) AS {name}" for i, (name, type_) in enumerate(self._columns)]
        first = f"list_extract({self.first_tier}, CAST(words[3] AS INTEGER) + 1)"
        was, now = (f"CASE WHEN words[{i}] < 0 THEN {_NONE} ELSE words[{i}] - {first} END" for i in (7, 6))
        with closing(cursor(self.db)) as other:
            other.register("scoredsl_rows", leads)
            other.execute(f"INSERT INTO {self.name}_leads SELECT {', '.join(['lead', *columns])} FROM scoredsl_rows")
            other.register("scoredsl_rows", changes)
            other.execute(
                f"INSERT INTO {self.name}_alerts SELECT words[3], {was} AS was, {now} AS now, count(*) "
                f"FROM scoredsl_rows WHERE words[2] >= {self.since} GROUP BY ALL"
            )


def _read(ctypes: Any, address: int, count: int) -> bytes:
    return bytes(ctypes.string_at(address, count * 8)) if count else b""


def _table(words: bytes | Iterable[int], width: int) -> Any:
    """Words as a table of one column of lists, a list a row."""
    import pyarrow as pa

    flat = pa.Array.from_buffers(pa.int64(), len(words) // 8, [None, pa.py_buffer(words)]) if isinstance(
        words, bytes
    ) else pa.array(words, pa.int64())
    return pa.table({"words": pa.FixedSizeListArray.from_arrays(flat, width)})


def _batch(leads: Any, words: bytes | Iterable[int], width: int) -> Any:
    """The rows of leads with their names; word 0 of a row is the index of its lead."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = _table(words, width)
    names = leads if isinstance(leads, pa.Array) else pa.array(leads, pa.string())
    index = pc.list_element(table.column("words").combine_chunks(), 0)
    return table.append_column("lead", [names.take(index)])
