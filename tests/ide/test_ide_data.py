"""What the user's log adds to hovers and completion; imports that stay right when files move."""

from __future__ import annotations

import pytest

from scoredsl.ide.completion import complete
from scoredsl.ide.data import Data
from scoredsl.ide.edits import applied
from scoredsl.ide.hover import hover
from scoredsl.ide.moving import moved
from scoredsl.ide.names import Symbol
from tests.ide.marked import marked

SEEN = Data.of(
    {
        "events": {
            "page_view": {
                "count": 1204, "leads": 310, "first": "2025-10-06", "last": "2026-01-03",
                "properties": {"plan": {"pro": 900, "free": 12}},
            },
            "from_the_log": {
                "count": 1, "leads": 1, "first": "2026-01-01", "last": "2026-01-01", "properties": {}
            },
        },
        "fields": {"country": {"DE": 4}},
    }
)


@pytest.mark.parametrize(
    ("symbol", "says"),
    [
        (Symbol("event", "page_view"), "Seen 1,204 times for 310 leads in the log, last on 2026-01-03."),
        (Symbol("event", "from_the_log"), "Seen 1 time for 1 lead in the log, last on 2026-01-01."),
        (Symbol("event", "misspelt"), "Never seen in the log."),
        (Symbol("property", "plan"), "In the log: “pro” (900), “free” (12)"),
        (Symbol("field", "country"), "In the log: “DE” (4)"),
        (Symbol("property", "url"), ""),
        (Symbol("score", "s"), ""),
    ],
)
def test_what_the_log_says(symbol: Symbol, says: str) -> None:
    assert SEEN.seen(symbol) == says
    assert Data().seen(symbol) == ""


def test_events_and_values_of_the_log_are_offered_with_their_counts() -> None:
    case = marked("on page_view add 1\non §\n")
    found = {each.label: each.detail for each in complete(case.analysis, case.offset, 0, (), SEEN)}
    assert found["page_view"] == "1,204 times in the log" and "from_the_log" in found
    case = marked("on page_view where plan = §\n")
    values = [(each.label, each.detail) for each in complete(case.analysis, case.offset, 0, (), SEEN)][:2]
    assert values == [('"pro"', "900 times in the log"), ('"free"', "12 times in the log")]


def test_a_hover_ends_with_the_log() -> None:
    case = marked("on pa§ge_view add 1\n")
    found = hover(case.analysis, case.offset, 0, None, SEEN.seen)
    assert found is not None and found.text.endswith("Seen 1,204 times for 310 leads in the log, last on 2026-01-03.")


# ---- files that move


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("c.score", "catalog.score", {"a.score": 'import "catalog.score"\non x add 1\n'}),
        ("c.score", "lib/c.score", {
            "a.score": 'import "lib/c.score"\non x add 1\n',
            "c.score": 'import "../sub/d.score"\nevent x\n',
        }),
        ("a.score", "sub/a.score", {"a.score": 'import "../c.score"\non x add 1\n'}),
        ("sub/d.score", "sub/e.score", {"c.score": 'import "sub/e.score"\nevent x\n'}),
    ],
)
def test_imports_stay_right(old: str, new: str, wanted: dict[str, str]) -> None:
    case = marked(
        '--- a.score\nimport "c.score"\non x add 1\n--- c.score\nimport "sub/d.score"\nevent x\n'
        "--- sub/d.score\nevent y\n"
    )
    edits = moved(case.project, old, new)
    after = {path: applied(text, [e for e in edits if e.span.file == path]) for path, text in case.texts.items()}
    assert {path: text for path, text in after.items() if text != case.texts[path]} == wanted
