"""The one pass, run over the parts of a log, and its result written.

A Parquet file whose columns are lead, name and time as they stand is read by Arrow, which gives names as the numbers
that the file holds, and each row goes from there straight into the kernel, in as many threads as are allowed. All else
is asked of DuckDB.

Measured with `b2b.score`, 20 million events of 1 million leads in Parquet, two cores, the result sorted and written, in
CPU seconds on a shared machine (the ratios tell):

    names joined with a small table of rules, as an expert writes it      3.2 to 3.3
    names looked up in lists, else the same (`grouped_query`)             2.9 to 3.0
    the same, grouped by the hash of the lead: not exact                  2.5 to 2.8
    DuckDB streams into the kernel, sums and bits as two columns          2.5 to 2.7
    DuckDB streams into the kernel, sums and bits packed into one         2.2 to 2.4
    Arrow reads, names as numbers, straight into the kernel               1.8

(GROUP BY lead alone, with nothing added up and nothing written, takes DuckDB 1.6 to 1.8.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any

from scoredsl.engine.onepass.expressions import literal
from scoredsl.engine.onepass.fold import Fold, Rules, TooManyLeadsError
from scoredsl.engine.onepass.plan import OnePass
from scoredsl.engine.onepass.sql import event_query, result_query
from scoredsl.engine.scan.parts import Part, PlainColumns, TablePart

_BATCH = 200_000
_MOMENT = 0.1
"""Seconds between two looks at how far the threads are."""
_MANY_LEADS = 5_000_000
"""With more leads than these the walk is the faster way: its partitions fit in the processor's caches."""
_SAMPLE, _SHARE = 500_000, 32
"""After so many events of a thread, or a part of the log, it is seen how many leads there will be."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the machine a pass may use: threads, and bytes for what it adds up."""

    threads: int = 1
    memory: int = 1 << 62
    progress: Callable[[int], None] = lambda _: None
    """Told now and then how many events have been read."""


def fold_parts(db: Any, plan: OnePass, parts: Sequence[Part], limits: Limits) -> Any:
    """Adds up all parts of a log: an Arrow table with lead and the plan's columns, in the order of leads.

    Raises NotExactError where 64 bits could be too few, TooManyLeadsError where memory is or the walk is faster,
    KernelMissingError where there is no kernel.
    """
    import pyarrow as pa

    plain, others = _divided(plan, parts)
    if plain:
        try:
            return _fold(db, plan, plain, others, limits)
        except (pa.ArrowException, OSError):
            # What Arrow cannot read DuckDB may, or says why not.
            pass
    return _fold(db, plan, [], parts, limits)


def fold_relation(db: Any, plan: OnePass, relation: str) -> Any:
    """As `fold_parts`, over an SQL relation with lead, event and time (whole microseconds)."""
    with Fold(plan) as fold:
        _add_relation(db, fold, relation, Limits(), 0)
        return fold.table()


def _divided(plan: OnePass, parts: Sequence[Part]) -> tuple[list[PlainColumns], list[Part]]:
    """The parts that Arrow reads, and the others."""
    plain: list[PlainColumns] = []
    others: list[Part] = []
    by_name_alone = not any(piece.condition for piece in plan.pieces)
    for part in parts:
        columns = part.plain if isinstance(part, TablePart) and by_name_alone else None
        # A point in a name is a path to Arrow.
        if columns is None or any("." in (name or "") for name in (columns.lead, columns.time, columns.event)):
            others.append(part)
        else:
            plain.append(columns)
    return plain, others


def _fold(db: Any, plan: OnePass, plain: Sequence[PlainColumns], others: Sequence[Part], limits: Limits) -> Any:
    with ExitStack() as stack:
        # Beside what the folds hold there is, in the end, one that has it all, and the table.
        count = limits.threads if plain else 1
        room = limits.memory // (2 * count + 1)
        first, *more = [stack.enter_context(Fold(plan, room)) for _ in range(count)]
        done = _read(plan, plain, [first, *more], limits.progress) if plain else 0
        if others:
            selects = [f"SELECT lead, event, time FROM ({part.relation([], None).sql})" for part in others]
            _add_relation(db, first, f"({' UNION ALL '.join(selects)})", limits, done)
        first.room = limits.memory // 2
        for other in more:
            first.merge(other)
        return first.table()


def _add_relation(db: Any, fold: Fold, relation: str, limits: Limits, done: int) -> None:
    # `sql` streams in parallel; a result of `execute` would be copied first
    for batch in db.sql(event_query(fold.plan, relation)).to_arrow_reader(_BATCH):
        fold.add(batch)
        done += batch.num_rows
        limits.progress(done)


def _read(plan: OnePass, files: Iterable[PlainColumns], folds: Sequence[Fold], progress: Callable[[int], None]) -> int:
    """Reads the row groups of all files, each by the next thread, of as many as there are folds; gives the rows."""
    import pyarrow.parquet as pq

    rules = Rules(plan)
    described = [(file, pq.read_metadata(file.path)) for file in files]
    groups = iter([(file, i) for file, metadata in described for i in range(metadata.num_row_groups)])
    sample = max(_SAMPLE, sum(metadata.num_rows for _, metadata in described) // _SHARE // len(folds))
    lock = Lock()
    read = [0] * len(folds)
    stopped = Event()

    def work(number: int) -> None:
        while True:
            with lock:
                file, group = next(groups, (None, 0))
            if file is None:
                return
            for rows in _add_group(folds[number], rules, file, group):
                before = read[number]
                read[number] += rows
                if before < sample <= read[number] and many_leads(read[number], folds[number].leads):
                    raise TooManyLeadsError
                if stopped.is_set():
                    return

    with ThreadPoolExecutor(len(folds)) as pool:
        try:
            running = {pool.submit(work, number) for number in range(len(folds))}
            while running:
                done, running = wait(running, _MOMENT, FIRST_EXCEPTION)
                for each in done:
                    each.result()
                progress(sum(read))
        finally:
            stopped.set()
    return sum(read)


def many_leads(events: int, leads: int, many: int = _MANY_LEADS) -> bool:
    """Whether a log has more than `many` leads, some events of which are of so many leads: as if drawn at random."""
    return leads > many * -math.expm1(-events / many)


def _add_group(fold: Fold, rules: Rules, file: PlainColumns, group: int) -> Iterator[int]:
    """Takes a row group in batches, and gives the number of rows of each."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    named = [] if file.event is None else [file.event]
    columns = [file.lead, file.time, *named]
    with pq.ParquetFile(file.path, memory_map=True, read_dictionary=named) as source:
        for batch in source.iter_batches(_BATCH, row_groups=[group], columns=columns, use_threads=False):
            lead = _of_type(batch.column(file.lead), pa.string())
            time = batch.column(file.time)
            micros = _of_type(time, pa.timestamp("us", time.type.tz)).view(pa.int64())
            if file.event is None:
                codes, names = pa.repeat(pa.scalar(0, pa.int32()), len(lead)), [file.event_name]
            else:
                event = _of_type(batch.column(file.event), pa.dictionary(pa.int32(), pa.string()))
                codes, names = event.indices, event.dictionary.to_pylist()
            fold.add_events(lead, codes, names, micros, rules)
            yield len(lead)


def _of_type(array: Any, kind: Any) -> Any:
    """A cast loads much of Arrow, and of pandas where that is installed, even if there is nothing to be done."""
    return array if array.type == kind else array.cast(kind)


def write_parquet(db: Any, plan: OnePass, folded: Any, path: str) -> int:
    """Writes what was added up as scores at T, sorted by lead, in Parquet, whole or not at all; gives their number.

    Raises OSError.
    """
    from scoredsl.engine.output import replacing

    db.register("scoredsl_folded", folded)
    try:
        with replacing(path) as temporary:
            query = result_query(plan, "scoredsl_folded", order=False)
            db.execute(f"COPY ({query}) TO {literal(str(temporary))} (FORMAT parquet)")
    finally:
        db.unregister("scoredsl_folded")
    return int(folded.num_rows)
