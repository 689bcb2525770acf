"""What a command writes: never over what is read, whole or not at all, and a sentence where it cannot be written."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scoredsl.engine import output


def texts(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@pytest.fixture
def read_only(monkeypatch):
    """Makes files and folders read-only, also for a user who may do everything."""
    locked: set[str] = set()
    really = os.access

    def access(path, mode):
        return really(path, mode) and not (mode & os.W_OK and str(Path(path).resolve()) in locked)

    def lock(*paths: Path) -> None:
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
            locked.add(str(path.resolve()))

    monkeypatch.setattr(output.os, "access", access)
    yield lock
    for path in locked:
        Path(path).chmod(0o755)


@pytest.fixture
def whole_project(project):
    """A project with all kinds of inputs, a link to its log and a pattern."""
    (project / "rules.score").write_text('import "catalog.score"\n' + (project / "rules.score").read_text())
    (project / "catalog.score").write_text("event visit\nevent demo\n")
    (project / "more.score").write_text('import "rules.score"\n')
    (project / "profiles.csv").write_text("lead,country\na,DE\n")
    (project / "logs").mkdir()
    (project / "logs" / "one.csv").write_bytes((project / "events.csv").read_bytes())
    (project / "link.csv").symlink_to("events.csv")
    (project / "hard.csv").hardlink_to(project / "events.csv")
    (project / "scoredsl.toml").write_text(
        'rules = "rules.score"\ntests = ["more.score"]\nevents = ["events.csv"]\nprofiles = ["profiles.csv"]\n'
    )
    return project


@pytest.mark.parametrize("command, words", [
    ("score --out events.csv", "--out events.csv would overwrite the log."),
    ("score --out ./logs/../events.csv", "would overwrite the log, events.csv."),
    ("score --out link.csv", "--out link.csv would overwrite the log, events.csv."),
    ("score --out hard.csv", "would overwrite the log, events.csv."),
    ("score rules.score link.csv --out events.csv", "would overwrite the log, link.csv."),
    ("score rules.score events.csv --profiles profiles.csv --out profiles.csv", "would overwrite the profiles."),
    ("score rules.score logs/*.csv --out logs/one.csv", "would overwrite the log."),
    ("score rules.score logs/*.csv --out logs/scores.csv", "would be one of logs/*.csv, the log:"),
    ("score rules.score **/one.csv --out logs/deep/one.csv", "there is no folder logs/deep"),
    ("score rules.score **/o*.csv --out over.csv", "would be one of **/o*.csv, the log:"),
    ("score rules.score logs/one.csv --out events.csv", "what scoredsl.toml names as events"),
    ("score rules.score logs/one.csv --no-profiles --out profiles.csv", "what scoredsl.toml names as profiles"),
    ("history --out events.csv", "would overwrite the log"),
    ("alerts --out profiles.csv", "would overwrite the profiles"),
    ("score --rejects events.csv", "--rejects events.csv would overwrite the log."),
    ("explain --lead a --rejects events.csv", "would overwrite the log."),
    ("score --rejects rules.score", "would overwrite the rules."),
    ("score --rejects catalog.score", "would overwrite a file that the rules import"),
    ("score --rejects more.score", "what scoredsl.toml names as tests"),
    ("score --rejects scoredsl.toml", "would overwrite the configuration of the project"),
    ("score --out x.csv --rejects ./x.csv", "--out and --rejects name one file"),
    ("catalog --out events.csv --force", "would overwrite the log."),
    ("catalog --out rules.score", "what scoredsl.toml names as rules"),
    ("catalog --out rules.score --force", "what scoredsl.toml names as rules"),
    ("catalog --rejects rules.score", "what scoredsl.toml names as rules"),
    ("catalog --out catalog.score", "catalog.score is there already"),
])  # fmt: skip
def test_nothing_that_is_read_is_overwritten(run, whole_project, command, words):
    before = texts(whole_project)
    done = run(*command.split())
    assert (done.status, done.out) == (2, "")
    assert words in done.err
    assert "As of" not in done.err, "before anything is read"
    assert texts(whole_project) == before


def test_a_catalogue_is_written_anew_only_when_told(run, project):
    assert run("catalog", "--out", "catalog.score").status == 0
    made = (project / "catalog.score").read_text()
    (project / "catalog.score").write_text(made.replace("event demo", 'event demo "A title"'))
    done = run("catalog", "--out", "catalog.score")
    assert done.status == 2 and "--force" in done.err
    assert '"A title"' in (project / "catalog.score").read_text()
    assert run("catalog", "--out", "catalog.score", "--force").status == 0
    assert (project / "catalog.score").read_text() == made


def test_an_earlier_result_is_replaced(run, project):
    for _ in range(2):
        assert run("score", "--out", "scores.csv", "--rejects", "bad.csv").status == 0
    (project / "linked.csv").symlink_to("scores.csv")
    (project / "scores.csv").write_text("old")
    (project / "scores.csv").chmod(0o640)
    assert run("score", "--out", "linked.csv").status == 0
    assert (project / "linked.csv").is_symlink(), "a link is followed"
    assert (project / "scores.csv").read_text().startswith("lead,")
    assert (project / "scores.csv").stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in project.iterdir() if each.name.startswith(".")) == []


@pytest.mark.parametrize("command, words", [
    ("score --out folder.csv", "--out folder.csv cannot be written: it is a folder."),
    ("history --out no/x.csv", "--out no/x.csv cannot be written: there is no folder no."),
    ("score --rejects folder.csv", "--rejects folder.csv cannot be written: it is a folder."),
    ("score --rejects no/x.csv", "there is no folder no"),
    ("catalog --out folder.csv --force", "it is a folder"),
    ("catalog --out no/x.score", "there is no folder no"),
    ("score --out locked/x.csv", "the folder locked is read-only"),
    ("alerts --out locked/x.csv", "the folder locked is read-only"),
    ("score --rejects locked/x.csv", "the folder locked is read-only"),
    ("catalog --out locked/x.score", "the folder locked is read-only"),
    ("score --out locked.csv", "--out locked.csv cannot be written: it is read-only."),
    ("score --rejects locked.csv", "it is read-only"),
    ("catalog --out locked.csv --force", "it is read-only"),
    ("score --out " + "x" * 300 + ".csv", "cannot be written"),
])  # fmt: skip
def test_where_nothing_can_be_written(run, project, read_only, command, words):
    (project / "folder.csv").mkdir()
    (project / "locked").mkdir()
    (project / "locked.csv").write_text("keep me")
    read_only(project / "locked", project / "locked.csv")
    before = texts(project)
    done = run(*command.split())
    assert (done.status, done.out) == (2, "")
    assert words in done.err and "Internal error" not in done.err
    assert "As of" not in done.err, "before anything is read"
    assert texts(project) == before


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "parquet"])
def test_a_full_disk_leaves_the_earlier_result(run, project, monkeypatch, suffix):
    assert run("score", "--out", f"x.{suffix}", "--rejects", "bad.csv").status == 0
    before = texts(project)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    done = run("score", "--out", f"x.{suffix}", "--as-of", "now")
    assert done.status == 2
    assert f"Error: x.{suffix} cannot be written: no space left on device. Nothing was written." in done.err
    assert run("score", "--rejects", "bad.csv").status == 2
    assert run("catalog", "--out", "c.score").status == 2
    assert texts(project) == before


def test_rules_that_are_read_only(run, tmp_path, read_only):
    (tmp_path / "a.score").write_text("on  visit ad 5\n")
    (tmp_path / "b.score").write_text("on  visit ad 5\n")
    read_only(tmp_path / "b.score")
    before = texts(tmp_path)
    done = run("check", "--fix", "a.score", "b.score")
    assert done.status == 2
    assert done.err == "Error: b.score cannot be written: it is read-only. Nothing was changed.\n"
    (tmp_path / "a.score").write_text("on  visit add 5\n")
    (tmp_path / "c.score").write_text("on visit add 5\n")
    read_only(tmp_path / "c.score")
    (tmp_path / "b.score").unlink()
    before = texts(tmp_path)
    assert run("fmt", "--check", "c.score").status == 0, "nothing is to be written"
    assert run("fmt", "c.score").status == 0
    (tmp_path / "b.score").write_text("on  visit add 5\n")
    read_only(tmp_path / "b.score")
    done = run("fmt", "a.score", "b.score")
    assert done.status == 2
    assert done.err == "Error: b.score cannot be written: it is read-only. Nothing was changed.\n"
    assert {path: text for path, text in texts(tmp_path).items() if not path.endswith("b.score")} == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_standard_output(project):
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "scoredsl", "score"]
        done = subprocess.run(command, cwd=project, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith("Error: No space left on device.\n")


def test_results_are_utf8_whatever_the_locale_says(project):
    (project / "events.csv").write_text("lead,event,time\nJürgen 🙂,visit,2026-03-01\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "scoredsl", "score"], cwd=project, capture_output=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 0
    assert "Jürgen 🙂,5," in done.stdout.decode()
