"""No request raises, whatever the text: examples with random edits, and every feature at a random place."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from scoredsl.ide.actions import actions
from scoredsl.ide.colours import colours
from scoredsl.ide.completion import complete
from scoredsl.ide.edits import formatting, typed_line
from scoredsl.ide.grouping import grouping
from scoredsl.ide.hints import hints, lenses
from scoredsl.ide.hover import hover
from scoredsl.ide.navigation import definition, highlights, import_links, references
from scoredsl.ide.outline import document_symbols, folds, selection, workspace_symbols
from scoredsl.ide.project import Project
from scoredsl.ide.rename import CannotRename, rename
from scoredsl.ide.signatures import signature
from scoredsl.semantics.check import Checked
from tests.ide.marked import MAIN, NoFiles

EXAMPLES = [path.read_text() for path in sorted((Path(__file__).resolve().parents[2] / "examples").glob("*/*.score"))]
ODD = [
    "", "\n", "on a add", 'score s\n  group "x', "define : \n", "\t on a add 1", "on a\u2028add 1", "`", "\ufeff#",
    "grid g = (", "lead.", "score\n  score\n    test", "event with\nprofile one of", "expect = 1", "on 🎵 add 1",
    "on a add 1\ron b add 2",
    "import \"rules.score\"\n", "define a: b\ndefine b: a\non x where a add 1\n", "group g\n group h\n  group i\n",
]
PIECES = st.sampled_from(
    [
        "\n", "  ", " add 1", '"', "`", "(", "[", "#", ";", "score ", "é🎵", "\r\n", "\t", " where ", "lead.",
        "in last ", ",", "when ", "test ", "\u2028", "=",
    ]
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 8), PIECES), max_size=6)


def everything(project: Project, offset: int) -> None:
    """Every feature at an offset of the main file."""
    analysis = project.analysis(MAIN)
    size = len(analysis.source.text)
    program = project.program(MAIN)
    hover(analysis, offset, 0, program, lambda symbol: "")
    complete(analysis, offset, 0)
    signature(analysis.file, offset)
    definition(project, MAIN, offset)
    references(project, MAIN, offset)
    highlights(analysis, offset)
    import_links(analysis)
    document_symbols(analysis.file)
    workspace_symbols([analysis.file], "a")
    folds(analysis.file)
    chain = selection(analysis, offset)
    assert all(outer.start <= inner.start and inner.end <= outer.end for inner, outer in pairwise(chain))
    found = colours(analysis)
    assert all(one.end <= other.start for one, other in pairwise(found))
    grouping(project, MAIN, offset, size)
    formatting(analysis.source)
    typed_line(analysis.file, offset)
    hints(analysis, program, 0, size)
    lenses(analysis, program, {})
    actions(project, MAIN, max(0, offset - 10), offset, analysis.diagnostics)
    try:
        rename(project, MAIN, offset, "a new name")
    except CannotRename as reason:
        assert str(reason).endswith((".", "...."))


@given(text=st.sampled_from([*EXAMPLES, *ODD]), edits=EDITS, place=st.floats(0, 1))
def test_every_feature_of_broken_text(text: str, edits: list[tuple[float, int, str]], place: float) -> None:
    project = Project(NoFiles(), Checked.said)
    project.open(MAIN, text)
    project.program(MAIN)
    for where, size, new in edits:
        at = int(where * len(text))
        text = text[:at] + new + text[at + size :]
        project.open(MAIN, text)
    everything(project, int(place * len(text)))


@given(edits=EDITS, example=st.sampled_from(EXAMPLES))
def test_edits_one_by_one_give_what_the_whole_text_gives(edits: list[tuple[float, int, str]], example: str) -> None:
    project = Project(NoFiles(), Checked.said)
    text = example
    project.open(MAIN, text)
    for where, size, new in edits:
        at = int(where * len(text))
        text = text[:at] + new + text[at + size :]
        project.open(MAIN, text)
        said = project.analysis(MAIN).diagnostics
        names = project.analysis(MAIN).names
        declared = {symbol: any(each.declares for each in found) for symbol, found in names.by_symbol.items()}
        assert list(names.symbols.items()) == list(declared.items()), "with and without places"
    whole = Project(NoFiles(), Checked.said)
    whole.open(MAIN, text)
    assert project.analysis(MAIN).diagnostics == whole.analysis(MAIN).diagnostics
    assert project.analysis(MAIN).names.by_file == whole.analysis(MAIN).names.by_file
    assert not edits or said == whole.analysis(MAIN).diagnostics


def test_each_offset_of_odd_texts() -> None:
    for text in ODD:
        project = Project(NoFiles(), Checked.said)
        project.open(MAIN, text)
        for offset in range(len(text) + 1):
            everything(project, offset)
