"""The colours of Vim, Emacs and Kate are those that the grammar gives."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

EDITORS = Path(__file__).parents[2] / "editors"
MADE: dict[str, Any] = runpy.run_path(str(EDITORS / "highlighting.py"))


@pytest.mark.parametrize("name", MADE["FILES"])
def test_the_words_are_those_of_the_grammar(name: str) -> None:
    made = MADE["FILES"][name]()
    assert (EDITORS / name).read_text(encoding="utf-8") == made, "write them again: python editors/highlighting.py"


@pytest.mark.parametrize(
    ("pattern", "vim", "emacs"),
    [
        (r"up\s+to(?!\w|\.\w)", r"up\s+to%(\w|\.\w)@!", r"up[ \t]+to\_>".replace(r"\t", "\t")),
        (r"max(?=\s*\()", r"max%(\s*\()@=", r"max\_>"),
        (r"(?<![\w.])[0-9]{2}(?:\.[0-9]+)?%", r"%([0-9A-Za-z_.])@<![0-9]{2}%(\.[0-9]+)?\%",
         r"\_>[0-9]\{2\}\(?:\.[0-9]+\)?%"),
        (r"\/(?:\\.|[^\/\\\n])+\/", r"\/%(\\.|[^/\\\n])+\/", "/\\(?:\\\\.\\|[^/\\\n]\\)+/"),
    ],
)  # fmt: skip
def test_patterns_in_the_syntax_of_the_editors(pattern: str, vim: str, emacs: str) -> None:
    assert (MADE["vim"](pattern), MADE["emacs"](pattern)) == (vim, emacs)
