"""Outline, folds, colours, selections, layout, hovers: what is read of a file at a place."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from scoredsl.ide.colours import colours
from scoredsl.ide.edits import applied, formatting, typed_line
from scoredsl.ide.hover import hover
from scoredsl.ide.navigation import import_links
from scoredsl.ide.outline import document_symbols, folds, selection, workspace_symbols
from scoredsl.syntax.format import format_source
from scoredsl.text import Source
from tests.ide.marked import Marked, marked

NOW = 1_767_571_200_000_000  # 2026-01-05
EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*/*.score"))

PROGRAM = """\
# Two lines
# of notes
event page_view "Looked at a page" with url text, amount number
event bought
profile country text one of "DE", "AT"
define pricing: url starts with "/pricing"

score interest "Interested?"
  threshold 100 as hot
  tier warm from 40 until below 30
  group pages "Pages"
    maximum 40
    on page_view where pricing add 10 at most 1 time per day, expire after 30d
  on bought add 50 as "Bought it"
  when country = "DE" add 5

test "a page"
  given page_view with url "/pricing" at 2026-01-05
  expect interest = 10
"""


def said(text: str) -> str | None:
    case = marked(text)
    found = hover(case.analysis, case.offset, NOW, case.project.program(case.path), lambda symbol: "")
    return None if found is None else found.text


def at(word: str, text: str = PROGRAM, more: int = 1) -> str:
    """The text with the cursor inside the first such word."""
    assert word in text
    return text.replace(word, word[:more] + "§" + word[more:], 1)


# ---- outline


def flat(case: Marked) -> list[tuple[str, str]]:
    return [(each.kind, each.name) for item in document_symbols(case.analysis.file) for each in item.walk()]


def test_the_outline_holds_what_is_declared_in_order() -> None:
    assert flat(marked(PROGRAM)) == [
        ("event", "page_view"),
        ("event", "bought"),
        ("field", "country"),
        ("define", "pricing"),
        ("score", "interest"),
        ("tier", "hot"),
        ("tier", "warm"),
        ("group", "pages"),
        ("rule", "on page_view where pricing add 10 at most 1 time per day, expire after 30d"),
        ("rule", "Bought it"),
        ("rule", 'when country = "DE" add 5'),
        ("test", "a page"),
    ]


def test_a_broken_line_hides_nothing_of_the_outline() -> None:
    broken = PROGRAM.replace("tier warm from 40", "tier warm frm 40").replace("score interest", "score interest =")
    before, after = flat(marked(PROGRAM)), flat(marked(broken))
    assert [name for _, name in before] == [name for _, name in after]


def test_names_lie_inside_their_items() -> None:
    for path in EXAMPLES:
        case = marked(path.read_text())
        for item in document_symbols(case.analysis.file):
            for each in item.walk():
                assert each.span.start <= each.name_span.start <= each.name_span.end <= each.span.end


def test_workspace_symbols_are_found_by_their_letters() -> None:
    case = marked(PROGRAM)
    found = workspace_symbols([case.analysis.file], "wrm")
    assert [(item.name, container) for item, container in found] == [("warm", "interest")]
    assert workspace_symbols([case.analysis.file], "xyz") == []


# ---- folds


def test_blocks_comments_and_imports_fold() -> None:
    text = 'import "a.score"\nimport "b.score"\n' + PROGRAM
    source, found = Source(text), folds(marked(text).analysis.file)
    lines = [(source.position(fold.start).line, source.position(fold.end).line, fold.kind) for fold in found]
    assert lines == [
        (1, 2, "imports"),
        (3, 4, "comment"),
        (10, 17, "region"),
        (13, 15, "region"),
        (19, 21, "region"),
    ]


# ---- colours


def coloured(case: Marked) -> list[tuple[str, str]]:
    return [(case.text[c.start : c.end], c.type) for c in colours(case.analysis)]


def test_each_word_has_the_colour_of_what_it_is() -> None:
    case = marked('on page_view where url = "/p" and n > 5 add 10 at most 1 time per day, expire after 30d # why\n')
    assert coloured(case) == [
        ("on", "keyword"), ("page_view", "event"), ("where", "keyword"), ("url", "property"), ("=", "operator"),
        ('"/p"', "string"), ("and", "keyword"), ("n", "property"), (">", "operator"), ("5", "number"),
        ("add", "keyword"), ("10", "number"), ("at most", "keyword"), ("1", "number"), ("time", "keyword"),
        ("per", "keyword"), ("day", "keyword"), ("expire after", "keyword"), ("30d", "number"), ("# why", "comment"),
    ]


def test_a_broken_statement_is_coloured_up_to_where_it_breaks() -> None:
    case = marked("on page_view add 10 ones\non b add 1\n")
    assert coloured(case)[:3] == [("on", "keyword"), ("page_view", "variable"), ("add", "keyword")]
    assert coloured(case)[-4:] == [("on", "keyword"), ("b", "event"), ("add", "keyword"), ("1", "number")]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_colours_are_in_order_and_lie_apart(path: Path) -> None:
    case = marked(path.read_text())
    found = colours(case.analysis)
    assert found
    assert all(one.end <= other.start for one, other in pairwise(found))
    half = len(case.text) // 2
    first, second = colours(case.analysis, 0, half), colours(case.analysis, half)
    assert {*first, *second} == set(found)


# ---- selections


def test_a_selection_grows_from_a_word_to_the_file() -> None:
    case = marked('score s\n  on a where (ur§l = "x" or n = 1) add 5\n')
    found = [case.text[span.start : span.end] for span in selection(case.analysis, case.offset)]
    assert found == [
        "url", 'url = "x" or n = 1', '(url = "x" or n = 1)', 'on a where (url = "x" or n = 1) add 5', case.text.strip(),
        case.text,
    ]


# ---- layout


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_formatting_by_edits_gives_the_formatted_text(path: Path) -> None:
    text = path.read_text().replace(" add ", "   add  ").replace("\n\n", "\n\n\n\n")
    source = Source(text, "rules.score")
    edits = formatting(source)
    assert edits and applied(text, edits) == format_source(source).text


def test_only_the_asked_lines_are_formatted() -> None:
    text = "on a   add 1\non b add 1\non c   add 1\n"
    edits = formatting(Source(text), text.index("on c"), len(text))
    assert applied(text, edits) == "on a   add 1\non b add 1\non c add 1\n"


def test_a_file_that_cannot_be_read_is_left_as_it_is() -> None:
    assert formatting(Source("on a   add 1\non b ad 1\n")) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("score s\n§", "score s\n  "),
        ("score s\n  on a add 1\n§\n", "score s\n  on a add 1\n  \n"),
        ("score s\n  group g\n  §", "score s\n  group g\n    "),
        ("on a add 1\n   §", "on a add 1\n"),
        ("score s\n    on b add 1§", "score s\n    on b add 1"),
        ("§", ""),
    ],
)
def test_a_new_line_is_indented_as_its_block(text: str, wanted: str) -> None:
    case = marked(text)
    assert applied(case.text, typed_line(case.analysis.file, case.offset)) == wanted


# ---- links


def test_imports_are_links() -> None:
    case = marked('import "lib/c.score"\nimport "none.score"\n--- lib/c.score\nevent a\n')
    (link,) = import_links(case.project.analysis("rules.score"))
    assert (case.slice(link[0]), link[1]) == ('"lib/c.score"', "lib/c.score")


# ---- hovers


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("page_view where", ["**page_view** — event “Looked at a page”", "`url` text", "Used 2 times"]),
        ("bought add", ["**bought** — event", "Used 1 time."]),
        ("country =", ["**country** — profile field (text, one of “DE”, “AT”)"]),
        ("pricing add", ["**pricing** — define", 'define pricing: url starts with "/pricing"']),
        ("url starts", ["**url** — property", "- of page_view: text"]),
        ("interest \"", ["**interest** — score “Interested?”, 3 rules", "hot: From 100", "There is no most that"]),
        ("warm", ["tier of interest", "From 40 points on, and until it has less than 30."]),
        ("pages", ["group of interest “Pages”", "more than 40"]),
        ("30d", ["**30 days** — from now until 2026-02-04; back to 2025-12-06"]),
        ("at most", ["**at most** — "]),
        ("expire after", ["Each award ends after this much time"]),
        ('"Bought it"', ["Adds 50 points for each bought event.\n\nThere is no most that a lead can have of it."]),
        ("when country", ["A lead can have at most 5 of it."]),
        ("100 as", ["**hot** — tier of interest\n\nFrom 100 points on."]),
    ],
)
def test_hover(word: str, parts: list[str]) -> None:
    text = said(at(word))
    assert text is not None
    assert [part for part in parts if part not in text] == [], text


def test_while_another_line_is_broken_a_rule_is_still_explained() -> None:
    case = marked(at("on bought", more=1))
    assert case.project.program(case.path) is not None
    case.project.open(case.path, case.text.replace("when country", "whn country"))
    found = hover(case.analysis, case.offset, NOW, case.project.program(case.path), lambda symbol: "")
    assert found is not None and found.text.startswith("Adds 50 points for each bought event.")


def test_between_statements_nothing_is_said() -> None:
    assert said("on a add 1\n§\n\non b add 1\n") is None
