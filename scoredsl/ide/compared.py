"""The texts with which a program compares its properties and fields: the values that it knows of them."""

from __future__ import annotations

from collections.abc import Iterator

from scoredsl.semantics.resolve import walk
from scoredsl.syntax import nodes as n


class Compared:
    """The texts with which statements compare names: those that were looked for before, and are still there."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[n.Node, tuple[tuple[str, str], ...]]] = {}
        self._now: dict[int, tuple[n.Node, tuple[tuple[str, str], ...]]] = {}

    def of(self, node: n.Node) -> tuple[tuple[str, str], ...]:
        """(name, text) of each comparison."""
        found = self._known.get(id(node)) or (node, tuple(_texts(node)))
        self._now[id(node)] = found
        return found[1]

    def forget_the_others(self) -> None:
        """Remembers what was asked for since the last time alone."""
        self._known, self._now = self._now, {}


def _texts(node: n.Node) -> Iterator[tuple[str, str]]:
    for part in walk(node):
        match part:
            case n.Compare(_, n.Ref(name), n.Text(text)) | n.TextTest(_, n.Ref(name), n.Text(text)):
                yield name, text
            case n.InList(n.Ref(name), n.ListOf(items)) | n.TextTest(_, n.Ref(name), n.ListOf(items)):
                yield from ((name, item.value) for item in items if isinstance(item, n.Text))
            case n.Assign(n.Name(name), n.Text(text)):
                yield name, text
            case _:
                pass
