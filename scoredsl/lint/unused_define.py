'''# unused-define: a name that nothing uses

Nothing in the program uses this define, or this set of events. It may be left over, or its name is misspelt where it
was to be used.

## Wrong

```score
define pricing_page: url starts with "/pricing"
on page_view where url starts with "/price" add 5
```

## Right

```score
define pricing_page: url starts with "/pricing"
on page_view where pricing_page add 5
```
'''

from __future__ import annotations

from scoredsl.lint.context import Context, Found, warning
from scoredsl.lint.fixes import without_line
from scoredsl.syntax import nodes as n

CODE = "unused-define"


def check(context: Context) -> Found:
    """Of the file that is run alone, and only where it has rules: others may be there to be imported."""
    main = context.checked.loaded.main
    if not any(rule.place.span.file == main.path for _, rule in context.program.rules()):
        return
    for statement in main.file.statements:
        match statement.node:
            case n.Define(name):
                kind, unused = "define", name.text not in context.used_defines
            case n.EventsDef(name):
                kind, unused = "set of events", name.text not in context.used_sets
            case _:
                continue
        if unused and statement.span not in context.blamed:
            yield warning(CODE, f"Nothing uses the {kind} {name.text}.", name.span, "Use it, or delete it.",
                          fix=without_line(statement.span, f"Delete {name.text}", context), tags=("unnecessary",),
                          args={"name": name.text})
