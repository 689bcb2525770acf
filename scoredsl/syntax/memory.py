"""What was read of a file before, so that a keystroke costs one statement and not the whole file.

A line is scanned, and a statement read, as if it stood at the begin of the file: so what was found depends on its text
alone, and is kept by its text; the message of a broken statement by its text and what it stands in. What the newest
text of a file does not use is forgotten: memory stays as large as the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scoredsl.diagnostics import Diagnostic
from scoredsl.syntax.explain import Setting
from scoredsl.syntax.nodes import Node
from scoredsl.syntax.outline import Line
from scoredsl.syntax.tree import File

BrokenKey = tuple[str, str, Setting]
"""Masked text, keyword, setting."""


@dataclass(slots=True)
class Memory:
    """What is remembered of one file."""

    file: File | None = None
    """The file as it was read last."""
    lines: Mapping[str, Line] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    """The nodes of statements at offset 0, by the masked text of the statement."""
    broken: dict[BrokenKey, Diagnostic] = field(default_factory=dict)
