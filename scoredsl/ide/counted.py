"""What the rules did on the user's own log, as it is shown above them and at thresholds. Counting is done elsewhere.

A statement is known by its text, so that what was counted stays with it while others are edited; one that is changed
has nothing until it is counted again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scoredsl.ide.names import Symbol
from scoredsl.prose.words import counted
from scoredsl.semantics.program import Program
from scoredsl.text import Source, Span

Written = tuple[str, str, int]
"""A statement of a program: its file, its text, and the how manieth of that text in the file it is."""


@dataclass(frozen=True, slots=True)
class Did:
    """What one rule did. `owed`: by score with tiers that depend on the rule, how many leads owe it their tier."""

    kind: str
    fired: int
    leads: int
    owed: Mapping[str, int] = field(default_factory=dict)

    def words(self, days: int) -> str:
        """`fired 1,204 times for 310 leads in 90 days, 41 owe it their tier`; `days`: how long the log is."""
        if self.kind == "when":
            said = f"holds for {counted(self.leads, 'lead')}"
        elif not self.fired:
            return f"never fired in {counted(days, 'day')}"
        else:
            said = f"fired {counted(self.fired, 'time')} for {counted(self.leads, 'lead')} in {counted(days, 'day')}"
        for score, leads in self.owed.items():
            of = f" of {score}" if len(self.owed) > 1 else ""
            said += f", {leads:,} {'owes it its' if leads == 1 else 'owe it their'} tier{of}" if leads else ""
        return said


@dataclass(frozen=True, slots=True)
class Counts:
    """What all rules of a program did on a log, and how many leads are in each tier or a higher one."""

    rules: Mapping[Written, Did] = field(default_factory=dict)
    reached: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By score and tier."""
    leads: int = 0
    as_of: str = ""
    days: int = 0

    @classmethod
    def of(cls, read: Mapping[str, Any], program: Program, days: int) -> Counts:
        """From the JSON of `scoredsl stats --format json` for this very program; `days`: how long its log is."""
        places = [rule.place.span for _, rule in program.rules()]
        rules = dict(zip(written(places, program.sources), map(_did, read["rules"]), strict=True))
        reached: dict[tuple[str, str], int] = {}
        above: Counter[str] = Counter()
        for each in read["tiers"]:  # the highest tier of a score first
            above[each["score"]] += each["leads"]
            reached[each["score"], each["tier"]] = above[each["score"]]
        return cls(rules, reached, read["leads"], read["as_of"], days)

    def fired(self, spans: Iterable[Span], source: Source) -> dict[Span, str]:
        """What is shown above statements of one file, as far as it is known, by their places."""
        spans = list(spans)
        known = zip(spans, written(spans, {source.path: source}), strict=True)
        return {span: self.rules[key].words(self.days) for span, key in known if key in self.rules}

    def seen(self, symbol: Symbol) -> str:
        """How many leads are in a tier or a higher one; empty where that is not known."""
        reached = self.reached.get((symbol.owner, symbol.name)) if symbol.kind == "tier" else None
        if reached is None:
            return ""
        verb = "is" if reached == 1 else "are"
        return f"{reached:,} of {counted(self.leads, 'lead')} {verb} there or higher, as of {self.as_of}."


NOTHING_COUNTED = Counts()


def written(spans: Iterable[Span], sources: Mapping[str, Source]) -> Iterator[Written]:
    """Statements by their texts, in their order."""
    before: Counter[tuple[str, str]] = Counter()
    for span in spans:
        key = span.file, " ".join(sources[span.file].slice(span).split())
        yield (*key, before[key])
        before[key] += 1


def _did(rule: Mapping[str, Any]) -> Did:
    owed: dict[str, int] = {}
    for each in rule["owed"]:
        owed[each["score"]] = owed.get(each["score"], 0) + each["leads"]
    return Did(rule["kind"], rule["fired"], rule["leads"], owed)
