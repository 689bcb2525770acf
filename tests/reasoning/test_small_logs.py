"""Small logs: how they are written down, when they happen, and that they set off what they are made for."""

from __future__ import annotations

import csv

import pytest

from scoredsl import api
from scoredsl.reasoning.outcome import Outcomes
from scoredsl.reasoning.suppose import CLOCK, computed_from, holds
from scoredsl.reasoning.witness import MINUTE, Witness, at_ease, cells, occurring
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics.values import instant_of_text

DAY = 86_400_000_000


def rule_of(text: str) -> tuple[p.Program, p.OnRule]:
    program, said = api.check_text(text + "\n")
    assert program is not None, said
    rule = program.scores[0].rules[0]
    assert isinstance(rule, p.OnRule)
    return program, rule


# ---- written down


def test_csv() -> None:
    events = ((CLOCK, "visit", {"url": 'a "b", c'}), (CLOCK + MINUTE, "a,b", {"size": "5"}))
    witness = Witness(events, {"country": "DE\nAT"}, CLOCK)
    assert witness.events_csv == (
        'lead,event,time,url,size\neva,visit,2026-03-01T10:00:00Z,"a ""b"", c",\neva,"a,b",2026-03-01T10:01:00Z,,5'
    )
    assert witness.profiles_csv == 'lead,country\neva,"DE\nAT"'
    assert witness.text == f"{witness.events_csv}\nand in the profiles:\n{witness.profiles_csv}"
    rows = list(csv.DictReader(witness.events_csv.splitlines()))
    assert [row["url"] for row in rows] == ['a "b", c', ""]


def test_a_log_without_events_or_without_a_profile() -> None:
    nobody = Witness((), {"size": "5"}, CLOCK)
    assert nobody.events_csv == "" and nobody.text == "a lead without any event, in the profiles:\nlead,size\neva,5"
    plain = Witness(((CLOCK, "visit", {}),), None, CLOCK)
    assert plain.profiles_csv == "" and plain.text == "lead,event,time\neva,visit,2026-03-01T10:00:00Z"


def test_cells() -> None:
    x, y = e.Property("x"), e.Field("y")
    assert cells({x: 5.0, y: True}) == ({"x": "5"}, {"y": "true"})
    assert cells({x: False, y: "a"}) == ({"x": "false"}, {"y": "a"})
    assert cells({x: None, y: 0.25}) == ({}, {"y": "0.25"})
    assert cells({x: ["a"]}) is None and cells({y: {"a": 1}}) is None
    assert cells({e.ScoreValue("s"): 5.0}) == ({}, {})


# ---- when


@pytest.mark.parametrize(("clauses", "at"), [
    ("", "2026-03-01T10:00:00Z"),
    ("from 2026-07-01", "2026-07-01T00:00:00Z"),
    ("from 2026-03-01 10:00", "2026-03-01T10:00:00Z"),
    ("from 2026-01-01 until 2026-12-31", "2026-03-01T10:00:00Z"),
    ("until 2026-02-27", "2026-02-27T23:59:00Z"),
    ("until 2026-03-01 10:00", "2026-03-01T09:59:00Z"),
    ("until 2026-03-01 10:01", "2026-03-01T10:00:00Z"),
    ("from 2025-03-01 until 2025-03-01", "2025-03-01T23:59:00Z"),
    ("from 2025-03-01 10:00 until 2025-03-01T10:00:20Z", "2025-03-01T10:00:00Z"),
])  # fmt: skip
def test_at_ease(clauses: str, at: str) -> None:
    _, rule = rule_of(f"on visit add 5 {clauses}")
    assert at_ease(rule) == instant_of_text(at, None)
    # of an absence the time of its first event counts
    _, absence = rule_of(f"on visit without call within 1d add 5 {clauses}")
    found = at_ease(absence)
    assert (absence.start is None or absence.start <= found - DAY) and (
        absence.stop is None or found - DAY < absence.stop
    )


# ---- what sets a rule off


@pytest.mark.parametrize("text", [
    "on visit add 5",
    "on visit where x > 5 and lead.country = 7 add 5",
    "on visit add amount * lead.size",
    "on any add 5",
    "on 3 visit add 5",
    "on 3 visit within 7d add 5",
    "on 3 visit within 2m add 5",
    "on 3 visit within 3m add 5",
    "on 3 visit within 1s add 5",
    "on 3 visit 1d apart within 7d add 5",
    "on 3 visit with same page within 7d add 5",
    "on 60 visit within 7d add 5 at most 3 times",
    "on a then b within 7d add 5",
    "on a then b then c within 2m add 5",
    "on a then b then c within 3m add 5",
    "on a then b then c within 1s add 5",
    "on a where x = 1 then b where y = 2 with same page within 7d add 5",
    "on a without b within 7d add 5",
    "on a without b with same page within 7d add 5",
    "on inactivity of 30d add 5",
    "on every 30d of inactivity add 5",
    "on 30d without visit add 5",
    "on every 7d without visit after 30d add 5",
    "on 30d without visit where x = 3 add 5",
])  # fmt: skip
def test_an_occurrence_sets_the_rule_off(text: str) -> None:
    program, rule = rule_of(text)
    found = list(occurring(rule))
    assert found
    at = at_ease(rule)
    for each in found[:3]:
        events = each.at(at)
        assert [time for time, _, _ in events] == sorted(time for time, _, _ in events)
        witness = Witness(events, each.fields or None, at)
        outcome = Outcomes(program).of(witness, program.scores[0])
        assert outcome is not None
        assert (rule.index in outcome.awarded) != ("60 visit" in text)  # of many events no small log is made
        before = Outcomes(program).of(witness, program.scores[0], at - 1)
        assert before is None or rule.index not in before.awarded


# ---- with no more rules than it touches


@pytest.mark.parametrize("rule", [
    "on visit add 5", "on any add 5", "on visit or call add 5", "on 1 visit add 5",
    "on call then visit within 3d add 5",
    "when has visit add 5", "when country = 7 add 5", "when no call add 5", "when has any add 5", "when 5 > 4 add 5",
    "when address.city = 7 add 5", "when x = 1 add 2, else add 5", "when has visit add count of visit * 5",
    "when no any add 2, else add 5", "when country = 7 add country - 2", "when days since last visit < 3 add 5",
])  # fmt: skip
def test_the_outcome_is_that_of_the_whole_program(rule: str) -> None:
    """However small the program is made that a log is run through."""
    text = f"score a\n  {rule}\n  on other add 100\n  when never_said = 1 add 100\n"
    text += "score b = a * 2\nscore c\n  on visit add 1\n"
    program, said = api.check_text(text)
    assert program is not None, said
    events = ((CLOCK - DAY, "call", {}), (CLOCK, "visit", {})) if "call then" in rule else ((CLOCK, "visit", {}),)
    witness = Witness(events, {"country": "7", "address": "5", "address.city": "7"}, CLOCK)
    run = witness.run(program)
    assert run is not None
    values = run.scores().values
    outcomes = Outcomes(program)
    for name, value in (("a", 5_000_000), ("b", 10_000_000), ("c", 1_000_000)):
        outcome = outcomes.of(witness, program.score(name))
        assert outcome is not None and outcome.value == values[name] == value


def test_an_excluded_lead_has_no_outcome() -> None:
    program, _ = rule_of("on visit add 5\nexclude when has visit")
    assert Outcomes(program).of(Witness(((CLOCK, "visit", {}),), None, CLOCK), program.scores[0]) is None


# ---- supposing


def test_what_is_supposed_and_what_is_missing() -> None:
    x, y = e.Field("x"), e.Field("y")
    double = e.Arithmetic("*", x, e.Constant(2.0))
    assert computed_from(double, {x: 4.0}) == 8 and computed_from(double, {x: "4"}) == 8
    assert computed_from(double, {y: 4.0}) is None and computed_from(double, {x: None}) is None
    assert computed_from(e.Fact("count", None, e.Pattern(e.Matcher((e.Alternative(None),))), None), {}) == 0
    assert holds(e.CompareNumbers(">", x, e.Constant(3.0)), {x: 4.0})
    assert not holds(e.CompareNumbers(">", x, e.Constant(3.0)), {y: 4.0})
    assert holds(e.Known(x, True), {x: "a"}) and holds(e.Known(y, False), {x: "a"})
