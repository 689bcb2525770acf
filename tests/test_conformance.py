"""The conformance cases: all in this process through the command line's own `main`, some by their script as shipped."""

from __future__ import annotations

import io
import shlex
import subprocess
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest

from scoredsl.cli import main

HERE = Path(__file__).resolve().parent / "conformance"
EXPECTATIONS = ("expect.csv", "expect-errors.csv")
CASES = sorted(folder.name for folder in HERE.iterdir() if any((folder / name).exists() for name in EXPECTATIONS))


def _script() -> Any:
    """`tests/conformance/run` as a module: it decides what a difference is."""
    loader = SourceFileLoader("conformance_run", str(HERE / "run"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    keep, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = keep
    return module


RUN = _script()


def test_there_are_cases() -> None:
    assert len(CASES) > 200


@pytest.mark.parametrize("name", CASES)
def test_case(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def call(arguments: Sequence[str], case: Path, options: Namespace) -> tuple[int, str, str]:
        """In place of a process of its own: exit status, output and error output of `scoredsl ARGUMENTS`."""
        monkeypatch.chdir(case)
        monkeypatch.setattr(sys, "argv", ["scoredsl", *arguments])
        output, said = io.StringIO(), io.StringIO()
        with redirect_stdout(output), redirect_stderr(said), pytest.raises(SystemExit) as leave:
            main()
        status = leave.value.code
        assert isinstance(status, int)
        return status, output.getvalue(), said.getvalue()

    monkeypatch.setattr(RUN, "call", call)
    assert RUN.run_case(HERE / name, Namespace(engine=None)) is None


def test_the_script_as_shipped() -> None:
    """Through processes of their own, as a person runs it; the cases of section 7 stand for all."""
    only = "7-"
    count = sum(name.startswith(only) for name in CASES)
    assert count > 0
    product = shlex.join([sys.executable, "-m", "scoredsl"])
    command = [sys.executable, str(HERE / "run"), "--only", only, "--command", product]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    assert done.stdout.splitlines()[-1] == f"{count} passed, 0 failed", done.stdout + done.stderr
    assert done.returncode == 0
