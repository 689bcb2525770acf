"""The pages of the codes that the checks give: their examples are true, and there is one for each code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import scoredsl
from scoredsl import api
from scoredsl.syntax.parse import parse_file
from scoredsl.text import Source

ROOT = Path(scoredsl.__file__).parent
PAGES = ROOT / "diagnostics" / "pages"
_PAGE = re.compile(
    r"# (?P<code>[a-z-]+): (?P<title>[^\n]+)\n\n(?P<text>.+?)\n\n"
    r"## Wrong\n\n```(?P<kind>score|text)\n(?P<wrong>.*?)\n```\n\n"
    r"## Right\n\n```(?P=kind)\n(?P<right>.*?)\n```\n",
    re.DOTALL,
)
_USE = re.compile(r"(?:error|warning|Diagnostic|Repair|pattern)\(\s*\"(?P<code>[a-z]+(?:-[a-z]+)*)\"", re.DOTALL)


def codes_of(folder: str) -> set[str]:
    """The codes that stand in the sources of a folder of the package."""
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        if path.name == "config.py":
            continue  # its `error` takes a key; its only code is config
        found |= {match["code"] for match in _USE.finditer(path.read_text("utf-8"))}
    return found


SEMANTIC = sorted(codes_of("semantics") | {"config"})


def match_of(code: str) -> re.Match[str]:
    match = _PAGE.fullmatch((PAGES / f"{code}.md").read_text("utf-8"))
    assert match is not None, f"the page of {code} has another form"
    return match


def comes_from_reading(code: str, wrong: str) -> bool:
    return code in {said.code for said in parse_file(Source(wrong + "\n", "rules.score")).diagnostics}


@pytest.mark.parametrize("code", SEMANTIC)
def test_page(code: str) -> None:
    match = match_of(code)
    assert match["code"] == code
    sentences = re.findall(r"[.?!](?=\s|\Z)", match["text"])
    assert 1 <= len(sentences) <= 6
    if match["kind"] == "text" or comes_from_reading(code, match["wrong"]):
        return
    wrong = api.check_text(match["wrong"] + "\n")[1]
    assert code in {said.code for said in wrong}
    assert {said.code for said in wrong if said.is_error} <= {code}
    right = api.check_text(match["right"] + "\n")[1]
    assert [said.message for said in right if said.is_error or said.code == code] == []


def test_every_code_has_a_page() -> None:
    pages = {path.stem for path in PAGES.glob("*.md")}
    assert set(SEMANTIC) <= pages
    everywhere = {code for folder in ROOT.iterdir() if folder.is_dir() for code in codes_of(str(folder.name))}
    assert everywhere - pages == set()


def test_no_page_without_a_code() -> None:
    """The code of every page stands as a text somewhere in the package."""
    sources = "\n".join(path.read_text("utf-8") for path in ROOT.rglob("*.py"))
    texts = set(re.findall(r"[\"']([a-z]+(?:-[a-z]+)*)[\"']", sources))
    built = {path.stem for path in PAGES.glob("*-after-award.md")}  # put together from the clause's name
    assert {path.stem for path in PAGES.glob("*.md")} - texts - built == set()
