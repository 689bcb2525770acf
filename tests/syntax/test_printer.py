"""The printer: what it writes is read as the same node."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoredsl.syntax import nodes as n
from scoredsl.syntax.parse import parse_text
from scoredsl.syntax.printer import print_condition, print_duration, print_number, print_statement, print_value, quote

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.strategies.nodes import Nodes

NODES = Nodes()

CANONICAL = [
    'timezone "Europe/Berlin"',
    'import "a \\"b\\" \\\\ c.score"',
    "define pricing: url starts with \"/pricing\"",
    'define dach: ["DE", -5, 2026-03-01, true, other]',
    "define x: -5",
    "define x: y",
    "events visits: a or (b or c where x) or (any)",
    "events visits: ((a or b where x) where y)",
    "ignore any where user_agent contains \"bot\"",
    "exclude when email ends with \"@acme.com\"",
    "label hot when a and (b or not c)",
    'grid g = fit (A from 75, "B+" from 50, C) by engagement (1 from 70, 2)',
    'event "Order Completed" "An order" with same number, `order-id` text, c text one of "a", "b"',
    'profile country text one of "DE", "AT" "Where"',
    'score s "Title"',
    "score total = 0.4 * fit + 0.6 * (engagement - -x) / min(1, a, round(2))",
    'group g "Title"',
    'test "two webinars"',
    "expire after 30d unless repeated",
    "never decay",
    "maximum 40 when no email_opened in last 60d",
    'tier "A+" from 90 until below 70 for good "Top"',
    "threshold 50 as mql",
    "start at -3",
    "on a where x then b 2d apart with same `a b` within 14d if score > 5 add x / 2 + 1 but not above 5",
    'on 3 a within 7d add 25 once once per day at most 2 times per `day` per week up to 50 points per order as "x"',
    "on a without b within 1h subtract 5 decay 12.5% every 2w never expire from 2026-03-01 until 2026-03-01 09:30",
    "on inactivity of 30d set to -5",
    "on every 3d of inactivity reset",
    "on every 3d without (a or b where x) after 2d add 1 ends on refund where x with same order",
    "on 3d without a add 1 decay to zero over 5d decay by half every 2w",
    "when a add 1 as \"x\", else when b subtract 2, else add 3 up to 5 points per month",
    "given 3 \"profile\" with url \"/x\", n -5 at 2026-03-01 10:00 every 1d",
    "given profile a true, b [1, 2] at 2026-03-01",
    "expect s between 1.97 and 1.98 at 2026-01-06",
    "expect s >= -5",
    'expect s tier "none"',
    "expect s becomes none",
    "expect g A1",
    "expect no hot at 2026-03-01T00:00:00Z",
    "expect excluded",
]


@pytest.mark.parametrize("text", CANONICAL)
def test_prints_what_was_read(text: str) -> None:
    assert print_statement(parse_text(text)) == text


PARENTHESES = [
    ("a - (b - c)", "a - (b - c)"),
    ("(a - b) - c", "a - b - c"),
    ("(a * b) + c", "a * b + c"),
    ("a * (b + c)", "a * (b + c)"),
    ("-(-x)", "--x"),
    ("-(a + b)", "-(a + b)"),
    ("(count of e) + 1", "count of e + 1"),
    ("(count of e where x) + 1", "(count of e where x) + 1"),
    ("(count of e where (x > 1)) + 1", "(count of e where x > 1) + 1"),
    ('(count of e where x = "a") + 1', 'count of e where x = "a" + 1'),
    ("count of e where x + 1", "count of e where x + 1"),
    ("count of e where (x and y) in last 3d", "count of e where (x and y) in last 3d"),
    ("count of e where (x in last 3d)", "count of e where (x in last 3d)"),
    ("count of (a or b) 2d apart where x in next 3d", "count of (a or b) 2d apart where x in next 3d"),
    ("count of e where x 2d apart", "count of e 2d apart where x"),
    ("count of (e where x) where y", "count of (e where x) where y"),
    ("count of e where (count of f > 3) in last 7d", "count of e where count of f > 3 in last 7d"),
    ("count of e where (3 > count of f) in last 7d", "count of e where (3 > count of f) in last 7d"),
]


@pytest.mark.parametrize(("text", "printed"), PARENTHESES)
def test_parentheses_of_values(text: str, printed: str) -> None:
    node = parse_text(f"define v: {text}")
    assert isinstance(node, n.Define)
    assert print_value(node.value) == printed  # type: ignore[arg-type]


CONDITIONS = [
    ("a and (b and c)", "a and (b and c)"),
    ("(a and b) or c", "a and b or c"),
    ("(a or b) and c", "(a or b) and c"),
    ("not (not a)", "not not a"),
    ("not (a = 1)", "not a = 1"),
    ("not (a and b)", "not (a and b)"),
    ("(count of e where x) > 3", "(count of e where x) > 3"),
    ("count of e where (x) > 3", "(count of e where x) > 3"),
    ("count of e where (x > 5) > 3", "count of e where x > 5 > 3"),
    ("(latest x of e) in last 3d", "(latest x of e) in last 3d"),
    ("latest x of e in next 3d", "latest x of e in next 3d"),
    ("no e where x between 1 and 2 and y", "no e where x between 1 and 2 and y"),
    ("has e where (not x) in last 3d", "has e where (not x) in last 3d"),
    ("x matches /a\\/b#;/", "x matches /a\\/b#;/"),
    ("`in` in [1]", "`in` in [1]"),
    ("lead.`a b` is missing", "lead.`a b` is missing"),
    ("x contains any word of [\"a\"]", 'x contains any word of ["a"]'),
]


@pytest.mark.parametrize(("text", "printed"), CONDITIONS)
def test_parentheses_of_conditions(text: str, printed: str) -> None:
    node = parse_text(f"exclude when {text}")
    assert isinstance(node, n.Exclude)
    assert print_condition(node.condition) == printed


@pytest.mark.parametrize(
    ("number", "text"),
    [(30.0, "30"), (-3.0, "-3"), (12.5, "12.5"), (1e-7, "0.0000001"), (1e22, "1" + "0" * 22), (0.1, "0.1"), (0.0, "0")],
)
def test_numbers(number: float, text: str) -> None:
    assert print_number(number) == text


def test_durations_and_texts() -> None:
    assert print_duration(n.Duration(36, "h")) == "36h"
    assert quote('a "b" \\') == '"a \\"b\\" \\\\"'


def test_names_of_programs_get_the_quotes_that_they_need() -> None:
    """A node that a program made need not know what must stand in quotes."""
    assert print_statement(n.EventDecl(n.Name("Order Completed"))) == 'event "Order Completed"'
    step = n.Step(n.Events(False, (n.Name("any"), n.Name("x"))))
    assert print_statement(n.Ignore(step)) == 'ignore "any" or x'
    assert print_statement(n.ProfileDecl(n.Declared(n.Name("order-id"), "text"))) == "profile `order-id` text"
    assert print_value(n.Number(-5.0)) == "-5"


@pytest.mark.parametrize(
    "node",
    [
        n.Group(n.Name("two words")),
        n.ProfileDecl(n.Declared(n.Name("a`b", True), "text")),
        n.ProfileDecl(n.Declared(n.Name("", True), "text")),
        n.Test(n.Text("two\nlines")),
        n.StartAt(n.Number(float("nan"))),
        n.Exclude(n.IsTrue(n.Text("x"))),
        n.Exclude(n.And((n.IsTrue(n.Ref("x")),))),
        n.Exclude(n.IsTrue(n.Ref("true"))),
        n.Exclude(n.TextTest("contains", n.Ref("x"), n.Ref("word"), False)),
        n.ExpectLabel(n.Name("no"), True, n.Date("2026-01-01")),
        n.Tier("threshold", None, ()),
    ],
    ids=repr,
)
def test_what_no_text_says_is_an_error(node: n.Node) -> None:
    with pytest.raises(ValueError, match=r"."):
        print_statement(node)


def test_deep_nesting_is_no_traceback() -> None:
    condition: n.Condition = n.IsTrue(n.Ref("x"))
    for _ in range(5000):
        condition = n.Not(condition)
    with pytest.raises(ValueError, match="nested"):
        print_statement(n.Exclude(condition))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(NODES.statements())
def test_what_is_printed_is_read_as_the_same(node: n.Node) -> None:
    assert parse_text(print_statement(node)) == node


@settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_statement_has_a_strategy(data: st.DataObject) -> None:
    strategies = [
        *[NODES.on_rules(), NODES.when_rules(), NODES.defaults(), NODES.bounds(), NODES.tiers(), NODES.starts()],
        *[NODES.scores(), NODES.groups(), NODES.tests(), NODES.timezones(), NODES.imports(), NODES.defines()],
        *[NODES.events_defs(), NODES.ignores(), NODES.excludes(), NODES.label_statements(), NODES.grids()],
        *[NODES.event_decls(), NODES.profile_decls(), NODES.givens(), NODES.given_profiles(), NODES.expects()],
    ]
    drawn = {type(data.draw(strategy)) for strategy in strategies} - set(get_args(n.Expect))
    assert drawn == set(get_args(n.Node)) - set(get_args(n.Expect))
