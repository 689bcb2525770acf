"""A real Neovim 0.11, with the configuration that docs/editors.md shows. Skipped where there is none on the PATH."""

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
RULES = 'event page_view\nscore s "é🎵"\n  on page_view add 1 as "🎵"\n  on loked add   2\n'


def neovim() -> str | None:
    """A Neovim that is new enough."""
    path = shutil.which("nvim")
    if path is None:
        return None
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"NVIM v(\d+)\.(\d+)", said)
    return path if found is not None and (int(found[1]), int(found[2])) >= (0, 11) else None


def test_neovim(tmp_path: Path) -> None:
    editor = neovim()
    if editor is None:
        pytest.skip("Neovim 0.11 or newer is not on the PATH")
    page = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    (config,) = re.findall(r"^```lua\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "config.lua").write_text(config)
    project = tmp_path / "project"
    project.mkdir()
    (project / "rules.score").write_text(RULES)
    (project / "scoredsl.toml").write_text('rules = "rules.score"\n')
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "scoredsl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scoredsl "$@"\n')
    (programs / "scoredsl").chmod(0o755)
    out = tmp_path / "out.json"
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "OUT": str(out),
        "CONFIG": str(tmp_path / "config.lua"),
        "RULES": str(project / "rules.score"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    command = [editor, "--headless", "--clean", "-n", "-c", f"luafile {HERE / 'neovim.lua'}"]
    subprocess.run(command, env=environment, cwd=project, timeout=300, check=False, capture_output=True)
    seen = json.loads(out.read_text())
    assert "problem" not in seen, seen["problem"]
    assert (seen["filetype"], seen["encoding"], seen["root"]) == ("score", "utf-8", str(project))
    assert seen["diagnostics"] == [{"line": 3, "first": 5, "last": 10, "code": "unknown-event"}]
    assert seen["hover"].startswith("**page_view** — event")
    assert "page_view" in seen["completion"]
    assert seen["text"] == ["event looked", "", 'score s "é🎵"', '  on looked add 1 as "🎵"', "  on looked add 2"]
