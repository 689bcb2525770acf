"""The command line: click only here, one file a verb."""

from __future__ import annotations

import gc
import os
import sys

__all__ = ["main"]


def main() -> None:
    """Runs the command line and leaves with its exit status.

    0: done (warnings included); 1: errors in rules, failed tests, rejects under --strict; 2: wrong use, unreadable
    input, an internal error.
    """
    _collect_rarely()
    import click

    from scoredsl.cli.group import cli
    from scoredsl.semantics.imports import Unreadable

    try:
        _speak_utf8()
        status = cli.main(prog_name="scoredsl", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as leave:
        status = leave.exit_code
    except click.ClickException as problem:
        problem.show()
        status = problem.exit_code if isinstance(problem, click.UsageError) else 2
    except Unreadable as problem:
        click.echo(f"Error: {problem}", err=True)
        status = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        status = 130
    except BrokenPipeError:
        _close_quietly()
        status = 0
    except MemoryError:
        click.echo("Error: there is not enough memory for this log.", err=True)
        status = 2
    except OSError as problem:
        status = _system_error(problem)
    except Exception as problem:
        status = _internal_error(problem)
    sys.exit(status if isinstance(status, int) else 0)


def _collect_rarely() -> None:
    """What is made while modules load and rules are checked stays; to look at it over and over is a tenth of a run."""
    gc.set_threshold(100_000, 20, 100)


def _speak_utf8() -> None:
    """Names of leads may hold any sign: results and messages are UTF-8, whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and (stream.encoding or "").lower().replace("-", "") != "utf8":
            reconfigure(encoding="utf-8")


def _system_error(problem: OSError) -> int:
    """The machine refuses: a full disk, a file that may not be touched."""
    import click

    if os.environ.get("SCOREDSL_TRACEBACK"):
        raise problem
    what = f"{problem.filename}: " if problem.filename else ""
    click.echo(f"Error: {what}{problem.strerror or problem}.", err=True)
    if sys.stdout is not None and problem.filename is None:
        _close_quietly()
    return 2


def _close_quietly() -> None:
    """The reader of our output has gone (`| head`): that is no error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _internal_error(problem: Exception) -> int:
    import click

    from scoredsl import __version__

    if type(problem).__name__ in ("SourceError", "ClusterError"):
        click.echo(f"Error: {problem}", err=True)
        return 2
    if os.environ.get("SCOREDSL_TRACEBACK"):
        raise problem
    place = problem.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" ({place.tb_frame.f_code.co_name}, line {place.tb_lineno})" if place is not None else ""
    click.echo(
        f"Internal error in scoredsl {__version__}: {type(problem).__name__}: {problem}{where}. This is our mistake, "
        "not yours: please report it. Set SCOREDSL_TRACEBACK=1 for the details.",
        err=True,
    )
    return 2
