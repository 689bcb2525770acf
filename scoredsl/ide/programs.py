"""From a statement to what it became in the checked program.

While there is an error anywhere there is no new program. What is said then comes from the newest one without errors,
for statements that read the same there.
"""

from __future__ import annotations

from scoredsl.ide.project import Analysis
from scoredsl.semantics import program as p
from scoredsl.syntax.tree import Statement


def rule_of(program: p.Program | None, analysis: Analysis, statement: Statement) -> p.Rule | None:
    """The rule of an `on` or `when` statement."""
    if program is None or statement.keyword not in ("on", "when"):
        return None
    return next((rule for _, rule in program.rules() if _became(rule.place, program, analysis, statement)), None)


def tier_of(program: p.Program | None, analysis: Analysis, statement: Statement) -> tuple[p.Score, p.Tier] | None:
    """The tier of a `tier` or `threshold` statement, with its score."""
    if program is None or statement.keyword not in ("tier", "threshold"):
        return None
    tiers = ((score, tier) for score in program.scores for tier in score.tiers)
    return next((each for each in tiers if _became(each[1].place, program, analysis, statement)), None)


def _became(place: p.Place, program: p.Program, analysis: Analysis, statement: Statement) -> bool:
    """Whether what stands at a place of a program is what a statement became."""
    span = place.span
    if span.file != analysis.path:
        return False
    if analysis.program is program:
        return span.start == statement.span.start
    return program.sources[span.file].slice(span) == analysis.source.slice(statement.span)
