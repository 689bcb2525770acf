'''# default-beside-rules: a default on the line of one rule

`expire after ...` or `decay ...` behind a `;` is a statement of its own, a default for all rules of the score or the
group. On the line of one rule it looks as if it were a clause of that rule alone.

## Wrong

```score
on webinar_attended add 30 once; expire after 30d
on demo_requested add 50
```

## Right

```score
expire after 30d
on webinar_attended add 30 once
on demo_requested add 50
```
'''

from __future__ import annotations

from collections.abc import Sequence

from scoredsl.diagnostics import Diagnostic, Edit, Fix, Related
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.words import capital
from scoredsl.semantics import program as p
from scoredsl.syntax import nodes as n
from scoredsl.syntax.tree import Statement
from scoredsl.text import Span

CODE = "default-beside-rules"


def check(context: Context) -> Found:
    for block, rules in context.blocks():
        for default in block:
            if isinstance(default.node, n.Default):
                on_rules = [rule for rule in rules if isinstance(rule, p.OnRule)]
                reached = [rule for rule in on_rules if reaches(default.node, rule, context)]
                beside = [rule for rule in reached if _one_line(default, rule, context)]
                others = [rule for rule in reached if rule not in beside]
                if beside and others:
                    yield _warning(default, beside, others, context)


def reaches(default: n.Default, rule: p.OnRule, context: Context) -> bool:
    """Whether a rule has no clause of its own in place of the default."""
    if isinstance(rule.effect, p.Reset):
        return False
    kind = what(default.clause)
    clauses = context.on_rule(rule).clauses
    return not any(isinstance(each, n.Expire | n.Decay | n.Never) and what(each) == kind for each in clauses)


def what(clause: n.Expire | n.Decay | n.Never) -> str:
    match clause:
        case n.Expire():
            return "expire"
        case n.Decay():
            return "decay"
        case n.Never(kind):
            return kind


def _one_line(default: Statement, rule: p.OnRule, context: Context) -> bool:
    source = context.program.sources[default.span.file]
    return source.position(rule.place.span.end).line == source.position(default.span.start).line


def _warning(
    default: Statement, beside: Sequence[p.OnRule], others: Sequence[p.OnRule], context: Context
) -> Diagnostic:
    words = context.text(default.span)
    count = len(beside) + len(others)
    return warning(
        CODE,
        f"{capital(words)} is a default for {'both' if count == 2 else f'all {count}'} rules here, "
        f"not for {'the one' if len(beside) == 1 else f'the {len(beside)}'} on its line alone.",
        default.span,
        f"Put it on a line of its own, or write it into the rule: ..., {words}.",
        related=tuple(Related(rule.place.span, "it is for this rule too") for rule in others[:5]),
        fix=_into_the_rule(default, beside[-1], words, context),
    )


def _into_the_rule(default: Statement, rule: p.OnRule, words: str, context: Context) -> Fix | None:
    """Makes it a clause of the rule, where nothing but a `;` stands between them."""
    source = context.program.sources[default.span.file]
    between = source.text[rule.place.span.end : default.span.start]
    if between.strip() != ";":
        return None
    place = Span(rule.place.span.end, default.span.start, default.span.file)
    return Fix(f"Write {words} into the rule", (Edit(place, ", "),), sure=False)
