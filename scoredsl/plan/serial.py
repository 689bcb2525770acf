"""A logical plan as JSON, and back (docs/plan.md): what CI has checked can be run without the source.

Every piece of data is an object with its kind under `is` and its fields under their names; a set of names is a sorted
list. The version changes whenever a reader of the old one would misread it.
"""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

from scoredsl.plan.logical import LogicalPlan
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.text import Span

VERSION = 1
KIND = "scoredsl plan"

_KINDS: dict[str, type] = {
    cls.__name__: cls
    for module in (e, p)
    for cls in vars(module).values()
    if isinstance(cls, type) and dataclasses.is_dataclass(cls)
} | {"Span": Span, "LogicalPlan": LogicalPlan}


class PlanFileError(Exception):
    """A text is no plan that can be run here; says why."""


def to_json(plan: LogicalPlan) -> str:
    """The plan as a JSON text, the same for the same plan."""
    return json.dumps({"kind": KIND, "version": VERSION, "plan": as_data(plan)}, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> LogicalPlan:
    """The plan of a JSON text. Raises PlanFileError."""
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as problem:
        raise PlanFileError(f"it is not valid JSON ({problem})") from None
    if not isinstance(found, dict) or found.get("kind") != KIND:
        raise PlanFileError('it is no plan; "scoredsl plan RULES --format json" writes one')
    if found.get("version") != VERSION:
        raise PlanFileError(
            f"it is a plan of version {found.get('version')}, this scoredsl reads version {VERSION}; write it again "
            'with "scoredsl plan RULES --format json"'
        )
    try:
        plan = _read(found["plan"], LogicalPlan)
    except (KeyError, TypeError, ValueError, RecursionError) as problem:
        raise PlanFileError(f"it is damaged ({problem})") from None
    assert isinstance(plan, LogicalPlan)
    return plan


def is_plan(text: str) -> bool:
    """Whether a text looks like a plan rather than rules."""
    return text.lstrip()[:1] == "{" and KIND in text[:200]


def as_data(value: Any, without: frozenset[str] = frozenset()) -> Any:
    """Pieces of a plan as JSON has them; fields that are called as one of `without` are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value) if field.name not in without]
        return {"is": type(value).__name__, **{name: as_data(getattr(value, name), without) for name in names}}
    match value:
        case tuple():
            return [as_data(each, without) for each in value]
        case frozenset():
            return sorted(value)
        case float() if not math.isfinite(value):
            raise ValueError(value)
        case Mapping():
            return {key: as_data(each, without) for key, each in value.items()}
        case _:
            return value


def _names() -> dict[str, Any]:
    """What annotations refer to; the unions that stand as texts in `expressions`, evaluated."""
    written = type("_Unions", (), {"__annotations__": {"Value": e.Value, "Condition": e.Condition}})
    unions = typing.get_type_hints(written, vars(e))
    of_expressions = {**vars(e), **unions}
    of_program = {**vars(p), **unions}
    modules = {"e": types.SimpleNamespace(**of_expressions), "p": types.SimpleNamespace(**of_program)}
    return {**of_expressions, **of_program, **modules, "Span": Span}


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls, _names())


def _read(value: Any, wanted: Any) -> Any:
    """A value of JSON as what a field's type asks for."""
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        problems: list[str] = []
        for choice in arguments:
            if choice is type(None):
                continue
            try:
                return _read(value, choice)
            except (TypeError, ValueError) as problem:
                problems.append(str(problem))
        raise ValueError(problems[-1] if problems else f"{value!r} is not expected")
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError(f"{value!r} is no list")
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_read(each, arguments[0]) for each in value)
        if len(arguments) != len(value):
            raise ValueError(f"a list of {len(value)}, not {len(arguments)}")
        return tuple(_read(each, kind) for each, kind in zip(value, arguments, strict=True))
    if origin is frozenset:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise TypeError(f"{value!r} is no list of names")
        return frozenset(value)
    if origin is typing.Literal:
        if value not in arguments:
            raise ValueError(f"{value!r} is none of {', '.join(map(str, arguments))}")
        return value
    if isinstance(wanted, type) and dataclasses.is_dataclass(wanted):
        if not isinstance(value, dict) or value.get("is") != wanted.__name__:
            raise ValueError(f"no {wanted.__name__}")
        hints = _hints(wanted)
        given = {name: each for name, each in value.items() if name != "is"}
        unknown = given.keys() - hints.keys()
        if unknown:
            raise ValueError(f"{wanted.__name__} has no {min(unknown)}")
        return wanted(**{name: _read(each, hints[name]) for name, each in given.items()})
    if wanted is float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{value!r} is no number")
        return float(value)
    if wanted in (int, str, bool):
        if type(value) is not wanted:
            raise TypeError(f"{value!r} is no {wanted.__name__}")
        return value
    raise TypeError(f"{wanted} cannot be read")
