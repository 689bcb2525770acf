"""What was read of a file before, so that a keystroke costs one statement and not the whole file.

Lark's tree of a statement depends on its text alone and is kept by it; a node holds places and is kept by text and
offset; so is the message of a broken statement. What the newest text of a file does not use is forgotten: memory
stays as large as the text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
    trees: dict[str, Any] = field(default_factory=dict)
    nodes: dict[tuple[int, str], Node] = field(default_factory=dict)
    broken: dict[BrokenKey, Diagnostic] = field(default_factory=dict)
