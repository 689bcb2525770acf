"""A page as data: blocks of text that the formats Markdown and HTML both render."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Tone: TypeAlias = Literal["error", "warning", "note", "good"]


@dataclass(frozen=True, slots=True)
class Strong:
    text: str


@dataclass(frozen=True, slots=True)
class Mono:
    """A name, a rule, a path: set in a typewriter face."""

    text: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A word that a tone underlines: by a sign and a colour, never by the colour alone."""

    text: str
    tone: Tone


Inline: TypeAlias = str | Strong | Mono | Badge
Line: TypeAlias = str | tuple[Inline, ...]
"""A line of text, plain or of several parts."""


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 2 and below; the page's title is its level 1."""

    level: Literal[2, 3, 4]
    text: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`numbers` are the columns that hold numbers, which stand at the right."""

    header: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Code:
    """Lines of a program or of a ledger, kept as they are."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks that are folded away under a line."""

    summary: Line
    blocks: tuple[Block, ...]


Block: TypeAlias = "Heading | Paragraph | Bullets | Table | Code | Details"


@dataclass(frozen=True, slots=True)
class Document:
    """A page; `lead` is the sentence below its title that says the most important thing."""

    title: str
    lead: Line
    blocks: tuple[Block, ...] = ()


def parts(line: Line) -> tuple[Inline, ...]:
    """A line as its parts."""
    return (line,) if isinstance(line, str) else line


def plain(line: Line) -> str:
    """A line as text alone."""
    return "".join(part if isinstance(part, str) else part.text for part in parts(line))
