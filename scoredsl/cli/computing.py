"""Results for the commands, whichever engine makes them: a table of rows to be written once, and what was counted."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from scoredsl.cli import data_options as data
from scoredsl.cli import incremental
from scoredsl.cli.progress import StageProgress, progress, say_pace, stage_progress
from scoredsl.semantics.program import Program

if TYPE_CHECKING:
    from scoredsl.cli.incremental import StateWish
    from scoredsl.engine.fast import Outcome, Resources
    from scoredsl.engine.results import Column
    from scoredsl.engine.scan import EventScan, ProfileScan, Sieve
    from scoredsl.plan.logical import LogicalPlan
    from scoredsl.reference import LeadRun, Log, Tally
    from scoredsl.semantics.log import Event, ProfileRow

F = TypeVar("F", bound=Callable[..., Any])
Mode = Literal["scores", "history", "alerts"]
Row = Sequence[Any]

CLUSTERS = ("spark", "sail")
"""The engines whose workers read the log."""

_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_LEAST = 512 << 20


class Memory(click.ParamType[int]):
    """An amount of memory: 4GiB, 800MB, 2g."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        text = value.strip().lower().replace("_", "").replace(" ", "")
        digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
        unit = text[len(digits) :].removesuffix("ib") if text.endswith("ib") else text[len(digits) :].removesuffix("b")
        try:
            size = int(float(digits) * _UNITS[unit])
        except (ValueError, KeyError, OverflowError):
            self.fail(f"{value} is no amount of memory. Write, for example, 4GiB or 800MiB.", param, ctx)
        if size < _LEAST:
            self.fail(f"{value} is too little to work with. Give at least 512MiB.", param, ctx)
        return size


engine_option = click.option(
    "--engine", type=click.Choice(["auto", "fast", "reference", "spark", "sail"]), default="auto", show_default=True,
    help="How scores are computed. All give the same; reference is slow, and the definition; spark and sail are "
    "clusters (docs/cluster.md).",
)  # fmt: skip
spark_option = click.option(
    "--spark", metavar="sc://HOST:PORT", envvar="SPARK_REMOTE", show_envvar=True,
    help="The cluster for --engine spark: the address of its Spark Connect server.",
)  # fmt: skip


def engine_options(command: F) -> F:
    """How the results are computed."""
    options = (
        engine_option,
        spark_option,
        click.option("--memory", type=Memory(), metavar="SIZE",
                     help="How much memory may be used, such as 4GiB; what does not fit goes to files for the time of "
                     "the run. Default: half of the machine's. On a cluster: for each task (1GiB)."),
        click.option("--temp-dir", metavar="DIR", type=click.Path(exists=True, file_okay=False, writable=True),
                     help="The folder for such files. Default: the system's."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def check_cluster(engine: str, spark: str | None) -> None:
    """Raises a usage error for a cluster that is named on the command line and not used."""
    from click.core import ParameterSource

    said = click.get_current_context().get_parameter_source("spark") is ParameterSource.COMMANDLINE
    if spark is not None and said and engine != "spark":
        raise click.UsageError(f"--spark names a cluster, and --engine {engine} uses none: say --engine spark, too.")


@dataclass(slots=True)
class Table:
    """Rows of results, which can be taken once: as `rows`, into a file, or as CSV to a stream."""

    columns: Sequence[Column]
    instant: int
    tally: Tally
    rejected: int
    rows: Callable[[], Iterator[Row]]
    write_file: Callable[[str], int]
    write_csv: Callable[[], int]
    keep: Callable[[], None] = lambda: None
    """Called when the rows were taken and nothing is wrong."""
    events: int = 0
    """How many events were read, where that took a while."""


@dataclass(slots=True)
class Wish:
    """What a command wants computed."""

    wanted: data.Request
    program: Program
    as_of_text: str
    mode: Mode
    engine: str
    spark: str | None
    memory: int | None
    temp_dir: str | None
    lead: str | None = None
    out: str | None = None
    """What all rows are written to, and nothing else is done with them; None where it is not so."""
    state: StateWish | None = None

    @property
    def resources(self) -> Resources:
        return resources(self.memory, self.temp_dir)


def resources(memory: int | None = None, temp_dir: str | None = None) -> Resources:
    """What a run may use, by --memory and --temp-dir; else half of the machine's memory."""
    from scoredsl.engine.fast import Resources

    return Resources(memory or half_of_memory(), temp_dir, processors())


def half_of_memory() -> int:
    """Half of the machine's memory, in bytes; 4 GiB where it cannot be told."""
    try:
        return max(_LEAST, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)
    except (AttributeError, ValueError, OSError):
        return 4 << 30


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def computed(wish: Wish) -> Iterator[Table]:
    """The results of a wish; what there is to say about the data goes to standard error."""
    check_cluster(wish.engine, wish.spark)
    began = monotonic()
    with ExitStack() as stack:
        table: Table | None = None
        if wish.engine in CLUSTERS:
            from scoredsl.cli.on_cluster import cluster_table

            table = cluster_table(wish, stack)
        elif wish.state is not None:
            table = incremental.table_of(wish, stack)
        elif wish.engine != "reference":
            table = _fast(wish, stack)
        if table is None:
            table = _reference(wish)
        yield table
        sys.stdout.flush()
        table.keep()
        say_pace(table.events, monotonic() - began)


# ---- the fast engine


@dataclass(slots=True)
class Scans:
    """The data of a request, looked at but not read."""

    events: EventScan
    profiles: ProfileScan | None
    rejected: int

    def newest(self) -> int | None:
        times = [self.events.newest(), self.profiles.newest() if self.profiles else None]
        return max((time for time in times if time is not None), default=None)


@contextmanager
def scans(
    wanted: data.Request, program: Program, sieves: tuple[Sieve | None, Sieve | None] = (None, None)
) -> Iterator[Scans]:
    """Looks at the log and the profiles, says on standard error what was found and what was rejected.

    `sieves`: those of the log and the profiles.
    """
    from scoredsl.engine.sources.duck import connection

    with connection() as db, ExitStack() as stack:
        yield scanned(wanted, program.list_columns, db, stack, sieves=sieves)


def scanned(
    wanted: data.Request,
    lists: frozenset[str],
    db: Any,
    stack: ExitStack,
    *,
    say: bool = True,
    sieves: tuple[Sieve | None, Sieve | None] = (None, None),
) -> Scans:
    """The same on a connection that is there already. `lists`: the names that are declared as lists."""
    from scoredsl.engine.scan import scan_events, scan_profiles

    options = replace(wanted.event_options, list_columns=lists)
    events = stack.enter_context(scan_events(wanted.events, options, db, sieves[0]))
    notes, rejected = list(events.notes), list(events.rejected)
    profiles = None
    if wanted.profiles:
        options = replace(wanted.profile_options, list_columns=lists)
        profiles = stack.enter_context(scan_profiles(wanted.profiles, options, db, sieves[1]))
        notes += profiles.notes
        rejected += profiles.rejected
    if say:
        data.say_read(notes, rejected, wanted)
    return Scans(events, profiles, len(rejected))


def _fast(wish: Wish, stack: ExitStack) -> Table | None:
    """None where the reference interpreter has to do it, which is said."""
    from scoredsl.engine.fast import TooLargeError, run
    from scoredsl.engine.kernel.library import KernelMissingError, kernel
    from scoredsl.plan.analyze import PlanError
    from scoredsl.plan.logical import logical_plan

    try:
        plan = logical_plan(wish.program)
    except PlanError as problem:
        click.echo(f"{problem} The reference interpreter is used, which is slow on large logs.", err=True)
        return None
    try:
        kernel()
    except KernelMissingError as problem:
        if wish.engine == "fast":
            raise click.ClickException(str(problem)) from None
        click.echo(f"{problem}\nUntil then the reference interpreter is used, which is slow on large logs.", err=True)
        return None
    found = stack.enter_context(scans(wish.wanted, wish.program))
    instant = data.as_of(wish.as_of_text, found.newest)
    if wish.lead is not None:
        return _one_lead(wish, found, instant)
    one_pass = _one_pass(wish, plan, found, instant)
    if one_pass is not None:
        return one_pass
    with_bar: StageProgress = stack.enter_context(stage_progress())
    try:
        outcome = stack.enter_context(
            run(plan, found.events, found.profiles, instant, wish.mode, wish.resources, with_bar.step)
        )
    except TooLargeError:
        said = "A score is too large for the fast engine; the reference interpreter is used, which is slow."
        click.echo(said, err=True)
        return _interpreted(wish, found, instant)
    with_bar.close()
    return rows_table(outcome, instant, found.rejected)


def rows_table(outcome: Outcome, instant: int, rejected: int) -> Table:
    """The rows of a run as a table."""
    rows = outcome.rows
    return Table(
        rows.columns, instant, outcome.tally, rejected, rows.rows, rows.write_file, to_stdout(rows),
        events=outcome.events,
    )  # fmt: skip


def _one_pass(wish: Wish, plan: LogicalPlan, found: Scans, instant: int) -> Table | None:
    """Scores that do not depend on order, as one aggregation; None where the walk has to do it.

    It is the faster way for a large log whose scores go to Parquet. Ids, profiles and what is counted need the walk.
    """
    from scoredsl.engine.fast import limit_database
    from scoredsl.engine.onepass import Limits, NotExactError, TooManyLeadsError, fold_parts, plan_of, write_parquet
    from scoredsl.engine.results import score_columns
    from scoredsl.reference import Tally

    events = found.events
    if wish.mode != "scores" or wish.out is None or not wish.out.lower().endswith(".parquet"):
        return None
    if found.profiles is not None or events.has_id or events.usable < _LARGE:
        return None
    program = plan.program()
    pass_ = plan_of(program, instant)
    if pass_ is None:
        return None
    limit_database(events.db, wish.resources)
    with stage_progress() as with_bar:

        def progress(done: int) -> None:
            with_bar.step("read", min(done, events.usable), events.usable)

        try:
            limits = Limits(wish.resources.threads, wish.resources.store, progress)
            folded = fold_parts(events.db, pass_, events.parts, limits)
        except (NotExactError, TooManyLeadsError):
            return None

    return Table(
        score_columns(program), instant, Tally(), found.rejected, only_into_a_file,
        lambda path: write_parquet(events.db, pass_, folded, path), only_into_a_file, events=events.usable,
    )  # fmt: skip


_LARGE = 100_000
"""Fewer events are walked at once."""


def only_into_a_file() -> Any:
    """Instead of rows, where they go to what was asked for and nowhere else."""
    raise AssertionError("these results are written to the file that was asked for")


def to_stdout(rows: Any) -> Callable[[], int]:
    """What writes all rows to standard output as CSV."""

    def write() -> int:
        sys.stdout.flush()
        count: int = rows.write_csv(sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return count

    return write


def lead_run(found: Scans, program: Program, lead: str, instant: int) -> tuple[LeadRun, Tally]:
    """One lead for the reference interpreter, and what was counted about it.

    Raises a usage error for an unknown lead.
    """
    log = lead_log(found, program, lead)
    return log.run(lead, instant), log.tally(instant)


def lead_log(found: Scans, program: Program, lead: str) -> Log:
    """The log of one lead. Raises a usage error for an unknown one."""
    from scoredsl.reference import Log

    events: list[Event] = found.events.events_of(lead)
    rows: list[ProfileRow] = found.profiles.rows_of(lead) if found.profiles is not None else []
    if not events and not rows:
        data.unknown_lead(_leads(found), lead)
    return Log.of(program, events, rows)


def _leads(found: Scans) -> list[str]:
    """The leads of the log, if they are few enough to look for a close one."""
    parts = [*found.events.parts, *(found.profiles.parts if found.profiles is not None else ())]
    sql = " UNION ".join(f"SELECT lead FROM ({part.relation([], None).sql})" for part in parts)
    most = data.MOST_LEADS_TO_SUGGEST
    named = found.events.db.execute(f"SELECT DISTINCT lead FROM ({sql}) LIMIT {most + 1}").fetchall()
    return [lead for (lead,) in named]


def _one_lead(wish: Wish, found: Scans, instant: int) -> Table:
    assert wish.lead is not None
    run, tally = lead_run(found, wish.program, wish.lead, instant)
    return one_lead_table(wish, run, tally, instant, found.rejected)


def one_lead_table(wish: Wish, run: LeadRun, tally: Tally, instant: int, rejected: int) -> Table:
    """A lone lead is computed by the reference interpreter: there is nothing to be gained by anything else."""
    from scoredsl.reference.history import lead_history

    if run.exists and run.excluded:
        tally.excluded += 1
    changes = lead_history(run) if run.exists and not run.excluded else []
    return _course_table(wish, instant, tally, rejected, iter(changes))


# ---- the reference interpreter


def _reference(wish: Wish) -> Table:
    from scoredsl.reference import Log, latest_instant

    read = data.read_data(wish.wanted, wish.program)
    profile_rows = read.profiles.rows if read.profiles else ()
    instant = data.as_of(wish.as_of_text, lambda: latest_instant(read.log.events, profile_rows))
    return _by_definition(wish, Log.of(wish.program, read.log.events, profile_rows), instant, read.rejected)


def _interpreted(wish: Wish, found: Scans, instant: int) -> Table:
    """The same of data that was looked at before: standard input, for one, can be read only once."""
    from scoredsl.reference import Log

    profile_rows = found.profiles.rows_of(None) if found.profiles is not None else ()
    log = Log.of(wish.program, found.events.events_of(None), profile_rows)
    return _by_definition(wish, log, instant, found.rejected)


def _by_definition(wish: Wish, log: Log, instant: int, rejected: int) -> Table:
    from scoredsl.engine import results
    from scoredsl.reference import history_of, score_log

    if wish.mode == "scores":
        with progress("Scoring leads") as advance:
            table = score_log(log, instant, advance)
        rows = results.score_rows(wish.program, table.rows)
        return _of_rows(results.score_columns(wish.program), instant, table.tally, rejected, rows)
    if wish.lead is not None:
        data.known_lead(log.leads, wish.lead)
    tally = log.tally(instant)
    return _course_table(wish, instant, tally, rejected, history_of(log, instant, wish.lead, tally))


def _course_table(wish: Wish, instant: int, tally: Tally, rejected: int, changes: Iterator[Any]) -> Table:
    from scoredsl.engine import results

    if wish.mode == "history":
        return _of_rows(results.HISTORY_COLUMNS, instant, tally, rejected, results.history_rows(changes))
    return _of_rows(results.ALERT_COLUMNS, instant, tally, rejected, results.alert_rows(changes))


def _of_rows(columns: Sequence[Column], instant: int, tally: Tally, rejected: int, rows: Iterator[Row]) -> Table:
    from scoredsl.engine import results

    return Table(
        columns, instant, tally, rejected, lambda: rows, lambda path: results.write_file(path, columns, rows),
        lambda: results.write_csv(sys.stdout, columns, rows),
    )  # fmt: skip
