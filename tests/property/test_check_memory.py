"""Checking with a memory says what checking anew says, whatever was checked before: messages, places, the program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scoredsl.semantics.check import Checked, check_loaded
from scoredsl.semantics.imports import Unreadable, load
from scoredsl.semantics.memory import CheckMemory
from scoredsl.syntax.memory import Memory
from scoredsl.syntax.parse import parse_file
from scoredsl.syntax.tree import File
from scoredsl.text import Source

ROOT = Path(__file__).resolve().parents[2]
MAIN, LIBRARY = "main.score", "library.score"
RULES = """\
import "library.score"
define big: size > 100
define large: big and not small
events signal: demo or trial
score fit
  expire after 30d
  tier hot from 60
  on demo add 40 once
  on signal where plan = "pro" add 5
  on page_view where url starts with "/p" and lead.size > 3 add 2
  when big add 10
  when size > 5 and vip add 1
  on demo if vip add size / 2
  group g
    maximum 20
    expire after 7d
    on any add 1
    on demo then trial within 3d add 4
    when large and vip add 3
  on demo add 40 once
score all = fit * 2
  tier best from 90
label top when fit > 10
"""
DECLARED = """\
event demo with plan text, size number
event trial
event page_view with url text
profile size number
profile vip boolean
define small: size < 3
"""
PIECES = st.sampled_from([
    "", "\n", " ", "  ", "x", "1", '"', "(", "#", ";", "demo", "size", "plan", "big", "small", "lead.", "score", "`",
    "event size with plan number\n", "event plan\n", "profile plan text\n", "profile demo number\n",
    "profile size text\n", "define size: 5\n", "define vip: size > 5\n", "define small: has demo\n",
    "define big: small\n", "events demo: trial\n", "events signal: any\n", "score fit\n", "  on demo add size\n",
    "  when vip add 1\n", "  decay by half every 3d\n", "  expire after 3h\n", "  expire after 0d\n", "    reset\n",
    "on demo add 1\n", 'timezone "Europe/Berlin"\n', " once", "any", " where plan = 5", " if score > 3",
    "  on signal reset\n", "  group h\n", "  when demo add 1\n", "é", "\u00a0", "“",
])  # fmt: skip
EDITS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 40), st.integers(0, 90), st.integers(0, 25), PIECES), min_size=1, max_size=8
)
EXAMPLES = [path.read_text() for path in sorted(ROOT.glob("examples/*/rules.score"))]


class Texts:
    """The files of a program, read with a memory of them or anew."""

    def __init__(self, texts: dict[str, str], memories: dict[str, Memory] | None = None) -> None:
        self.texts = texts
        self.memories = memories

    def same(self, path: str) -> str:
        return path

    def read(self, path: str) -> str:
        if path not in self.texts:
            raise Unreadable(f"There is no file {path}.")
        return self.texts[path]

    def parse(self, source: Source) -> File:
        return parse_file(source, None if self.memories is None else self.memories.setdefault(source.path, Memory()))


def all_of(checked: Checked) -> tuple[Any, ...]:
    usage = checked.scope.usage
    used = (usage.events, usage.properties, usage.fields_in_when, usage.defines, usage.sets)
    return checked.said(), repr(checked.program), used


def edited(text: str, line: int, column: int, size: int, new: str) -> str:
    """What is edited is a place in a line, or the begin of one, where a statement may be put in."""
    lines = text.splitlines(keepends=True) or [""]
    line %= len(lines)
    column = 0 if new.endswith("\n") else column % (len(lines[line]) + 1)
    at = sum(map(len, lines[:line])) + column
    return text[:at] + new + text[at + size :]


def compare(texts: dict[str, str], edits: list[tuple[bool, int, int, int, str]]) -> None:
    memory, memories = CheckMemory(), dict[str, Memory]()
    for library, line, column, size, new in [(False, 0, 0, 0, ""), *edits]:
        path = LIBRARY if library and LIBRARY in texts else MAIN
        texts = {**texts, path: edited(texts[path], line, column, size, new)}
        reader = Texts(texts, memories)
        incremental = check_loaded(load(MAIN, texts[MAIN], reader), memory)
        assert all_of(incremental) == all_of(check_loaded(load(MAIN, texts[MAIN], Texts(texts))))


@given(edits=EDITS)
def test_a_program_that_knows_its_names(edits: list[tuple[bool, int, int, int, str]]) -> None:
    compare({MAIN: RULES, LIBRARY: DECLARED}, edits)


@given(edits=EDITS)
def test_a_program_that_declares_nothing(edits: list[tuple[bool, int, int, int, str]]) -> None:
    compare({MAIN: RULES, LIBRARY: "define small: size < 3\n"}, edits)


@given(edits=EDITS, example=st.sampled_from(EXAMPLES))
def test_the_examples(edits: list[tuple[bool, int, int, int, str]], example: str) -> None:
    compare({MAIN: example}, edits)


def test_only_what_has_changed_is_checked() -> None:
    memory, memories = CheckMemory(), dict[str, Memory]()

    def found(text: str) -> dict[Any, Any]:
        reader = Texts({MAIN: text, LIBRARY: DECLARED}, memories)
        check_loaded(load(MAIN, text, reader), memory)
        return {id(each): each for each in memory.found.values()}

    first = found(RULES)
    assert len(first) == 9  # two of the ten rules are the same
    typed = found(RULES.replace("add 40 once\n  on signal", "add 41 once\n  on signal"))
    assert len(typed.keys() - first.keys()) == 1
    moved = found("\n\n" + RULES.replace("add 40 once\n  on signal", "add 41 once\n  on signal"))
    assert moved.keys() == typed.keys()
    other = found(RULES.replace("size > 100", "size > 101"))
    assert 0 < len(other.keys() - first.keys()) < 4, "the rules that use the define, and the one that was typed"


def test_memory_does_not_grow() -> None:
    memory, memories = CheckMemory(), dict[str, Memory]()
    for i in range(300):
        text = RULES.replace("add 40 once", f"add {i} once").replace("30d", f"{i + 1}d")
        check_loaded(load(MAIN, text, Texts({MAIN: text, LIBRARY: DECLARED}, memories)), memory)
    assert len(memory.found) == 9
