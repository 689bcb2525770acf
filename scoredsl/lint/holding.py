"""Conditions that never or always hold, each at the smallest place where it can be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scoredsl.lint.asked import Asked, all_asked
from scoredsl.lint.context import Context
from scoredsl.reasoning.conditions import NOTHING, Known, always, never
from scoredsl.reasoning.intervals import Numbers
from scoredsl.reasoning.normal import conjunction
from scoredsl.semantics import expressions as e
from scoredsl.semantics import resolve
from scoredsl.semantics.inspect import leaves
from scoredsl.syntax import nodes as n
from scoredsl.text import Span


@dataclass(frozen=True, slots=True)
class Held:
    """A part of a condition that never (always) holds.

    `core` are the parts that exclude each other, or of which one is always so; the part itself where it is so alone.
    `known` is what of scores was needed to tell.
    """

    asked: Asked
    node: n.Condition
    holds: Literal["never", "always"]
    core: tuple[n.Condition, ...]
    known: Known


def held(context: Context) -> list[Held]:
    """All such parts; they are looked for once."""
    if context.held is None:
        context.held = []
        for found in _held(context):
            context.held.append(found)
            # what scores can be follows from the rules: these are taken as if they could give points
            context.blamed.setdefault(found.asked.written.statement.span, set()).add(f"{found.holds}-holds")
    return context.held


def _held(context: Context) -> Iterator[Held]:
    """Conditions about scores come last: what the scores can be follows from the others."""
    later: list[tuple[Asked, e.Condition]] = []
    said = _Said()
    everything = list(all_asked(context))
    # what is wrong in a define, or in the where of a fact, is said there, and not where it is used
    everything.sort(
        key=lambda asked: (not isinstance(asked.written.statement.node, n.Define), asked.about.where != "where")
    )
    for asked in everything:
        condition = asked.resolved(asked.node)
        if asked.about.where in ("if", "label") and _scores(condition):
            later.append((asked, condition))
            continue
        for found in _Examined(asked, said).found():
            said.add(found)
            yield found
    for asked, condition in later:
        yield from _Examined(asked, said, _known(asked, condition, context)).found()


class _Said:
    """What was found so far: nothing is said of what uses it."""

    def __init__(self) -> None:
        self.defines: set[str] = set()
        self.places: list[Span] = []

    def add(self, found: Held) -> None:
        node = found.asked.written.statement.node
        if isinstance(node, n.Define):
            self.defines.add(node.name.text)
        self.places.append(found.node.span)

    def touches(self, node: n.Condition) -> bool:
        """Whether a part uses a define, or holds the where of a fact, that something was said about."""
        if self.defines and any(isinstance(each, n.Ref) and each.name in self.defines for each in resolve.walk(node)):
            return True
        span = node.span
        return any(
            span.file == place.file and span.start <= place.start and place.end <= span.end for place in self.places
        )


def _scores(condition: e.Condition) -> list[e.ScoreValue]:
    """The scores that a condition asks about, in the order in which they are written."""
    return list(dict.fromkeys(leaf for leaf in leaves(condition) if isinstance(leaf, e.ScoreValue)))


def _known(asked: Asked, condition: e.Condition, context: Context) -> Known:
    """What the scores in a condition can be."""
    found: dict[e.Value, Numbers] = {}
    for value in _scores(condition):
        name = value.name if value.name is not None else asked.score
        if name is not None and name in context.bounds:
            found[value] = context.bounds[name].known
    return found


class _Examined:
    """One condition, looked at from the outside in."""

    def __init__(self, asked: Asked, said: _Said, known: Known = NOTHING) -> None:
        self.asked = asked
        self.said = said
        self.known = known
        self.together: list[n.Condition] = []
        """Parts that hold together with others, which was asked of all of them at once."""

    def found(self) -> Iterator[Held]:
        yield from self.part(self.asked.node, ())

    def part(self, node: n.Condition, assumed: tuple[n.Condition, ...]) -> Iterator[Held]:
        """What is to be said of a part, given that the parts in `assumed` hold."""
        if self.said.touches(node):
            return
        plain = not isinstance(node, n.And | n.Or | n.Not)
        if not (assumed and plain and node in self.together) and self.never(*assumed, node):
            yield from self.why_never(node, assumed)
        elif self.always(node):
            yield from self.why_always(node)
        else:
            yield from self.inside(node, assumed)

    def inside(self, node: n.Condition, assumed: tuple[n.Condition, ...]) -> Iterator[Held]:
        match node:
            case n.And(parts):
                self.together += parts
                for i, part in enumerate(parts):
                    yield from self.part(part, (*assumed, *parts[:i], *parts[i + 1 :]))
            case n.Or(parts):
                for part in parts:
                    yield from self.part(part, assumed)
            case n.Not(inner):
                yield from self.part(inner, ())
            case _:
                pass

    def why_never(self, node: n.Condition, assumed: tuple[n.Condition, ...]) -> Iterator[Held]:
        """The smallest part that never holds: one of several, or those that exclude each other."""
        match node:
            case n.And(parts) if any(self.never(*assumed, part) for part in parts):
                yield from next(self.why_never(part, assumed) for part in parts if self.never(*assumed, part))
            case n.Or(parts):
                for part in parts:
                    yield from self.why_never(part, assumed)
            case _:
                pieces = (*assumed, *_pieces(node))
                yield Held(self.asked, node, "never", tuple(self.smallest(pieces)), self.known)

    def smallest(self, pieces: Sequence[n.Condition]) -> list[n.Condition]:
        """Of parts that never hold together as few as still do not."""
        kept = list(pieces)
        for piece in pieces:
            fewer = [each for each in kept if each is not piece]
            if self.never(*fewer):
                kept = fewer
        return sorted(kept, key=lambda piece: piece.span)

    def why_always(self, node: n.Condition) -> Iterator[Held]:
        match node:
            case n.Or(parts) if any(self.always(part) for part in parts):
                yield from next(self.why_always(part) for part in parts if self.always(part))
            case n.And(parts):
                for part in parts:
                    yield from self.why_always(part)
            case n.Not(inner):
                yield from self.why_never(inner, ())
            case _:
                yield Held(self.asked, node, "always", (node,), self.known)

    def never(self, *nodes: n.Condition) -> bool:
        return never(conjunction(*(self.asked.resolved(node) for node in nodes)), self.known)

    def always(self, node: n.Condition) -> bool:
        return always(self.asked.resolved(node), self.known)


def _pieces(node: n.Condition) -> tuple[n.Condition, ...]:
    return tuple(piece for part in node.conditions for piece in _pieces(part)) if isinstance(node, n.And) else (node,)
