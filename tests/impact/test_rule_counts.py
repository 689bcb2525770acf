"""What rules did, by hand, and against the ledger: how often they fired, for whom, what they gave and what is left."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from hypothesis import given

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl import api
from scoredsl.reference import Log, leads_at
from scoredsl.reference.ledger import explain_lead
from scoredsl.reference.rule_counts import RuleCount, lead_counts
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, ProfileRow
from tests.strategies.programs import Case, cases

DAY = 86_400_000_000


def counts(text: str, events: list[tuple[str, str, int]], at: int, plan: str | None = None) -> list[RuleCount]:
    """Of the one score of a program; events are (lead, name, day)."""
    program, problems = api.check_text(text)
    assert program is not None, problems
    log = [Event(lead, name, day * DAY, None, i, {}) for i, (lead, name, day) in enumerate(events)]
    rows = [ProfileRow("a", None, 0, {"plan": plan})] if plan else []
    found = [RuleCount() for _ in program.scores[0].rules]
    for run in leads_at(Log.of(program, log, rows), at * DAY):
        found = [one + other for one, other in zip(found, lead_counts(run, program.scores[0]), strict=True)]
    return found


def test_awards_limits_and_expiry() -> None:
    text = "on visit add 5 expire after 10d; on demo add 40 once; on call add 1"
    events = [("a", "visit", 1), ("a", "visit", 5), ("b", "visit", 2), ("a", "demo", 3), ("a", "demo", 4)]
    assert counts(text, events, 12) == [
        RuleCount(3, 2, 15_000_000, 5_000_000, 5 * DAY),  # the visits of days 1 and 2 have expired
        RuleCount(1, 1, 40_000_000, 40_000_000, 3 * DAY),
        RuleCount(),
    ]


def test_caps_resets_and_when() -> None:
    text = "on visit add 5 up to 8 points; on stop reset; on gone set to 7\n"
    text += 'when plan = "x" add 3; when plan = "y" add 2'
    events = [("a", "visit", 1), ("a", "visit", 2), ("a", "stop", 3), ("a", "visit", 4), ("a", "visit", 5)]
    assert counts(text, events, 6, "x") == [
        RuleCount(4, 1, 20_000_000, 8_000_000, 5 * DAY),  # those that were forgotten have fired, and give nothing now
        RuleCount(1, 1, 0, 0, 3 * DAY),
        RuleCount(),
        RuleCount(1, 1, 3_000_000, 3_000_000, None),
        RuleCount(),
    ]
    assert counts(text, [("a", "gone", 1), ("a", "gone", 2)], 3)[2] == RuleCount(2, 1, 14_000_000, 0, 2 * DAY)


@given(cases())
def test_the_ledger_has_what_was_not_forgotten(case: Case) -> None:
    """Without resets the lines of the ledger are what is counted."""
    for run in leads_at(case.log, case.instants[-1]):
        ledgers = {ledger.score.name: ledger for ledger in explain_lead(run, ahead=False).ledgers}
        for score in case.program.scores:
            if any(isinstance(rule, p.OnRule) and isinstance(rule.effect, p.Reset) for rule in score.rules):
                continue
            fired: Counter[p.Place] = Counter()
            points: Counter[p.Place] = Counter()
            live: Counter[p.Place] = Counter()
            for line in ledgers[score.name].lines:
                if line.place is None or line.kind not in ("award", "when", "cap"):
                    continue
                live[line.place] += line.worth
                if line.kind == "award":
                    fired[line.place] += 1
                    points[line.place] += line.points or 0
            for rule, count in zip(score.rules, lead_counts(run, score), strict=True):
                assert count.live == live[rule.place]
                if isinstance(rule, p.OnRule):
                    assert (count.fired, count.points) == (fired[rule.place], points[rule.place])
                    assert count.leads == (count.fired > 0)
