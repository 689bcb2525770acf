'''# unseen-property: a property that the log does not have

The rules ask for a property, and no such event of the log that is at hand has a value for it; or for a profile field,
and no lead of the profiles has one. Comparisons with it never hold. (This is looked for where a log is named:
`scoredsl check --events LOG`, or `--with-log`.)

## Wrong

```score
on page_view where ulr starts with "/pricing" add 5
```

## Right

```score
on page_view where url starts with "/pricing" add 5
```
'''

from __future__ import annotations

from collections.abc import Iterator

from scoredsl.diagnostics import Diagnostic, Edit, Fix, closest
from scoredsl.lint.asked import all_asked
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.log import LogNames
from scoredsl.lint.unseen_event import unseen
from scoredsl.reasoning.keys import occurring
from scoredsl.reasoning.normal import names
from scoredsl.semantics import program as p
from scoredsl.semantics.resolve import FIELD_CONTEXTS
from scoredsl.syntax import nodes as n
from scoredsl.text import Span

CODE = "unseen-property"


def check(context: Context) -> Found:
    if context.log is None:
        return
    said: set[tuple[bool, str]] = set()
    for ref, events, is_field in _refs(context):
        key = (is_field, ref.name)
        if key in said:
            continue
        if is_field:
            missing = context.log.fields is not None and not _has(ref.name, context.log.fields)
        else:
            asked = {(event, ref.name) for event in events} if events is not None else {(None, ref.name)}
            missing = not unseen(events, context.log) and context.log.properties.isdisjoint(asked)
        if missing:
            said.add(key)
            yield _warning(ref, events, is_field, context.log)


def _has(name: str, fields: frozenset[str]) -> bool:
    return name in fields or name.partition(".")[0] in fields


def _refs(context: Context) -> Iterator[tuple[n.Ref, frozenset[str] | None, bool]]:
    """The names in conditions and points: (name, the events whose property it is, whether it is a profile field)."""
    for asked in all_asked(context):
        if asked.about.where == "define":
            continue  # what its names are, its use decides
        for ref in _names(asked.node):
            if not ref.lead and not ref.quoted and asked.resolver.scope.define(ref.name, asked.resolver.file):
                continue
            is_field = ref.lead or asked.about.where in FIELD_CONTEXTS
            if is_field and not ref.lead and ref.name in asked.resolver.scope.scores and asked.about.where == "label":
                continue
            if ref.name == "score" and not ref.quoted and not ref.lead:
                continue
            yield ref, asked.about.events, is_field
    for _, rule in context.program.rules():
        if isinstance(rule, p.OnRule):
            yield from _points(rule, context)


def _points(rule: p.OnRule, context: Context) -> Iterator[tuple[n.Ref, frozenset[str] | None, bool]]:
    """The names in the points of a rule."""
    effect, file = context.on_rule(rule).effect, context.written[rule.place.span].file
    pattern = occurring(rule.trigger)
    if isinstance(effect, n.Award):
        for ref in _names(effect.amount):
            if ref.lead or ref.quoted or context.checked.scope.define(ref.name, file) is None:
                yield ref, None if pattern is None else names(pattern), ref.lead


def _names(node: object) -> Iterator[n.Ref]:
    """The names in a condition or a value, those in facts aside, which are looked at by themselves."""
    match node:
        case n.Ref():
            yield node
        case n.Has() | n.Fact() | n.FactSource():
            return
        case n.DaysField(_, field):
            yield field
        case _:
            for name in getattr(node, "__dataclass_fields__", ()):
                part = getattr(node, name)
                for each in part if isinstance(part, tuple) else (part,):
                    if hasattr(each, "__dataclass_fields__") and not isinstance(each, Span):
                        yield from _names(each)


def _warning(ref: n.Ref, events: frozenset[str] | None, is_field: bool, log: LogNames) -> Diagnostic:
    known = log.fields if is_field else log.alike
    meant = closest(ref.name, known or ())
    help_, fix = "Correct the name, or delete what asks for it.", None
    if meant is not None:
        written = ("lead." if ref.lead else "") + meant
        help_, fix = f"Did you mean {written}?", Fix(f"Write {written}", (Edit(ref.span, written),), sure=False)
    if is_field:
        message = f"No lead's profile has a value for {ref.name}."
    else:
        of = "any event" if events is None else f"any {' or '.join(sorted(events)[:3])}"
        message = f"The log has no value of {ref.name} for {of}."
    return warning(CODE, message, ref.span, help_, fix=fix, args={"name": ref.name})
