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
    text = analysis.source.slice(statement.span)
    here = analysis.program is program
    for _, rule in program.rules():
        span = rule.place.span
        if span.file != analysis.path:
            continue
        if here and span.start == statement.span.start:
            return rule
        if not here and program.sources[span.file].slice(span) == text:
            return rule
    return None
