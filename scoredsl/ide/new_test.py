"""A ready test for one rule: a small log for which the score is another without the rule, run before it is shown."""

from __future__ import annotations

from dataclasses import replace

from scoredsl.diagnostics import Edit
from scoredsl.ide.programs import rule_of
from scoredsl.ide.project import Analysis
from scoredsl.prose.words import Words
from scoredsl.semantics import program as p
from scoredsl.testing.block import test_block
from scoredsl.testing.killing import inserted
from scoredsl.testing.material import START
from scoredsl.testing.rechecking import changed_columns, plan_shape
from scoredsl.testing.run import run_test
from scoredsl.testing.search import Search
from scoredsl.text import Span

_LONGEST_NAME = 90


def rule_at(analysis: Analysis, offset: int) -> p.Rule | None:
    """The rule around an offset, in a program without errors."""
    around = analysis.statement_at(offset)
    return rule_of(analysis.program, analysis, around[-1]) if around else None


def new_test(program: p.Program, rule: p.Rule) -> Edit | None:
    """A block at the end of the program's file that passes, and would not without the rule; None where none is found.

    Up to 800 small logs are tried, so it may take a second or more.
    """
    without = _without(program, rule)
    columns = changed_columns(plan_shape(program), plan_shape(without))
    if not columns:
        return None
    found = Search(program, without, columns, rule.place.span.start).find()
    if found is None:
        return None
    instants = (found.expectation.at,) if found.givens.times else (START, found.expectation.at)
    for at in instants:  # what is not about events holds at any time
        try:
            expected = replace(found.expectation, at=at)
            block = test_block(_name(program, rule), found.givens, expected, Words.of(program))
        except ValueError:
            return None
        if _tells(program, without, block):
            text = program.sources[program.path].text
            return Edit(Span(len(text.rstrip()), len(text), program.path), f"\n\n{block}\n")
    return None


def _tells(program: p.Program, without: p.Program, block: str) -> bool:
    """Whether a block at the end of the program's file passes, and does not in the other program."""
    tested = inserted(program, {}, block)
    if tested is None or len(tested.tests) != len(program.tests) + 1:
        return False
    test = tested.tests[-1]
    return run_test(tested, test).passed and not run_test(without, test).passed


def _without(program: p.Program, gone: p.Rule) -> p.Program:
    scores = []
    for score in program.scores:
        rules = [rule for rule in score.rules if rule is not gone]
        scores.append(replace(score, rules=tuple(replace(rule, index=i) for i, rule in enumerate(rules))))
    return replace(program, scores=tuple(scores))


def _name(program: p.Program, rule: p.Rule) -> str:
    """The rule's title, else the rule; with a number where a test has that name."""
    span = rule.place.span
    words = rule.title or " ".join(program.sources[span.file].slice(span).split()).rstrip(" ,")
    base = words if len(words) <= _LONGEST_NAME else words[:_LONGEST_NAME] + "…"
    taken = {test.name for test in program.tests}
    return next(name for i in range(1, 10_000) if (name := base if i == 1 else f"{base} ({i})") not in taken)
