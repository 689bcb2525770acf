"""Which rules file a folder means: the one that its scoredsl.toml names, else its only one that no other imports."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import click

from scoredsl import api
from scoredsl.cli import config


class Store(Protocol):
    """Where rules lie: on disk, or in a git revision. Paths have slashes."""

    def is_folder(self, path: str) -> bool: ...

    def names(self, folder: str) -> Sequence[str]:
        """The names of the files of a folder, sorted."""
        ...

    def read(self, path: str) -> str:
        """The text of a file. Raises Unreadable."""
        ...


class Disk:
    """The files of this machine."""

    def is_folder(self, path: str) -> bool:
        return Path(path).is_dir()

    def names(self, folder: str) -> list[str]:
        return sorted(each.name for each in Path(folder).iterdir() if each.is_file())

    def read(self, path: str) -> str:
        return api.read_rules(path)


def program_of(path: str, store: Store) -> str:
    """A rules file; for a folder the one that it means. Raises a usage error where that is none, or several."""
    if not store.is_folder(path):
        return Path(path).as_posix()
    names = store.names(path)
    if config.FILE_NAME in names:
        text = store.read(posixpath.join(path, config.FILE_NAME))
        return stated_rules(config.of_text(Path(path, config.FILE_NAME), text)[0])
    rules = [name for name in names if name.endswith(".score")]
    found = rules
    if len(rules) > 1:
        imported = {target for name in rules for target in _imports(name, store.read(posixpath.join(path, name)))}
        found = [name for name in rules if name not in imported]
    if len(found) != 1:
        what = "no .score file" if not rules else f"{len(found)} .score files that no other imports"
        raise click.UsageError(f"The folder {path} has {what} and no {config.FILE_NAME}: name one file.")
    return Path(path, found[0]).as_posix()


def stated_rules(stated: config.Config) -> str:
    """The one rules file of a configuration. Raises a usage error where there is none, or are several."""
    if not stated.rules:
        raise click.UsageError("Which rules? Name a .score file first, or name it in scoredsl.toml as rules.")
    if len(stated.rules) > 1:
        many = len(stated.rules)
        raise click.UsageError(f"scoredsl.toml names {many} rules files: say which, such as {stated.rules[0]}.")
    return Path(stated.rules[0]).as_posix()


def _imports(name: str, text: str) -> list[str]:
    """What a rules file imports, as paths from its folder."""
    from scoredsl.syntax import nodes as n
    from scoredsl.syntax.parse import parse_file
    from scoredsl.text import Source

    nodes = (statement.node for statement in parse_file(Source(text, name)).statements)
    return [posixpath.normpath(node.path.value.replace("\\", "/")) for node in nodes if isinstance(node, n.Import)]
