"""The walk of one partition in a worker: all rows of its leads come in, results go out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Full as FullQueue
from queue import Queue
from typing import Any

from scoredsl.engine.cluster import folder
from scoredsl.engine.cluster.errors import WorkerError
from scoredsl.engine.cluster.job import Batches, Job
from scoredsl.engine.cluster.matched import Prepared, prepared, unpacked
from scoredsl.engine.cluster.packets import TOO_LARGE, Packer, Put, Walked, counted
from scoredsl.engine.fast import Codes, Resources, TooLargeError, limit_database, result_columns, walk_leads
from scoredsl.engine.kernel.encode import encode
from scoredsl.engine.kernel.library import KernelMissingError, kernel
from scoredsl.engine.kernel.partition import PartitionStore
from scoredsl.engine.kernel.walk import Cancelled
from scoredsl.engine.kernel.walker import KernelPlan, Walker
from scoredsl.engine.matching import filled_batches
from scoredsl.engine.result_rows import ResultRows
from scoredsl.engine.scan import ProfileScan
from scoredsl.engine.scan.sql import Functions
from scoredsl.engine.sources.duck import connection
from scoredsl.semantics.zones import zone

_BITS = 4
"""A partition of the cluster is set apart into 2^4 of the kernel's; one that is too large is split further."""


def walk(job: Job, batches: Batches) -> Batches:
    """PACKET_SCHEMA: the rows of the walk."""
    plan = prepared(job)
    with filled(job, plan, batches) as full:
        if full is None:
            return
        _, width = result_columns(plan.program, job.mode)

        def produce(put: Put) -> None:
            packer = Packer(put, width)
            try:
                walked = full.walk(packer.take)
            except TooLargeError:
                packer.done(TOO_LARGE)
                return
            packer.done(full.counted(walked))

        yield from streamed(produce)


def table(job: Job, batches: Batches) -> Batches:
    """`folder.schema`: the rows of results as they are to be written, and a last one that says what was counted."""
    plan = prepared(job)
    resources = Resources(job.memory, job.temp_dir)
    columns, width = result_columns(plan.program, job.mode)
    with filled(job, plan, batches) as full:
        if full is None:
            return
        with ResultRows(columns, width, budget=resources.results, temp_dir=job.temp_dir) as rows:
            codes = Codes(plan.program, rows, job.mode)

            def taken(walker: Walker, leads: Any) -> None:
                codes.learn(walker.causes(codes.known))
                rows.add(leads, *walker.row_words(), codes.by_column)

            try:
                walked = full.walk(taken)
            except TooLargeError:
                yield folder.last_row(rows.columns, job.format, TOO_LARGE)
                return
            yield from folder.batches(rows, job.format)
            yield folder.last_row(rows.columns, job.format, full.counted(walked, rows.count))


class Full:
    """A store that is full, and what it takes to walk it."""

    def __init__(self, job: Job, plan: Prepared, store: PartitionStore, first: int) -> None:
        self.job = job
        self.plan = plan
        self.store = store
        self.first = first

    def walk(self, taken: Callable[[Walker, Any], None]) -> Walked:
        """Walks over all leads; `taken` gets the walker, with its rows, and the leads by index (Arrow), time and again.

        Raises TooLargeError.
        """
        job, plan = self.job, self.plan
        tables = KernelPlan(encode(plan.physical, zone(plan.program.timezone), self.first, job.until))
        walker = Walker(tables, job.until, job.mode)

        def finished(number: int, leads: Any) -> None:
            taken(walker, leads)
            walker.clear()

        walk_leads(self.store, [walker], finished)
        return Walked(walker.tally(plan.program), walker.leads)

    def counted(self, walked: Walked, rows: int = 0) -> dict[str, Any]:
        """What is told at the end."""
        return counted(walked, self.store.events, self.store.spilled, rows)


@contextmanager
def filled(job: Job, plan: Prepared, batches: Batches) -> Iterator[Full | None]:
    """The store with all rows of a partition; None where there are none. Raises WorkerError."""
    import pyarrow.compute as pc

    try:
        kernel()
    except KernelMissingError as problem:
        raise WorkerError(f"On a worker: {problem}") from None
    resources = Resources(job.memory, job.temp_dir)
    first = min(job.until, 0)
    profiles: list[Any] = []
    with PartitionStore(ids=job.ids, places=True, budget=resources.store, temp_dir=job.temp_dir, bits=_BITS) as store:
        for of_profile, rows in unpacked(batches):
            if of_profile:
                profiles.append(rows)
            else:
                first = min(first, pc.min(rows.column("time")).as_py())
                store.add_events(rows)
        some = store.events > 0 or bool(profiles)
        if profiles:
            _add_profiles(job, plan, store, profiles, resources)
        yield Full(job, plan, store, first) if some else None


def _add_profiles(job: Job, plan: Prepared, store: PartitionStore, profiles: list[Any], resources: Resources) -> None:
    import pyarrow as pa

    with connection() as db:
        limit_database(db, resources)
        db.execute("SET threads = 1")
        db.register("batches", pa.Table.from_batches(profiles))
        # A table, which other cursors see, too.
        db.execute("CREATE TABLE readings AS SELECT * FROM batches")
        db.unregister("batches")
        profiles.clear()
        none = ProfileScan(db, Functions(db))
        for batch in filled_batches(none, plan.physical.profiles, "readings", zone(plan.program.timezone)):
            store.add_versions(batch)


def streamed(produce: Callable[[Put], None]) -> Iterator[Any]:
    """What a function puts out, while it runs in a thread of its own; a reader that is slow makes it wait.

    Raises what the function raises. If the reader leaves, `put` raises Cancelled.
    """
    ready: Queue[Any] = Queue(maxsize=4)
    left = threading.Event()
    problems: list[BaseException] = []
    end = object()

    def put(item: Any) -> None:
        while not left.is_set():
            try:
                ready.put(item, timeout=0.1)
            except FullQueue:
                continue
            return
        raise Cancelled

    def run() -> None:
        try:
            produce(put)
        except BaseException as problem:
            problems.append(problem)
        finally:
            with suppress(Cancelled):
                put(end)

    thread = threading.Thread(target=run, name="walk", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not end:
            yield item
    finally:
        left.set()
        thread.join()
    if problems:
        raise problems[0]
