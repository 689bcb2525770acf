"""What `learn` does between its options and its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from scoredsl.cli.at_instants import DataAtHand
from scoredsl.cli.evaluating import newest_of, target
from scoredsl.cli.files import write_text
from scoredsl.cli.outcome_options import When
from scoredsl.cli.sampling import sampled, scores_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scoredsl.cli.sampling import Sample
    from scoredsl.engine.sources.outcomes import Outcome
    from scoredsl.learning.candidates import Candidate
    from scoredsl.learning.learn import Features, Learned, Limits, TierWish
    from scoredsl.learning.learned_report import LearnedReport, Part, TierResult
    from scoredsl.learning.program_text import Tier
    from scoredsl.learning.split import Split
    from scoredsl.semantics.log import Event, ProfileRow
    from scoredsl.semantics.program import Program

_AT_ONCE = 300
"""Rules that are looked for in one reading of the log."""
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Learning:
    """What is to be learned."""

    when: When
    test_from: int | None
    limits: Limits
    threshold: int
    tiers: tuple[TierWish, ...]
    keep: str | None
    score_name: str | None
    out: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Rules that stay as they are: their text, their program, and the score that is added to."""

    text: str
    program: Program
    score: str


def learned(at_hand: DataAtHand, learning: Learning, outcomes: Sequence[Outcome]) -> LearnedReport:
    """Learns, writes the file, and reports. An error where there is too little to learn from."""
    from scoredsl.learning.learn import TooFewError, check_enough, learn, prepared
    from scoredsl.learning.program_text import NoFiles, checked
    from scoredsl.learning.split import split

    kept = None if learning.keep is None else _kept(learning.keep, learning.score_name)
    base = kept.program if kept is not None else checked("", "learned.score", NoFiles())
    newest = newest_of(at_hand, base)
    own = None if kept is None else kept.score
    sample = sampled(at_hand, learning.when, outcomes, base, own, newest)
    times = sample.instants if learning.test_from is None else sample.began
    parts = split(times, learning.test_from)
    try:
        limits = check_enough(sample.looked, parts, learning.limits)
    except TooFewError as problem:
        raise click.ClickException(str(problem)) from None
    found = _features(at_hand, sample, base, newest)
    features = prepared(found, sample.looked, parts)
    result = learn(features, sample.looked, parts, limits)
    notes = []
    if limits.rules < learning.limits.rules:
        notes.append(f"So few outcomes carry at most {limits.rules} rules: ten wins, or losses, are needed for each.")
    if not parts.by_time:
        notes.append("All leads are looked at at one time: chance (seeded) says which are fitted on or reported on.")
    if not result.rules:
        raise click.ClickException("No rule was found that would tell later winners from losers. Nothing was written.")
    return _written(at_hand, learning, kept, sample, parts, result, features, tuple(notes))


def _kept(path: str, score_name: str | None) -> Kept:
    from scoredsl.api import read_rules
    from scoredsl.cli.versions import version

    program = version(path).program
    name = target(program, score_name)
    if program.score(name).formula is not None:
        raise click.UsageError(
            f"{name} is a formula of other scores, and rules cannot be added to it. Name one of those with --score."
        )
    if program.score(name).place.span.file != program.path:
        raise click.UsageError(f"{name} stands in a file that {path} imports. Keep that file instead.")
    return Kept(read_rules(program.path), program, name)


def _features(at_hand: DataAtHand, sample: Sample, base: Program, newest: int) -> Features:
    """Which rules hold for whom: each is a score of one point, asked of the engine."""
    import numpy as np

    from scoredsl.engine.seen import seen
    from scoredsl.learning.candidates import candidates
    from scoredsl.learning.learn import Features
    from scoredsl.learning.program_text import checked
    from scoredsl.plan.logical import written

    wanted = at_hand.wanted
    found = seen(wanted.events, wanted.event_options, wanted.profiles, wanted.profile_options)
    span = newest - int(sample.leads.first.min())
    rules: list[Candidate] = candidates(found, sample.moment.age or span)
    values = np.zeros((len(sample.asked.lead), len(rules)), np.int16)
    for start in range(0, len(rules), _AT_ONCE):
        part = rules[start : start + _AT_ONCE]
        text = "".join(f"score c{i}\n  {rule.line(1)}\n" for i, rule in enumerate(part))
        plan = written(checked(text, "candidates.score"))
        lists = tuple(sorted(base.list_columns))
        plan = replace(plan, timezone=base.timezone, ignores=base.ignores, list_columns=lists)
        values[:, start : start + len(part)] = at_hand.at(plan, sample.asked, sample.until).values // _MILLION
    return Features(tuple(rules), values)


# ---- the file


def _written(
    at_hand: DataAtHand, learning: Learning, kept: Kept | None, sample: Sample, parts: Split, result: Learned,
    features: Features, notes: tuple[str, ...],
) -> LearnedReport:
    from scoredsl.learning.learned_report import LearnedReport
    from scoredsl.learning.program_text import checked, formatted, program_text, rule_lines, text_with

    name = kept.score if kept is not None else (learning.score_name or "learned")
    start, tiers, more = (0, [], []) if kept is not None else _tiers(learning, sample, parts, result)
    if kept is None:
        text = program_text(name, _header(sample, result), result.rules, result.learned_from, start, tiers)
    else:
        lines = list(rule_lines(result.rules, result.learned_from, ""))
        text = text_with(kept.text, kept.program, kept.score, lines)
    program = checked(text, learning.out, _reader(kept))
    totals = scores_of(at_hand, program, name, sample)
    tests = _tests(at_hand, program, name, sample, result, features, everything=kept is not None)
    text = formatted(text + "".join(f"\n{test}\n" for test in tests), learning.out)
    more += _broken_tests(program)
    if sample.looked.kept is not None:
        more.append(_kept_alone(sample, parts))
    write_text(learning.out, text)
    return LearnedReport(
        learning.out, name, sample.moment.name, result.learned_from, result.rules, start,
        tuple(_part(each, which, totals, sample) for each, which in (
            ("fitted on from the beginning", parts.fit),
            ("that chose how many rules, then fitted on, too", parts.choose), ("not seen", parts.test))),
        result.tried, tuple(_tier(tier, totals, parts, sample) for tier in tiers), len(features.rules), parts.by_time,
        notes + tuple(more),
    )  # fmt: skip


def _reader(kept: Kept | None) -> Any:
    from scoredsl.api import DiskReader
    from scoredsl.learning.program_text import NoFiles

    return NoFiles() if kept is None else DiskReader()


def _header(sample: Sample, result: Learned) -> list[str]:
    from scoredsl.impact.gates import percent

    return [
        f"Learned by scoredsl from {result.learned_from:,} leads that were won or lost, seen at {sample.moment.name};",
        f"{percent(100 * result.base_rate)} of them were won. Above each rule stands what it was learned from.",
    ]


def _tiers(
    learning: Learning, sample: Sample, parts: Split, result: Learned
) -> tuple[int, list[Tier], list[str]]:
    """What the score starts at, its tiers from the highest down, and what there is to say about them.

    The first tier that was asked for begins at the threshold.
    """
    from scoredsl.learning.learn import tier_border
    from scoredsl.learning.program_text import Tier

    known = parts.fit | parts.choose
    totals, won = result.totals[known], sample.looked.won[known]
    borders = [(wish, tier_border(wish, totals, won)) for wish in learning.tiers]
    notes = [
        f"There is no tier {wish.name}: no group of the highest leads wins at a rate of {100 * wish.share:g}%."
        for wish, border in borders if border is None
    ]  # fmt: skip
    reached = [(wish, border) for wish, border in borders if border is not None]
    start = learning.threshold - reached[0][1] if reached else 0
    by_number: dict[int, str] = {}
    for wish, border in reached:
        number = border + start
        if number in by_number:
            notes.append(f"There is no tier {wish.name}: it would begin where {by_number[number]} does, at {number}.")
        else:
            by_number[number] = wish.name
    return start, [Tier(by_number[number], number) for number in sorted(by_number, reverse=True)], notes


def _part(name: str, which: NDArray[np.bool_], totals: NDArray[np.int64], sample: Sample) -> Part:
    from scoredsl.learning.learned_report import Part
    from scoredsl.learning.measures import auc, average_precision

    scores, won, leads = totals[which], sample.looked.won[which], sample.looked.leads[which]
    return Part(name, len(won), int(won.sum()), auc(scores, won, leads), average_precision(scores, won, leads))


def _tier(tier: Tier, totals: NDArray[np.int64], parts: Split, sample: Sample) -> TierResult:
    from scoredsl.learning.intervals import proportion, ratio_of_shares
    from scoredsl.learning.learned_report import TierResult

    scores, won, leads = totals[parts.test], sample.looked.won[parts.test], sample.looked.leads[parts.test]
    inside = scores >= tier.number * _MILLION
    return TierResult(tier.name, tier.number, int(inside.sum()), proportion(won[inside], leads[inside]),
                      ratio_of_shares(inside, won, leads))  # fmt: skip


# ---- tests


def _kept_alone(sample: Sample, parts: Split) -> str:
    """How good the rules that are kept are by themselves."""
    import numpy as np

    from scoredsl.learning.evaluation_report import interval
    from scoredsl.learning.measures import auc

    assert sample.looked.kept is not None
    test = parts.test
    scores = np.rint(sample.looked.kept[test] * _MILLION).astype(np.int64)
    found = auc(scores, sample.looked.won[test], sample.looked.leads[test])
    return f"By themselves the rules that are kept have an AUC of {interval(found)} on the leads not seen."


def _broken_tests(program: Program) -> list[str]:
    """What there is to say of tests of kept rules that expect what is so no more."""
    from scoredsl.prose.words import counted
    from scoredsl.testing import run_tests

    broken = [result.test.name for result in run_tests(program, program.tests) if not result.passed]
    if not broken:
        return []
    verb, what = ("expects", "another number") if len(broken) == 1 else ("expect", "other numbers")
    names = ", ".join(broken[:5])
    return [f"{counted(len(broken), 'test')} of the rules that are kept {verb} {what} now: {names}."]


def _tests(
    at_hand: DataAtHand, program: Program, name: str, sample: Sample, result: Learned, features: Features, *,
    everything: bool,
) -> list[str]:  # fmt: skip
    """Tests of leads that were there: together they use as many of the rules as can be, with few events."""
    import numpy as np

    from scoredsl.learning.program_text import LEAST_TESTS, MOST_TESTS, few_enough, only, tests_of

    columns = [features.rules.index(each.rule) for each in result.rules]
    holds = features.values[:, columns] != 0
    patterns, first = np.unique(holds, axis=0, return_index=True)
    order = np.argsort(-patterns.sum(axis=1), kind="stable")[:200]
    asked = sample.asked
    names = {int(place): sample.leads.names[asked.lead[place]] for place in first[order]}
    scans = at_hand.scans(tuple(sorted(program.list_columns)))
    events = scans.events.events_of(tuple(names.values()))
    rows = scans.profiles.rows_of(tuple(names.values())) if scans.profiles is not None else []
    props = None if everything else frozenset(each.rule.prop for each in result.rules if each.rule.prop)
    fields = None if everything else frozenset(each.rule.field for each in result.rules if each.rule.field)
    cases: list[tuple[list[Event], list[ProfileRow], int]] = []
    titles: list[str] = []
    covered = np.zeros(len(columns), bool)
    for place in sorted(names, key=lambda place: (-int(holds[place].sum()), names[place])):
        instant = int(asked.instant[place])
        done = sorted((event for event in events if event.lead == names[place] and event.time <= instant),
                      key=lambda event: event.canonical_key)  # fmt: skip
        tells = len(cases) < LEAST_TESTS or bool((holds[place] & ~covered).any())
        if not few_enough(done) or not tells or len(cases) == MOST_TESTS:
            continue
        covered |= holds[place]
        known = [replace(row, fields=only(row.fields, fields)) for row in rows
                 if row.lead == names[place] and (row.time is None or row.time <= instant)]  # fmt: skip
        cases.append(([replace(event, properties=only(event.properties, props)) for event in done],
                      [row for row in known if row.fields], instant))  # fmt: skip
        said = [each.rule.title for each, holding in zip(result.rules, holds[place], strict=True) if holding]
        titles.append(f"learned, case {len(cases)}: {'; '.join(said)}"[:120])
    return tests_of(program, name, cases, titles)
