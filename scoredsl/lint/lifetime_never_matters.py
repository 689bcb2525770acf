'''# lifetime-never-matters: an expiry or a decay that changes nothing

The award is worth nothing any more when it expires, or it has expired before it fades for the first time, or nothing
expires here that `never expire` would keep.

## Wrong

```score
on visit add 10 decay to zero over 30d, expire after 90d
```

## Right

```score
on visit add 10 decay to zero over 30d
```
'''

from __future__ import annotations

from scoredsl.diagnostics import Diagnostic, Related
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.default_beside_rules import what
from scoredsl.lint.fixes import without
from scoredsl.lint.words import duration
from scoredsl.reasoning.calendar import Clocks
from scoredsl.reasoning.normal import DAY
from scoredsl.semantics import program as p
from scoredsl.syntax import nodes as n
from scoredsl.text import Span

CODE = "lifetime-never-matters"


def check(context: Context) -> Found:
    for score in context.program.scores:
        for rule in score.rules:
            if not isinstance(rule, p.OnRule) or rule.place.span in context.blamed:
                continue
            clauses = context.on_rule(rule).clauses
            expire = next((each for each in clauses if isinstance(each, n.Expire)), None)
            decay = next((each for each in clauses if isinstance(each, n.Decay)), None)
            if expire is not None and faded_before_expiry(rule, context.clocks):
                yield _expiry(expire, decay, rule, context)
            elif decay is not None and expired_before_fading(rule, context.clocks):
                yield _decay(decay, expire, rule, context)
            for never in clauses:
                if isinstance(never, n.Never) and not _defaults(rule, never, context):
                    yield _never(never, context)


def faded_before_expiry(rule: p.OnRule, clocks: Clocks) -> bool:
    """Whether an award is always worth nothing by the time at which it expires."""
    if rule.expiry is None or rule.decay is None or rule.decay.kind != "zero":
        return False
    return (rule.expiry.duration - clocks.shift) // DAY - clocks.goes_back >= rule.decay.days


def expired_before_fading(rule: p.OnRule, clocks: Clocks) -> bool:
    """Whether an award always expires before the first step of its decay."""
    if rule.expiry is None or rule.expiry.unless_repeated or rule.decay is None or rule.decay.kind != "percent":
        return False
    midnights = (rule.expiry.duration - 1 + clocks.shift) // DAY + 1
    return midnights < rule.decay.days


def _expiry(expire: n.Expire, decay: n.Decay | None, rule: p.OnRule, context: Context) -> Diagnostic:
    assert rule.decay is not None
    related = () if decay is None else (Related(decay.span, "worth nothing earlier"),)
    return _useless(expire.span, f"by then the points have faded to zero, over {rule.decay.days}d", related, context)


def _decay(decay: n.Decay, expire: n.Expire | None, rule: p.OnRule, context: Context) -> Diagnostic:
    assert rule.expiry is not None and rule.decay is not None
    related = () if expire is None else (Related(expire.span, "gone earlier"),)
    why = f"the points expire after {duration(rule.expiry.duration)}, before the first step after {rule.decay.days}d"
    return _useless(decay.span, why, related, context)


def _never(never: n.Never, context: Context) -> Diagnostic:
    what = "expire" if never.what == "expire" else "fade"
    return _useless(never.span, f"no default of the score or the group would let these points {what}", (), context)


def _useless(span: Span, why: str, related: tuple[Related, ...], context: Context) -> Diagnostic:
    words = context.text(span)
    return warning(CODE, f"{words[0].upper()}{words[1:]} never matters here: {why}.", span,
                   "Change it, or delete it.", related=related, fix=without(span, words, context),
                   tags=("unnecessary",))


def _defaults(rule: p.OnRule, never: n.Never, context: Context) -> bool:
    """Whether a default of the rule's group or score says something about expiry (decay)."""
    return any(
        what(default.clause) == never.what
        for default in context.defaults(rule.place)
    )
