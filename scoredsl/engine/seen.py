"""What a log holds, in figures for an editor: counts of all events, values of the properties of some leads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scoredsl.engine.scan import Scan, scan_events, scan_profiles
from scoredsl.engine.sources import ReadOptions
from scoredsl.engine.sources.duck import connection, rows
from scoredsl.semantics.log import Value
from scoredsl.semantics.values import instant_text, is_missing, shortest

SAMPLE = 50_000
"""Events, and profile rows, of which the values are looked at; those of whole leads, chosen by a hash."""
MOST_VALUES = 50
"""Values that are kept of a property, the most frequent ones."""
_LONGEST = 80


@dataclass(slots=True)
class SeenEvent:
    """`count` and `leads` are of the whole log; `properties` of the sample: values and how often each was there."""

    count: int
    leads: int
    first: str
    last: str
    properties: dict[str, Counter[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Seen:
    """What a log and its profiles hold; `sampled` events were looked at for their values."""

    events: dict[str, SeenEvent] = field(default_factory=dict)
    fields: dict[str, Counter[str]] = field(default_factory=dict)
    sampled: int = 0

    def as_data(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "events": {
                name: {
                    "count": event.count,
                    "leads": event.leads,
                    "first": event.first,
                    "last": event.last,
                    "properties": {prop: _kept(values) for prop, values in event.properties.items()},
                }
                for name, event in self.events.items()
            },
            "fields": {name: _kept(values) for name, values in self.fields.items()},
            "sampled": self.sampled,
        }


def _kept(values: Counter[str]) -> dict[str, int]:
    return dict(values.most_common(MOST_VALUES))


def seen(
    events: Sequence[str], event_options: ReadOptions, profiles: Sequence[str], profile_options: ReadOptions
) -> Seen:
    """Looks at a log and profiles. Raises SourceError where they cannot be read."""
    found = Seen()
    with connection() as db:
        with scan_events(events, event_options, db) as scan:
            figures = "event, count(*), count(DISTINCT lead), min(time), max(time)"
            query = f"SELECT {figures} FROM ({_all(scan)}) GROUP BY 1 ORDER BY 2 DESC, 1"
            for name, count, leads, first, last in rows(db, query):
                found.events[name] = SeenEvent(count, leads, instant_text(first)[:10], instant_text(last)[:10])
            for event in scan.events_of(_some_leads(db, scan)):
                found.sampled += 1
                _see(event.properties, found.events[event.name].properties)
        if profiles:
            with scan_profiles(profiles, profile_options, db) as table:
                for row in table.rows_of(_some_leads(db, table)):
                    _see(row.fields, found.fields)
    return found


def _all(scan: Scan) -> str:
    """The rows of all files."""
    return " UNION ALL BY NAME ".join(f"({part.relation([], None).sql})" for part in scan.parts)


def _some_leads(db: Any, scan: Scan) -> tuple[str, ...]:
    """Leads who have about SAMPLE rows together."""
    leads: list[str] = []
    total = 0
    query = f"SELECT lead, count(*) FROM ({_all(scan)}) GROUP BY 1 ORDER BY hash(lead), lead LIMIT {SAMPLE}"
    for lead, count in rows(db, query):
        if leads and total + count > SAMPLE:
            break
        leads.append(lead)
        total += count
    return tuple(leads)


def _see(values: Mapping[str, Value], into: dict[str, Counter[str]]) -> None:
    for name, value in _flat(values, ""):
        counter = into.setdefault(name, Counter())
        text = _text(value)
        if text is not None and (text in counter or len(counter) < 20 * MOST_VALUES):
            counter[text] += 1


def _flat(values: Mapping[str, Value], prefix: str) -> Iterator[tuple[str, Value]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif not is_missing(value):
            yield prefix + name, value


def _text(value: Value) -> str | None:
    """A value as it would be written in a rule; None for what is too long or no single value."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return shortest(float(value))
        case str() if len(value) <= _LONGEST and value.isprintable():
            return value
        case _:
            return None
