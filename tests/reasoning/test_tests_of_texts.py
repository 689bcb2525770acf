"""Tests of one text that exclude each other, and texts that a regular expression finds something in."""

from __future__ import annotations

import pytest

from scoredsl import api
from scoredsl.reasoning.normal import cubes
from scoredsl.reasoning.texts import contradictory, samples
from scoredsl.semantics import program as p


@pytest.mark.parametrize(("text", "expected"), [
    ('x starts with "/pricing" and not x contains "ric"', True),
    ('x ends with "/pricing" and not x contains "ric"', True),
    ('x contains word "pricing" and not x contains "ric"', True),
    ('x contains "pricing" and not x contains "pricing!"', False),
    ('x starts with "/pricing" and not x starts with "/p"', True),
    ('x starts with "/pricing" and not x starts with "pri"', False),
    ('x ends with "/pricing" and not x starts with "/p"', False),
    ('x contains "/pricing" and not x starts with "/p"', False),
    ('x ends with "/pricing" and not x ends with "ing"', True),
    ('x ends with "/pricing" and not x ends with "/p"', False),
    ('x starts with "/pricing" and not x ends with "ing"', False),
    ('x contains word "big demo" and not x contains word "demo"', True),
    ('x contains "big demo" and not x contains word "demo"', False),
    ('x contains word "bigdemo" and not x contains word "demo"', False),
    ('x starts with "ab" and x starts with "a"', False),
    ('x starts with "ab" and x starts with "ac"', True),
    ('x starts with "a" and x starts with "abc" and x starts with "b"', True),
    ('x starts with "ab" and x ends with "ba"', False),
    ('x ends with "ba" and x ends with "a"', False),
    ('x ends with "ba" and x ends with "ca"', True),
    ('x contains "ab" and x starts with "ac"', False),
    ('not x contains ""', True),
    ('not x starts with "" and x ends with "a"', True),
    ('not x contains "a" and not x contains "b"', False),
])  # fmt: skip
def test_contradictory(text: str, expected: bool) -> None:
    program, said = api.check_text(f"on a where {text} add 1\n")
    assert program is not None, said
    rule = program.scores[0].rules[0]
    assert isinstance(rule, p.OnRule) and isinstance(rule.trigger, p.Occurs)
    assert rule.trigger.pattern.where is not None
    (cube,) = cubes(rule.trigger.pattern.where)
    assert contradictory(list(cube)) == expected


@pytest.mark.parametrize(("pattern", "expected"), [
    ("abc", ["abc"]), ("^abc$", ["abc"]), ("a|bc|d", ["a", "bc"]), ("(?:ab)+c", ["abc"]), ("ab?c", ["ac", "abc"]),
    ("a*", ["", "a"]), ("a{2,3}", ["aa"]), ("[a-c]x", ["ax", "cx"]), ("[ab]", ["a"]), ("[^x]", ["y"]), ("[^a]", ["x"]),
    (r"\d\w\s", ["7a "]), (r"[\d]", ["7"]), ("a.c", ["axc"]), ("(a)(b)", ["ab"]), (r"\p{Lu}", []),
    ("a|b|c", ["a"]), ("ab|cd|ef", ["ab", "cd"]), ("", [""]), ("(?i)ceo", ["ceo"]),
])  # fmt: skip
def test_samples(pattern: str, expected: list[str]) -> None:
    """They are tried, not believed."""
    assert samples(pattern) == expected
