"""The same statement at another place of its file: its node with all spans moved.

Several times as fast as building the node again from the parser's tree, which is what a keystroke would otherwise cost
for every statement below it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from scoredsl.syntax.nodes import NOWHERE
from scoredsl.text import Span

_T = TypeVar("_T")
Mover = Callable[[Any, int], Any]


def shifted(node: _T, by: int) -> _T:
    """The node as it would stand `by` characters further on: equal, as spans are outside equality."""
    moved: _T = _move(node, by)
    return moved


def _move(value: Any, by: int) -> Any:
    kind = value.__class__
    mover = _MOVERS.get(kind)
    if mover is None:
        mover = _MOVERS[kind] = _mover(kind)
    return mover(value, by)


def _same(value: Any, by: int) -> Any:
    return value


def _span(span: Span, by: int) -> Span:
    return span if span is NOWHERE else span.moved(by)


def _tuple(values: tuple[Any, ...], by: int) -> tuple[Any, ...]:
    return tuple([_move(value, by) for value in values])


def _mover(kind: type) -> Mover:
    """How a value of a class is moved; a slot is set past the frozen `__setattr__`, by the descriptor of its class."""
    if not is_dataclass(kind):
        return _same
    slots = [(getattr(kind, field.name).__get__, getattr(kind, field.name).__set__) for field in fields(kind)]
    make = kind.__new__

    def move(value: Any, by: int) -> Any:
        moved = make(kind)
        for get, put in slots:
            part = get(value)
            mover = _MOVERS.get(part.__class__)
            put(moved, _move(part, by) if mover is None else mover(part, by))
        return moved

    return move


_MOVERS: dict[type, Mover] = {Span: _span, tuple: _tuple, str: _same, float: _same, int: _same, bool: _same}
