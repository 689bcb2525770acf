"""Names, numbers, durations and dates as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scoredsl.semantics.program import Program
from scoredsl.semantics.values import instant_text, lower
from scoredsl.semantics.zones import Zone, zone

_TEXT = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_UNITS = (("day", 86_400_000_000), ("hour", 3_600_000_000), ("minute", 60_000_000), ("second", 1_000_000))
_EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Words:
    """What a program calls things: titles of events by name, texts as they were written by their lower case."""

    zone: Zone
    titles: Mapping[str, str]
    texts: Mapping[str, str]

    @classmethod
    def of(cls, program: Program) -> Words:
        titles = {name: event.title for name, event in program.events.items() if event.title}
        twice = {title for title in titles.values() if list(titles.values()).count(title) > 1}
        texts: dict[str, str] = {}
        for source in program.sources.values():
            for match in _TEXT.finditer(source.text):
                text = _ESCAPE.sub(r"\1", match[1])
                texts.setdefault(lower(text), text)
        return cls(zone(program.timezone), {n: t for n, t in titles.items() if t not in twice}, texts)

    def event(self, name: str) -> str:
        """An event by its title, in quotes, else by its name with spaces."""
        title = self.titles.get(name)
        return spaced(name) if title is None else f"“{title}”"

    def text(self, folded: str) -> str:
        """A text of a condition, which the program keeps in lower case, in quotes and as it was written."""
        return quoted(self.texts.get(folded, folded))

    def instant(self, instant: int) -> str:
        """`2026-03-01`, `2026-03-01 09:30`: local time of the program's timezone."""
        day = self.zone.local_date(instant)
        if self.zone.midnight(day) == instant:
            return day.isoformat()
        try:
            local = _EPOCH + timedelta(microseconds=instant, seconds=self.zone.offset(instant // 1_000_000))
        except OverflowError:
            return instant_text(instant)
        if self.zone.instant(local) != instant:  # a local time that comes twice
            return instant_text(instant)
        text = local.strftime("%H:%M")
        if local.second or local.microsecond:
            text += f":{local.second:02d}" + (f".{local.microsecond:06d}".rstrip("0") if local.microsecond else "")
        return f"{local.date().isoformat()} {text}"

    def before(self, instant: int) -> str:
        """The end of a time that does not include the instant: the day before, where it is a midnight."""
        day = self.zone.local_date(instant)
        if self.zone.midnight(day) == instant and day.toordinal() > 1:
            return f"up to and including {(day - timedelta(days=1)).isoformat()}"
        return f"before {self.instant(instant)}"


def spaced(name: str) -> str:
    """`page_view` as `page view`; dots, which reach into data, stay."""
    return name.replace("_", " ")


def quoted(text: str) -> str:
    return f'"{text}"'


def duration(micros: int) -> str:
    """`30 days`, `36 hours`: the largest unit in which it is whole."""
    for unit, size in _UNITS:
        if micros % size == 0:
            return counted(micros // size, unit)
    return f"{micros} microseconds"


def counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def listed(items: Sequence[str] | Iterable[str], word: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    *first, last = list(items)
    return f"{', '.join(first)} {word} {last}" if first else last


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
