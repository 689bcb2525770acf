"""A version of the rules: a file, a folder, or either of them at a git revision (`HEAD~1:rules/`)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import click

from scoredsl import api
from scoredsl.cli import data_options, render, unsaved
from scoredsl.cli.folders import Disk, program_of
from scoredsl.cli.git import GitError, OldReader, Repository
from scoredsl.semantics.imports import Reader, Unreadable
from scoredsl.semantics.program import Program
from scoredsl.text import Source


@dataclass(frozen=True, slots=True)
class Version:
    """A checked program, and what it is called: as the user named it."""

    name: str
    program: Program
    files: tuple[str, ...] = ()
    """The files on disk that it was read from."""


def version(argument: str) -> Version:
    """The program that an argument names. Errors in it are shown and end the command with exit status 1.

    Raises a usage error where it names none.
    """
    if not Path(argument).exists():
        revision, colon, path = argument.partition(":")
        if not colon:
            raise click.UsageError(
                f"There is no file or folder {argument}. What it was at a git revision is written HEAD~1:{argument}."
            )
        if not revision:
            raise click.UsageError(f"{argument}: of which revision? Write HEAD:{path}, for example.")
        return _at_revision(argument, revision, path)
    planned = data_options.program_of_plan(argument)
    if planned is not None:
        return Version(argument, planned, (argument,))
    reader = unsaved.reader()
    return Version(argument, _checked(program_of(argument, Disk()), reader), tuple(reader.opened))


def project_at(revision: str, rules: str) -> Version:
    """A rules file of the current folder as it was at a revision."""
    return _at_revision(f"{revision}:{rules}", revision, f"./{rules}")


def is_revision(argument: str) -> bool:
    """Whether an argument names no file, but a revision by itself: `main`, `HEAD~1`."""
    if Path(argument).exists() or ":" in argument:
        return False
    try:
        Repository.around().commit(argument)
    except GitError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Then:
    """The files of a repository at a commit."""

    repository: Repository
    commit: str
    revision: str

    def is_folder(self, path: str) -> bool:
        return self.repository.kind(self.commit, path) == "tree"

    def names(self, folder: str) -> list[str]:
        return self.repository.names(self.commit, folder)

    def read(self, path: str) -> str:
        text = self.repository.read(self.commit, path)
        if text is None:
            raise Unreadable(f"{path} cannot be read in {self.revision}.")
        return text


def _at_revision(argument: str, revision: str, given: str) -> Version:
    """`given` is a path as git has it: from the root of the repository, or with `./` from the current folder."""
    repository = Repository.around()
    then = _Then(repository, repository.commit(revision), revision)
    path = _here(repository, given)
    if repository.kind(then.commit, path) is None:
        beside = repository.kind(then.commit, given) if not given.startswith(".") else None
        hint = f" In the current folder there was one: write {revision}:./{given}." if beside is not None else ""
        raise click.UsageError(f"There was no {given or 'file'} in {revision}.{hint}")
    reader = OldReader(repository, then.commit)
    return Version(argument, _checked(program_of(path, then), reader))


def _here(repository: Repository, given: str) -> str:
    """The path from the current folder."""
    from_here = given.startswith(("./", "../")) or given in (".", "..")
    place = Path.cwd() / given if from_here else repository.top / given
    return Path(os.path.relpath(place)).as_posix()


def _checked(path: str, reader: Reader) -> Program:
    program, diagnostics = api.load(path, reader=reader)
    if program is None:
        files = {d.span.file for d in diagnostics if d.is_error}
        data_options.leave_for_errors(
            diagnostics, render.Sources({file: Source(reader.read(file), file) for file in files})
        )
    return program
