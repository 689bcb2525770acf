"""Commands on a cluster: the log is read, matched and walked there; what is asked and said is asked and said here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scoredsl.cli import data_options as data
from scoredsl.cli.computing import (
    Table,
    Wish,
    half_of_memory,
    one_lead_table,
    only_into_a_file,
    processors,
    rows_table,
)
from scoredsl.cli.outputs import written_by_cluster
from scoredsl.cli.progress import waiting
from scoredsl.semantics.program import Program

if TYPE_CHECKING:
    from scoredsl.engine.cluster.run import Cluster, Source
    from scoredsl.plan.logical import LogicalPlan
    from scoredsl.reference import LeadRun, Tally

_TASK_MEMORY = 1 << 30
_LEAST = 512 << 20
_TOO_LARGE = "A score is too large for a cluster: --engine reference computes it, which is slow."


def cluster_table(wish: Wish, stack: ExitStack) -> Table:
    """The results of a wish, computed by a cluster."""
    from scoredsl.engine.cluster.run import require_free, results
    from scoredsl.engine.fast import TooLargeError

    plan = _plan(wish.program, wish.engine)
    with waiting("Asking the cluster"):
        cluster = stack.enter_context(_connected(wish.engine, wish.spark, wish.memory, wish.temp_dir))
    folder = wish.out if wish.out is not None and written_by_cluster(wish.out) else None
    if folder is not None:
        require_free(cluster, folder, [*wish.wanted.events, *wish.wanted.profiles])
    source, rejected = _looked_at(cluster, wish.wanted, plan)
    instant = data.as_of(wish.as_of_text, source.newest)
    if wish.lead is not None:
        run, tally = _lead(source, wish.program, wish.lead, instant)
        return one_lead_table(wish, run, tally, instant, rejected)
    if folder is not None:
        return _written_there(wish, source, instant, rejected)
    try:
        with waiting("Scoring on the cluster"):
            outcome = stack.enter_context(results(source, instant, wish.mode, wish.resources))
    except TooLargeError:
        raise click.ClickException(_TOO_LARGE) from None
    return rows_table(outcome, instant, rejected)


@contextmanager
def cluster_lead(
    wanted: data.Request, program: Program, engine: str, spark: str | None, lead: str, as_of_text: str
) -> Iterator[tuple[LeadRun, int, int]]:
    """One lead for the reference interpreter, the instant, and how many rows were rejected."""
    plan = _plan(program, engine)
    with ExitStack() as stack:
        with waiting("Asking the cluster"):
            cluster = stack.enter_context(_connected(engine, spark, None, None))
        source, rejected = _looked_at(cluster, wanted, plan)
        instant = data.as_of(as_of_text, source.newest)
        run, _ = _lead(source, program, lead, instant)
        yield run, instant, rejected


def _plan(program: Program, engine: str) -> LogicalPlan:
    from scoredsl.plan.analyze import PlanError
    from scoredsl.plan.logical import logical_plan

    try:
        return logical_plan(program)
    except PlanError as problem:
        raise click.ClickException(f"{problem} --engine {engine} cannot run it; --engine reference can.") from None


@contextmanager
def _connected(engine: str, url: str | None, memory: int | None, temp_dir: str | None) -> Iterator[Cluster]:
    """The cluster of --engine. `temp_dir` is a folder of this machine."""
    from scoredsl.engine.cluster.connect import sail_session, spark_session
    from scoredsl.engine.cluster.run import Cluster

    if engine == "sail":
        share = max(_LEAST, half_of_memory() // processors())
        # The server's workers have a folder of their own in `temp_dir`, which is their system's.
        with sail_session(temp_dir) as session:
            yield Cluster(session, memory or share, None, processors(), near=True, tasks=processors())
        return
    if url is None:
        raise click.UsageError(
            "Which cluster? Name its Spark Connect server: --spark sc://HOST:PORT (or SPARK_REMOTE in the environment)."
        )
    with spark_session(url) as session:
        yield Cluster(session, memory or _TASK_MEMORY)


def _looked_at(cluster: Cluster, wanted: data.Request, plan: LogicalPlan) -> tuple[Source, int]:
    """The log and the profiles, and how many rows are rejected, which is said on standard error."""
    from scoredsl.engine.cluster.run import look

    lists = frozenset(plan.list_columns)
    events, profiles = (
        replace(options, list_columns=lists) for options in (wanted.event_options, wanted.profile_options)
    )
    with waiting("Looking at the log"):
        source = look(cluster, wanted.events, events, wanted.profiles, profiles, plan)
    both = [source.events, *([source.profiles] if source.profiles else [])]
    rejected = [row for each in both for row in each.rejected]
    data.say_read([note for each in both for note in each.notes], rejected, wanted)
    return source, len(rejected)


def _lead(source: Source, program: Program, lead: str, instant: int) -> tuple[LeadRun, Tally]:
    from scoredsl.engine.cluster.run import lead_of
    from scoredsl.reference import Log

    with waiting("Looking for the lead"):
        events, rows = lead_of(source, lead)
    if not events and not rows:
        data.unknown_lead([], lead)
    log = Log.of(program, events, rows)
    return log.run(lead, instant), log.tally(instant)


def _written_there(wish: Wish, source: Source, instant: int, rejected: int) -> Table:
    """The table that the cluster writes as a folder."""
    from scoredsl.engine.cluster.folder import FORMATS
    from scoredsl.engine.cluster.run import write
    from scoredsl.engine.fast import TooLargeError, add_tally, result_columns
    from scoredsl.reference import Tally

    columns = [each.column for each in result_columns(wish.program, wish.mode)[0]]
    tally = Tally()

    def write_there(path: str) -> int:
        try:
            with waiting("Scoring on the cluster"):
                counts = write(source, instant, wish.mode, path, FORMATS[Path(path).suffix.lower()])
        except TooLargeError:
            raise click.ClickException(_TOO_LARGE) from None
        add_tally(tally, counts.tally)
        return counts.rows

    return Table(columns, instant, tally, rejected, only_into_a_file, write_there, only_into_a_file)
