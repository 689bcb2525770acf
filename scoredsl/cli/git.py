"""What git knows: which files a branch touches, and the text of a file at a revision. Through git itself."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import click

from scoredsl.api import read_rules
from scoredsl.semantics.imports import Unreadable

_UNSHALLOW = (
    "fetch the whole history (git fetch --unshallow; fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 for GitLab)."
)


class GitError(click.ClickException):
    """git cannot answer; the message says why and what to do."""

    exit_code = 2


@dataclass(frozen=True)
class Repository:
    """A git repository; `top` is its root folder."""

    top: Path

    @classmethod
    def around(cls, folder: Path | None = None) -> Repository:
        """The repository that a folder (the current one) lies in. Raises GitError."""
        place = (folder or Path()).resolve()
        done = _git(place, "rev-parse", "--show-toplevel")
        if done.returncode == 0:
            return cls(Path(_text(done.stdout).rstrip("\n")).resolve())
        said = _text(done.stderr)
        if "dubious ownership" in said:
            raise GitError(
                f"git does not trust the folder {place}, which belongs to somebody else. "
                f"Trust it with: git config --global --add safe.directory {place}"
            )
        if "not a git repository" in said:
            raise GitError(f"{place} is in no git repository: git cannot say what has changed there.")
        raise GitError(f"git cannot use {place}: {_last_line(said)}")

    @cached_property
    def is_shallow(self) -> bool:
        return _text(_git(self.top, "rev-parse", "--is-shallow-repository").stdout).strip() == "true"

    def commit(self, revision: str) -> str:
        """The commit that a revision names. Raises GitError where there is none."""
        done = _git(self.top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if done.returncode == 0:
            return _text(done.stdout).strip()
        hint = "Fetch it first (git fetch origin BRANCH), or correct the name."
        if self.is_shallow:
            hint = f"This clone is shallow, so it may lie further back: {_UNSHALLOW}"
        raise GitError(f"git knows no revision {revision}. {hint}")

    def merge_base(self, revision: str) -> str:
        """The commit at which the current branch left `revision`. Raises GitError."""
        done = _git(self.top, "merge-base", self.commit(revision), "HEAD")
        if done.returncode == 0:
            return _text(done.stdout).strip()
        if self.is_shallow:
            raise GitError(
                f"This clone is shallow and does not reach back to where the branch left {revision}: {_UNSHALLOW}"
            )
        raise GitError(f"{revision} and the current branch have no commit in common: nothing can be compared.")

    def changed(self, commit: str) -> frozenset[Path]:
        """The files that differ from a commit now: committed, staged, changed or new, deleted ones included."""
        compared = _git(self.top, "diff", "--name-only", "--no-renames", "-z", commit, "--")
        new = _git(self.top, "ls-files", "--others", "--exclude-standard", "-z")
        for done in (compared, new):
            if done.returncode != 0:
                raise GitError(f"git cannot say what has changed: {_last_line(_text(done.stderr))}")
        names = _text(compared.stdout + new.stdout).split("\0")
        return frozenset(self.top / name for name in names if name)

    def relative(self, path: str) -> str:
        """A file as its path from the root. Raises GitError for one that lies outside."""
        place = Path(path).resolve()
        if not place.is_relative_to(self.top):
            raise GitError(f"{path} lies outside of the git repository {self.top}: git knows nothing of it.")
        return place.relative_to(self.top).as_posix()

    def kind(self, commit: str, path: str) -> str | None:
        """What a path was at a commit, `blob` (a file) or `tree` (a folder); None where there was nothing."""
        done = _git(self.top, "cat-file", "-t", self._object(commit, path))
        return _text(done.stdout).strip() if done.returncode == 0 else None

    def names(self, commit: str, folder: str) -> list[str]:
        """The names of the files that were in a folder at a commit, sorted."""
        listed = _text(_git(self.top, "ls-tree", "-z", self._object(commit, folder)).stdout).split("\0")
        entries = [entry.partition("\t") for entry in listed if entry]
        return sorted(name for kind, _, name in entries if " blob " in kind)

    def _object(self, commit: str, path: str) -> str:
        inside = self.relative(path)
        return f"{commit}:{'' if inside == '.' else inside}"

    def read(self, commit: str, path: str) -> str | None:
        """The text of a file at a commit; None where it was not there, or was no UTF-8 text."""
        done = _git(self.top, "cat-file", "blob", self._object(commit, path))
        if done.returncode != 0:
            return None
        try:
            return done.stdout.decode("utf-8")
        except UnicodeDecodeError:
            return None


class OldReader:
    """Reads rules files as they were at a commit; what lies outside of the repository is read as it is."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self.repository = repository
        self.commit = commit
        self.texts: dict[str, str] = {}
        """What was read so far, by path."""

    def same(self, path: str) -> str:
        return str(Path(path).resolve())

    def read(self, path: str) -> str:
        """The text then. Raises Unreadable where there was none."""
        outside = not Path(path).resolve().is_relative_to(self.repository.top)
        text = read_rules(path) if outside else self.repository.read(self.commit, path)
        if text is None:
            raise Unreadable(f"There was no file {path} at {self.commit[:12]}.")
        self.texts[path] = text
        return text


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise GitError("git is not installed, or not on the PATH: it is asked what was there before.") from None


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="surrogateescape")


def _last_line(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1].removeprefix("fatal: ") if lines else "it does not say why."
