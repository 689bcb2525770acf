"""What each rule is good for, against a naive computation with the reference interpreter on random programs."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl.engine.fast import Resources
from scoredsl.engine.scan import scan_events, scan_profiles
from scoredsl.engine.side_by_side import interpreted, walked
from scoredsl.engine.sources import ReadOptions, read_events, read_profiles
from scoredsl.engine.sources.duck import connection
from scoredsl.impact.rule_stats import rule_stats, stats_plan
from scoredsl.plan.logical import prepared
from scoredsl.reference import Log, leads_at, score_log
from scoredsl.reference.rule_counts import RuleCount, lead_counts
from scoredsl.semantics import program as p
from scoredsl.semantics.log import Event, ProfileRow
from tests.engine.test_fast import write_log
from tests.strategies.programs import Case, cases

LITTLE = Resources(memory=1 << 20, threads=2)
_PLAIN = ReadOptions()


def tiers_at(
    program: p.Program, events: list[Event], rows: list[ProfileRow], instant: int
) -> dict[str, dict[str, int]]:
    """By lead and score the number of the tier (0 is the highest), as many as there are for none."""
    found: dict[str, dict[str, int]] = {}
    for row in score_log(Log.of(program, events, rows), instant).rows:
        names = {score.name: [tier.name for tier in score.tiers] for score in program.scores}
        found[row.lead] = {
            name: names[name].index(tier) if tier is not None else len(names[name]) for name, tier in row.tiers.items()
        }
    return found


def without(program: p.Program, place: p.Place) -> p.Program:
    scores = []
    for score in program.scores:
        kept = [rule for rule in score.rules if rule.place != place]
        scores.append(replace(score, rules=tuple(replace(rule, index=i) for i, rule in enumerate(kept))))
    return replace(program, scores=tuple(scores))


@pytest.mark.parametrize("engine", ["fast", "reference"])
@given(cases(), st.booleans())
def test_every_figure(engine: str, case: Case, last: bool) -> None:
    program, instant = case.program, case.instants[-1 if last else 0]
    with TemporaryDirectory() as folder, connection() as db:
        log_path, profile_path = write_log(case, Path(folder))
        events = read_events([log_path]).events
        rows = read_profiles([profile_path]).rows if profile_path else []
        plan = stats_plan(program, owed=True)
        run = plan.run
        if engine == "fast":
            with scan_events([log_path], _PLAIN, db) as scan:
                profiles = scan_profiles([profile_path], _PLAIN, db) if profile_path else None
                ran = prepared(run.plan)
                made = walked(ran, 0, scan, profiles, instant, None, LITTLE, "t", counted=run.counted)
                if profiles is not None:
                    profiles.close()
        else:
            log = Log.of(run.plan.program(), events, rows)
            made = interpreted(run.plan, 0, log, db, instant, None, "t", counted=run.counted)
        found = rule_stats(plan, db, made.name, made.rules, made.leads, instant)

    log = Log.of(program, events, rows)
    runs = list(leads_at(log, instant))
    assert found.leads == len(runs)
    now = tiers_at(program, events, rows, instant)
    assert [(each.score, each.tier, each.leads) for each in found.tiers] == [
        (score.name, tier.name, sum(now[lead][score.name] == i for lead in now))
        for score in program.scores
        for i, tier in enumerate(score.tiers)
    ]
    rules = [(score, rule) for score in program.scores for rule in score.rules]
    assert [rule.place for rule in found.rules] == [str(rule.place) for _, rule in rules]
    for stats, (score, rule) in zip(found.rules, rules, strict=True):
        number = score.rules.index(rule)
        wanted = sum((lead_counts(each, score)[number] for each in runs), RuleCount())
        assert stats.count == wanted
        assert stats.possible or wanted.fired == 0
        then = tiers_at(without(program, rule.place), events, rows, instant)
        owed = {(each.score, each.tier): each.leads for each in stats.owed}
        for other in program.scores:
            for i, tier in enumerate(other.tiers):
                lost = sum(now[lead][other.name] == i and then[lead][other.name] > i for lead in now)
                assert owed.get((other.name, tier.name), 0) == lost


def test_without_tiers_nothing_is_taken_out() -> None:
    from scoredsl import api

    text = "score a\n  on visit add 1\nscore b\n  on visit add 1\nscore c = a + 1\n  tier t from 2\n"
    program, _ = api.check_text(text)
    assert program is not None
    plan = stats_plan(program, owed=True)
    assert [str(rule.place) for rule in plan.without] == ["rules.score:2"], "b goes into nothing that has a tier"
    assert plan.run.counted == 3 and len(plan.run.plan.scores) == 5, "a, b, c; a and c without the rule"
    assert stats_plan(program, owed=False).without == ()
