"""What is said where a log is at hand, and what without a log and without a clock."""

from __future__ import annotations

import pytest

from scoredsl import api
from scoredsl.diagnostics import Diagnostic
from scoredsl.lint.log import LogNames, asked

EVENTS = {"page_view": 900, "demo": 100, "Order Completed": 4, "kauf_größe": 1, "page.view-2": 2}
LOG = LogNames(
    EVENTS,
    frozenset({("page_view", "url"), ("demo", "amount"), (None, "source"), ("page_view", "source")}),
    frozenset({"country", "address", "plan", "score", "office.city"}),
    alike=frozenset({"url", "amount", "source"}),
)


def said(text: str, log: LogNames | None = LOG) -> list[Diagnostic]:
    program, found = api.check_text(text, log=log)
    assert program is not None, [each.message for each in found]
    return found


def codes(text: str, log: LogNames | None = LOG) -> list[tuple[int, str]]:
    return [(text.count("\n", 0, each.span.start) + 1, each.code) for each in said(text, log)]


def test_without_a_clock_no_campaign_is_over() -> None:
    assert said("on visit add 20 until 2020-12-31\n", None) == []


def test_without_a_log_nothing_is_unseen() -> None:
    assert said("on page_veiw where ulr = 5 add 5\nwhen contry = 5 add 5\n", None) == []


# ---- events


def test_an_event_that_the_log_does_not_have() -> None:
    (found,) = said("on page_veiw add 5\non page_view add 3\n")
    assert found.message == "The log has no event page_veiw: none of its 1,007 events has this name."
    assert found.help == "Did you mean page_view?" and found.args == {"name": "page_veiw", "events": 1007}
    assert found.fix is not None and [edit.text for edit in found.fix.edits] == ["page_view"] and not found.fix.sure


def test_an_event_far_from_all() -> None:
    (found,) = said("on newsletter_opened add 5\n")
    assert found.help == "Correct the name, or delete what waits for it." and found.fix is None


@pytest.mark.parametrize(("name", "meant"), [
    ("Order Complete", '"Order Completed"'), ("kauf_grösse", '"kauf_größe"'), ("page.view-3", '"page.view-2"'),
    ("page_vew", "page_view"), ("demo.", "demo"),
])  # fmt: skip
def test_a_name_that_needs_quotes(name: str, meant: str) -> None:
    (found,) = said(f'on "{name}" add 5\n')
    assert found.help == f"Did you mean {meant}?"
    assert found.fix is not None and found.fix.title == f"Write {meant}"


def test_each_name_once_and_sets_where_they_are_defined() -> None:
    text = (
        "events touch: page_view or page_veiw\n"
        "events demo_set: touch or demoo\n"
        "on touch add 5\n"
        "on demo_set then touch within 3d add 6\n"
        "on page_veiw where (url = 5) add 7\n"
        'on "touch" add 8\n'
        "when has (demo or demooo) add 1\n"
    )
    assert codes(text) == [(1, "unseen-event"), (2, "unseen-event"), (6, "unseen-event"), (7, "unseen-event")]


# ---- properties and fields


@pytest.mark.parametrize("text", [
    "on page_view where url = 5 add 5",
    "on demo add amount",
    "on any where source = 5 add 5",
    "on page_view where lead.country = 5 add 5",
    "on demo add lead.plan",
    "when country = 5 add 5",
    "when address.city = 5 add 5",
    "when office.city = 5 add 5",
    "on demo if country = 5 add 5",
    "on demo if score > 5 add 5\non page_view add 50",
    "score a\n  on demo add 5\nlabel hot when a > 4 and country = 5",
    "define big: amount > 5\non demo where big add 5",
    "define price: amount * 2\non demo add price",
    "exclude when country = 5\non demo add 5",
    "when `score` > 5 add 5",
    "on demo where lead.score > 5 add 5",
    "when days since plan > 5 add 5",
    "when sum of amount of demo > 5 add 5",
    "when has page_view where url = 5 add 5",
    "when country in [1, 2] and plan between 1 and 3 add 5",
    "on demo or page_view where amount = 5 add 5",
])  # fmt: skip
def test_what_the_log_has(text: str) -> None:
    assert said(text + "\n") == []


@pytest.mark.parametrize(("text", "message"), [
    ("on demo where url = 5 add 5", "The log has no value of url for any demo."),
    ("on page_view or demo where ulr = 5 add 5", "The log has no value of ulr for any demo or page_view."),
    ('on page_view or demo or "Order Completed" or "page.view-2" where ulr = 5 add 5',
     "The log has no value of ulr for any Order Completed or demo or page.view-2."),
    ("on any where amount = 5 add 5", "The log has no value of amount for any event."),
    ("on page_view where lead.url = 5 add 5", "No lead's profile has a value for url."),
    ("when url = 5 add 5", "No lead's profile has a value for url."),
    ("when adress.city = 5 add 5", "No lead's profile has a value for adress.city."),
    ("on demo add amont * 2", "The log has no value of amont for any demo."),
    ("on demo add max(lead.amount, 1)", "No lead's profile has a value for amount."),
    ("on demo if `amount` = 5 add 5", "No lead's profile has a value for amount."),
    ("on demo if size > 5 and score > 1 add 5\non page_view add 50", "No lead's profile has a value for size."),
    ("score a\n  on demo add 5\nlabel hot when amount > 4", "No lead's profile has a value for amount."),
    ("score a\n  on demo add 5\nlabel hot when a > 1 and lead.a > 4", "No lead's profile has a value for a."),
    ("score a\n  on demo add 5\n  when `a` > 4 add 1", "No lead's profile has a value for a."),
    ("define big: amont > 5\non demo where `big` = 1 add 5\non demo where big add 6",
     "The log has no value of big for any demo."),
    ("define url: 5\non demo add `url` * url", "The log has no value of url for any demo."),
    ("define plans: 5\nwhen lead.plans = plans add 5", "No lead's profile has a value for plans."),
    ("define big: 5\non demo where amount > big and amont = 5 add 5", "The log has no value of amont for any demo."),
    ("on demo if score > 1 and size > 5 add 5\non page_view add 50", "No lead's profile has a value for size."),
    ("define amount: 5\non demo add lead.amount * amount", "No lead's profile has a value for amount."),
    ("on inactivity of 3d add lead.nothing", "No lead's profile has a value for nothing."),
    ("when office = 5 add 5", "No lead's profile has a value for office."),
    ("exclude when contry = 5\non demo add 5", "No lead's profile has a value for contry."),
    ("when days since plann > 5 add 5", "No lead's profile has a value for plann."),
    ("when country in [1, 2] and plann between 1 and 3 add 5", "No lead's profile has a value for plann."),
    ("when has demo where url = 5 add 5", "The log has no value of url for any demo."),
    ("on demo add 5 ends on demo where url = 5", "The log has no value of url for any demo."),
    ("on demo where `score` = 5 add 5", "The log has no value of score for any demo."),
])  # fmt: skip
def test_what_the_log_does_not_have(text: str, message: str) -> None:
    assert [(each.code, each.message) for each in said(text + "\n")] == [("unseen-property", message)]


def test_a_name_is_said_once_a_kind() -> None:
    text = "on demo where x = 5 add 1\nwhen x = 6 add 2\non demo where x = 7 add 3\nwhen x = 8 and y = 1 add 4\n"
    assert codes(text) == [(1, "unseen-property"), (2, "unseen-property"), (4, "unseen-property")]


def test_suggestions() -> None:
    (found,) = said("on demo where ulr = 5 add 5\n")
    assert found.help == "Did you mean url?" and found.args == {"name": "ulr"}
    (found,) = said("on demo where lead.contry = 5 add 5\n")
    assert found.help == "Did you mean lead.country?"
    assert found.fix is not None and [edit.text for edit in found.fix.edits] == ["lead.country"] and not found.fix.sure
    (found,) = said("when somewhat = 5 add 5\n")
    assert found.help == "Correct the name, or delete what asks for it." and found.fix is None


def test_what_hangs_on_an_event_that_is_not_there_is_not_said_too() -> None:
    assert codes("on call where ulr = 5 add 5\n") == [(1, "unseen-event")]
    assert codes("on call or demo where ulr = 5 add 5\n") == [(1, "unseen-event"), (1, "unseen-property")]
    assert codes("on call add amont\n") == [(1, "unseen-event")]


def test_without_profiles_no_field_is_missing() -> None:
    log = LogNames(EVENTS, fields=None)
    assert codes("when nothing = 5 add 5\non demo where lead.nothing = 5 add 5\n", log) == []
    assert codes("on demo where x = 5 add 5\n", log) == [(1, "unseen-property")]


def test_a_field_of_the_name_score() -> None:
    log = LogNames(EVENTS, fields=frozenset({"country"}))
    assert codes("on page_view add 50\non demo if score > 5 add 5\n", log) == []
    assert codes("on demo if lead.score > 5 add 5\n", log) == [(1, "unseen-property")]


def test_what_a_program_asks_for() -> None:
    program, _ = api.check_text(
        "ignore spam where ip = 1\n"
        "events big: order where amount > 5\n"
        "on big where kind = 1 add price once per shop, up to 5 points per day, ends on refund where why = 1\n"
        "on any where a = 1 then b where bb = 1 with same c within 3d add 1 up to 5 points per d\n"
        "on x without y where z = 1 with same w within 3d add 1\n"
        "on 3 m with same mm within 3d add 1\n"
        "on inactivity of 3d subtract 1\n"
        "when sum of total of (order or offer) where open = 1 > 5 and latest plan of any = 1 add lead.q\n"
    )
    assert program is not None
    assert asked(program) == {
        ("spam", "ip"), ("order", "amount"), ("order", "kind"), ("order", "price"), ("order", "shop"),
        ("refund", "why"), (None, "a"), ("b", "bb"), ("b", "c"), ("b", "d"), ("y", "z"), ("x", "w"), ("m", "mm"),
        ("order", "total"), ("offer", "total"), ("order", "open"), ("offer", "open"), (None, "plan"),
    }  # fmt: skip


# ---- rules that nothing sets off


FIELDS = frozenset({"country", "size"})


def fired(text: str, *rules: int, fields: frozenset[str] | None = FIELDS, known: bool = True) -> list[int]:
    """The rules, by number, that are said never to have fired; `rules` are those that did."""
    program, _ = api.check_text(text)
    assert program is not None
    names = {("score", rule.index): rule.index in rules for _, rule in program.rules()} if known else {}
    log = LogNames({"demo": 1000, "visit": 500}, frozenset({("demo", "x")}), fields, names)
    lines = [line for line, code in codes(text, log) if code == "never-fired"]
    return [rule.index for _, rule in program.rules() if rule.place.line in lines]


def test_a_rule_that_never_fired() -> None:
    text = "on demo where x = 1 add 5\non demo where x = 2 add 6\non demo where x = 3 add 7\n"
    assert fired(text, 1) == [0, 2]
    assert fired(text, 0, 1, 2) == []
    assert fired(text, known=False) == []  # what is not known is not claimed
    log = LogNames({"demo": 1000, "visit": 500}, frozenset({("demo", "x")}), None, {("score", 0): False})
    (found,) = said("on demo where x = 1 add 5\n", log)
    assert found.message == "This rule never fired: nothing in the log's 1,500 events set it off."
    assert found.args == {"events": 1500}
    (found,) = said("when has demo where x = 1 add 5\n", log)
    assert found.message == "This rule counts for no lead at the end of the log."


@pytest.mark.parametrize(("condition", "said_of_it"), [
    ("country = 1", True),
    ("has demo", True),
    ("count of demo > 5", True),
    ("country = 1 and has demo", True),
    ("latest x of demo = 1", True),
    # what is asked of the last days may have been so before
    ("has demo in last 7d", False),
    ("count of demo in last 7d > 5", False),
    ("inactive for 30d", False),
    ("days since last demo > 5", False),
    ("days since country > 5", False),
    ("days until country > 5", False),
    ("country = 1 and has demo in last 7d", False),
])  # fmt: skip
def test_a_when_rule_that_counts_for_nobody(condition: str, said_of_it: bool) -> None:
    text = f"on visit add 1\nwhen {condition} add 5\non demo where x = 1 add 2\n"
    assert fired(text, 0) == ([1, 2] if said_of_it else [2])
    without_profiles = said_of_it and "country" not in condition
    assert fired(text, 0, fields=None) == ([1, 2] if without_profiles else [2])


def test_an_else_asks_for_nothing() -> None:
    assert fired("on visit add 1\nwhen country = 1 add size, else add size\n", 0) == [1]
    assert fired("on visit add 1\nwhen has demo add 1, else when country = 1 add 2\n", 0, fields=None) == []


# ---- what is sent, and what leads do with it


SENT = ("email", "mail", "newsletter", "message", "sms", "push", "campaign", "invitation", "survey")
ANSWERS = (
    "open", "opened", "click", "clicked", "read", "reply", "replied", "answer", "answered", "view", "viewed",
    "response", "responded",
)  # fmt: skip


@pytest.mark.parametrize("event", [
    *(f"email_{word}" for word in ANSWERS), *(f"{word}_opened" for word in SENT), "EmailOpened", "Opened Email",
])  # fmt: skip
def test_answers(event: str) -> None:
    assert [each.code for each in said(f'when no "{event}" subtract 5\n', None)] == ["never-sent"]


@pytest.mark.parametrize("event", ["page_viewed", "email_bounced", "emailopened", "opening_hours_read", "mail_order"])
def test_no_answers(event: str) -> None:
    assert said(f"when no {event} subtract 5\n", None) == []
