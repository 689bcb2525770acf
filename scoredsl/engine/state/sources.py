"""Which files a state has: one that is given again, under whatever name, is not read again.

So a run can be repeated, and a pattern that names the files of all days is right every day. What is known of a file are
its size and time of change, so that it need not even be opened, and a digest of what is in it, unpacked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from scoredsl.engine.sources.files import LocalFile
from scoredsl.engine.state.manifest import Source, StateError

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class _Read:
    """What was in a file, and the first of the known ones that it begins with."""

    source: Source
    grown: Source | None


@dataclass(slots=True)
class KnownSources:
    """Tells new files of `events` or `profiles` from those that a state has (a `Sieve` of the scan)."""

    what: str
    known: Sequence[Source]
    left_out: list[str] = field(default_factory=list)
    """The files that were not read, as they were named."""
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _taken: list[Future[_Read]] = field(default_factory=list)

    def has_path(self, given: str) -> bool:
        here = _place(given)
        if here is None or not any((each.path, each.size, each.changed) == here for each in self.known):
            return False
        self.left_out.append(given)
        return True

    def has_content(self, file: LocalFile) -> bool:
        size = Path(file.path).stat().st_size
        if not any(each.content_size == size for each in self.known):
            return False
        content = _read(self.what, file, self.known).source.content
        if not any((each.content_size, each.content) == (size, content) for each in self.known):
            return False
        self.left_out.append(file.given)
        return True

    def took(self, file: LocalFile, usable: int) -> None:
        """Its digest is made while its rows are read. Files without a usable row are alike, and not remembered."""
        if usable:
            self._taken.append(self._pool.submit(_read, self.what, file, self.known))

    def taken(self, may_repeat: bool) -> list[Source]:
        """The files that were taken. `may_repeat`: rows that come again do no harm.

        Raises StateError for one that begins with all that was in a file which the state has; OSError where it is gone.
        """
        found = [each.result() for each in self._taken]
        for each in found:
            if each.grown is not None and not may_repeat:
                raise StateError(
                    f"{each.source.name} begins with all rows of {each.grown.name}, which the state has: they would "
                    "count twice. Give a file with the new events alone; where events have ids, any file will do."
                )
        return [each.source for each in found]

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


def _place(given: str) -> tuple[str, int, int] | None:
    """Where a file stands, its size and time of change; None for what is no file."""
    path = Path(given)
    if given == "-" or not path.is_file():
        return None
    found = path.stat()
    return str(path.resolve()), found.st_size, found.st_mtime_ns


def _read(what: str, file: LocalFile, known: Iterable[Source]) -> _Read:
    """Reads what is in a file once; at each size that a known file had it looks whether it was the same up to there."""
    digest = hashlib.sha256()
    steps = sorted(known, key=lambda each: each.content_size) if file.format != "parquet" else []
    size, grown = 0, None
    with Path(file.path).open("rb") as content:
        for step in steps:
            while size < step.content_size and (chunk := content.read(min(_CHUNK, step.content_size - size))):
                digest.update(chunk)
                size += len(chunk)
            if size < step.content_size:
                break
            if grown is None and digest.hexdigest() == step.content:
                grown = step
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    path, stored, changed = _place(file.given) or ("", size, 0)
    return _Read(Source(what, file.name, path, stored, changed, size, digest.hexdigest()), grown)
