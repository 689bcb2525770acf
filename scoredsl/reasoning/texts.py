"""What must be so of one text: tests that exclude each other, and texts that pass them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module

from scoredsl.reasoning.normal import Literal
from scoredsl.reference.evaluate import has_word
from scoredsl.semantics import expressions as e


def tests(literals: Iterable[Literal], holds: bool) -> list[e.TextTest]:
    """The tests of a text that must hold, or must not; each of a single text (see `normal.plain`)."""
    return [each.atom for each in literals if each.holds == holds and isinstance(each.atom, e.TextTest)]


def contradictory(literals: Sequence[Literal]) -> bool:
    """Whether it is certain that no text passes the tests: one that must hold excludes another, or implies one that
    must not."""
    wanted, unwanted = tests(literals, True), tests(literals, False)
    if any(test.texts[0] == "" and test.op != "contains word" for test in unwanted):
        return True
    if any(_implies(one, other) for one in wanted for other in unwanted):
        return True
    begins = sorted((test.texts[0] for test in wanted if test.op == "starts with"), key=len)
    if any(not begins[-1].startswith(text) for text in begins):
        return True
    ends = sorted((test.texts[0] for test in wanted if test.op == "ends with"), key=len)
    return any(not ends[-1].endswith(text) for text in ends)


def _implies(one: e.TextTest, other: e.TextTest) -> bool:
    """Whether every text that passes one test passes the other."""
    given, asked = one.texts[0], other.texts[0]
    match other.op:
        case "contains":
            return asked in given
        case "starts with":
            return one.op == "starts with" and given.startswith(asked)
        case "ends with":
            return one.op == "ends with" and given.endswith(asked)
        case "contains word":
            return one.op == "contains word" and has_word(given, asked)


def candidates(literals: Sequence[Literal]) -> Iterator[str]:
    """Texts that may pass: made of all that must be found in them."""
    wanted = tests(literals, True)
    begin = max((test.texts[0] for test in wanted if test.op == "starts with"), key=len, default="")
    end = max((test.texts[0] for test in wanted if test.op == "ends with"), key=len, default="")
    inside = [test.texts[0] for test in wanted if test.op in ("contains", "contains word")]
    patterns = [text for each in literals if isinstance(each.atom, e.Matches) for text in samples(each.atom.pattern)]
    for more in ([], *([pattern] for pattern in patterns)):
        needed = [text for text in (*inside, *more) if text not in begin and text not in end]
        for glue in (" ", "", "/", "-"):
            middle = glue.join(needed)
            yield begin + middle + end
            yield begin + glue + middle + glue + end
    yield from patterns
    yield from ("other", "x", "zz-9")


def samples(pattern: str) -> list[str]:
    """A few texts that a regular expression may find something in; some of them may be wrong."""
    parser = import_module("re._parser")
    try:
        tree = parser.parse(pattern)
    except Exception:  # what Python's own reader cannot read has no samples
        return []
    return list(dict.fromkeys(_made(tree, choice) for choice in (0, 1)))


_CLASSES = {"CATEGORY_DIGIT": "7", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " "}


def _made(tree: object, choice: int) -> str:
    """A text for a tree of Python's reader of expressions: the first or the second way wherever there are several."""
    text = ""
    for op, argument in tree:  # type: ignore[attr-defined]
        match str(op):
            case "LITERAL":
                text += chr(argument)
            case "NOT_LITERAL":
                text += "y" if chr(argument) == "x" else "x"
            case "ANY":
                text += "x"
            case "IN":
                text += _of_class(argument, choice)
            case "BRANCH":
                branches = argument[1]
                text += _made(branches[min(choice, len(branches) - 1)], choice)
            case "SUBPATTERN":
                text += _made(argument[-1], choice)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, inner = argument
                text += _made(inner, choice) * (least or min(int(most), choice))
            case _:
                pass  # a place, such as the beginning or a word's end
    return text


def _of_class(members: object, choice: int) -> str:
    """A character of a class such as `[a-z0-9]`."""
    negated = False
    for op, argument in members:  # type: ignore[attr-defined]
        match str(op):
            case "NEGATE":
                negated = True
            case "LITERAL" if not negated:
                return chr(argument)
            case "RANGE" if not negated:
                return chr(argument[min(choice, 1)])
            case "CATEGORY" if not negated:
                return _CLASSES.get(str(argument), "-")
            case _:
                pass
    return "x"
