"""The wheel holds all that the program needs, and the project's files name neither a machine nor a package server."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from scoredsl.engine.kernel.compiler import compiler, library_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "scoredsl"
NOT_OURS = {".git", ".venv", "venv", "dist", "build", "node_modules", "__pycache__"}
PUBLISHED_AS = {
    "grpc": "pyspark-client", "pyspark": "pyspark-client", "re2": "google-re2", "sklearn": "scikit-learn",
}  # fmt: skip
"""Packages that are imported under another name than they are installed under, or that another one brings along."""
MADE_BY_BUILDING = re.compile(r"\.(mypy_cache|pytest_cache|ruff_cache|hypothesis)$|\.egg-info$")


def own_files() -> Iterator[Path]:
    """The files of the project, without what is installed, built or cached beside them."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and not MADE_BY_BUILDING.search(name)]
        yield from (Path(folder, name) for name in files if name not in NOT_OURS)


def package_files() -> set[str]:
    """The files of the package as the wheel names them."""
    files = (path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in files}


def test_test_files_have_names_of_their_own() -> None:
    """Two of one name cannot be collected together, and each alone works."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("*.py") if path.name != "conftest.py")
    assert [name for name, count in names.items() if count > 1] == []


def test_pyproject_has_no_addresses() -> None:
    assert "://" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_pyproject_lists_what_is_imported_and_nothing_else() -> None:
    from test_imports import HOMES

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = ("postgres", "clickhouse", "lsp", "learn", "sail")
    listed = [*project["dependencies"], *(each for extra in wanted for each in extras[extra])]
    assert set(extras["sql"]) <= set(extras["postgres"]) & set(extras["clickhouse"])
    assert set(extras["spark"]) <= set(extras["sail"])
    names = {re.split(r"[\[<>=~! ]", each)[0] for each in listed}
    assert names == {PUBLISHED_AS.get(name, name) for name in HOMES} | {"tzdata"}


def test_no_file_names_a_machine_or_a_package_server() -> None:
    """Nothing here may work on one machine alone. (The words are put together here so as not to find themselves.)"""
    machine = [f"{ROOT}/", "/" + "work/", "/tmp/" + "dev/", "/" + "root/", "../" + "shared/"]
    words = [*machine, "py" + "pi.org", "python" + "hosted", "npm" + "js."]
    found = []
    for path in own_files():
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        found.extend(f"{path.relative_to(ROOT)}: {word}" for word in words if word in text)
    assert not found


@pytest.mark.slow
def test_the_wheel_holds_everything(tmp_path: Path) -> None:
    for needed in ("build", "hatchling"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"{needed} is not installed")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    if compiler() is not None:
        assert library_name() in {path.name for path in (PACKAGE / "engine" / "kernel").iterdir()}
        assert "-py3-none-" in wheel.name and not wheel.name.endswith("-any.whl")
    with zipfile.ZipFile(wheel) as packed:
        inside = set(packed.namelist())
        grammar = packed.read("scoredsl/syntax/scoredsl.lark")
        (metadata,) = (packed.read(name).decode() for name in inside if name.endswith(".dist-info/METADATA"))
        (entry_points,) = (packed.read(name).decode() for name in inside if name.endswith("entry_points.txt"))
    assert package_files() <= inside
    assert "scoredsl/py.typed" in inside
    assert {"scoredsl/engine/kernel/kernel.c", "scoredsl/engine/kernel/kernel.h"} <= inside
    assert any(name.startswith("scoredsl/diagnostics/pages/") for name in inside)
    assert "scoredsl/cli/templates/starter/rules.score" in inside
    assert grammar == (ROOT / "grammar" / "scoredsl.lark").read_bytes()
    ours = {"scoredsl/syntax/scoredsl.lark"} | package_files()
    strangers = {name for name in inside if ".dist-info/" not in name} - ours
    assert not strangers
    assert "scoredsl = scoredsl.cli:main" in entry_points
    assert "License-Expression: Apache-2.0" in metadata
    assert any(name.endswith("LICENSE") for name in inside)
