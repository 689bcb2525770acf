"""What the names of a program mean: symbols, and every place where they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scoredsl.ide.mentions import Kind, Raw, Where, mentions
from scoredsl.semantics.imports import Loaded
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


class Names:
    """The mentions of a program, by file and by symbol."""

    def __init__(self, by_file: Mapping[str, list[Mention]]) -> None:
        self.by_file = by_file
        self.by_symbol: dict[Symbol, list[Mention]] = {}
        for found in by_file.values():
            for mention in found:
                self.by_symbol.setdefault(mention.symbol, []).append(mention)
        self._starts = {path: [mention.span.start for mention in found] for path, found in by_file.items()}

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
        return [s.name for s in self.by_symbol if s.kind == kind and (owner is None or s.owner == owner)]


def names_of(loaded: Loaded) -> Names:
    """The names of a program and what they mean (LANGUAGE sections 4 to 8)."""
    raws: dict[str, list[Raw]] = {}
    for file in loaded.files.values():
        source = file.file.source
        raws[file.path] = [raw for each in file.file.statements for raw in mentions(each, source.text)]
    keys = {file.path: file.key for file in loaded.files.values()}
    visible = {path: loaded.visible(key) for path, key in keys.items()}
    return _Resolver(raws, keys, visible).names()


class _Resolver:
    def __init__(self, raws: dict[str, list[Raw]], keys: dict[str, str], visible: dict[str, set[str]]) -> None:
        self.raws = raws
        self.keys = keys
        self.visible = visible
        every = [raw for found in raws.values() for raw in found]
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

    def names(self) -> Names:
        by_file: dict[str, list[Mention]] = {}
        for path, raws in self.raws.items():
            found = [mention for raw in raws for mention in self.resolved(raw)]
            by_file[path] = sorted(found, key=lambda mention: (mention.span.start, mention.span.end))
        return Names(by_file)

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
