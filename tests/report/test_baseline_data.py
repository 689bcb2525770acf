"""A baseline as data: written, read, compared."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoredsl.report import baseline as b

KEYS = st.tuples(st.sampled_from(["a.score", "b ä.score"]), st.sampled_from(["one", "two"]), st.text(max_size=3))


@given(st.lists(KEYS))
def test_what_is_written_is_read_and_nothing_of_it_is_new(keys: list[b.Key]) -> None:
    text = b.written(keys)
    assert b.read(text) == Counter(keys)
    assert b.written(reversed(keys)) == text, "the order of the findings does not matter"
    comparison = b.compare(keys, b.read(text))
    assert (comparison.new, comparison.stale) == ((), ())


@given(st.lists(KEYS), st.lists(KEYS))
def test_new_known_and_stale_account_for_all(found: list[b.Key], known: list[b.Key]) -> None:
    comparison = b.compare(found, Counter(known))
    assert sorted((*comparison.new, *comparison.known)) == list(range(len(found)))
    assert Counter(found[i] for i in comparison.new) == Counter(found) - Counter(known)
    assert dict(comparison.stale) == Counter(known) - Counter(found)


@pytest.mark.parametrize(
    "text, why",
    [
        ("{", "line 1 is no JSON"),
        ("[]", 'no list "findings"'),
        ('{"version": 9, "findings": []}', "its version is 9"),
        ('{"version": 1, "findings": [{"file": "a", "code": "c", "line": "l", "count": 0}]}', "its finding 1 is not"),
        ('{"version": 1, "findings": [{"file": "a", "code": 3, "line": "l", "count": 1}]}', "its finding 1 is not"),
    ],
)
def test_what_is_no_baseline(text: str, why: str) -> None:
    with pytest.raises(b.BaselineError, match=why):
        b.read(text)


def test_a_stale_entry_is_shown_where_it_stands() -> None:
    text = b.written([("a.score", "one", "on x add 0"), ("a.score", "two", 'say "y"'), ("a.score", "two", 'say "y"')])
    (found,) = b.stale_findings([(("a.score", "two", 'say "y"'), 2)], "base.json", text)
    assert found.place.line == 5 and found.place.text[found.place.column - 1 : found.place.end_column - 1].endswith("}")
    assert "2 times" in found.message and found.severity == "warning"
