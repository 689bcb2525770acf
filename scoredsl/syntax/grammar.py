"""The parser that Lark makes of `grammar/scoredsl.lark`, with its tables kept in the user's cache.

Making the tables takes Lark close to a second, loading them a few hundredths. The cache is keyed by the grammar and the
versions; where it cannot be read or written, the tables are made anew and nothing fails.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

import lark
from lark import Lark


def grammar_text() -> str:
    """The grammar: beside this module in an installed package, in `grammar/` in a checkout."""
    here = Path(__file__).resolve().parent
    installed = here / "scoredsl.lark"
    path = installed if installed.exists() else here.parent.parent / "grammar" / "scoredsl.lark"
    return path.read_text(encoding="utf-8")


def make_parser() -> Lark:
    """The parser, its tables made from the grammar."""
    return Lark(grammar_text(), parser="lalr", propagate_positions=True, maybe_placeholders=False)


@lru_cache(maxsize=1)
def parser() -> Lark:
    """The parser, from the cache where it can be."""
    path = _cache_file()
    if path is not None:
        try:
            with path.open("rb") as file:
                return Lark.load(file)
        except Exception:  # a cache of any other state is as good as none
            pass
    made = make_parser()
    if path is not None:
        _keep(made, path)
    return made


def cache_folder() -> Path | None:
    """The user's cache folder for scoredsl; None where there is no home."""
    try:
        if os.environ.get("XDG_CACHE_HOME"):
            return Path(os.environ["XDG_CACHE_HOME"]) / "scoredsl"
        if sys.platform == "win32" and os.environ.get("LOCALAPPDATA"):
            return Path(os.environ["LOCALAPPDATA"]) / "scoredsl" / "cache"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "scoredsl"
        return Path.home() / ".cache" / "scoredsl"
    except RuntimeError:
        return None


def _cache_file() -> Path | None:
    folder = cache_folder()
    if folder is None:
        return None
    versions = f"{lark.__version__} {sys.version_info[:3]} 1\n"
    key = hashlib.sha256((versions + grammar_text()).encode()).hexdigest()[:24]
    return folder / f"grammar-{key}.bin"


def _keep(made: Lark, path: Path) -> None:
    """Writes under a temporary name and renames, so that another run never reads half a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            made.save(file)
        Path(temporary).replace(path)
    except (OSError, ValueError):
        return


def terminal_pattern(name: str) -> str:
    """The pattern of a terminal, as it stands in the grammar."""
    return _patterns()[name]


@lru_cache(maxsize=1)
def _patterns() -> dict[str, str]:
    return {terminal.name: terminal.pattern.value for terminal in parser().terminals}
