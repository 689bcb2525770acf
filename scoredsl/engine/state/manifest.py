"""The one file that says what a state holds: a new one takes its place when everything that it names is written."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

VERSION = 1
"""Changes whenever rows that were kept before would be read otherwise, or would be other rows now."""
_KIND = "scoredsl state"
NAME = "state.json"


class StateError(Exception):
    """A state cannot be used; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of the state: of `events`, `versions` (profile rows as the walk takes them), `alerts` (those that were
    given) or `profiles` (profile rows as they were read)."""

    what: str
    file: str
    rows: int
    checksum: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read, of `events` or `profiles`: as it was named, where it stands, its size and time of change;
    size and SHA-256 of what was in it, unpacked."""

    what: str
    name: str
    path: str
    size: int
    changed: int
    content_size: int
    content: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What all rows of a state depend on. A run with another basis would not go on from them, but mix."""

    rules: str
    """The fingerprint of the program."""
    channels: str
    """The fingerprint of what the matching stage computes."""
    zone: str
    """The fingerprint of the program's timezone: when its clocks change."""
    keys: str
    """What the database makes of a few texts when it hashes them; empty where no rule compares values by hashes."""
    byte_order: str = sys.byteorder


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a state holds. Instants are microseconds, None where there is none."""

    basis: Basis
    generation: int = 0
    """How many runs have changed it."""
    has_ids: bool = False
    events: int = 0
    profile_rows: int = 0
    earliest: int | None = None
    newest: int | None = None
    """The newest event or profile row."""
    as_of: int | None = None
    """The instant of the last run."""
    alerts_as_of: int | None = None
    """The instant up to which alerts were given."""
    kept: tuple[Kept, ...] = ()
    sources: tuple[Source, ...] = ()
    made_with: dict[str, str] = field(default_factory=dict)
    """Versions, for people."""

    def files(self, what: str) -> list[Kept]:
        return [each for each in self.kept if each.what == what]

    def with_files(self, what: str, files: Sequence[Kept]) -> Manifest:
        """With these in the place of all files of the kind."""
        return replace(self, kept=(*(each for each in self.kept if each.what != what), *files))


def read(folder: Path) -> Manifest | None:
    """What the state in a folder holds; None where there is none. Raises StateError and OSError."""
    try:
        text = (folder / NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise damaged(folder, NAME) from None
    try:
        found = json.loads(text)
        if found["kind"] != _KIND:
            raise damaged(folder, NAME)
        if found["version"] != VERSION:
            raise StateError(
                f"The state in {folder} is of version {found['version']}, this scoredsl has version {VERSION}. {ANEW}"
            )
        if found["checksum"] != _checksum(found["state"]):
            raise damaged(folder, NAME)
        return _manifest(found["state"])
    except (KeyError, TypeError, ValueError):
        raise damaged(folder, NAME) from None


def write(folder: Path, manifest: Manifest) -> None:
    """Puts what a state holds into the place of what it held; either of them is there at any moment. Raises OSError."""
    state = asdict(manifest)
    whole = {"kind": _KIND, "version": VERSION, "checksum": _checksum(state), "state": state}
    temporary = folder / f"{NAME}.tmp"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / NAME)
    _settle(folder)


ANEW = "To start anew, give the whole log and say --new-state."


def damaged(folder: Path, name: str) -> StateError:
    """The error of a file that is not what was written."""
    return StateError(f"The state in {folder} is damaged: {name}. Put a copy back in its place. {ANEW}")


def _checksum(state: dict[str, Any]) -> str:
    text = json.dumps(state, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _manifest(state: dict[str, Any]) -> Manifest:
    return Manifest(
        **{
            **state,
            "basis": Basis(**state["basis"]),
            "kept": tuple(Kept(**each) for each in state["kept"]),
            "sources": tuple(Source(**each) for each in state["sources"]),
        }
    )


def _settle(folder: Path) -> None:
    """Has the folder's entries written to the disk, where the system can be asked to."""
    if os.name != "posix":
        return
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
