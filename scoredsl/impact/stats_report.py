"""The report of `stats` in its views."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scoredsl.engine.results import Column, Row, cell
from scoredsl.impact.document import shown
from scoredsl.impact.gates import percent
from scoredsl.impact.rule_stats import ProgramStats, RuleStats
from scoredsl.prose.words import counted
from scoredsl.reference.objects import number
from scoredsl.report.document import Block, Bullets, Document, Heading, Line, Mono, Paragraph, Table
from scoredsl.report.pages import PageReport
from scoredsl.semantics.values import instant_text


@dataclass(frozen=True, slots=True)
class StatsReport(PageReport):
    """What each rule is good for."""

    stats: ProgramStats
    verb: str = "stats"

    @property
    def summary(self) -> str:
        rules, never = self.stats.rules, self.stats.never_fired
        return f"{counted(len(rules), 'rule')}, {len(never):,} never fired." if never else (
            f"{counted(len(rules), 'rule')}; all of them fired."
        )

    def objects(self) -> Any:
        """Everything, numbers as numbers, times as ISO 8601 in UTC."""
        stats = self.stats
        return {
            "program": stats.program,
            "as_of": instant_text(stats.as_of),
            "leads": stats.leads,
            "rules": [_object(rule) for rule in stats.rules],
            "tiers": [{"score": each.score, "tier": each.tier, "leads": each.leads} for each in stats.tiers],
        }

    # ---- rows

    @property
    def columns(self) -> list[Column]:
        """A row a rule; at the end, for each tier, how many leads owe it to the rule."""
        names = ("score", "rule", "place", "kind")
        found = [Column(name, "text") for name in names]
        found += [Column(name, "points") for name in ("fired", "leads", "points", "points_now")]
        found.append(Column("last_fired", "time"))
        return found + [Column(f"{score}.{tier}", "points") for score, tier in self._tiers()]

    def rows(self) -> Sequence[Sequence[str]]:
        """The same as texts, first the names of the columns."""
        names = [column.name for column in self.columns]
        types = [column.type for column in self.columns]
        records = [[cell(value, type_) for value, type_ in zip(row, types, strict=True)] for row in self.records()]
        return [names, *records]

    def records(self) -> Iterator[Row]:
        """The rows of `columns`; counts are given as points are, in millionths."""
        for rule in self.stats.rules:
            owed = {(each.score, each.tier): each.leads * 1_000_000 for each in rule.owed}
            count = rule.count
            yield [
                rule.score, rule.name, rule.place, rule.kind, count.fired * 1_000_000, count.leads * 1_000_000,
                count.points, count.live, count.last, *(owed.get(tier) for tier in self._tiers()),
            ]  # fmt: skip

    def _tiers(self) -> list[tuple[str, str]]:
        return [(each.score, each.tier) for each in self.stats.tiers] if self.stats.owed else []

    # ---- a page

    def document(self) -> Document:
        stats = self.stats
        blocks: list[Block] = []
        for score in dict.fromkeys(rule.score for rule in stats.rules):
            rules = [rule for rule in stats.rules if rule.score == score]
            blocks += [Heading(2, score), _table(rules)]
        if stats.owed and stats.tiers:
            blocks += list(self._owed())
        never = stats.never_fired
        if never:
            blocks.append(Heading(2, "Rules that never fired"))
            blocks.append(Bullets(tuple(_never(rule) for rule in never)))
        lead = f"{self.summary} {counted(stats.leads, 'lead')} as of {instant_text(stats.as_of)}."
        return Document(f"What each rule of {stats.program} does", lead, tuple(blocks))

    def _owed(self) -> Iterator[Block]:
        yield Heading(2, "Who owes a tier to a rule")
        yield Paragraph("The share of a tier's leads that would be in a lower tier, or in none, without the rule.")
        for score in dict.fromkeys(tier.score for tier in self.stats.tiers):
            tiers = [tier for tier in self.stats.tiers if tier.score == score]
            rows: list[tuple[Line, ...]] = [("all its leads", *(f"{tier.leads:,}" for tier in tiers))]
            for rule in self.stats.rules:
                owed = {each.tier: each.leads for each in rule.owed if each.score == score}
                if any(owed.values()):
                    rows.append((_named(rule), *(_share(owed.get(tier.tier, 0), tier.leads) for tier in tiers)))
            header = (score, *(tier.tier for tier in tiers))
            yield Table(header, tuple(rows), frozenset(range(1, len(header))))


def _table(rules: Sequence[RuleStats]) -> Table:
    header = ("Rule", "Fired", "Leads", "Points given", "Points now", "Last fired")
    return Table(header, tuple(_row(rule) for rule in rules), frozenset({1, 2, 3, 4}))


def _row(rule: RuleStats) -> tuple[Line, ...]:
    count = rule.count
    if rule.kind == "when":
        return (_named(rule), "", f"{count.leads:,}", "", shown(count.live), "holds now" if count.leads else "")
    last = "never" if count.last is None else instant_text(count.last)
    given, now = (shown(count.points), shown(count.live)) if rule.kind == "on" else ("resets", "")
    return (_named(rule), f"{count.fired:,}", f"{count.leads:,}", given, now, last)


def _named(rule: RuleStats) -> Line:
    return (Mono(rule.name),) if rule.name.startswith(("on ", "when ")) else rule.name


def _never(rule: RuleStats) -> Line:
    why = "" if rule.possible else ": no event and no lead could ever make it fire"
    return (Mono(rule.name), f" ({rule.place}){why}")


def _share(leads: int, of: int) -> str:
    return f"{leads:,} ({percent(100 * leads / of)})" if leads and of else ""


def _object(rule: RuleStats) -> dict[str, Any]:
    count = rule.count
    return {
        "score": rule.score,
        "rule": rule.name,
        "place": rule.place,
        "kind": rule.kind,
        "possible": rule.possible,
        "fired": count.fired,
        "leads": count.leads,
        "points": number(count.points),
        "points_now": number(count.live),
        "last_fired": None if count.last is None else instant_text(count.last),
        "owed": [{"score": each.score, "tier": each.tier, "leads": each.leads} for each in rule.owed],
    }
