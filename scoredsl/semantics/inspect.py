"""What a condition or a value looks at, and what becomes of it where there is nothing to look at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.values import LARGEST_POINTS, finite, round_half_away, to_millionths

Node: TypeAlias = "e.Condition | e.Value"


def parts(node: Node) -> Iterator[Node]:
    """The conditions and values directly inside a node; a fact is looked at as a whole."""
    match node:
        case e.And(conditions) | e.Or(conditions):
            yield from conditions
        case e.Not(inner):
            yield inner
        case e.CompareNumbers(_, left, right) | e.CompareNames(_, left, right) | e.Arithmetic(_, left, right):
            yield left
            yield right
        case e.NotIn(value, comparisons):
            yield value
            yield from comparisons
        case (
            e.CompareText(_, value, _)
            | e.CompareInstant(_, value, _)
            | e.CompareBoolean(_, value, _)
            | e.TextTest(_, value, _)
            | e.InWindow(value, _, _)
            | e.Matches(value, _)
            | e.Known(value, _)
            | e.IsTrue(value)
        ):
            yield value
        case e.Negative(operand):
            yield operand
        case e.Call(_, arguments):
            yield from arguments
        case _:
            pass


def leaves(node: Node) -> Iterator[Node]:
    """The nodes without parts, facts included."""
    inside = list(parts(node))
    if not inside:
        yield node
    for part in inside:
        yield from leaves(part)


def about_event_alone(node: Node) -> bool:
    """Whether nothing but the event is looked at."""
    return all(isinstance(leaf, e.Property | e.Constant | e.Always) for leaf in leaves(node))


def about_profile_alone(node: Node) -> bool:
    """Whether nothing but the fields of one profile row is looked at: no clock, no event."""
    return all(isinstance(leaf, e.Field | e.Constant | e.Always) for leaf in leaves(node)) and not has_window(node)


def has_window(node: Node) -> bool:
    return isinstance(node, e.InWindow) or any(has_window(part) for part in parts(node))


def uses_before(node: Node) -> bool:
    """Whether `score` after `if` is asked for."""
    return any(isinstance(leaf, e.ScoreValue) and leaf.name is None for leaf in leaves(node))


def scores_in(value: e.Value) -> list[str]:
    """The scores that a formula names, each once."""
    return list(
        dict.fromkeys(leaf.name for leaf in leaves(value) if isinstance(leaf, e.ScoreValue) and leaf.name is not None)
    )


def holds_without_data(condition: e.Condition) -> bool:
    """What holds where every name is missing: no comparison does (section 4: two-valued)."""
    match condition:
        case e.Always(holds):
            return holds
        case e.Not(inner):
            return not holds_without_data(inner)
        case e.And(conditions):
            return all(holds_without_data(part) for part in conditions)
        case e.Or(conditions):
            return any(holds_without_data(part) for part in conditions)
        case e.Known(_, known):
            return not known
        case _:
            return False


def constant_number(value: e.Value) -> float | None:
    """The number of a value that looks at nothing; None where it looks at something, or cannot be computed."""
    match value:
        case e.Constant(number):
            return number
        case e.Negative(operand):
            inner = constant_number(operand)
            return None if inner is None else -inner
        case e.Arithmetic(op, left, right):
            first, second = constant_number(left), constant_number(right)
            if first is None or second is None or (op == "/" and second == 0):
                return None
            match op:
                case "+":
                    return finite(first + second)
                case "-":
                    return finite(first - second)
                case "*":
                    return finite(first * second)
                case _:
                    return finite(first / second)
        case e.Call(function, arguments):
            numbers = [constant_number(argument) for argument in arguments]
            present = [number for number in numbers if number is not None]
            if len(present) < len(numbers):
                return None
            if function == "round":
                return round_half_away(present[0])
            return min(present) if function == "min" else max(present)
        case _:
            return None


def constant_points(points: p.Points) -> int | None:
    """Points in millionths, with their sign; None where they are not the same each time, or cannot be computed."""
    number = constant_number(points.amount)
    amount = None if number is None else to_millionths(number)
    return None if amount is None or abs(amount) > LARGEST_POINTS else amount * points.sign


def in_order(program: p.Program) -> list[p.Score]:
    """The scores, each below those that its formula names."""
    done: dict[str, p.Score] = {}

    def add(score: p.Score) -> None:
        for name in scores_in(score.formula) if score.formula is not None else ():
            if name not in done:
                add(program.score(name))
        done.setdefault(score.name, score)

    for score in program.scores:
        add(score)
    return list(done.values())
