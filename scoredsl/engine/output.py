"""Files that are written: under a temporary name, which takes the file's place when it is whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SHOWN = 40


@contextmanager
def replacing(path: str) -> Iterator[Path]:
    """Gives a path to write to, and puts what stands there into the place of `path`; on a failure nothing changes.

    A link is followed; the mode of a file that is there is kept. What is no file (`/dev/null`, a pipe) is written to
    directly. Raises OSError where that cannot be done.
    """
    place = Path(path)
    if place.exists() and (not place.is_file() or place.parent == Path("/dev")):
        yield place
        return
    target = place.resolve()
    if target.exists():
        if not os.access(target, os.W_OK):
            raise PermissionError(13, "it is read-only", str(target))
        mode = target.stat().st_mode & 0o7777
    else:
        umask = os.umask(0)
        os.umask(umask)
        mode = 0o666 & ~umask
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:_SHOWN]}.")
    os.close(descriptor)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def obstacle(path: str) -> str | None:
    """Why a file cannot be written, as the end of a sentence; None where nothing is known that speaks against it."""
    place = Path(path)
    try:
        if place.is_dir():
            return "it is a folder"
        folder = place.resolve().parent
        if not folder.is_dir():
            return f"there is no folder {place.parent}"
        if place.exists():
            if not os.access(place, os.W_OK):
                return "it is read-only"
            if not place.is_file():
                return None
        if not os.access(folder, os.W_OK | os.X_OK):
            return f"the folder {place.parent} is read-only"
    except (OSError, ValueError, RuntimeError) as problem:
        return reason(problem)
    return None


def reason(problem: Exception) -> str:
    """Why something could not be written or read, as the end of a sentence."""
    text = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
    return f"{text[0].lower()}{text[1:]}".rstrip(".")
