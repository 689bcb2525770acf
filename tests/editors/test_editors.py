"""Real editors with the configurations that docs/editors.md shows. Skipped where there is none on the PATH."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RULES = 'event page_view\nscore s "é🎵"\n  on page_view add 1 as "🎵"\n  when has loked add   2\n'


def neovim() -> str | None:
    """A Neovim that is new enough."""
    path = shutil.which("nvim")
    if path is None:
        return None
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"NVIM v(\d+)\.(\d+)", said)
    return path if found is not None and (int(found[1]), int(found[2])) >= (0, 11) else None


def block(language: str) -> str:
    """The configuration in a language, as the page shows it."""
    page = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    (project / "rules.score").write_text(RULES, encoding="utf-8")
    (project / "scoredsl.toml").write_text('rules = "rules.score"\n')
    return project


@pytest.fixture
def environment(tmp_path: Path, project: Path) -> dict[str, str]:
    """With a command `scoredsl` on the PATH that is the one under test, and no settings of the user."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "scoredsl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scoredsl "$@"\n')
    (programs / "scoredsl").chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "RULES": str(project / "rules.score"),
    }


def test_neovim(tmp_path: Path, project: Path, environment: dict[str, str]) -> None:
    editor = neovim()
    if editor is None:
        pytest.skip("Neovim 0.11 or newer is not on the PATH")
    config, out = tmp_path / "config.lua", tmp_path / "out.json"
    config.write_text(block("lua"))
    command = [editor, "--headless", "--clean", "-n", "-c", f"luafile {HERE / 'neovim.lua'}"]
    variables = {**environment, "OUT": str(out), "CONFIG": str(config)}
    subprocess.run(command, env=variables, cwd=project, timeout=300, check=False, capture_output=True)
    seen = json.loads(out.read_text())
    assert "problem" not in seen, seen["problem"]
    assert (seen["filetype"], seen["encoding"], seen["root"]) == ("score", "utf-8", str(project))
    assert seen["diagnostics"] == [{"line": 3, "first": 11, "last": 16, "code": "unknown-event"}]
    assert seen["hover"].startswith("**page_view** — event")
    assert "page_view" in seen["completion"]
    assert seen["text"] == ["event looked", "", 'score s "é🎵"', '  on looked add 1 as "🎵"', "  when has looked add 2"]


def test_emacs(tmp_path: Path, project: Path, environment: dict[str, str]) -> None:
    editor = shutil.which("emacs")
    if editor is None:
        pytest.skip("Emacs is not on the PATH")
    config = tmp_path / "config.el"
    config.write_text(block("elisp"))
    command = [editor, "-Q", "--batch", "-l", str(HERE / "eglot.el")]
    variables = {**environment, "CONFIG": str(config), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, env=variables, cwd=project, timeout=300, check=False, capture_output=True, text=True)
    seen = json.loads(done.stdout[done.stdout.index("{") :])
    assert "problem" not in seen, seen["problem"]
    assert seen["mode"] == "score-mode"
    first, last, said = seen["diagnostic"]
    assert RULES[first - 1 : last - 1] == "loked" and "loked is not a declared event" in said
    assert seen["hover"].startswith("**page_view** — event")
    assert "page_view" in seen["completion"]
    assert seen["text"] == 'event looked\n\nscore s "é🎵"\n  on looked add 1 as "🎵"\n  when has loked add 2\n'
