"""A document for a terminal."""

from __future__ import annotations

from scoredsl.report.document import Badge, Bullets, Code, Details, Document, Heading, Mono, Paragraph, Strong, Table
from scoredsl.report.plain import page

PAGE = Document(
    "Title",
    (Badge("All kept", "good"), ". More."),
    (
        Heading(2, "Part"),
        Paragraph((Strong("3"), " of ", Mono("ä"))),
        Table(("Name", "Leads"), (("日本", "12"), ("a", "1,000")), frozenset({1})),
        Bullets(("one", "two")),
        Details("Folded", (Code("+ x\n- y"),)),
    ),
)


def test_everything() -> None:
    assert page(PAGE) == (
        "Title\nok All kept. More.\n\n"
        "Part\n====\n\n"
        "3 of ä\n\n"
        "  Name  Leads\n  ----  -----\n  日本     12\n  a     1,000\n\n"
        "- one\n- two\n\n"
        "Folded\n\n  + x\n  - y"
    )


def test_colours_take_no_room() -> None:
    coloured = page(PAGE, colour=True)
    assert "\x1b[1mTitle\x1b[0m" in coloured and "\x1b[32mok All kept\x1b[0m" in coloured
    table = Table(("A", "B"), (((Badge("x", "error"),), "1"), ("long enough", "2")))
    rows = page(Document("T", "", (table,)), colour=True).splitlines()
    assert rows[-2] == "  \x1b[31mFAILED x\x1b[0m     1"
    assert rows[-1] == "  long enough  2"


def test_long_cells_are_cut_but_the_last() -> None:
    long = "x" * 100
    (*_, row) = page(Document("T", "", (Table(("A", "B"), ((long, long),)),))).splitlines()
    assert row == f"  {'x' * 71}…  {long}"
