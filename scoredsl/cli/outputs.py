"""What a command writes: can it be written, and is it nothing that the project reads? Asked before anything is read."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scoredsl.engine.results import Column, Row

Input = tuple[str, str]
"""A path or a pattern that is read, and what it is: `the log`."""
_PATTERN = "*?["


def check_outputs(outputs: Mapping[str, str | None], inputs: Iterable[Input]) -> None:
    """Raises a usage error for a file that cannot be written, or whose writing would destroy an input.

    `outputs` are paths by the option that names them.
    """
    from scoredsl.engine.output import obstacle

    named = {option: path for option, path in outputs.items() if path is not None}
    read = list(inputs)
    for option, path in named.items():
        against = obstacle(path)
        if against is not None:
            raise click.UsageError(f"{option} {path} cannot be written: {against}.")
        for given, role in read:
            _spare(option, path, given, role)
    places = list(named.items())
    for i, (option, path) in enumerate(places):
        for other, same in places[:i]:
            if _same(path, same):
                raise click.UsageError(f"{other} and {option} name one file, {path}. Name another for one of them.")


def written_by_cluster(out: str) -> bool:
    """Whether `--out` names a folder that a cluster writes: an address (`s3a://...`), or a name that ends in /."""
    return out.endswith("/") or "://" in out


def file_here(out: str | None, engine: str, top: int | None) -> str | None:
    """The file of `--out` that is written here, None where there is none. Raises a usage error for what cannot be."""
    if out is None or not written_by_cluster(out):
        return out
    if engine not in ("spark", "sail"):
        raise click.UsageError(f"--out {out} is a folder, which only a cluster writes (--engine spark). Name a file.")
    if top is not None:
        raise click.UsageError(f"--top gives few rows: write them to a file here, not to the folder {out}.")
    return None


def write_result(out: str, columns: Sequence[Column], rows: Iterable[Row]) -> int:
    """Writes a result file whole or not at all; gives the number of rows. Raises an error for the user."""
    from scoredsl.engine.results import write_file

    return written(lambda path: write_file(path, columns, rows), out)


def written(write: Callable[[str], int], out: str) -> int:
    """Has a result file written, whole or not at all; gives the number of rows. Raises an error for the user."""
    from scoredsl.engine.output import reason

    try:
        return write(out)
    except OSError as problem:
        raise click.ClickException(f"{out} cannot be written: {reason(problem)}. Nothing was written.") from None


def _spare(option: str, path: str, given: str, role: str) -> None:
    """Refuses to write to a file that is read."""
    if given == "-":
        return
    is_pattern = any(sign in given for sign in _PATTERN) and not os.path.lexists(given)
    found = glob.glob(given, recursive=True) if is_pattern else [given]  # noqa: PTH207 - as the reader expands it
    for each in found:
        if _same(path, each):
            also = "" if each == path else f", {each}"
            raise click.UsageError(f"{option} {path} would overwrite {role}{also}. Name another file.")
    if is_pattern and _matches(_parts(path), _parts(given)):
        raise click.UsageError(
            f"{option} {path} would be one of {given}, {role}: the next run would read it. Name another."
        )


def _same(one: str, other: str) -> bool:
    """Whether two paths name one file, through links and other spellings, whether it is there or not."""
    try:
        if Path(one).samefile(other):
            return True
    except (OSError, ValueError):
        pass
    return os.path.realpath(one) == os.path.realpath(other)


def _parts(path: str) -> Sequence[str]:
    return Path(os.path.abspath(path)).parts  # noqa: PTH100 - a pattern names no file to resolve


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path is one that a pattern would find; `**` is any number of folders."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(parts[i:], pattern[1:]) for i in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])
