"""Looks through a log for what a program asks of it: events, properties, profile fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from scoredsl.engine.catalog import Kind, see_all
from scoredsl.engine.matching.query import event_sql, profile_sql
from scoredsl.engine.scan import EventScan, ProfileScan, Scan
from scoredsl.lint.log import Asked, LogNames, asked
from scoredsl.plan.channels import Bit, ChannelSet
from scoredsl.plan.parts import Parts, Rewrite
from scoredsl.semantics import expressions as e
from scoredsl.semantics import program as p

Key: TypeAlias = tuple[str, int]
"""A rule: its score, its number there."""

_WORD = 64
_SAMPLE = 5
"""Leads whose events are looked at for names to suggest."""


def survey(program: p.Program, log: EventScan, profiles: ProfileScan | None, fired: Mapping[Key, bool]) -> LogNames:
    """What the log has of what a program asks for; `fired`: whether it sets off the rules."""
    wanted = sorted(asked(program), key=lambda each: (each[0] or "", each[1]))
    there = _known(log, wanted)
    events = _events(log)
    missing = [each for each in wanted if each not in there and (each[0] is None or each[0] in events)]
    alike = _sample(log) if missing else frozenset()
    fields = None if profiles is None else _fields(profiles, program)
    return LogNames(events, frozenset(there), fields, fired, alike)


def _events(scan: EventScan) -> dict[str, int]:
    sql = " UNION ALL ".join(f"SELECT event FROM ({part.relation([], None).sql})" for part in scan.parts)
    return dict(scan.db.execute(f"SELECT event, count(*) FROM ({sql}) GROUP BY event ORDER BY event").fetchall())


def _known(scan: EventScan, wanted: Sequence[Asked]) -> set[Asked]:
    """Which of the properties have a value in some event."""
    bits = [Bit(None if event is None else frozenset((event,)), e.Known(e.Property(prop), True))
            for event, prop in wanted]  # fmt: skip
    if not bits:
        return set()
    sql = event_sql(scan, ChannelSet(tuple(bits)), None)
    return _set_bits(scan, sql, wanted)


def _set_bits(scan: Scan, sql: str, wanted: Sequence[Asked]) -> set[Asked]:
    words = -(-len(wanted) // _WORD)
    found = scan.db.execute(f"SELECT {', '.join(f'bit_or(m{i})' for i in range(words))} FROM ({sql})").fetchone()
    return {each for i, each in enumerate(wanted) if found and (found[i // _WORD] or 0) >> (i % _WORD) & 1}


def _fields(scan: ProfileScan, program: p.Program) -> frozenset[str]:
    """The profile fields that have a value for some lead, of those that are asked for and of a sample."""
    named = sorted(_asked_fields(program))
    bits = tuple(Bit(None, e.Known(e.Field(name), True)) for name in named)
    there: set[str] = set()
    if bits:
        found = _set_bits(scan, profile_sql(scan, ChannelSet(bits), None), [(None, name) for name in named])
        there = {name for _, name in found}
    kinds: dict[str, Kind] = {}
    for lead in _leads(scan):
        for row in scan.rows_of(lead):
            see_all(row.fields, kinds)
    return frozenset(there | set(kinds))


def _asked_fields(program: p.Program) -> set[str]:
    found: set[str] = set()

    def note(value: e.Value) -> e.Value:
        if isinstance(value, e.Field):
            found.add(value.name)
        elif isinstance(value, e.DaysSince | e.DaysUntil):
            found.add(value.field)
        return value

    parts = Parts(program.scores, program.grids, program.labels, program.ignores, program.excludes)
    Rewrite(value=note).parts(parts)
    return found


def _leads(scan: Scan) -> list[str]:
    """A few leads."""
    sql = " UNION ".join(f"SELECT lead FROM ({part.relation([], None).sql})" for part in scan.parts)
    found = scan.db.execute(f"SELECT DISTINCT lead FROM ({sql}) ORDER BY lead LIMIT {_SAMPLE}").fetchall()
    return [lead for (lead,) in found]


def _sample(scan: EventScan) -> frozenset[str]:
    """The names of properties in the events of a few leads."""
    kinds: dict[str, Kind] = {}
    for lead in _leads(scan):
        for event in scan.events_of(lead):
            see_all(event.properties, kinds)
    return frozenset(kinds)
