'''# unseen-event: an event that the log does not have

The rules ask for an event of this name, and the log that is at hand has none. The name may be misspelt, or the event
is no longer recorded. (This is looked for where a log is named: `scoredsl check --events LOG`, or `--with-log`.)

## Wrong

```score
on page_veiw add 5
```

## Right

```score
on page_view add 5
```
'''

from __future__ import annotations

from collections.abc import Iterator

from scoredsl.diagnostics import Diagnostic, Edit, Fix, closest
from scoredsl.lint.asked import Taken, all_taken
from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.log import LogNames
from scoredsl.syntax import nodes as n

CODE = "unseen-event"


def check(context: Context) -> Found:
    if context.log is None:
        return
    said: set[str] = set()
    for taken in all_taken(context):
        for name in _names(taken.events, taken):
            if name.text not in context.log.events and name.text not in said:
                said.add(name.text)
                yield _warning(name, context.log)


def unseen(events: frozenset[str] | None, log: LogNames) -> bool:
    """Whether none of these events is in the log."""
    return events is not None and not any(event in log.events for event in events)


def _names(events: n.Events, taken: Taken) -> Iterator[n.Name]:
    """The events that are named; a set of events is looked at where it is defined."""
    for name in events.names:
        if isinstance(name, n.Events):
            yield from _names(name, taken)
        elif name.quoted or taken.resolver.scope.event_set(name.text, taken.resolver.file) is None:
            yield name


def _warning(name: n.Name, log: LogNames) -> Diagnostic:
    meant = closest(name.text, log.events)
    help_, fix = "Correct the name, or delete what waits for it.", None
    if meant is not None:
        written = meant if meant.replace("_", "").replace(".", "").isalnum() and meant.isascii() else f'"{meant}"'
        help_, fix = f"Did you mean {written}?", Fix(f"Write {written}", (Edit(name.span, written),), sure=False)
    message = f"The log has no event {name.text}: none of its {log.count:,} events has this name."
    return warning(CODE, message, name.span, help_, fix=fix, args={"name": name.text, "events": log.count})
