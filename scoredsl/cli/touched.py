"""`--changed-since REV`: what a branch touches, and what was found there before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from scoredsl import api
from scoredsl.cli.checking import What, check_then
from scoredsl.cli.git import Repository
from scoredsl.cli.known import Known, keys
from scoredsl.report.findings import counted
from scoredsl.semantics.imports import load


@dataclass(frozen=True, slots=True)
class Touched:
    """What of the files a branch touches, itself or through an import, since it left a revision at `commit`."""

    what: What
    repository: Repository
    commit: str
    revision: str
    all_files: int

    @property
    def said(self) -> str:
        """How much is looked at, as a sentence."""
        count = len(self.what.files)
        if not count:
            return f"No rules file was touched since {self.revision}."
        return f"Since {self.revision} {count} of {counted(self.all_files, 'rules file')} " + (
            "was touched." if count == 1 else "were touched."
        )

    def known(self) -> Known:
        """What was found in these files where the branch began."""
        before = check_then(self.what, self.repository, self.commit)
        top = self.repository.top
        return Known(Counter(keys(before.findings, top)), top, f"from before the branch left {self.revision}")


def touched_option(help_: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option("--changed-since", metavar="REV", help=help_)


def touched_since(revision: str, what: What) -> Touched:
    """Which of the files a branch touches: they, or a file that they import, differ from where it left `revision`.

    Raises an error for the user where git cannot say.
    """
    repository = Repository.around()
    commit = repository.merge_base(revision)
    changed = repository.changed(commit)
    for file in what.files:
        repository.relative(file)
    files = [file for file in what.files if not changed.isdisjoint(_program(file))]
    toml = what.toml if what.toml is not None and what.toml.resolve() in changed else None
    return Touched(replace(what, files=files, toml=toml), repository, commit, revision, len(what.files))


def _program(file: str) -> Sequence[Path]:
    """A rules file and all that it imports, also what cannot be read."""
    reader = api.DiskReader()
    load(file, reader.read(file), reader)
    return [Path(path).resolve() for path in reader.opened]
