"""Every code has a page, and its examples are true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import scoredsl
from scoredsl.diagnostics.codes import codes, page
from scoredsl.lint.codes import CODES
from scoredsl.syntax.parse import parse_file
from scoredsl.text import Source

SYNTAX = Path(scoredsl.__file__).parent / "syntax"
_PAGE = re.compile(
    r"# (?P<code>[a-z-]+): (?P<title>.+)\n\n(?P<text>.+?)\n\n## Wrong\n\n```score\n(?P<wrong>.*?)\n```\n\n"
    r"## Right\n\n```score\n(?P<right>.*?)\n```\n",
    re.DOTALL,
)
_CODE = re.compile(r"(?:\bpattern|\bRepair|\bDiagnostic|self\.error|scanner\.error)\(\s*\"(?P<code>[a-z-]+)\"")
_MORE = frozenset(("typographic-quotes", "special-space", "look-alike", "where-after-award", "within-after-award"))


def codes_of_syntax() -> frozenset[str]:
    """The codes that stand in the modules that read statements."""
    found = {match["code"] for path in SYNTAX.rglob("*.py") for match in _CODE.finditer(path.read_text("utf-8"))}
    return frozenset(found) | _MORE


def said(text: str, code: str) -> list[str]:
    """The codes of what is said about a program: by reading it, and by checking it where that does not say `code`."""
    read = [diagnostic.code for diagnostic in parse_file(Source(text)).diagnostics]
    if code in codes_of_syntax():
        return read
    from scoredsl import api

    return [diagnostic.code for diagnostic in api.check_text(text)[1]]


def test_every_code_of_reading_has_a_page() -> None:
    assert codes_of_syntax() <= set(codes())


def test_an_unknown_code() -> None:
    with pytest.raises(KeyError):
        page("no-such-code")


@pytest.mark.parametrize("code", [code for code in codes() if code not in CODES])
def test_page(code: str) -> None:
    text = page(code)
    if "```score" not in text:  # a page about another file, such as scoredsl.toml
        assert text.startswith(f"# {code}: ")
        return
    match = _PAGE.fullmatch(text)
    assert match is not None, "the page has another form"
    assert match["code"] == code
    sentences = re.findall(r"[.?!](?=\s|\Z)", match["text"])
    assert sentences, "a page has at least a sentence"
    wrong = said(match["wrong"], code)
    assert code in wrong
    if code in codes_of_syntax():
        assert set(wrong) == {code}
        assert said(match["right"], code) == []
    else:
        assert code not in said(match["right"], code)
