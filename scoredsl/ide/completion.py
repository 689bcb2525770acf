"""Completion: what may be written at the cursor, in a half-written line too.

The grammar says which words may come next. For names and texts a placeholder is written at the cursor and the statement
ended in the shortest way: what the placeholder is in it tells which names or values are meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from scoredsl.ide import known
from scoredsl.ide.context import Cut, Place, cuts, place_at
from scoredsl.ide.data import NOTHING, Data
from scoredsl.ide.keywords import KEYWORDS
from scoredsl.ide.mentions import Kind, Raw, node_mentions
from scoredsl.ide.names import Symbol
from scoredsl.ide.project import Analysis
from scoredsl.semantics.zones import zone_names
from scoredsl.syntax import nodes as n
from scoredsl.syntax.expect import completed, expected
from scoredsl.syntax.repairs.vocabulary import phrases
from scoredsl.syntax.tokens import words_of
from scoredsl.text import Span

EntryKind = Literal["keyword", "value", "duration", "date", "file", "operator"] | Kind

_HERE = "cursor__"
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*", re.ASCII)
_QUOTES: dict[str, str] = {"event": '"', "tier": '"', "property": "`", "field": "`"}
_OPERATORS = {"EQ": "=", "NE": "!=", "GE": ">=", "LE": "<=", "GT": ">", "LT": "<"}
_USUAL = ("7d", "14d", "30d", "90d")


_FIRST = {
    terminal: i
    for i, terminal in enumerate((
        "ON", "WHEN", "SCORE", "THRESHOLD", "TIER", "EXPIRE_AFTER", "GROUP", "GIVEN", "EXPECT", "TEST", "GIVEN_PROFILE",
        "MAXIMUM", "MINIMUM",
    ))
}  # fmt: skip
"""What most statements begin with is offered first; the others follow by name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that may be written. `insert` has tab stops where `snippet`; `rank`: the lower the more likely."""

    label: str
    kind: EntryKind
    insert: str
    replace: Span
    detail: str = ""
    snippet: bool = False
    rank: int = 5
    says: str = ""
    symbol: Symbol | None = None
    """What it names, to be described when it is looked at."""


def complete(
    analysis: Analysis, offset: int, now: int, files: Sequence[str] = (), data: Data = NOTHING
) -> list[Entry]:
    """What may be written at an offset; `now` in microseconds, `files` are the rules files of the workspace."""
    place = place_at(analysis.file, offset)
    if place is None:
        return []
    completer = _Completer(analysis, place, now, list(files), data)
    found: dict[tuple[str, str], Entry] = {}
    for number, cut in enumerate(cuts(analysis.file, place)):
        for entry in completer.entries(cut) if number == 0 else completer.phrases_like(cut):
            found.setdefault((entry.label, entry.insert), entry)
    return sorted(found.values(), key=lambda entry: entry.rank)


class _Completer:
    def __init__(self, analysis: Analysis, place: Place, now: int, files: list[str], data: Data) -> None:
        self.analysis = analysis
        self.place = place
        self.now = now
        self.files = files
        self.data = data

    def entries(self, cut: Cut) -> Iterator[Entry]:
        if cut.partial[:1] in ('"', "`") and cut.partial:
            yield from self.quoted(cut)
            return
        if not cut.prefix.strip():
            yield from self.beginnings(cut)
            return
        may = expected(cut.prefix)
        if cut.partial.startswith("lead."):
            if "NAME" in may:
                yield from self.fields(cut, "lead.")
            return
        yield from self.names(cut, may)
        if "STRING" in may:
            yield from self.texts(cut)
        yield from self.numbers(cut, may)
        yield from self.words(cut, may)

    # ---- keywords

    def beginnings(self, cut: Cut) -> Iterator[Entry]:
        """Words that a statement may begin with, here."""
        has_header = any(each.keyword == "score" for each in self.analysis.file.statements)
        allowed = self.place.keywords(has_header)
        for terminal in sorted(expected(""), key=lambda each: (_FIRST.get(each, len(_FIRST)), each)):
            for phrase in phrases(terminal):
                if phrase.split()[0] in allowed:
                    yield self.keyword(cut, terminal, phrase, 2)

    def words(self, cut: Cut, may: frozenset[str]) -> Iterator[Entry]:
        for terminal in sorted(self.sensible(cut, may)):
            if terminal in _OPERATORS:
                yield Entry(_OPERATORS[terminal], "operator", _OPERATORS[terminal] + " ", cut.replace, rank=6)
            for phrase in phrases(terminal):
                yield self.keyword(cut, terminal, phrase, 4)

    def phrases_like(self, cut: Cut) -> Iterator[Entry]:
        """Keywords of several words of which the first are written."""
        written = " ".join(cut.partial.split()) + (" " if cut.partial.endswith(" ") else "")
        beginning = not cut.prefix.strip()
        may = set(expected("")) if beginning else self.sensible(cut, expected(cut.prefix))
        allowed = self.place.keywords(False) if beginning else None
        for terminal in sorted(may):
            for phrase in phrases(terminal):
                if " " in phrase and phrase.startswith(written) and (allowed is None or phrase.split()[0] in allowed):
                    yield self.keyword(cut, terminal, phrase, 1)

    def keyword(self, cut: Cut, terminal: str, phrase: str, rank: int) -> Entry:
        known_ = KEYWORDS.get(terminal)
        snippet = known_.snippet if known_ is not None else ""
        says = known_.says if known_ is not None else ""
        indent = "  " * len(self.place.headers)
        insert = phrase + snippet.replace("\n", f"\n{indent}")
        shown = re.sub(r"\$\{\d+:?([^}]*)\}", r"\1", insert.split("\n")[0])
        return Entry(phrase, "keyword", insert, cut.replace, shown if snippet else "", bool(snippet), rank, says)

    def sensible(self, cut: Cut, may: frozenset[str]) -> set[str]:
        """Without clauses that the rule has already, or that its kind of rule never has."""
        before = {word.terminal for word in words_of(cut.prefix)}
        left = set(may) - {"$END"}
        if not before & {"ON", "WHEN"} or not before & {"ADD", "SUBTRACT", "RESET", "SET_TO"}:
            return left
        for kind in _ONCE:
            if before & kind:
                left -= kind
        if "WHEN" in before and "ON" not in before:
            left -= _NOT_WHEN
        if before & {"RESET", "SET_TO"}:
            left &= {"FROM", "UNTIL", "AS", "POINTS", "NUMBER", "MINUS"}
        left -= {"BUT_NOT_ABOVE"} if "SUBTRACT" in before else {"BUT_NOT_BELOW"}
        return left

    # ---- names

    def names(self, cut: Cut, may: frozenset[str]) -> Iterator[Entry]:
        for terminal in ("NAME", "BAND"):
            if terminal not in may:
                continue
            node = completed(cut.prefix, terminal, _HERE)
            if node is None:
                continue
            if isinstance(node, n.ExpectLabel):
                yield from self.of_kinds(cut, ("score", "grid", "label"))
            elif isinstance(node, n.ExpectCell):
                for cell in known.cells_of(self.analysis.loaded, node.grid.text):
                    yield Entry(cell, "value", cell, cut.replace, f"cell of {node.grid.text}", rank=0)
            else:
                raw = next((r for r in node_mentions(node, self.place.score or "score") if r.name == _HERE), None)
                if raw is not None:
                    yield from self.meant(cut, raw, node)
            return

    def meant(self, cut: Cut, raw: Raw, node: n.Node) -> Iterator[Entry]:
        names = self.analysis.names
        events = {r.name for r in node_mentions(node) if r.kind in ("events", "event")}
        match raw.kind:
            case "event" | "field" if raw.declares:
                for name in known.undeclared(names, raw.kind):
                    yield self.name(cut, raw.kind, name, f"{raw.kind}, not declared yet")
            case _ if raw.declares:
                return
            case "events" | "event":
                yield from self.of_kinds(cut, ("event", "set") if raw.kind == "events" else ("event",))
            case "property":
                yield from self.properties(cut, events)
            case "field":
                yield from self.fields(cut)
            case "tier":
                for name in known.tiers_of(names, raw.owner):
                    yield self.name(cut, "tier", name, f"tier of {raw.owner}", owner=raw.owner)
            case "value":
                yield from self.values(cut, raw, events)
            case "define" | "score" | "grid" | "label" as kind:
                yield from self.of_kinds(cut, (kind,))
            case _:
                return

    def values(self, cut: Cut, raw: Raw, events: set[str]) -> Iterator[Entry]:
        match raw.where:
            case "event":
                yield from self.properties(cut, events)
                yield from self.of_kinds(cut, ("define",), 1)
                yield from self.fields(cut, "lead.", 3)
            case "formula":
                yield from self.of_kinds(cut, ("score",))
            case "label":
                yield from self.of_kinds(cut, ("score",))
                yield from self.fields(cut)
                yield from self.of_kinds(cut, ("define",), 1)
            case "define":
                yield from self.properties(cut, events)
                yield from self.fields(cut)
                yield from self.of_kinds(cut, ("define",), 1)
            case _:
                yield from self.fields(cut)
                yield from self.of_kinds(cut, ("define",), 1)

    def of_kinds(self, cut: Cut, kinds: tuple[Kind, ...], rank: int = 0) -> Iterator[Entry]:
        counts = {name: event.count for name, event in self.data.events.items()} if "event" in kinds else {}
        for kind in kinds:
            own = self.analysis.names.of_kind(kind)
            for name in dict.fromkeys([*own, *(counts if kind == "event" else ())]):
                detail = f"{counts[name]:,} times in the log" if kind == "event" and name in counts else _WORDS[kind]
                yield self.name(cut, kind, name, detail, rank)

    def properties(self, cut: Cut, events: set[str]) -> Iterator[Entry]:
        found = known.properties_of(self.analysis.loaded, self.analysis.names, events)
        for name, type_ in found.items():
            yield self.name(cut, "property", name, f"property{f', {type_}' if type_ else ''}")

    def fields(self, cut: Cut, prefix: str = "", rank: int = 0) -> Iterator[Entry]:
        for name, type_ in known.fields_of(self.analysis.loaded, self.analysis.names).items():
            detail = f"profile field{f', {type_}' if type_ else ''}"
            yield self.name(cut, "field", name, detail, rank, prefix=prefix)

    def name(
        self, cut: Cut, kind: Kind, name: str, detail: str, rank: int = 0, *, owner: str = "", prefix: str = ""
    ) -> Entry:
        quote = "" if _PLAIN.fullmatch(name) else _QUOTES.get(kind, "")
        written = f"{prefix}{quote}{name}{quote}"
        return Entry(written, kind, written, cut.replace, detail, False, rank, symbol=Symbol(kind, name, owner))

    # ---- texts, numbers, dates

    def texts(self, cut: Cut) -> Iterator[Entry]:
        """Values for a text in quotes: of the property or field that it is compared with, else what stands there."""
        node = completed(cut.prefix, "STRING", f'"{_HERE}"')
        match node:
            case None:
                return
            case n.Timezone():
                for name in sorted(zone_names()):
                    yield self.text(cut, name, "timezone")
            case n.Import():
                for path in known.import_paths(self.analysis, self.files):
                    yield self.text(cut, path, "rules file", "file")
            case n.ExpectTier(score, n.Name()):
                for name in known.tiers_of(self.analysis.names, score.text):
                    if not _PLAIN.fullmatch(name):
                        yield self.text(cut, name, f"tier of {score.text}")
            case _:
                yield from self.compared(cut, node)

    def compared(self, cut: Cut, node: n.Node) -> Iterator[Entry]:
        found = known.asked(node, _HERE)
        if found is None:
            if cut.partial.startswith('"') and any(r.name == _HERE and r.kind == "events" for r in node_mentions(node)):
                for name in self.analysis.names.of_kind("event"):
                    yield self.text(cut, name, "event")
            return
        counts = self.data.value_counts(*found)
        uses = known.values_of(self.analysis.loaded, *found, self.analysis.compared)
        uses[self.analysis.source.slice(cut.replace).strip('"')] -= 1  # what stands at the cursor is no other use
        own = [value for value, count in uses.most_common() if count > 0]
        for value in dict.fromkeys([*own, *sorted(counts, key=lambda v: -counts[v])]):
            detail = f"{counts[value]:,} times in the log" if value in counts else f"value of {found[1]}"
            yield self.text(cut, value, detail)

    def quoted(self, cut: Cut) -> Iterator[Entry]:
        may = expected(cut.prefix)
        if cut.partial[0] == '"' and "STRING" in may:
            yield from self.texts(cut)
        elif cut.partial[0] == "`" and "NAME" in may:
            for entry in self.names(cut, may):
                symbol = entry.symbol
                if symbol is not None and symbol.kind in ("property", "field") and not entry.label.startswith("lead."):
                    written = f"`{symbol.name}`"
                    yield Entry(written, entry.kind, written, cut.replace, entry.detail, rank=0, symbol=symbol)

    def text(self, cut: Cut, value: str, detail: str, kind: EntryKind = "value") -> Entry:
        written = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return Entry(written, kind, written, cut.replace, detail, rank=-1)

    def numbers(self, cut: Cut, may: frozenset[str]) -> Iterator[Entry]:
        if "DURATION" in may and not may & {"ADD", "WHERE"}:
            for text in dict.fromkeys([*known.durations(self.analysis.loaded), *_USUAL]):
                yield Entry(text, "duration", text, cut.replace, "duration", rank=3)
        before = [word.terminal for word in words_of(cut.prefix)][-1:]
        if "DATE" in may and ("NAME" not in may or before[0] in _COMPARE):
            try:
                today = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.now)).strftime("%Y-%m-%d")
            except OverflowError:
                return
            yield Entry(today, "date", today, cut.replace, "today", rank=3)


_COMPARE = frozenset({"EQ", "NE", "GE", "LE", "GT", "LT", "BETWEEN", "AND"})
_ONCE = tuple(
    frozenset(kind)
    for kind in (
        {"EXPIRE_AFTER", "NEVER_EXPIRE"}, {"DECAY", "DECAY_TO_ZERO", "DECAY_BY_HALF", "NEVER_DECAY"}, {"UP_TO"},
        {"BUT_NOT_BELOW", "BUT_NOT_ABOVE"}, {"ENDS_ON"}, {"FROM"}, {"UNTIL"}, {"AS"},
    )
)
"""Clauses of which a rule has one of each."""
_NOT_WHEN = frozenset(
    {
        "EXPIRE_AFTER", "NEVER_EXPIRE", "DECAY", "DECAY_TO_ZERO", "DECAY_BY_HALF", "NEVER_DECAY", "BUT_NOT_BELOW",
        "BUT_NOT_ABOVE", "ENDS_ON", "FROM", "UNTIL", "ONCE", "AT_MOST",
    }
)
"""Clauses of `on` alone."""
_WORDS: dict[Kind, str] = {
    "event": "event", "set": "set of events", "property": "property", "field": "profile field", "define": "define",
    "score": "score", "group": "group", "tier": "tier", "grid": "grid", "label": "label",
}
