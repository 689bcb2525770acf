"""A first hour in a real VS Code workbench, in a browser without a screen. Skipped where that is not installed.

`make test-editors` installs what it takes, but for Node and Chromium. `make screenshots` has the screenshots of the
documentation written into the folder SCOREDSL_SCREENSHOTS.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STORIES = HERE / "vscode"
VSIX = ROOT / "vscode-extension" / "dist" / "scoredsl.vsix"
SHOWN = ("1-completion", "2-threshold", "3-fix", "4-test", "5-preview", "8-rename")
"""The screenshots that the documentation shows."""
MOST_BYTES = 150_000

Seen = dict[str, Any]


@pytest.fixture
def workbench(tmp_path: Path) -> Callable[..., Seen]:
    """Runs a story in a workbench of its own: what was seen. Screenshots are in `tmp_path / "shots"`."""
    home = Path(os.environ.get("SCOREDSL_CODE_SERVER", ROOT / ".venv" / "code-server"))
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if shutil.which("node") is None or browser is None or shutil.which("git") is None:
        pytest.skip("Node, Chromium or git is not on the PATH")
    if not (home / ".installed").is_file():
        pytest.skip("code-server is not installed: make code-server")
    if not VSIX.is_file():
        pytest.skip("the extension is not built: make extension")
    folder, data = tmp_path / "project", tmp_path / "data"
    shutil.copytree(STORIES / "project", folder)
    shutil.copy(ROOT / "examples" / "starter" / "events.csv", folder)
    (folder / "first.score").touch()
    server = home / "node_modules" / "code-server" / "out" / "node" / "entry.js"
    (data / "ext").mkdir(parents=True)
    (data / "config.yaml").write_text("auth: none\n")
    places = ["--config", data / "config.yaml", "--user-data-dir", data / "user", "--extensions-dir", data / "ext"]
    subprocess.run(
        ["node", server, *places, "--install-extension", VSIX], check=True, capture_output=True, timeout=300
    )
    environment = {
        **os.environ, "CODE_SERVER": str(server), "PLAYWRIGHT": str(home / "node_modules" / "playwright-core"),
        "CHROMIUM": browser, "DATA": str(data), "FOLDER": str(folder), "SHOTS": str(tmp_path / "shots"),
        "OUT": str(tmp_path / "seen.json"), "PYTHONPATH": str(ROOT),
    }  # fmt: skip

    def run(story: str, more: Mapping[str, str] = {}, **settings: Any) -> Seen:
        variables = {**environment, **more, "SETTINGS": json.dumps(settings)}
        subprocess.run(
            ["node", STORIES / story], env=variables, cwd=tmp_path, timeout=900, check=False, capture_output=True
        )
        seen: Seen = json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))
        assert "problem" not in seen, (seen["problem"], seen)
        return seen

    return run


def test_the_first_hour(workbench: Callable[..., Seen], tmp_path: Path) -> None:
    seen = workbench("first_hour.js", **{"scoredsl.python": sys.executable})
    # the first rule, by completion
    assert seen["events offered"][:2] == ["page_view", "pricing_viewed"]  # as often as they are in the log
    assert {"at most", "once", "expire after"} <= set(seen["clauses offered"])
    assert seen["first rule"] == "on webinar_attended add 30 once; expire after 30d; threshold 100"
    assert seen["threshold"].startswith("No lead can have more than 30 of the 100 points.")
    # an event that is misspelt
    assert seen["misspelt"] == "  on trial_starte add 25 once"
    assert seen["fixes"] == ["Quick Fix", "Write trial_started", "Declare it: event trial_starte"]
    assert seen["repaired"] == "  on trial_started add 25 once"
    # a test
    assert seen["test failed"] == "Expected readiness = 85, but readiness = 80."
    assert "+40 rules.score:10 demo_requested at 2026-01-08T00:00:00Z" in seen["ledger"]
    listed = [re.sub(r", in .*", "", each) for each in seen["tests listed"]]
    assert listed == ["rules.score (Passed)", "a demo and two webinars make a lead warm (Passed)"]
    # the preview
    assert seen["preview"][0] == ["1", "anna", "120", "", "sales_ready"]
    assert seen["preview typed"][:2] == [
        ["1", "anna", "150", "+30", "sales_ready"], ["2", "grete", "132", "+30", "sales_ready"]
    ]
    assert [row[3] for row in seen["tiers typed"]] == ["2", "1", "4"]
    assert seen["still saved"] is True
    assert ["+70", "on demo_requested add 70 once", "2026-02-12 08:41"] in seen["explained"]
    assert seen["preview of broken rules"].startswith("The rules have an error")
    assert "other.csv" in seen["other log"] and "1 lead as of 2026-01-01" in seen["other log"]
    assert seen["still about"].startswith("rules.score on the log of scoredsl.toml")
    assert seen["impact"].startswith("readiness: 2 of 7 leads move")
    assert seen["impact colours"] == "rgb(255, 255, 255)"  # those of the theme
    # another name, in both files
    assert seen["renamed"] == {"rules.score": ["webinar_joined"] * 2, "catalog.score": ["webinar_joined"]}
    # panels ask for nothing that their policy forbids
    assert seen["refused"] == []
    _keep(tmp_path / "shots")


def _keep(shots: Path) -> None:
    target = os.environ.get("SCOREDSL_SCREENSHOTS")
    for name in SHOWN:
        shot = shots / f"{name}.png"
        assert 10_000 < shot.stat().st_size < MOST_BYTES, name
        if target:
            Path(target).mkdir(parents=True, exist_ok=True)
            shutil.copy(shot, Path(target) / f"vscode-{name}.png")


def test_without_scoredsl_it_says_so_and_offers_to_install_it(workbench: Callable[..., Seen]) -> None:
    seen = workbench("not_found.js", **{"scoredsl.python": "/nowhere/python"})
    assert "no Python with scoredsl was found" in seen["said"]
    assert seen["buttons"] == ["Install scoredsl", "Choose a Python…", "Where was it looked for?"]
    assert seen["colours"] >= 3


def test_one_click_installs_it(workbench: Callable[..., Seen], tmp_path: Path) -> None:
    """Into an environment that the extension makes, from the wheel of this checkout and what it asks the index for."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    seen = workbench("install.js", {"PYTHONPATH": ""}, **{"scoredsl.package": f"{wheel}[lsp]"})
    assert seen["running"] is True and seen["highest"] == "anna"
    assert (tmp_path / "data" / "user" / "User" / "globalStorage" / "scoredsl.scoredsl" / "python").is_dir()


def test_the_documentation_shows_these_screenshots() -> None:
    page = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[[^\]]+\]\(images/vscode-([\w-]+)\.png\)", page)
    assert shown == list(SHOWN)
    images = {path.name: path.stat().st_size for path in (ROOT / "docs" / "images").glob("vscode-*.png")}
    assert set(images) == {f"vscode-{name}.png" for name in SHOWN}
    assert max(images.values()) < MOST_BYTES
