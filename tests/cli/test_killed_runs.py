"""Runs that are killed at random moments: results and state are all old or all new, and it can be run again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

KILLS = 50 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 3
RULES = """\
score interest
  threshold 40 as hot
  on visit add 10 at most 3 times expire after 30d
  on demo add 30 once
  on inactivity of 20d subtract 5
"""
OUTPUTS = {"scores.csv": "score", "alerts.csv": "alerts"}


def log_of(random: Random, days: range, events: int) -> str:
    """Events of some days, in order, with ids."""
    rows = sorted(
        f"2026-{day // 28 + 1:02}-{day % 28 + 1:02}T{random.randrange(24):02}:{random.randrange(60):02}:00Z,"
        f"{random.choice(['visit', 'visit', 'demo', 'mail'])},lead {random.randrange(3000)}"
        for day in (random.choice(days) for _ in range(events))
    )
    return "time,event,lead,id\n" + "".join(f"{row},{days[0]}-{i}\n" for i, row in enumerate(rows))


def command(folder: Path, log: str, out: str) -> list[str]:
    state = str(folder / f"{OUTPUTS[out]}-state")
    return [
        sys.executable, "-m", "scoredsl", OUTPUTS[out], str(folder / "rules.score"), str(folder / log),
        "--state", state, *(["--all"] if out.startswith("alerts") else []),
        "--as-of", "2026-05-01", "--out", str(folder / out),
    ]  # fmt: skip


def run(folder: Path, log: str, out: str) -> bytes:
    done = subprocess.run(command(folder, log, out), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return (folder / out).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("out", list(OUTPUTS))
def test_a_run_that_is_killed_leaves_all_old_or_all_new(tmp_path: Path, out: str) -> None:
    random = Random(7)
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    (before / "rules.score").write_text(RULES)
    (before / "old.csv").write_text(log_of(random, range(50), 20_000))
    (before / "new.csv").write_text(log_of(random, range(45, 90), 20_000))
    old = run(before, "old.csv", out)
    shutil.copytree(before, after)
    began = time.monotonic()
    new = run(after, "new.csv", out)
    took = time.monotonic() - began
    assert old != new
    names = sorted(path.name for path in after.iterdir())

    seen: set[bytes] = set()
    for number in range(KILLS):
        folder = tmp_path / f"killed{number}"
        shutil.copytree(before, folder)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command(folder, "new.csv", out), **quiet)
        # Most of the time nothing is written; the moments at which it is are at the end.
        time.sleep(took * random.choice([random.random(), random.uniform(0.8, 1.05)]))
        process.kill()
        process.wait()
        found = (folder / out).read_bytes()
        assert found in (old, new)
        seen.add(found)
        assert run(folder, "new.csv", out) == new
        left = [path.name for path in folder.iterdir() if path.name not in names]
        assert all(name.startswith(".") for name in left), left
        shutil.rmtree(folder)
