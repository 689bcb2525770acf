"""Positions in three encodings, and changes as an editor sends them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as t

from scoredsl.lsp.convert import token_edits
from scoredsl.lsp.positions import Encoding, Lines, changed
from scoredsl.text import Source

ENCODINGS: list[Encoding] = ["utf-16", "utf-8", "utf-32"]
LETTERS = st.sampled_from(["a", " ", "é", "é", "🎵", "👩‍🚀", "\u2028", "\n", "\r\n", "\r", "\t", "中"])
TEXTS = st.lists(LETTERS, max_size=30).map("".join)


@pytest.mark.parametrize(("encoding", "column"), [("utf-16", 5), ("utf-8", 10), ("utf-32", 4)])
def test_columns_after_signs_of_all_sizes(encoding: Encoding, column: int) -> None:
    text = "x\n🎵é中a"  # 2, 1, 1, 1 units of UTF-16; 4, 2, 3, 1 of UTF-8
    lines = Lines(Source(text), encoding)
    assert lines.position(text.index("a")) == t.Position(1, column - 1)
    assert lines.position(len(text)) == t.Position(1, column)
    assert lines.offset(t.Position(1, column - 1)) == text.index("a")


def test_inside_a_sign_is_its_beginning_and_beyond_a_line_its_end() -> None:
    lines = Lines(Source("🎵a\r\nb"), "utf-16")
    assert lines.offset(t.Position(0, 1)) == 0
    assert lines.offset(t.Position(0, 99)) == 2
    assert lines.offset(t.Position(99, 0)) == 5


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(text=TEXTS)
def test_there_and_back(encoding: Encoding, text: str) -> None:
    lines = Lines(Source(text), encoding)
    for offset in range(len(text) + 1):
        inside_line_end = text[max(0, offset - 1) : offset + 1] == "\r\n"
        assert lines.offset(lines.position(offset)) == offset - inside_line_end


def units(text: str, encoding: Encoding) -> int:
    return len(text.encode({"utf-16": "utf-16-le"}.get(encoding, encoding).replace("utf-32", "utf-32-le"))) // {
        "utf-16": 2, "utf-8": 1, "utf-32": 4
    }[encoding]


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(text=TEXTS, edits=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), TEXTS), max_size=6))
def test_changes_give_the_text_that_the_editor_has(
    encoding: Encoding, text: str, edits: list[tuple[int, int, str]]
) -> None:
    wanted = text
    changes: list[t.TextDocumentContentChangeEvent] = []
    for first, second, new in edits:
        start, end = sorted((min(first, len(wanted)), min(second, len(wanted))))
        places = []
        for offset in (start, end):
            if wanted[max(0, offset - 1) : offset + 1] == "\r\n":
                offset -= 1  # no place of the protocol lies inside a line end
            before = wanted[:offset].replace("\r\n", "\n").replace("\r", "\n")
            line, column = before.count("\n"), units(before.rpartition("\n")[2], encoding)
            places.append((offset, t.Position(line, column)))
        (start, begin), (end, stop) = places
        changes.append(t.TextDocumentContentChangePartial(t.Range(begin, stop), new))
        wanted = wanted[:start] + new + wanted[end:]
    assert changed(text, changes, encoding) == wanted


@given(before=st.lists(st.integers(0, 2), max_size=12), now=st.lists(st.integers(0, 2), max_size=12))
def test_the_difference_of_tokens_gives_the_new_ones(before: list[int], now: list[int]) -> None:
    data = list(before)
    for start, deleted, inserted in token_edits(before, now):
        data[start : start + deleted] = inserted
    assert data == now


def test_a_change_of_the_whole_text() -> None:
    whole = t.TextDocumentContentChangeWholeDocument("new")
    assert changed("old", [whole], "utf-16") == "new"
