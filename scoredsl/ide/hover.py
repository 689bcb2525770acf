"""What is said about the thing at a place: a name, a duration, a keyword, else the rule around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scoredsl.ide.keywords import KEYWORDS
from scoredsl.ide.names import Mention, Symbol
from scoredsl.ide.programs import rule_of, tier_of
from scoredsl.ide.project import Analysis
from scoredsl.prose import Words, sentence
from scoredsl.prose.scores import group_sentences, label_sentence, score_sentences, tier_sentence
from scoredsl.prose.words import counted, duration
from scoredsl.reasoning.bounds import bounds_of, rule_bounds
from scoredsl.reasoning.calendar import clocks
from scoredsl.semantics import program as p
from scoredsl.semantics.values import millionths_text
from scoredsl.syntax import nodes as n
from scoredsl.syntax.repairs.vocabulary import phrases
from scoredsl.syntax.tokens import words_of
from scoredsl.text import Span

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hover:
    """Markdown about a stretch of the file."""

    text: str
    span: Span


Seen = Callable[[Symbol], str]
"""What a log says of a symbol, as one line of Markdown; empty where there is no log, or nothing in it."""


def hover(analysis: Analysis, offset: int, now: int, program: p.Program | None, seen: Seen) -> Hover | None:
    """What is said at an offset. `now` in microseconds; `program` is the newest one without errors."""
    mention = analysis.names.at(analysis.path, offset)
    if mention is not None:
        lines = [*describe(mention, analysis, program), seen(mention.symbol)]
        return Hover("\n\n".join(line for line in lines if line), mention.span)
    around = analysis.statement_at(offset)
    if not around:
        return None
    statement = around[-1]
    base = statement.span.start
    for word in words_of(analysis.file.masked[base : statement.span.end]):
        if not base + word.start <= offset < base + word.end:
            continue
        span = Span(base + word.start, base + word.end, analysis.path)
        text = analysis.source.slice(span)
        if word.terminal == "DURATION":
            return Hover(_duration(text, now), span)
        keyword = KEYWORDS.get(word.terminal)
        if keyword is not None and keyword.says and word.start > 0:
            shown = " ".join(text.split())
            return Hover(f"**{shown}** — {keyword.says}", span)
        break
    rule = rule_of(program, analysis, statement)
    if rule is not None and program is not None:
        return Hover(f"{sentence(rule, Words.of(program))}\n\n{_most(rule, program)}".strip(), statement.span)
    found = tier_of(program, analysis, statement)
    if found is not None:
        score, tier = found
        symbol = Symbol("tier", tier.name, score.name)
        lines = [f"**{tier.name}** — tier of {score.name}", tier_sentence(tier), seen(symbol)]
        return Hover("\n\n".join(line for line in lines if line), statement.span)
    first = next((name for name in KEYWORDS if statement.keyword in phrases(name)), None)
    if first is not None and offset <= base + len(statement.keyword):
        says = f"**{statement.keyword}** — {KEYWORDS[first].says}"
        return Hover(says, Span(base, base + len(statement.keyword), analysis.path))
    return None


def _most(rule: p.Rule, program: p.Program) -> str:
    """The most that a rule can give, or the least where it only takes off."""
    if isinstance(rule, p.OnRule) and isinstance(rule.effect, p.Reset):
        return ""
    least, most = rule_bounds(rule, clocks(program.timezone))
    if most is None:
        return "There is no most that a lead can have of it."
    if most == 0 and least != 0:
        return "There is no most that it takes off." if least is None else (
            f"It takes off at most {millionths_text(-least)}."
        )
    return f"A lead can have at most {millionths_text(most)} of it."


_UNITS = {"s": 10**6, "m": 60 * 10**6, "h": 3600 * 10**6, "d": 86_400 * 10**6, "w": 7 * 86_400 * 10**6}


def _duration(text: str, now: int) -> str:
    """`30 days: what happens today counts until 2026-12-25.`"""
    match = re.fullmatch(r"([0-9][0-9_]*)([smhdw])", text)
    if match is None:
        return text
    micros = int(match[1].replace("_", "")[:12]) * _UNITS[match[2]]
    try:
        today = _EPOCH + timedelta(microseconds=now)
        end, begin = today + timedelta(microseconds=micros), today - timedelta(microseconds=micros)
    except OverflowError:
        return duration(micros)
    form = "%Y-%m-%d" if micros % _UNITS["d"] == 0 else "%Y-%m-%d %H:%M"
    return (
        f"**{duration(micros)}** — from now until {end.strftime(form)}; back to {begin.strftime(form)} (UTC)."
    )


# ---- names


def describe(mention: Mention, analysis: Analysis, program: p.Program | None) -> Iterator[str]:
    """Markdown paragraphs about what is named; the first says what it is."""
    symbol = mention.symbol
    match symbol.kind:
        case "event":
            yield from _event(symbol, analysis)
        case "property":
            yield from _property(symbol, analysis)
        case "field":
            yield f"**{symbol.name}** — profile field{_types(_field_types(symbol, analysis))}"
        case "define" | "set":
            what = "define" if symbol.kind == "define" else "set of events"
            yield f"**{symbol.name}** — {what}"
            yield from _declared_as(symbol, analysis)
        case "score":
            yield from _score(symbol, program)
        case "group":
            yield from _group(symbol, program)
        case "tier":
            yield f"**{symbol.name}** — tier of {symbol.owner}"
            tier = _tier(symbol, program)
            if tier is not None:
                yield tier_sentence(tier)
        case "grid":
            grid = next((g for g in program.grids if g.name == symbol.name), None) if program else None
            yield f"**{symbol.name}** — grid" + (f" of {', '.join(grid.cells[:12])}" if grid else "")
        case "label":
            yield f"**{symbol.name}** — label"
            label = next((each for each in program.labels if each.name == symbol.name), None) if program else None
            if label is not None and program is not None:
                yield label_sentence(label, Words.of(program))
    yield _uses(symbol, analysis)


def _uses(symbol: Symbol, analysis: Analysis) -> str:
    used = [each for each in analysis.names.by_symbol.get(symbol, []) if not each.declares]
    files = len({each.span.file for each in used})
    if not used:
        return "Not used in this program."
    return f"Used {len(used):,} time{'' if len(used) == 1 else 's'}" + (f" in {files} files." if files > 1 else ".")


def _statements(analysis: Analysis) -> Iterator[n.Node]:
    for _, statement in analysis.loaded.statements():
        for each in statement.walk():
            if each.node is not None:
                yield each.node


def _event(symbol: Symbol, analysis: Analysis) -> Iterator[str]:
    declared = next(
        (d for d in _statements(analysis) if isinstance(d, n.EventDecl) and d.name.text == symbol.name), None
    )
    title = f" “{declared.title}”" if declared is not None and declared.title else ""
    yield f"**{symbol.name}** — event{title}" + ("" if declared is not None else ", not declared")
    if declared is not None and declared.properties:
        yield "\n".join(f"- `{each.name.text}` {_type(each)}" for each in declared.properties)


def _type(declared: n.Declared) -> str:
    if declared.choices is None:
        return declared.type
    shown = ", ".join(f"“{choice.value}”" for choice in declared.choices[:12])
    return f"{declared.type}, one of {shown}" + (" …" if len(declared.choices) > 12 else "")


def _types(types: list[str]) -> str:
    return f" ({types[0]})" if types else ""


def _field_types(symbol: Symbol, analysis: Analysis) -> list[str]:
    return [
        _type(node.field)
        for node in _statements(analysis)
        if isinstance(node, n.ProfileDecl) and node.field.name.text == symbol.name
    ]


def _property(symbol: Symbol, analysis: Analysis) -> Iterator[str]:
    yield f"**{symbol.name}** — property of events"
    found = [
        f"- of {node.name.text}: {_type(declared)}"
        for node in _statements(analysis)
        if isinstance(node, n.EventDecl)
        for declared in node.properties
        if declared.name.text == symbol.name
    ]
    if found:
        yield "\n".join(found)


def _declared_as(symbol: Symbol, analysis: Analysis) -> Iterator[str]:
    for file, statement in analysis.loaded.statements():
        node = statement.node
        if isinstance(node, n.Define | n.EventsDef) and node.name.text == symbol.name:
            yield f"```score\n{file.file.source.slice(statement.span)}\n```"
            return


def _score(symbol: Symbol, program: p.Program | None) -> Iterator[str]:
    score = next((s for s in program.scores if s.name == symbol.name), None) if program else None
    title = f" “{score.title}”" if score is not None and score.title else ""
    rules = f", {counted(len(score.rules), 'rule')}" if score is not None and score.formula is None else ""
    yield f"**{symbol.name}** — score{title}{rules}"
    if score is None or program is None:
        return
    yield " ".join(score_sentences(score, Words.of(program)))
    most = bounds_of(program)[score.name].most
    yield "There is no most that a lead can have." if most is None else (
        f"The most a lead can have is {millionths_text(most)}."
    )
    if score.tiers:
        yield "\n".join(f"- {tier.name}: {tier_sentence(tier)}" for tier in score.tiers)


def _group(symbol: Symbol, program: p.Program | None) -> Iterator[str]:
    scores = [s for s in program.scores if s.name == symbol.owner] if program else []
    found = next((g for s in scores for g in s.groups if g.name == symbol.name), None)
    yield f"**{symbol.name}** — group of {symbol.owner}" + (f" “{found.title}”" if found and found.title else "")
    if found is not None and program is not None:
        yield " ".join(group_sentences(found, Words.of(program)))


def _tier(symbol: Symbol, program: p.Program | None) -> p.Tier | None:
    score = next((s for s in program.scores if s.name == symbol.owner), None) if program else None
    return None if score is None else score.tier(symbol.name)



