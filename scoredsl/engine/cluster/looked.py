"""What the files of a source hold: told by the workers file by file, put together here as one scan would tell it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from scoredsl.engine.cluster.job import InputFile
from scoredsl.engine.scan import Scan
from scoredsl.engine.sources.options import Found, SourceError
from scoredsl.engine.sources.records import Collected, require_usable
from scoredsl.semantics.log import Rejected

LOOK_SCHEMA = "file int, body string"
PLACE_BITS = 40
"""A place in the log is the number of the file, then so many bits for the place in it."""
_CHUNK = 1000


def refused(file: InputFile, problem: SourceError) -> Iterator[tuple[int, str]]:
    """The rows that say that a file cannot be read."""
    yield file.number, json.dumps({"refused": str(problem)})


def told(file: InputFile, scan: Scan, collected: Collected) -> Iterator[tuple[int, str]]:
    """The rows that say what a file holds."""
    summary = {
        "usable": scan.usable,
        "newest": scan.newest(),
        "ids": scan.has_id,
        "rows": collected.row_count,
        "notes": collected.notes,
        "encodings": collected.encodings,
        "found": {role: [one.column, one.how] for role, one in collected.found.items()},
    }
    yield file.number, json.dumps(summary)
    for at in range(0, len(collected.rejected), _CHUNK):
        some = [[place, row.row, row.reason, row.text] for place, row in collected.rejected[at : at + _CHUNK]]
        yield file.number, json.dumps({"rejected": some})


@dataclass(slots=True)
class Looked:
    """A log or profiles as the workers found them; all as in `scan.Scan`."""

    usable: int = 0
    newest: int | None = None
    has_id: bool = False
    notes: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


def looked(given: Sequence[str], files: Sequence[InputFile], rows: Iterable[tuple[int, str]]) -> Looked:
    """Puts together what was told of the files of a source. `given`: the paths as the user named them.

    Raises SourceError as the scan of the same files does.
    """
    bodies: dict[int, list[dict[str, Any]]] = {file.number: [] for file in files}
    for number, text in rows:
        if number in bodies:
            bodies[number].append(json.loads(text))
    collected = Collected()
    source = Looked()
    for file in files:
        for body in bodies[file.number]:
            if "refused" in body:
                raise SourceError(body["refused"])
            if "rejected" in body:
                collected.rejected += [
                    (file.number << PLACE_BITS | place, Rejected(file.shown, row, reason, text))
                    for place, row, reason, text in body["rejected"]
                ]
                continue
            for note in body["notes"]:
                collected.note(note)
            collected.encodings += body["encodings"]
            collected.row_count += body["rows"]
            for role, (column, how) in body["found"].items():
                collected.found.setdefault(role, Found(column, how))
            source.usable += body["usable"]
            source.has_id = source.has_id or body["ids"]
            times = [time for time in (source.newest, body["newest"]) if time is not None]
            source.newest = max(times, default=None)
    require_usable(given, range(source.usable), collected)
    source.rejected, source.notes = collected.in_order(), collected.notes
    return source
