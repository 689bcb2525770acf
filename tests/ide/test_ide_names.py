"""Definition, references, highlights, rename: cases are programs with the cursor as § and what is expected as ⟦...⟧."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoredsl.ide.edits import applied
from scoredsl.ide.navigation import definition, highlights, references
from scoredsl.ide.rename import CannotRename, prepare, rename
from scoredsl.ide.trial import after
from scoredsl.text import Span
from tests.ide.marked import marked

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*/*.score"))


def keyed(spans: list[Span]) -> list[tuple[str, int, int]]:
    return sorted((span.file, span.start, span.end) for span in spans)


@pytest.mark.parametrize(
    "text",
    [
        "event ⟦a⟧\non §a add 1\n",
        "define ⟦x⟧: url = \"/p\"\nscore s\n  on a where §x add 1\n",
        "events ⟦views⟧: a or b\non vie§ws add 1\n",
        "event a with ⟦url⟧ text\non a where u§rl = \"/p\" add 1\n",
        "profile ⟦country⟧ text\nwhen coun§try = \"DE\" add 1\n",
        "profile ⟦`job title`⟧ text\nwhen `job§ title` = \"DE\" add 1\n",
        "profile ⟦plan⟧ text\non a where lead.pl§an = \"x\" add 1\n",
        "score ⟦fit⟧\n  on a add 1\nscore t = 2 * f§it\n",
        "score s\n  tier ⟦hot⟧ from 5\n  on a add 1\ntest \"t\"\n  given a at 2026-01-01\n  expect s tier h§ot\n",
        "score s\n  on a add 1\ngrid ⟦g⟧ = s (A from 1, B)\ntest \"t\"\n  given a at 2026-01-01\n  expect §g A\n",
        "score s\n  on a add 1\nlabel ⟦l⟧ when s > 1\ntest \"t\"\n  given a at 2026-01-01\n  expect no §l\n",
        "import \"c.score\"\non §a add 1\n--- c.score\nevent ⟦a⟧\n",
        "on ⟦a⟧ add 1\non §a add 2\n",
        "event ⟦a with⟧\non a§ add 1\n".replace("⟦a with⟧", "⟦a⟧ with"),
    ],
)
def test_definition(text: str) -> None:
    case = marked(text)
    assert keyed(definition(case.project, case.path, case.offset)) == keyed(case.spans)


def test_the_definition_of_an_import_is_the_file() -> None:
    case = marked('import "c.s§core"\n--- c.score\nevent a\n')
    assert definition(case.project, case.path, case.offset) == [Span(0, 0, "c.score")]


@pytest.mark.parametrize(
    "text",
    [
        "event ⟦a⟧\non §⟦a⟧ add 1\non b then ⟦a⟧ within 3d add 1\nwhen has ⟦a⟧ add 1\n",
        "on a where §⟦url⟧ = 1 add 1 once per ⟦url⟧\nwhen sum of ⟦url⟧ of a > 1 add 1\nwhen url = 1 add 1\n",
        "define d: ⟦x⟧ = 1\non a where d add 1\non b add §⟦x⟧\nwhen x = 1 add 1\n",
        "score s\n  tier §⟦hot⟧ from 5\n  on a add 1\nscore t\n  tier hot from 5\n  on a add 1\n",
        "profile ⟦company⟧ text\nwhen ⟦§company⟧.size > 5 add 1\n",
        "import \"c.score\"\non ⟦a⟧ add 1\n--- c.score\nevent ⟦§a⟧\n--- d.score\nimport \"c.score\"\non ⟦a⟧ add 2\n"
        "--- e.score\non a add 1\n",
        "import \"c.score\"\non ⟦§a⟧ add 1\n--- c.score\nevent ⟦a⟧\n--- d.score\nimport \"c.score\"\non ⟦a⟧ add 2\n",
    ],
)
def test_references(text: str) -> None:
    case = marked(text)
    found = references(case.project, case.path, case.offset)
    assert keyed([each.span for each in found]) == keyed(case.spans)
    here = [span for span in keyed(case.spans) if span[0] == case.path]
    assert keyed([each.span for each in highlights(case.analysis, case.offset)]) == here


def test_references_without_the_declaration() -> None:
    case = marked("event a\non §⟦a⟧ add 1\n")
    assert [each.span for each in references(case.project, case.path, case.offset, False)] == case.spans


# ---- rename


def renamed(text: str, new: str) -> str:
    """The files after a rename, as they are written in cases."""
    case = marked(text)
    edits = rename(case.project, case.path, case.offset, new)
    files = {path: applied(old, [e for e in edits if e.span.file == path]) for path, old in case.texts.items()}
    first, *rest = files.items()
    return first[1] + "".join(f"--- {name}\n{text}" for name, text in rest)


@pytest.mark.parametrize(
    ("text", "new", "wanted"),
    [
        ("event a\non §a add 1\n", "b", "event b\non b add 1\n"),
        ("event a\non §a add 1\n", "Order Done", 'event "Order Done"\non "Order Done" add 1\n'),
        ("on §\"Order Done\" add 1\n", "done", "on done add 1\n"),
        ("on §a add 1\n", "any", 'on "any" add 1\n'),
        ("on a where u§rl = 1 add 1 once per url\n", "my url", "on a where `my url` = 1 add 1 once per `my url`\n"),
        ("on a where lead.p§l = 1 add 1\nwhen pl = 2 add 1\n", "x", "on a where lead.x = 1 add 1\nwhen x = 2 add 1\n"),
        ("define §x: url = \"x\"\non a where x add 1\n", "y", "define y: url = \"x\"\non a where y add 1\n"),
        ("score §s\n  on a add 1\nscore t = s * 2\n", "fit", "score fit\n  on a add 1\nscore t = fit * 2\n"),
        ("score s\n  tier §hot from 5\n  on a add 1\n", "A+", 'score s\n  tier "A+" from 5\n  on a add 1\n'),
        ("score s\n  group §g\n    on a add 1\n", "mails", "score s\n  group mails\n    on a add 1\n"),
        (
            "import \"c.score\"\non §a add 1\n--- c.score\nevent a\n", "b",
            "import \"c.score\"\non b add 1\n--- c.score\nevent b\n",
        ),
    ],
)
def test_rename(text: str, new: str, wanted: str) -> None:
    assert renamed(text, new) == wanted


@pytest.mark.parametrize(
    ("text", "new", "why"),
    [
        ("on a §add 1\n", "b", "Nothing here has a name"),
        ("on §a add 1\non b add 1\n", "b", "There is another event b already"),
        ("score §s\n  on a add 1\n", "my score", "begins with a letter"),
        ("on §a add 1\n", "", "at least one letter"),
        ("on a add 1\ntest \"t\"\n  given a at 2026-01-01\n  expect §score = 1\n", "x", "has no header"),
        (
            "threshold 5\non a add 1\ntest \"t\"\n  given a at 2026-01-01\n  expect score tier qual§ified\n", "x",
            "no name of its own",
        ),
        ("on §a add 1\non a ad 1\n", "b", "Line 2 of rules.score cannot be read and seems to name a"),
        ("define §x: url = \"x\"\non a where x and y = 1 add 1\n", "y", "would mean something else"),
        ("score §s\n  on a add 1\nscore lead_x = s * 2\n", "lead", "would mean something else"),
    ],
)
def test_it_is_said_why_something_cannot_be_renamed(text: str, new: str, why: str) -> None:
    case = marked(text)
    with pytest.raises(CannotRename) as raised:
        rename(case.project, case.path, case.offset, new)
    assert why in str(raised.value)


NEW = st.sampled_from(["zz_new", "Zz new", "any", "day"])


@given(place=st.floats(0, 1), example=st.sampled_from(EXAMPLES), new=NEW)
def test_renaming_there_and_back_gives_the_file_again(place: float, example: Path, new: str) -> None:
    text = re.sub(r"§|⟦|⟧", "", example.read_text())
    case = marked(text)
    mentions = case.analysis.names.by_file[case.path]
    mention = mentions[int(place * (len(mentions) - 1))]
    try:
        prepare(case.project, case.path, mention.span.start)
        edits = rename(case.project, case.path, mention.span.start, new)
    except CannotRename:
        return
    before = case.analysis
    tried = after(case.project, edits)
    now = tried.analysis(case.path)
    assert (now.program is None) == (before.program is None)
    again = [each for each in now.names.by_file[case.path] if each.symbol.name == new and each.declares]
    back = again[0] if again else next(each for each in now.names.by_file[case.path] if each.symbol.name == new)
    edits = rename(tried, case.path, back.span.start, mention.symbol.name)
    quotes = str.maketrans("", "", "\"`")
    assert applied(now.source.text, edits).translate(quotes) == text.translate(quotes)
