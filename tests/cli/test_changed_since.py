"""`--changed-since REV`: what a branch brings, asked of git itself."""

from __future__ import annotations

import json
import subprocess

import pytest

A = """\
import "base.score"
score a
  on visit ad 5
  on demo add 40

test "a"
  given demo at 2026-03-01
  expect a = 41
"""
B = 'import "base.score"\nscore b\n  on visit add 5\n\ntest "b"\n  given visit at 2026-03-01\n  expect b = 5\n'


def git(folder, *arguments):
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-C", folder, *arguments],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def branch(tmp_path):
    """A repository whose main has a finding in a.score; the current branch left it and has changed nothing yet."""
    for name, text in (("a.score", A), ("b.score", B), ("base.score", "event visit\nevent demo\n")):
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-m", "one")
    git(tmp_path, "checkout", "-b", "mine")
    return tmp_path


def codes(done):
    return [(found["file"], found["line"], found["code"]) for found in json.loads(done.out)]


def test_nothing_touched(run, branch):
    assert run("check", ".").status == 1
    done = run("check", ".", "--changed-since", "main")
    assert (done.status, done.out) == (0, "") and done.err == "No rules file was touched since main.\n"
    done = run("test", ".", "--changed-since", "main")
    assert done.status == 0 and "No rules file was touched since main." in done.err


def test_what_was_there_before_is_not_shown_what_is_new_is(run, branch):
    (branch / "a.score").write_text("# a new line above\n" + A)
    done = run("check", ".", "--changed-since", "main")
    assert (done.status, done.out) == (0, "")
    assert "1 finding is known from before the branch left main, 1 error among them." in done.err
    (branch / "a.score").write_text(A.replace("on demo add 40", "on demo ad 40"))
    done = run("check", ".", "--changed-since", "main", "--format", "json")
    assert done.status == 1 and codes(done) == [("a.score", 4, "misspelt-word")]


@pytest.mark.parametrize("how", ["changed", "staged", "committed"])
def test_a_file_is_touched_through_what_it_imports(run, branch, how):
    (branch / "base.score").write_text("event visits\nevent demo\n")
    if how != "changed":
        git(branch, "add", "-A")
    if how == "committed":
        git(branch, "commit", "-m", "two")
    done = run("check", ".", "--changed-since", "main", "--format", "json")
    assert codes(done) == [("b.score", line, "unknown-event") for line in (3, 6)], (
        "a.score has an error in that line already"
    )
    assert "3 of 3 rules files were touched" in done.err


def test_new_and_deleted_files(run, branch):
    (branch / "new.score").write_text("on visit ad 5\n")
    (branch / "base.score").unlink()
    done = run("check", ".", "--changed-since", "main", "--format", "json")
    assert {file for file, _, _ in codes(done)} == {"a.score", "b.score", "new.score"}


def test_what_main_did_meanwhile_is_not_of_the_branch(run, branch):
    git(branch, "checkout", "main")
    (branch / "b.score").write_text(B.replace("add 5", "ad 5"))
    git(branch, "commit", "-am", "meanwhile")
    git(branch, "checkout", "mine")
    (branch / "a.score").write_text(A.replace("ad 5", "add 5"))
    done = run("check", ".", "--changed-since", "main")
    assert done.status == 0 and "1 of 3 rules files was touched" in done.err


def test_only_the_tests_concerned(run, branch):
    (branch / "b.score").write_text(B.replace("expect b = 5", "expect b = 6"))
    done = run("test", ".", "--changed-since", "main")
    assert done.status == 1 and "0 passed, 1 failed" in done.out and "a.score" not in done.out


def test_from_a_folder_of_the_repository(run, branch, monkeypatch):
    (branch / "deep").mkdir()
    (branch / "deep" / "c.score").write_text("on visit ad 5\n")
    monkeypatch.chdir(branch / "deep")
    done = run("check", ".", "--changed-since", "main", "--format", "github")
    assert done.status == 1 and "file=deep/c.score" in done.out


def test_an_unknown_revision(run, branch):
    for revision in ("nope", "--help", "main:a.score"):
        done = run("check", ".", f"--changed-since={revision}")
        assert done.status == 2 and f"git knows no revision {revision}. Fetch it first" in done.err


def test_no_common_history(run, branch):
    git(branch, "checkout", "--orphan", "other")
    git(branch, "commit", "-m", "else")
    done = run("check", ".", "--changed-since", "main")
    assert done.status == 2 and "main and the current branch have no commit in common" in done.err


def test_a_shallow_clone(run, branch, tmp_path_factory, monkeypatch):
    (branch / "a.score").write_text(A + "# more\n")
    git(branch, "commit", "-am", "two")
    there = tmp_path_factory.mktemp("shallow")
    git(branch, "clone", "--depth", "1", "--no-single-branch", f"file://{branch}", str(there / "clone"))
    monkeypatch.chdir(there / "clone")
    done = run("check", ".", "--changed-since", "origin/main")
    assert done.status == 2 and "This clone is shallow" in done.err and "fetch-depth: 0" in done.err
    done = run("check", ".", "--changed-since", "HEAD~1")
    assert done.status == 2 and "This clone is shallow" in done.err


def test_no_repository(run, tmp_path):
    (tmp_path / "r.score").write_text("on a add 1\n")
    done = run("check", "r.score", "--changed-since", "main")
    assert done.status == 2 and "is in no git repository" in done.err


def test_no_git(run, branch, monkeypatch):
    monkeypatch.setenv("PATH", str(branch))
    done = run("check", ".", "--changed-since", "main")
    assert done.status == 2 and "git is not installed" in done.err


def test_a_file_outside_of_the_repository(run, branch, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "r.score"
    outside.write_text("on a add 1\n")
    done = run("check", str(outside), "--changed-since", "main")
    assert done.status == 2 and "lies outside of the git repository" in done.err


def test_a_baseline_is_written_without_it(run, branch):
    assert run("check", ".", "--changed-since", "main", "--write-baseline").status == 2
