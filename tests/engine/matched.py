"""Channels by SQL and by definition, for files that a test writes."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from scoredsl.engine.matching import event_batches, profile_batches
from scoredsl.engine.scan import scan_events, scan_profiles
from scoredsl.engine.sources import EventLog, ProfileTable, ReadOptions, SourceError, read_events, read_profiles
from scoredsl.engine.sources.duck import connection
from scoredsl.plan.channels import MISSING, ChannelSet
from scoredsl.reference.clock import NO_EVENTS, Profile, property_of
from scoredsl.reference.evaluate import Evaluator, Seen
from scoredsl.semantics.log import Event
from scoredsl.semantics.values import as_instant, as_number, distinct_key
from scoredsl.semantics.zones import zone

Rows = list[dict[str, Any]]


def hashed(db: Any, texts: Sequence[str | None]) -> list[int]:
    """Keys of texts, as the channels define them."""
    found = db.execute("SELECT hash(x) FROM (SELECT unnest(?::VARCHAR[]) AS x)", [[t or "" for t in texts]]).fetchall()
    keys = []
    for text, (key,) in zip(texts, found, strict=True):
        signed = key - 2**64 if key >= 2**63 else key
        keys.append(0 if text is None else signed or 1)
    return keys


def _words(channels: ChannelSet) -> dict[str, Any]:
    return {f"m{word}": 0 for word in range(channels.words)}


def by_definition(db: Any, log: EventLog, channels: ChannelSet, zone_name: str, until: int | None) -> Rows:
    evaluator, date_zone = Evaluator(zone(zone_name)), zone(zone_name)
    nobody = Profile(())
    events = [event for event in log.events if until is None or event.time <= until]
    rows: Rows = []
    for event in events:
        row: dict[str, Any] = {"lead": event.lead, "time": event.time, "id": event.id, **_words(channels)}
        for i, bit in enumerate(channels.bits):
            row[f"m{i // 64}"] = row[f"m{i // 64}"] | (
                (bit.names is None or event.name in bit.names)
                and (bit.condition is None or evaluator.about_event(bit.condition, event, nobody))
            ) << (i % 64)
        rows.append(row)
    for i, name in enumerate(channels.numbers):
        for row, event in zip(rows, events, strict=True):
            row[f"n{i}"] = as_number(property_of(event, name))
    for i, name in enumerate(channels.instants):
        for row, event in zip(rows, events, strict=True):
            found = as_instant(property_of(event, name), date_zone)
            row[f"t{i}"] = MISSING if found is None else found
    for i, name in enumerate(channels.keys):
        keys = hashed(db, [distinct_key(property_of(event, name)) for event in events])
        for row, key in zip(rows, keys, strict=True):
            row[f"k{i}"] = key
    return rows


def profiles_by_definition(
    db: Any, table: ProfileTable, channels: ChannelSet, zone_name: str, until: int | None
) -> Rows:
    evaluator, date_zone = Evaluator(zone(zone_name)), zone(zone_name)
    order = sorted(table.rows, key=lambda row: (row.time is not None, row.time or 0, row.place))
    rows: Rows = []
    for row in table.rows:
        if until is not None and row.time is not None and row.time > until:
            continue
        known = [one for one in order[: order.index(row) + 1] if one.lead == row.lead]
        profile, now = Profile(known), 10**18
        made: dict[str, Any] = {"lead": row.lead, "time": MISSING if row.time is None else row.time, **_words(channels)}
        seen = Seen(NO_EVENTS, 0, profile, now, {})
        for i, bit in enumerate(channels.bits):
            held = bit.condition is None or evaluator.holds(bit.condition, seen)
            made[f"m{i // 64}"] = made[f"m{i // 64}"] | held << (i % 64)
        for i, name in enumerate(channels.numbers):
            made[f"n{i}"] = as_number(profile.at(name, now))
        for i, name in enumerate(channels.instants):
            found = as_instant(profile.at(name, now), date_zone)
            made[f"t{i}"] = MISSING if found is None else found
        for i, name in enumerate(channels.keys):
            (made[f"k{i}"],) = hashed(db, [distinct_key(profile.at(name, now))])
        rows.append(made)
    return rows


def plain(reader: Any, has_id: bool) -> Rows:
    rows: Rows = pa.Table.from_batches(list(reader), reader.schema).to_pylist()
    for row in rows:
        if not has_id:
            row["id"] = None
        for name, value in row.items():
            if isinstance(value, float) and math.isnan(value):
                row[name] = None
    return rows


def assert_events(
    paths: Sequence[str], options: ReadOptions, channels: ChannelSet, zone_name: str = "UTC", until: int | None = None
) -> EventLog | None:
    """The scan of files, and its channels, are what the reader and the interpreter say; None where neither can read."""
    with connection() as db:
        try:
            log = read_events(paths, options)
        except SourceError as problem:
            try:
                scan_events(paths, options, db)
            except SourceError as same:
                assert str(same) == str(problem)
                return None
            raise AssertionError(f"the scan does not say: {problem}") from None
        with scan_events(paths, options, db) as scan:
            assert scan.rejected == log.rejected
            assert scan.notes == log.notes
            assert scan.found == log.found
            assert scan.row_count == log.row_count
            assert scan.newest() == max(event.time for event in log.events)
            found = plain(event_batches(scan, channels, until, zone(zone_name)), scan.has_id)
            wanted = by_definition(db, log, channels, zone_name, until)
            assert len(found) == len(wanted)
            for i, (one, other) in enumerate(zip(found, wanted, strict=True)):
                assert one == other, log.events[i]
            for lead in {event.lead for event in log.events}:
                assert same_events(scan.events_of(lead), [event for event in log.events if event.lead == lead])
        return log


def shown(properties: Any) -> str:
    return json.dumps(dict(properties), sort_keys=True)


def same_events(one: list[Event], other: list[Event]) -> bool:
    def all_of(events: list[Event]) -> list[Any]:
        return [(e.lead, e.name, e.time, e.id, e.place, shown(e.properties)) for e in events]

    return all_of(one) == all_of(other)


def assert_profiles(
    paths: Sequence[str], options: ReadOptions, channels: ChannelSet, zone_name: str = "UTC", until: int | None = None
) -> None:
    with connection() as db:
        try:
            table = read_profiles(paths, options)
        except SourceError as problem:
            try:
                scan_profiles(paths, options, db)
            except SourceError as same:
                assert str(same) == str(problem)
                return
            raise AssertionError(f"the scan does not say: {problem}") from None
        with scan_profiles(paths, options, db) as scan:
            assert scan.rejected == table.rejected
            assert scan.notes == table.notes
            assert scan.found == table.found
            assert scan.row_count == table.row_count
            for lead in {row.lead for row in table.rows}:
                kept = [(row.time, row.place, shown(row.fields)) for row in scan.rows_of(lead)]
                assert kept == [(row.time, row.place, shown(row.fields)) for row in table.rows if row.lead == lead]
            found = plain(profile_batches(scan, channels, until, zone(zone_name)), True)
            wanted = profiles_by_definition(db, table, channels, zone_name, until)
            assert by_text(found) == by_text(wanted)


def by_text(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
