"""The folder of a state: opened by one run at a time, and changed at once or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scoredsl.engine.state import manifest as m
from scoredsl.engine.state.lock import LockedError, locked
from scoredsl.engine.state.manifest import Basis, Manifest, StateError

_LOCK = "lock"
_NEXT = f"{m.NAME}.tmp"
_ROWS = re.compile(r"(events|versions|alerts)-[0-9]+\.rows|profiles-[0-9]+\.parquet")
_PATTERN = "*?["


@dataclass(slots=True)
class State:
    """A state that is open. `stored`: what it holds; `held`: what a run goes on from, None where it begins anew."""

    folder: Path
    stored: Manifest
    held: Manifest | None

    @property
    def generation(self) -> int:
        """The number of this run."""
        return self.stored.generation + 1

    def file(self, what: str) -> Path:
        """Where a file of this run goes."""
        return self.folder / f"{what}-{self.generation:06d}.{'parquet' if what == 'profiles' else 'rows'}"

    def put(self, manifest: Manifest) -> None:
        """Makes this what the state holds. Raises OSError."""
        m.write(self.folder, manifest)
        self.stored = self.held = manifest

    def sweep(self) -> None:
        """Removes files that the state does not name: what a run left that was killed, or what was merged."""
        named = {each.file for each in self.stored.kept}
        for path in self.folder.iterdir():
            if path.name == _NEXT or (path.name not in named and _ROWS.fullmatch(path.name)):
                with suppress(OSError):  # it may still be open somewhere (Windows): the next run removes it
                    path.unlink()


@contextmanager
def opened(path: str, anew: bool = False) -> Iterator[State]:
    """Opens the state in a folder, which is made where it is not there; `anew`: what it holds is forgotten.

    Nothing changes before `put`. Raises StateError and OSError.
    """
    folder = Path(path)
    if any(sign in path for sign in _PATTERN):
        raise StateError(f"--state {path}: a folder for a state must not have *, ? or [ in its name. Name another.")
    if folder.exists() and not folder.is_dir():
        raise StateError(f"--state {path} is a file. Name a folder, which may be a new one.")
    if not folder.exists() and not folder.resolve().parent.is_dir():
        raise StateError(f"--state {path}: there is no folder {folder.parent}.")
    is_new = not folder.exists()
    folder.mkdir(exist_ok=True)
    _refuse_others(folder)
    try:
        with locked(folder / _LOCK):
            stored = m.read(folder)
            if stored is None:
                stored = _begin(folder)
            state = State(folder, stored, None if anew or not stored.generation else stored)
            state.sweep()
            try:
                yield state
            finally:
                state.sweep()
                if is_new and not state.stored.generation:
                    (folder / m.NAME).unlink()
                    (folder / _LOCK).unlink()
    except LockedError:
        raise StateError(f"Another run is using the state in {path}. Wait until it has ended.") from None
    finally:
        if is_new:
            with suppress(OSError):  # it is no longer empty
                folder.rmdir()


def _begin(folder: Path) -> Manifest:
    """An empty state. So files without the one that names them are never what a run left that was killed."""
    if any(_ROWS.fullmatch(path.name) for path in folder.iterdir()):
        raise m.damaged(folder, m.NAME)
    empty = Manifest(Basis("", "", "", ""))
    m.write(folder, empty)
    return empty


def _refuse_others(folder: Path) -> None:
    """A folder that holds other things is no place for a state: it was probably named by mistake."""
    if (folder / m.NAME).exists():
        return
    for path in sorted(folder.iterdir()):
        if path.name not in (_LOCK, _NEXT) and not _ROWS.fullmatch(path.name):
            raise StateError(
                f"--state {folder}: the folder holds {path.name} and no state. Name another, or a new one."
            )
