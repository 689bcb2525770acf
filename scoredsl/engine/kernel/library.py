"""Finds and loads the compiled kernel, once: the one of the installation, else the user's cache, else compiled now.

A library is used only if it carries the hash of the sources that stand beside this module.
"""

from __future__ import annotations

import ctypes
import os
import platform
import threading
from functools import lru_cache
from pathlib import Path

from scoredsl.engine.kernel.compiler import HERE, CompileError, compile_library, library_name, source_hash

VARIABLE = "SCOREDSL_KERNEL"
"""An environment variable that names a library to be used as it is (that of a sanitizer, say)."""

_LOCK = threading.Lock()


class KernelMissingError(Exception):
    """The kernel is not there and cannot be made; the text says what to do."""


def kernel() -> ctypes.CDLL:
    """The kernel's library, loaded. Raises KernelMissingError."""
    with _LOCK:
        return _kernel()


@lru_cache(maxsize=1)
def _kernel() -> ctypes.CDLL:
    named = os.environ.get(VARIABLE)
    if named:
        return ctypes.CDLL(named)
    wanted = source_hash()
    loaded = _load(HERE / library_name(), wanted)
    if loaded is not None:
        return loaded
    from scoredsl.syntax.grammar import cache_folder  # it loads Lark

    folder = cache_folder()
    if folder is None:
        raise KernelMissingError(_missing("There is no home folder to keep it in."))
    machine = platform.machine().lower() or "unknown"
    path = folder / f"kernel-{wanted}-{machine}" / library_name()
    loaded = _load(path, wanted)
    if loaded is not None:
        return loaded
    try:
        compile_library(path)
    except (CompileError, OSError) as problem:
        raise KernelMissingError(_missing(str(problem))) from problem
    loaded = _load(path, wanted)
    if loaded is None:
        raise KernelMissingError(_missing(f"{path} was compiled but cannot be loaded."))
    return loaded


def _load(path: Path, wanted: str) -> ctypes.CDLL | None:
    """The library at `path`; None where it is not there, not for this machine, or made of other sources."""
    if not path.exists():
        return None
    try:
        library = ctypes.CDLL(str(path))
        library.kernel_sources.restype = ctypes.c_char_p
        found: bytes = library.kernel_sources()
    except (OSError, AttributeError):
        return None
    return library if found.decode() == wanted else None


def _missing(why: str) -> str:
    return (
        f"The fast engine has no compiled kernel here. {why}\n"
        'Install a compiler with "pip install ziglang" (or gcc or clang from the system), and run this again; '
        "or use --engine reference."
    )
