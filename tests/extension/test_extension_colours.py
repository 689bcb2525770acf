"""What VS Code sees before the server answers is what the parser sees, word by word, in all programs that are here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from scoredsl.syntax.parse import parse_file
from scoredsl.syntax.tokens import words_of
from scoredsl.text import Source

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "vscode-extension"
PROGRAMS = [
    path
    for folder in ("examples", "tests/conformance")
    for path in sorted((ROOT / folder).rglob("*.score"))
    if not path.parent.name.startswith("error-")  # look-alike signs are not what they seem
]

KINDS = {
    "STRING": "string", "REGEX": "string.regexp", "DATE": "constant.numeric.date",
    "DURATION": "constant.numeric.duration", "PERCENT": "constant.numeric.percent", "NUMBER": "constant.numeric",
    "NAME": "variable|entity|constant.language", "BACKQUOTED": "variable|entity", "LEAD_BACKQUOTED": "variable",
    "BAND": "variable|constant.numeric|entity",
    **dict.fromkeys(["EQ", "NE", "GE", "LE", "GT", "LT"], "keyword.operator.comparison"),
    **dict.fromkeys(["PLUS", "MINUS", "STAR", "SLASH"], "keyword.operator.arithmetic"),
    **dict.fromkeys(["LPAR", "RPAR", "LSQB", "RSQB", "COMMA", "COLON"], "punctuation"),
}  # fmt: skip
KEYWORD = "keyword|storage|support|constant.language"


@cache
def seen() -> dict[str, list[tuple[int, int, int, str]]]:
    """What VS Code sees in each program: (line, start, end, scope)."""
    if shutil.which("node") is None or not (EXTENSION / "node_modules").is_dir():
        pytest.skip("Node, or the extension's packages, are not installed: make extension")
    texts = {str(path): path.read_text(encoding="utf-8") for path in PROGRAMS}
    done = subprocess.run(
        ["node", EXTENSION / "test" / "tokens.js"], input=json.dumps(texts), capture_output=True, text=True,
        encoding="utf-8", timeout=300, check=True,
    )  # fmt: skip
    found: dict[str, list[tuple[int, int, int, str]]] = json.loads(done.stdout)
    return found


def words(text: str) -> Iterator[tuple[int, int, str, str]]:
    """(line, column, word, terminal) of each word that the parser sees, its first line where it has several."""
    file = parse_file(Source(text))
    for statement in file.walk():
        base = statement.span.start
        for word in words_of(file.masked[base : statement.span.end]):
            if word.terminal != "$END":
                place = file.source.position(base + word.start)
                yield place.line - 1, place.column - 1, text[base + word.start : base + word.end], word.terminal


def test_every_word_has_the_colour_of_what_it_is() -> None:
    wrong: Counter[tuple[str, str, str]] = Counter()
    count = 0
    for path in PROGRAMS:
        stretches = seen()[str(path)]
        scopes = {(line, column): scope for line, start, end, scope in stretches for column in range(start, end)}
        for line, column, word, terminal in words(path.read_text(encoding="utf-8")):
            scope = scopes.get((line, column), "")
            count += 1
            if not re.match(KINDS.get(terminal, KEYWORD), scope):
                wrong[terminal, word, scope] += 1
    assert count > 10_000
    # names that are keywords elsewhere: the server's colours, which come a moment later, are right
    assert {word for terminal, word, _ in wrong if terminal == "NAME"} == {"add", "once", "then", "within"}
    assert [each for each in wrong if each[0] != "NAME"] == []
