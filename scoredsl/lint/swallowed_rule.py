'''# swallowed-rule: a rule that another one makes useless

All that this rule is about, another one is about as well. Either both pay the same points, so that an event is paid
twice; or this one changes nothing at all, because the other resets, ignores or excludes all the same.

## Wrong

```score
on page_view where url contains "pricing" add 5
on page_view where url starts with "/pricing" add 5
```

## Right

```score
on page_view where url contains "pricing" add 5
on page_view where url starts with "/demo" add 5
```
'''

from __future__ import annotations

from collections.abc import Iterator

from scoredsl.diagnostics import Diagnostic, Related
from scoredsl.lint.buckets import by_event
from scoredsl.lint.context import Context, Found, Written, warning
from scoredsl.lint.examples import paid_by_both
from scoredsl.lint.keys import lifetime_key, limits_key, pattern_key
from scoredsl.lint.words import points
from scoredsl.reasoning.conditions import covers, implies
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p
from scoredsl.semantics import resolve
from scoredsl.semantics.inspect import constant_points
from scoredsl.syntax import nodes as n
from scoredsl.text import Span

CODE = "swallowed-rule"


def check(context: Context) -> Found:
    yield from _ignored(context)
    yield from _excluded(context)
    for score in context.program.scores:
        rules = [rule for rule in score.rules if isinstance(rule, p.OnRule) and rule.place.span not in context.blamed]
        said: set[int] = set()
        for one, other in by_event(rules):
            for narrow, wide in ((one, other), (other, one)):
                found = _swallowed(narrow, wide, score, context) if said.isdisjoint((one.index, other.index)) else None
                if found is not None:
                    said.add(narrow.index)
                    yield found


def _swallowed(narrow: p.OnRule, wide: p.OnRule, score: p.Score, context: Context) -> Diagnostic | None:
    """What is to be said where each occurrence of one rule is one of the other's."""
    assert isinstance(narrow.trigger, p.Occurs) and isinstance(wide.trigger, p.Occurs)
    if not _within(narrow, wide):
        return None
    match narrow.effect, wide.effect:
        case p.Reset(), p.Reset() if not overruled(wide, narrow, score):
            say = _reset
        case p.Points(), p.Points() if _pays_the_same(narrow, wide):
            say = _paid
        case _:
            return None
    return say(narrow, wide, score, context) if covers(wide.trigger.pattern, narrow.trigger.pattern) else None


def overruled(first: p.OnRule, last: p.OnRule, score: p.Score) -> bool:
    """Whether a reset may undo another between the two, or the last the first: that further down decides."""
    return any(
        isinstance(rule, p.OnRule) and isinstance(rule.effect, p.Reset) and rule.effect != first.effect
        for rule in score.rules
        if first.index < rule.index <= last.index
    )


def _within(narrow: p.OnRule, wide: p.OnRule) -> bool:
    """Whether `if` and the campaign let through of one rule no more than of the other."""
    if wide.start is not None and (narrow.start is None or narrow.start < wide.start):
        return False
    if wide.stop is not None and (narrow.stop is None or narrow.stop > wide.stop):
        return False
    return wide.state is None or (narrow.state is not None and implies(narrow.state, wide.state))


def _pays_the_same(one: p.OnRule, other: p.OnRule) -> bool:
    assert isinstance(one.effect, p.Points) and isinstance(other.effect, p.Points)
    each = constant_points(one.effect)
    return (
        each is not None
        and each == constant_points(other.effect)
        and limits_key(one) == limits_key(other)
        and lifetime_key(one) == lifetime_key(other)
    )


def _paid(narrow: p.OnRule, wide: p.OnRule, score: p.Score, context: Context) -> Diagnostic | None:
    if _is_any(wide):
        return None  # points for any activity come on top of others by intention
    example = paid_by_both(context, score, narrow, wide)
    if example is None:
        return None
    total = points(example.first + example.second)
    return warning(
        CODE,
        f"Each event of this rule is one of {context.line(wide.place.span, narrow.place.span)} as well, for the same "
        f"points: together they give {total}.",
        narrow.place.span,
        "Delete this rule, or leave its events out of the other one with where not ...",
        related=(Related(wide.place.span, "takes all of its events"),),
        detail=example.text,
        args=example.args,
    )


def _is_any(rule: p.OnRule) -> bool:
    assert isinstance(rule.trigger, p.Occurs)
    return any(each.names is None for each in rule.trigger.pattern.matcher.alternatives)


def _reset(narrow: p.OnRule, wide: p.OnRule, score: p.Score, context: Context) -> Diagnostic | None:
    what = "resets" if narrow.effect == wide.effect else "decides"
    return warning(
        CODE,
        f"This rule changes nothing: {context.line(wide.place.span, narrow.place.span)} {what} for each of its events.",
        narrow.place.span,
        "Delete it, or put it below the other one." if what == "decides" else "Delete it.",
        related=(Related(wide.place.span, "does it anyway"),),
        tags=("unnecessary",),
    )


# ---- ignore and exclude


def _ignored(context: Context) -> Iterator[Diagnostic]:
    """Rules of which every event is ignored, and ignores that others make useless."""
    ignores = [(written, pattern) for written, pattern in _ignores(context)]
    for i, (written, pattern) in enumerate(ignores):
        for j, (other, wide) in enumerate(ignores):
            if (j < i or pattern_key(wide) != pattern_key(pattern)) and covers(wide, pattern):
                yield _useless(written.statement.span, other, "ignores these events anyway", context)
                break
    for _, rule in context.on_rules():
        taken = rule.trigger.pattern if isinstance(rule.trigger, p.Occurs | p.Count) else None
        for other, wide in ignores:
            if taken is not None and covers(wide, taken):
                line = context.line(other.statement.span, rule.place.span)
                yield warning(
                    CODE,
                    f"This rule never counts anything: {line} ignores all of its events.",
                    rule.place.span,
                    "Delete the rule, or ignore fewer events.",
                    related=(Related(other.statement.span, "ignores them"),),
                    tags=("unnecessary",),
                )
                break


def _ignores(context: Context) -> Iterator[tuple[Written, e.Pattern]]:
    for written in context.written.values():
        if isinstance(written.statement.node, n.Ignore) and written.statement.span not in context.blamed:
            yield written, context.resolver(written.file).pattern(written.statement.node.step)


def _excluded(context: Context) -> Iterator[Diagnostic]:
    """Excludes that others make useless."""
    excludes: list[tuple[Written, e.Condition]] = []
    for written in context.written.values():
        node = written.statement.node
        if isinstance(node, n.Exclude) and written.statement.span not in context.blamed:
            resolver = context.resolver(written.file)
            excludes.append((written, resolver.condition(node.condition, resolve.Context("exclude"))))
    for i, (written, condition) in enumerate(excludes):
        for j, (other, wide) in enumerate(excludes):
            if (j < i or not implies(wide, condition)) and implies(condition, wide):
                yield _useless(written.statement.span, other, "excludes these leads anyway", context)
                break


def _useless(span: Span, other: Written, what: str, context: Context) -> Diagnostic:
    message = f"This line changes nothing: {context.line(other.statement.span, span)} {what}."
    return warning(CODE, message, span, "Delete it.",
                   related=(Related(other.statement.span, "does so anyway"),), tags=("unnecessary",))

