"""What is known of the user's own log: how often events and values were seen. Reading it is done elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from scoredsl.ide.names import Symbol

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class EventSeen:
    """Counts over the whole log; `properties`: values of a sample, each with its count."""

    count: int
    leads: int
    first: str
    last: str
    properties: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Data:
    """A log as an editor knows it; empty where there is none."""

    events: Mapping[str, EventSeen] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, read: Mapping[str, Any]) -> Data:
        """From the JSON of `scoredsl catalog --format json`."""
        events = {
            name: EventSeen(event["count"], event["leads"], event["first"], event["last"], event["properties"])
            for name, event in read["events"].items()
        }
        return cls(events, read["fields"])

    @property
    def days(self) -> int:
        """How many days there are from the first event to the last, both counted."""
        first, last = ([getattr(each, end) for each in self.events.values()] for end in ("first", "last"))
        return (date.fromisoformat(max(last)) - date.fromisoformat(min(first))).days + 1 if last else 0

    def value_counts(self, kind: str, name: str) -> dict[str, int]:
        """The values of a `property`, of all events, or of a `field`."""
        if kind == "field":
            return dict(self.fields.get(name, {}))
        found: dict[str, int] = {}
        for event in self.events.values():
            for value, count in event.properties.get(name, {}).items():
                found[value] = found.get(value, 0) + count
        return found

    def seen(self, symbol: Symbol) -> str:
        """What the log says of a symbol, as Markdown; empty where it says nothing."""
        match symbol.kind:
            case "event" if self.events:
                event = self.events.get(symbol.name)
                if event is None:
                    return "Never seen in the log."
                times = f"{event.count:,} time{'' if event.count == 1 else 's'}"
                leads = f"{event.leads:,} lead{'' if event.leads == 1 else 's'}"
                return f"Seen {times} for {leads} in the log, last on {event.last}."
            case "property" | "field" as kind:
                counts = self.value_counts(kind, symbol.name)
                most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
                if not most:
                    return ""
                return "In the log: " + ", ".join(f"“{value}” ({count:,})" for value, count in most)
            case _:
                return ""


NOTHING = Data()
