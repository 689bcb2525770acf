"""Names for the columns and steps of a query, made of the words of the rules."""

from __future__ import annotations

import re

from scoredsl.semantics import program as p
from scoredsl.targets.sql.columns import identifier

_LONGEST = 48


def slug(text: str) -> str:
    """A text as a plain name: `Webinar fan` is webinar_fan."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:_LONGEST].strip("_")
    return plain if plain and not plain[0].isdigit() else f"rule_{plain}".strip("_")


class Names:
    """Gives each thing a name that nothing else in the query has; upper and lower case are one."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = {name.lower() for name in taken}

    def new(self, wanted: str) -> str:
        name, number = wanted, 2
        while name.lower() in self.taken:
            name, number = f"{wanted}_{number}", number + 1
        self.taken.add(name.lower())
        return identifier(name)

    def rule(self, rule: p.Rule) -> str:
        """The rule's title, or its event and line: page_view_4."""
        if rule.title is not None:
            return self.new(slug(rule.title))
        word = "when"
        if isinstance(rule, p.OnRule) and isinstance(rule.trigger, p.Occurs):
            names = sorted(
                name for each in rule.trigger.pattern.matcher.alternatives for name in each.names or frozenset({"any"})
            )
            word = slug(names[0]) + ("_and_others" if len(names) > 1 else "")
        return self.new(f"{word}_{rule.place.line}")


def sentence(program: p.Program, place: p.Place) -> str:
    """`rules.score:4  on page_view add 5`: a statement as it is written, in one line."""
    source = program.sources.get(place.file) or program.sources.get(place.span.file)
    text = "" if source is None else source.text[place.span.start : place.span.end]
    words = " ".join(line.partition(" #")[0].strip() for line in text.splitlines()).strip()
    words = words.replace("*/", "* /").replace("/*", "/ *")
    return f"{place}  {words}".rstrip()
