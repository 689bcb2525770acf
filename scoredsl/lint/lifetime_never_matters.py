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

from collections.abc import Sequence

from scoredsl.diagnostics import Diagnostic, Related
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.default_beside_rules import what
from scoredsl.lint.fixes import without
from scoredsl.lint.words import capital, duration
from scoredsl.reasoning.clauses import expired_before_fading, faded_before_expiry
from scoredsl.semantics import program as p
from scoredsl.syntax import nodes as n
from scoredsl.text import Span

CODE = "lifetime-never-matters"


def check(context: Context) -> Found:
    for _, rule in context.on_rules():
        clauses = context.on_rule(rule).clauses
        if rule.expiry is not None and rule.decay is not None:
            yield from _both(rule.expiry, rule.decay, clauses, context)
        for never in clauses:
            if isinstance(never, n.Never) and not _defaults(rule, never, context):
                yield _never(never, context)


def _both(expiry: p.Expiry, decay: p.Decay, clauses: Sequence[n.Clause], context: Context) -> Found:
    """Of an expiry and a decay that the rule itself has, or one of its defaults, the one of its own that is useless."""
    expire = next((each for each in clauses if isinstance(each, n.Expire)), None)
    fade = next((each for each in clauses if isinstance(each, n.Decay)), None)
    if expire is not None and faded_before_expiry(expiry, decay, context.clocks):
        related = () if fade is None else (Related(fade.span, "worth nothing earlier"),)
        yield _useless(expire.span, f"by then the points have faded to zero, over {decay.days}d", context, related)
    elif fade is not None and expired_before_fading(expiry, decay, context.clocks):
        related = () if expire is None else (Related(expire.span, "gone earlier"),)
        why = f"the points expire after {duration(expiry.duration)}, before the first step after {decay.days}d"
        yield _useless(fade.span, why, context, related)


def _never(never: n.Never, context: Context) -> Diagnostic:
    ends = "expire" if never.what == "expire" else "fade"
    return _useless(never.span, f"no default of the score or the group would let these points {ends}", context)


def _useless(span: Span, why: str, context: Context, related: tuple[Related, ...] = ()) -> Diagnostic:
    words = context.text(span)
    return warning(CODE, f"{capital(words)} never matters here: {why}.", span, "Change it, or delete it.",
                   related=related, fix=without(span, words, context), tags=("unnecessary",))


def _defaults(rule: p.OnRule, never: n.Never, context: Context) -> bool:
    """Whether a default of the rule's group or score says something about expiry (decay)."""
    return any(what(default.clause) == never.what for default in context.defaults(rule.place))
