"""Compiles the kernel: all `*.c` beside this module into one shared library. The build runs it too, uninstalled.

The compiler is `$CC`, else the first of `cc`, `gcc`, `clang` that is there, else that of the package `ziglang`. The
library carries the hash of the sources it was made of, so that a stale one is never used.

Run as a program it prints the package that a build needs here: `ziglang`, or nothing where a compiler is found. With a
path it compiles the library to there, strictly, with any further flags.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
FLAGS = ("-std=c11", "-D_DEFAULT_SOURCE", "-O3", "-ffp-contract=off", "-fno-fast-math", "-fvisibility=hidden")
STRICT = ("-Wall", "-Wextra", "-Werror")
PACKAGE = "ziglang"
"""The compiler that can be had from the package index."""
_MACHINES = {"x86_64", "amd64", "aarch64", "arm64", "i386", "i686", "x86"}
"""Those for which it is there."""
_SECONDS = 300


class CompileError(Exception):
    """The kernel could not be compiled; the text says why."""


def library_name() -> str:
    """The name of the built library on this system."""
    suffix = {"win32": ".dll", "cygwin": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
    return "_kernel" + suffix


def sources(folder: Path = HERE) -> list[Path]:
    return sorted(folder.glob("*.c"))


def source_hash(folder: Path = HERE) -> str:
    """The hash of all sources and flags, which the library carries."""
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for path in sorted([*folder.glob("*.c"), *folder.glob("*.h")]):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"\0{path.name}\0{len(text)}\0".encode() + text)
    return digest.hexdigest()[:32]


def system_compiler() -> list[str] | None:
    """The compiler that is installed, as the beginning of a command; None where there is none."""
    named = os.environ.get("CC", "").strip()
    if named:
        command = shlex.split(named, posix=os.name != "nt")
        if shutil.which(command[0]):
            return command
    for name in ("cc", "gcc", "clang"):
        if shutil.which(name):
            return [name]
    return None


def compiler() -> list[str] | None:
    """The compiler to use: that of the system, else that of the package."""
    found = system_compiler()
    if found is None and importlib.util.find_spec(PACKAGE) is not None:
        return [sys.executable, "-m", PACKAGE, "cc"]
    return found


def needed_packages() -> list[str]:
    """What a build needs from the package index: the compiler, if none is installed and it exists for this machine."""
    known = sys.platform in ("linux", "darwin", "win32") and platform.machine().lower() in _MACHINES
    return [PACKAGE] if known and system_compiler() is None else []


def compile_library(target: Path, extra: Sequence[str] = (), folder: Path = HERE) -> None:
    """Writes the library to `target`, under a temporary name first. Raises CompileError and OSError."""
    command = compiler()
    if command is None:
        raise CompileError("There is no C compiler: neither cc, gcc or clang nor the Python package ziglang.")
    position = () if sys.platform in ("win32", "cygwin") else ("-fPIC",)
    threads = () if sys.platform in ("win32", "cygwin", "darwin") else ("-pthread",)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="._kernel-") as room:
        made = Path(room, target.name)
        command += [*FLAGS, *position, *threads, *extra, "-shared"]
        command += [f'-DKERNEL_SOURCES="{source_hash(folder)}"', "-o", str(made), *map(str, sources(folder)), "-lm"]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise CompileError(f"{command[0]} could not be run: {problem}") from problem
        if done.returncode != 0 or not made.exists():
            raise CompileError(f"{command[0]} could not compile the kernel:\n{(done.stderr or done.stdout).strip()}")
        made.replace(target)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        compile_library(Path(sys.argv[1]), [*STRICT, *sys.argv[2:]])
    else:
        print(*needed_packages())
