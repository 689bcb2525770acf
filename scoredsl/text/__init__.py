"""Spans and lines: offsets inside, lines and columns only at the edges."""

from scoredsl.text.source import Position, Source
from scoredsl.text.span import Span

__all__ = ["Position", "Source", "Span"]
