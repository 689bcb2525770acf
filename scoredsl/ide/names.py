"""What the names of a program mean: symbols, and every place where they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from scoredsl.ide.compared import Compared
from scoredsl.ide.mentions import Kind, Raw, Where, mentions, node_mentions, own_mentions, with_score
from scoredsl.semantics.imports import Loaded
from scoredsl.syntax import nodes as n
from scoredsl.text import Span


@dataclass(frozen=True, slots=True, order=True)
class Symbol:
    """A thing that has a name. A property is one for all events that have it; `owner`: the score of a tier or group."""

    kind: Kind
    name: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a symbol is named. `of`: for a declared or given property its event."""

    symbol: Symbol
    span: Span
    declares: bool
    quoted: bool
    of: str = ""


class Mentioned:
    """What statements mention, without places, by the statement: what was looked for before, and is still there."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, str], tuple[n.Node, tuple[Raw, ...]]] = {}
        """By the identity of the node, which is kept so that no other takes its place, and the score around it."""
        self.alike: dict[tuple[Raw, ...], tuple[Raw, ...]] = {}
        """One for all that are equal, as those of many rules are."""
        self.compared = Compared()


class Names:
    """The mentions of a program, by file and by symbol. Where they stand is worked out when it is asked for."""

    def __init__(self, loaded: Loaded, mentioned: Mentioned) -> None:
        self._loaded = loaded
        self._meaning = _Resolver(loaded, _distinct(loaded, mentioned))

    @cached_property
    def by_file(self) -> Mapping[str, list[Mention]]:
        found: dict[str, list[Mention]] = {}
        for file in self._loaded.files.values():
            text = file.file.source.text
            raws = [raw for each in file.file.statements for raw in mentions(each, text)]
            there = [mention for raw in raws for mention in self._meaning.resolved(raw)]
            found[file.path] = sorted(there, key=lambda mention: (mention.span.start, mention.span.end))
        return found

    @cached_property
    def by_symbol(self) -> Mapping[Symbol, list[Mention]]:
        found: dict[Symbol, list[Mention]] = {}
        for there in self.by_file.values():
            for mention in there:
                found.setdefault(mention.symbol, []).append(mention)
        return found

    @cached_property
    def symbols(self) -> Mapping[Symbol, bool]:
        """All symbols in order of their first mention; whether they are declared."""
        found: dict[Symbol, bool] = {}
        for raw in self._meaning.every:
            for mention in self._meaning.resolved(raw):
                found[mention.symbol] = mention.declares or found.get(mention.symbol, False)
        return found

    @cached_property
    def _starts(self) -> Mapping[str, list[int]]:
        return {path: [mention.span.start for mention in found] for path, found in self.by_file.items()}

    def at(self, path: str, offset: int) -> Mention | None:
        """The mention at an offset; also the one that ends there, where none begins there."""
        found = self.by_file.get(path, [])
        at = bisect_right(self._starts.get(path, []), offset)
        for mention in reversed(found[max(0, at - 2) : at]):
            if mention.span.start <= offset <= mention.span.end:
                return mention
        return None

    def inside(self, span: Span) -> list[Mention]:
        """The mentions that begin in a stretch of a file."""
        starts = self._starts.get(span.file, [])
        first, last = bisect_right(starts, span.start - 1), bisect_right(starts, span.end)
        return self.by_file[span.file][first:last] if starts else []

    def declarations(self, symbol: Symbol) -> list[Mention]:
        return [mention for mention in self.by_symbol.get(symbol, []) if mention.declares]

    def of_kind(self, kind: Kind, owner: str | None = None) -> list[str]:
        """The names of a kind, in order of their first mention."""
        return [s.name for s in self.symbols if s.kind == kind and (owner is None or s.owner == owner)]


def names_of(loaded: Loaded, mentioned: Mentioned | None = None) -> Names:
    """The names of a program and what they mean (LANGUAGE sections 4 to 8)."""
    return Names(loaded, mentioned or Mentioned())


def _distinct(loaded: Loaded, mentioned: Mentioned) -> list[Raw]:
    """The mentions of a program, of those that are alike but for their place the first."""
    before, now = mentioned.known, dict[tuple[int, str], tuple[n.Node, tuple[Raw, ...]]]()
    alike = mentioned.alike
    every: dict[int, tuple[Raw, ...]] = {}
    for file in loaded.files.values():
        text = file.file.source.text
        for top in file.file.statements:
            for statement, score in with_score(top):
                raw = statement.raw
                if raw is None:
                    found = tuple(map(_nowhere, own_mentions(statement, text, score)))
                    found = alike.setdefault(found, found)
                    every[id(found)] = found
                    continue
                key = (id(raw), score)
                known = now.get(key) or before.get(key)
                if known is None:
                    there = sorted(node_mentions(raw, score), key=lambda each: (each.span.start, each.span.end))
                    found = tuple(map(_nowhere, there))
                    known = raw, alike.setdefault(found, found)
                now[key] = known
                every[id(known[1])] = known[1]
    mentioned.known, mentioned.alike = now, {found: found for found in every.values()}
    return list(dict.fromkeys(raw for found in every.values() for raw in found))


def _nowhere(raw: Raw) -> Raw:
    return replace(raw, span=Span(0, 0, raw.span.file))


class _Resolver:
    def __init__(self, loaded: Loaded, every: list[Raw]) -> None:
        self.every = every
        self.keys = {file.path: file.key for file in loaded.files.values()}
        self.visible = {path: loaded.visible(key) for path, key in self.keys.items()}
        self.defines = self.declared(every, "define")
        self.sets = self.declared(every, "set")
        self.scores = {raw.name for raw in every if raw.kind == "score" and raw.declares}
        self.properties = {r.name for r in every if r.kind == "property" or (r.kind == "value" and r.where == "event")}
        self.fields = {r.name for r in every if r.kind == "field" or (r.kind == "value" and r.where == "profile")}
        self.stated = {r.name for r in every if r.declares and r.kind in ("property", "field")}
        self.uses = self.define_uses(every)

    def declared(self, raws: list[Raw], kind: str) -> dict[str, str]:
        """The file that declares each name."""
        found: dict[str, str] = {}
        for raw in raws:
            if raw.kind == kind and raw.declares:
                found.setdefault(raw.name, raw.span.file)
        return found

    def sees(self, declared: dict[str, str], raw: Raw) -> bool:
        place = declared.get(raw.name)
        return place is not None and not raw.quoted and self.keys[place] in self.visible[raw.span.file]

    def define_uses(self, raws: list[Raw]) -> dict[str, set[Where]]:
        """Where each define is used, also by way of others: what its bare names mean depends on it."""
        uses: dict[str, set[Where]] = {name: set() for name in self.defines}
        inside: list[tuple[str, str]] = []
        for raw in raws:
            if raw.kind == "value" and self.sees(self.defines, raw):
                if raw.where == "define":
                    inside.append((raw.owner, raw.name))
                else:
                    uses[raw.name].add(raw.where)
        changed = True
        while changed:
            changed = False
            for owner, name in inside:
                more = uses.get(owner, set()) - uses[name]
                changed = changed or bool(more)
                uses[name] |= more
        return uses

    def resolved(self, raw: Raw) -> Iterator[Mention]:
        match raw.kind:
            case "events":
                yield self.mention("set" if self.sees(self.sets, raw) else "event", raw)
            case "value":
                for kind in self.value_kinds(raw):
                    yield self.mention(kind, raw)
            case "property" | "field":
                yield self.mention(raw.kind, raw)
            case "tier" | "group" as kind:
                yield Mention(Symbol(kind, raw.name, raw.owner), raw.span, raw.declares, raw.quoted)
            case kind:
                yield self.mention(kind, raw)

    def value_kinds(self, raw: Raw) -> list[Kind]:
        if self.sees(self.defines, raw):
            return ["define"]
        match raw.where:
            case "event":
                return ["property"]
            case "profile":
                return ["field"]
            case "formula":
                return ["score"]
            case "label":
                return ["score" if raw.name in self.scores and not raw.quoted else "field"]
            case _:
                uses = self.uses.get(raw.owner, set())
                kinds: list[Kind] = []
                if "event" in uses or (not uses and (raw.name in self.properties or raw.name not in self.fields)):
                    kinds.append("property")
                if uses & {"profile", "label"} or (not uses and not kinds):
                    kinds.append("field")
                return kinds

    def mention(self, kind: Kind, raw: Raw) -> Mention:
        name, span = raw.name, raw.span
        if kind in ("property", "field") and not raw.quoted and "." in name and name not in self.stated:
            parts = name.split(".")
            for i in range(len(parts) - 1, 0, -1):  # what reaches into a declared one names that one
                head = ".".join(parts[:i])
                if head in self.stated:
                    name, span = head, Span(span.start, span.start + len(head), span.file)
                    break
        return Mention(Symbol(kind, name), span, raw.declares, raw.quoted, raw.owner if kind == "property" else "")
