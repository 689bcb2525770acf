"""What was read of a file before, so that a keystroke costs one statement and not the whole file.

The node of a statement depends on its text alone, but for the places in it: it is kept by its text and offset, and
where only the offset is another it is moved there. The message of a broken statement is kept by text and offset. What
the newest text of a file does not use is forgotten: memory stays as large as the text.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scoredsl.diagnostics import Diagnostic
from scoredsl.syntax.explain import Setting
from scoredsl.syntax.nodes import Node
from scoredsl.syntax.tree import File

BrokenKey = tuple[int, str, str, Setting]
"""Offset, masked text, keyword, setting."""


@dataclass(slots=True)
class Memory:
    """What is remembered of one file."""

    file: File | None = None
    """The file as it was read last."""
    nodes: dict[tuple[int, str], Node] = field(default_factory=dict)
    moving: dict[str, tuple[int, Node]] = field(default_factory=dict)
    """By its text: an offset at which a statement stands, and its node there."""
    broken: dict[BrokenKey, Diagnostic] = field(default_factory=dict)
