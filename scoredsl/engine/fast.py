"""The fast engine: scans, matching, the walk of each lead, result rows (DESIGN: match, award, worth, sum).

Scores are those of the reference interpreter, to the millionth: the walk is exact, whatever the program asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from scoredsl.engine.kernel.causes import cause_text
from scoredsl.engine.kernel.encode import encode
from scoredsl.engine.kernel.kept import DamagedError
from scoredsl.engine.kernel.library import kernel
from scoredsl.engine.kernel.partition import PartitionStore
from scoredsl.engine.kernel.walk import Finished, Keeping, WalkError
from scoredsl.engine.kernel.walker import HISTORY_WORDS, TOO_LARGE, KernelPlan, Mode, Walker
from scoredsl.engine.matching import event_batches, profile_batches
from scoredsl.engine.result_rows import ResultRows, RowColumn, TextCodes
from scoredsl.engine.results import ALERT_COLUMNS, HISTORY_COLUMNS, Column
from scoredsl.engine.scan import EventScan, ProfileScan
from scoredsl.engine.state import Increment
from scoredsl.plan.logical import LogicalPlan
from scoredsl.plan.lowering import lower
from scoredsl.plan.needed import needed_events
from scoredsl.plan.physical import PhysicalPlan
from scoredsl.reference import Tally
from scoredsl.semantics.program import Program
from scoredsl.semantics.zones import Zone, zone

MIB = 1 << 20
Stage = Literal["read", "score"]
Progress: TypeAlias = Callable[[Stage, int, int], None]
"""Called with (stage, events done, events in all), often."""

_HISTORY = (0, 1, 2, 3, 4, 5, 7)
_ALERTS = (0, 1, 2, 3, 6, 5, 7)
"""The words of a row of the walk that the columns of HISTORY_COLUMNS and ALERT_COLUMNS stand in."""


class TooLargeError(Exception):
    """A score is beyond what 64 bits of millionths hold: the reference interpreter has to compute it."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What a run may use: bytes of memory, a folder for what does not fit, threads."""

    memory: int
    temp_dir: str | None = None
    threads: int = 1

    @property
    def store(self) -> int:
        """For rows on their way to the walk."""
        return max(16 * MIB, (self.memory - 400 * MIB) // 2)

    @property
    def results(self) -> int:
        return max(16 * MIB, self.memory // 8)

    @property
    def database(self) -> int:
        return max(192 * MIB, self.memory // 4)


@dataclass(slots=True)
class Outcome:
    """What a run has made: rows to be written once, and what it counted."""

    rows: ResultRows
    tally: Tally
    leads: int
    events: int
    spilled: int
    withdrawn: int = 0
    """Of alerts that earlier runs gave, how many are none any more."""


def limit_database(db: Any, resources: Resources) -> None:
    """Tells DuckDB what it may use."""
    if resources.temp_dir is not None:
        db.execute("SET temp_directory = ?", [resources.temp_dir])
    db.execute(f"SET memory_limit = '{resources.database // MIB}MiB'")


@contextmanager
def run(
    plan: LogicalPlan,
    events: EventScan,
    profiles: ProfileScan | None,
    until: int,
    mode: Mode,
    resources: Resources,
    progress: Progress | None = None,
    increment: Increment | None = None,
) -> Iterator[Outcome]:
    """Scores at T (`until`), or all changes up to it, of every lead.

    With an `increment` the events and profile rows are those that are new to a state. Raises TooLargeError,
    KernelMissingError, Cancelled, OSError and MemoryError; then StateError, too.
    """
    program = plan.program()
    with ExitStack() as stack:
        filled = stack.enter_context(
            filled_store(plan, events, profiles, until, resources, progress, increment, course=mode != "scores")
        )
        store = filled.store
        columns, width = result_columns(program, mode)
        rows = stack.enter_context(
            ResultRows(columns, width, budget=resources.results, temp_dir=resources.temp_dir)
        )
        walkers = [Walker(filled.plan, until, mode) for _ in range(max(1, resources.threads))]
        keeping = None if increment is None else increment.keeping(store, walkers, events.has_id)
        try:
            _walk(program, store, rows, walkers, mode, progress, keeping)
        except DamagedError:
            assert increment is not None
            raise increment.damaged() from None
        if increment is not None:
            increment.finish(store, until)
        tally = Tally()
        for walker in walkers:
            add_tally(tally, walker.tally(program))
        read, spilled = store.events + store.left_out, store.spilled
        store.close()
        withdrawn = sum(walker.withdrawn for walker in walkers)
        yield Outcome(rows, tally, sum(walker.leads for walker in walkers), read, spilled, withdrawn)


@dataclass(frozen=True, slots=True)
class Filled:
    """A store with the rows of a log, ready to be walked. `first`: the time of the first event (T: there is none)."""

    store: PartitionStore
    plan: KernelPlan
    first: int


@contextmanager
def filled_store(
    plan: LogicalPlan,
    events: EventScan,
    profiles: ProfileScan | None,
    until: int,
    resources: Resources,
    progress: Progress | None,
    increment: Increment | None = None,
    *,
    course: bool = True,
) -> Iterator[Filled]:
    """What a walk up to T (`until`) needs of a log; without a `course` only scores at T are asked for.

    Raises as `run` does.
    """
    physical = lower(plan.program())
    date_zone = zone(plan.timezone)
    limit_database(events.db, resources)
    has_ids = events.has_id or (increment is not None and increment.has_ids)
    with PartitionStore(ids=has_ids, budget=resources.store, temp_dir=resources.temp_dir) as store:
        needed = needed_events(physical, None if course else until)
        if needed is not None and increment is None and not has_ids:
            store.leave_out(needed.since)
        first = fill(store, physical, events, profiles, until, date_zone, progress, increment)
        yield Filled(store, KernelPlan(encode(physical, date_zone, min(first, 0), until)), first)


def fill(
    store: PartitionStore,
    plan: PhysicalPlan,
    events: EventScan,
    profiles: ProfileScan | None,
    until: int,
    date_zone: Zone,
    progress: Progress | None,
    increment: Increment | None = None,
) -> int:
    """Fills the store with what happened up to T (`until`); gives the time of the first event (T: there is none).

    With an `increment` what is later than T is there as well, for later runs.
    """
    if increment is not None:
        increment.open(store, profiles is not None)
    first = until
    total = events.usable
    done = 0
    last = until if increment is None else None
    for batch in event_batches(events, plan.events, last, date_zone) if events.files else ():
        store.add_events(batch)
        done += batch.num_rows
        if increment is None:
            first = min(first, _earliest(batch, until))
        else:
            increment.saw(batch)
        if progress is not None:
            progress("read", done, total)
    if profiles is not None:
        versions = (
            profile_batches(profiles, plan.profiles, until, date_zone)
            if increment is None
            else increment.versions(profiles, plan.profiles, date_zone)
        )
        for batch in versions:
            store.add_versions(batch)
    return first if increment is None or increment.earliest is None else min(first, increment.earliest)


def _earliest(batch: Any, until: int) -> int:
    import pyarrow.compute as pc

    found = pc.min(batch.column("time")).as_py() if batch.num_rows else None
    return until if found is None else int(found)


def _walk(
    program: Program,
    store: PartitionStore,
    rows: ResultRows,
    walkers: Sequence[Walker],
    mode: Mode,
    progress: Progress | None,
    keeping: Keeping | None,
) -> None:
    codes = [Codes(program, rows, mode) for _ in walkers]

    def finished(number: int, leads: Any) -> None:
        walker = walkers[number]
        codes[number].learn(walker.causes(codes[number].known))
        address, words = walker.row_words()
        rows.add(leads, address, words, codes[number].by_column)
        walker.clear()
        if progress is not None:
            progress("score", store.walked, store.events)

    walk_leads(store, walkers, finished, keeping)


def walk_leads(
    store: PartitionStore, walkers: Sequence[Walker], finished: Finished, keeping: Keeping | None = None
) -> None:
    """Has the walkers walk every lead of a store. Raises TooLargeError, and what `PartitionStore.walk` raises."""
    try:
        store.walk(kernel().walk_lead, [walker.pointer or 0 for walker in walkers], finished, keeping)
    except WalkError as problem:
        if problem.code == TOO_LARGE:
            raise TooLargeError from None
        raise


def result_columns(program: Program, mode: Mode) -> tuple[list[RowColumn], int]:
    """The columns of the results, each with its word in the rows of the walk, and how many words a row has."""
    if mode != "scores":
        columns, words = (HISTORY_COLUMNS, _HISTORY) if mode == "history" else (ALERT_COLUMNS, _ALERTS)
        return [RowColumn(column, word) for column, word in zip(columns, words, strict=True)], HISTORY_WORDS
    n = len(program.scores)
    found = [RowColumn(Column("lead", "text"), 0)]
    for i, score in enumerate(program.scores):
        found.append(RowColumn(Column(score.name, "points"), 1 + i))
        if score.tiers:
            found.append(RowColumn(Column(f"{score.name}_tier", "text"), 1 + n + i))
    at = 1 + 2 * n
    found += [RowColumn(Column(grid.name, "text"), at + i) for i, grid in enumerate(program.grids)]
    at += len(program.grids)
    found += [RowColumn(Column(label.name, "boolean"), at + i) for i, label in enumerate(program.labels)]
    return found, at + len(program.labels)


class Codes:
    """What the numbers of one walker mean, by the place of their column."""

    def __init__(self, program: Program, rows: ResultRows, mode: Mode) -> None:
        self.program = program
        self.by_column: dict[int, TextCodes] = {}
        self.causes: TextCodes | None = None
        places = {column.name: i for i, column in enumerate(rows.columns)}
        if mode == "scores":
            for score in program.scores:
                if score.tiers:
                    place = places[f"{score.name}_tier"]
                    self.by_column[place] = rows.text_codes(place, [tier.name for tier in score.tiers])
            for grid in program.grids:
                self.by_column[places[grid.name]] = rows.text_codes(places[grid.name], grid.cells)
            return
        tiers = [tier.name for score in program.scores for tier in score.tiers]
        for name in ("tier", "from_tier", "to_tier"):
            if name in places:
                self.by_column[places[name]] = rows.text_codes(places[name], tiers)
        scores = places["score"]
        self.by_column[scores] = rows.text_codes(scores, [score.name for score in program.scores])
        self.causes = self.by_column[places["cause"]] = rows.text_codes(places["cause"])

    @property
    def known(self) -> int:
        """How many causes have a meaning."""
        return len(self.causes) if self.causes is not None else 0

    def learn(self, causes: Sequence[tuple[int, tuple[int, ...]]]) -> None:
        """Takes up the causes that the walker has numbered since (`Walker.causes`)."""
        if self.causes is not None:
            self.causes.extend(cause_text(self.program, score, codes) for score, codes in causes)


def add_tally(total: Tally, more: Tally) -> None:
    """Adds what one walker counted to what all have."""
    total.awards_lost.update(more.awards_lost)
    total.points_missing.update(more.points_missing)
    total.without_value.update(more.without_value)
    total.divisions_by_zero.update(more.divisions_by_zero)
    total.ignored += more.ignored
    total.duplicates += more.duplicates
    total.excluded += more.excluded
