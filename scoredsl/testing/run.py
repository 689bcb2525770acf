"""Runs `test` blocks: a lead of their own, the program's ignores and excludes, each expectation at its instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scoredsl.reference import LeadRun, LeadScores, Log
from scoredsl.reference.history import lead_history
from scoredsl.reference.ledger import Explanation, explain_lead
from scoredsl.semantics.log import Event, ProfileRow
from scoredsl.semantics.program import Expectation, Program, TestCase
from scoredsl.semantics.values import instant_text, millionths_text

LEAD = "test"


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that does not hold: what was expected, what came, and the ledger that led there."""

    expectation: Expectation
    expected: str
    actual: str
    explanation: Explanation | None


@dataclass(frozen=True, slots=True)
class TestResult:
    __test__ = False
    test: TestCase
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        return not self.failures


def run_tests(program: Program, tests: Iterable[TestCase] | None = None) -> Iterator[TestResult]:
    """The results of the program's tests, in file order."""
    for test in program.tests if tests is None else tests:
        yield run_test(program, test)


def run_test(program: Program, test: TestCase) -> TestResult:
    """All givens exist for all expectations; each is judged at its instant."""
    log = log_of(program, test)
    failures = [
        failure
        for expectation in test.expectations
        if (failure := judge(program, log, expectation)) is not None
    ]
    return TestResult(test, tuple(failures))


def log_of(program: Program, test: TestCase) -> Log:
    """The log that a test gives: one lead, whose events stand in the order of their lines."""
    events = [
        Event(LEAD, given.name, given.time, None, place, given.properties) for place, given in enumerate(test.events)
    ]
    rows = [ProfileRow(LEAD, given.time, place, given.fields) for place, given in enumerate(test.fields)]
    return Log.of(program, events, rows)


def judge(program: Program, log: Log, expectation: Expectation) -> Failure | None:
    """None where an expectation holds."""
    run = seen_at(log, expectation.at)
    excluded = run.excluded
    if expectation.kind == "excluded":
        return None if excluded else Failure(expectation, "excluded", "not excluded", explained(run))
    if excluded:
        return Failure(expectation, wanted(expectation), "the lead is excluded", None)
    holds, actual = outcome(run, run.scores(), expectation)
    return None if holds else Failure(expectation, wanted(expectation), actual, explained(run))


def holds(log: Log, expectation: Expectation) -> bool:
    """Whether an expectation holds: no more is computed than it asks for."""
    run = seen_at(log, expectation.at)
    if expectation.kind == "excluded" or run.excluded:
        return run.excluded and expectation.kind == "excluded"
    program = log.program
    match expectation.kind:
        case "value":
            return compare(expectation, run.state(program.score(expectation.score), run.instant).value)
        case "tier":
            return run.tier(program.score(expectation.score)) == expectation.tier
        case "becomes":
            return becomes(run, expectation)[0]
        case _:
            return outcome(run, run.scores(), expectation)[0]


def seen_at(log: Log, instant: int) -> LeadRun:
    """The lead of a test at an instant.

    Of a lead of whom nothing is known yet, rules about what is not there still say what it would have.
    """
    run = log.run(LEAD, instant)
    return run if run.exists else LeadRun(log.program, log.zone, LEAD, (), (ProfileRow(LEAD, None, 0, {}),), instant)


def explained(run: LeadRun) -> Explanation | None:
    return explain_lead(run, ahead=False) if run.exists else None


def outcome(run: LeadRun, scores: LeadScores, expectation: Expectation) -> tuple[bool, str]:
    """(does it hold, what is there)."""
    name = expectation.score
    match expectation.kind:
        case "value":
            value = scores.values[name]
            return compare(expectation, value), f"{name} = {millionths_text(value)}"
        case "tier":
            tier = scores.tiers.get(name)
            return tier == expectation.tier, f"{name} tier {tier_word(tier)}"
        case "becomes":
            return becomes(run, expectation)
        case "cell":
            return scores.grids[name] == expectation.text, f"{name} {scores.grids[name]}"
        case _:
            holds = scores.labels[name]
            return holds == expectation.holds, name if holds else f"no {name}"


def becomes(run: LeadRun, expectation: Expectation) -> tuple[bool, str]:
    """An alert to that tier at exactly this instant."""
    alerts = [
        row for row in lead_history(run) if row.score == expectation.score and row.tier != row.from_tier
    ]
    if any(row.time == expectation.at and row.tier == expectation.tier for row in alerts):
        return True, ""
    if not alerts:
        return False, f"{expectation.score} never becomes anything up to then"
    last = alerts[-1]
    when = "from always" if last.time is None else f"at {instant_text(last.time)}"
    return False, f"{expectation.score} becomes {tier_word(last.tier)} {when}"


def compare(expectation: Expectation, value: int) -> bool:
    number = expectation.number
    match expectation.op:
        case "=":
            return value == number
        case "!=":
            return value != number
        case ">":
            return value > number
        case ">=":
            return value >= number
        case "<":
            return value < number
        case "<=":
            return value <= number
        case _:
            return number <= value <= expectation.high


def wanted(expectation: Expectation) -> str:
    """What is expected, in the words of the language."""
    name = expectation.score
    match expectation.kind:
        case "value" if expectation.op == "between":
            return f"{name} between {millionths_text(expectation.number)} and {millionths_text(expectation.high)}"
        case "value":
            return f"{name} {expectation.op} {millionths_text(expectation.number)}"
        case "tier":
            return f"{name} tier {tier_word(expectation.tier)}"
        case "becomes":
            return f"{name} becomes {tier_word(expectation.tier)}"
        case "cell":
            return f"{name} {expectation.text}"
        case "label":
            return name if expectation.holds else f"no {name}"
        case _:
            return "excluded"


def tier_word(tier: str | None) -> str:
    return "none" if tier is None else tier
