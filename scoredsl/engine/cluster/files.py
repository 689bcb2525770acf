"""The files of a log as the cluster sees them: paths, patterns and folders, on any storage that it reads."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scoredsl.engine.cluster.errors import ClusterError, explained
from scoredsl.engine.cluster.job import InputFile
from scoredsl.engine.sources.files import expand
from scoredsl.engine.sources.options import SourceError

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")
_PARTITION = re.compile(r"/([^/=]+)=[^/]*(?=/)")
_HIDDEN = ("_", ".")
"""So begin the names of files that writers leave behind, which no reader takes for data (`_SUCCESS`)."""


def is_address(path: str) -> bool:
    """Whether a path says on what storage it is: `s3a://bucket/logs`."""
    return _SCHEME.match(path) is not None


def whole(path: str) -> str:
    """A path as it is said to a cluster, which knows no current folder; that of this machine is most likely shared."""
    return path if is_address(path) else os.path.abspath(path)  # noqa: PTH100


def local_files(given: Sequence[str], profile: bool, first: int) -> list[InputFile]:
    """The files of paths of this machine, numbered from `first`. Raises SourceError."""
    _no_pipe(given)
    shown: list[str] = []
    for path in given:
        shown += _inside(path) if Path(path).is_dir() else expand([path])
    return [InputFile(first + i, path, os.path.abspath(path), profile) for i, path in enumerate(shown)]  # noqa: PTH100


def cluster_files(session: Any, given: Sequence[str], profile: bool, first: int) -> list[InputFile]:
    """The files of paths of the cluster, numbered from `first`. Raises SourceError and ClusterError."""
    _no_pipe(given)
    files: list[InputFile] = []
    handed_over: set[str] = set()
    for path in given:
        wanted = whole(path)
        found = _listed(session, wanted)
        if not found:
            raise SourceError(
                f"The cluster finds no file at {wanted}, or only empty ones; check the name, and that the cluster "
                "reads there."
            )
        for each in found:
            place = _local(each) if not is_address(wanted) or wanted.startswith("file:") else None
            same = len(found) == 1 and place == wanted
            shown = path if same else place or each
            if place is None and each in handed_over:
                raise SourceError(f"{each} is named twice; a cluster hands it over once, so name it once.")
            if place is None:
                handed_over.add(each)
            by = wanted if place is None else None
            files.append(InputFile(first + len(files), shown, place or each, profile, by))
    return files


def partition_names(given: Sequence[str], files: Sequence[InputFile]) -> set[str]:
    """Columns that stand in names of folders (`country=DE/part-0.parquet`) that the user did not spell out."""
    named = {name for path in given for name in _PARTITION.findall(f"/{path}/")}
    return {name for file in files for name in _PARTITION.findall(file.path)} - named


def contents(session: Any, paths: Sequence[str]) -> Any:
    """A DataFrame of all files at paths of the cluster: `path`, and `content`, which is read only if asked for."""
    return session.read.format("binaryFile").option("recursiveFileLookup", "true").load(list(paths))


def _no_pipe(given: Sequence[str]) -> None:
    if "-" in given:
        raise SourceError("Workers of a cluster cannot read standard input (-): name a file, a pattern or a folder.")


def _inside(folder: str) -> list[str]:
    """The files in a folder and its folders, sorted."""

    def found(path: Path) -> Iterator[str]:
        for each in path.iterdir():
            if each.name.startswith(_HIDDEN):
                continue
            if each.is_dir():
                yield from found(each)
            else:
                yield str(each)

    files = sorted(found(Path(folder)))
    if not files:
        raise SourceError(f"There is no file in the folder {folder}.")
    return files


def _listed(session: Any, path: str) -> list[str]:
    """The files that the cluster finds, sorted, in its own spelling."""
    from pyspark.errors import PySparkException

    try:
        rows = contents(session, [path]).select("path").collect()
    except PySparkException as problem:
        text = str(problem)
        if "PATH_NOT_FOUND" in text or "does not exist" in text:
            return []
        error = explained(problem)
        raise ClusterError(f"The cluster cannot look for {path}. {error}") from problem
    return sorted(row.path for row in rows if not row.path.rsplit("/", 1)[-1].startswith(_HIDDEN))


def _local(path: str) -> str | None:
    """A listed file as a path of the worker's machine; None for one of another storage."""
    if path.startswith("file:"):
        return "/" + path.removeprefix("file:").lstrip("/")
    if is_address(path):
        return None
    # Sail leaves the first slash out.
    return "/" + path.lstrip("/")
