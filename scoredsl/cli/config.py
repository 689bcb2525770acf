"""`scoredsl.toml`: names the rules, logs, profiles and columns of a project, so that commands need no arguments."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scoredsl.diagnostics import Diagnostic, Edit, Fix, closest
from scoredsl.text import Source, Span

FILE_NAME = "scoredsl.toml"
_LISTS = ("rules", "tests", "events", "profiles", "outcomes")
_TEXTS = ("timezone", "event-name", "time-format", "profile-time-format", "outcome-time-format", "input-format")
_PATHS = ("baseline",)
_TABLES = {
    "columns": ("lead", "event", "time", "id", "properties"),
    "profile-columns": ("lead", "time", "properties"),
    "outcome-columns": ("lead", "outcome", "time"),
}
KEYS = (*_LISTS, *_TEXTS, *_PATHS, *_TABLES)
FORMATS = ("csv", "tsv", "txt", "ndjson", "json", "parquet")


@dataclass(frozen=True, slots=True)
class Config:
    """A project's configuration. Paths are as seen from the current folder; None or empty: not stated."""

    path: Path | None = None
    rules: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    timezone: str | None = None
    event_name: str | None = None
    time_format: str | None = None
    profile_time_format: str | None = None
    outcome_time_format: str | None = None
    input_format: str | None = None
    baseline: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    profile_columns: Mapping[str, str] = field(default_factory=dict)
    outcome_columns: Mapping[str, str] = field(default_factory=dict)


def find(start: Path) -> Path | None:
    """The scoredsl.toml of a folder; what lies in the folders above it is not looked at."""
    path = start / FILE_NAME
    return path if path.is_file() else None


def read(path: Path) -> tuple[Config, list[Diagnostic]]:
    """The configuration of a file, with what is wrong in it; a wrong key is left out."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        span = Span(0, 0, str(path))
        return Config(path), [Diagnostic("config", "error", f"{path} is not UTF-8 text.", span, "Save it as UTF-8.")]
    return of_text(path, text)


def of_text(path: Path, text: str) -> tuple[Config, list[Diagnostic]]:
    """The configuration of a text that stands, or once stood, at a path."""
    reader = _Reader(path, Source(text, str(path)))
    return reader.config(), reader.diagnostics


class _Reader:
    def __init__(self, path: Path, source: Source) -> None:
        self.path = path
        self.source = source
        self.diagnostics: list[Diagnostic] = []

    def error(self, key: str, message: str, help: str = "", fix_to: str | None = None) -> None:
        span = self.place(key)
        fix = None if fix_to is None else Fix(f"Write {fix_to}", (Edit(span, fix_to),))
        self.diagnostics.append(Diagnostic("config", "error", message, span, help, (), fix, {"key": key}))

    def place(self, key: str) -> Span:
        """Where a key stands; the beginning of the file where that cannot be told."""
        name = key.rsplit(".", 1)[-1]
        pattern = rf"^[ \t]*\[?[ \t]*[\"']?({re.escape(name)})[\"']?[ \t]*[=\]]"
        start = 0
        if "." in key:
            table = re.search(rf"^[ \t]*\[[ \t]*{re.escape(key.split('.')[0])}[ \t]*\]", self.source.text, re.MULTILINE)
            start = table.end() if table else 0
        match = re.compile(pattern, re.MULTILINE).search(self.source.text, start)
        return Span(match.start(1), match.end(1), str(self.path)) if match else Span(0, 0, str(self.path))

    def config(self) -> Config:
        try:
            data = tomllib.loads(self.source.text)
        except tomllib.TOMLDecodeError as problem:
            message, line = str(problem), 1
            found = re.search(r"\(at line (\d+), column \d+\)", message)
            if found:
                line, message = int(found.group(1)), message[: found.start()].strip()
            start, end = self.source.line_bounds(min(line, self.source.line_count()))
            self.diagnostics.append(
                Diagnostic("config", "error", f"{self.path.name} cannot be read: {message}.",
                           Span(start, end, str(self.path)), 'Write key = "value", one a line.')
            )
            return Config(self.path)
        values: dict[str, Any] = {}
        for key, value in data.items():
            if key in _LISTS:
                values[key] = self.paths(key, value)
            elif key in _TEXTS:
                values[key.replace("-", "_")] = self.text(key, value)
            elif key in _PATHS:
                values[key] = self.path_of(key, value)
            elif key in _TABLES:
                values[key.replace("-", "_")] = self.table(key, value)
            else:
                self.unknown(key, key, KEYS)
        self.known_values(values)
        return Config(self.path, **values)

    def unknown(self, place: str, key: str, known: tuple[str, ...]) -> None:
        meant = closest(key, known)
        help_ = f"Did you mean {meant}?" if meant else f"There is: {', '.join(known)}."
        self.error(place, f"{key} is no key of {FILE_NAME}.", help_, meant)

    def paths(self, key: str, value: Any) -> tuple[str, ...]:
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) and item for item in items):
            self.error(key, f"{key} is a path, or a list of paths.", f'Write {key} = ["file"].')
            return ()
        return tuple(self.seen(item) for item in items)

    def path_of(self, key: str, value: Any) -> str | None:
        text = self.text(key, value)
        return None if text is None else self.seen(text)

    def seen(self, item: str) -> str:
        """A path of the file as it is seen from the current folder."""
        folder = self.path.parent
        return str(folder / item) if str(folder) != "." else item

    def text(self, key: str, value: Any) -> str | None:
        if isinstance(value, str) and value:
            return value
        self.error(key, f"{key} is a text in quotes.", f'Write {key} = "...".')
        return None

    def table(self, key: str, value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            self.error(key, f"{key} is a section of names of columns.", f"Write [{key}] and below it lead = \"...\".")
            return {}
        names: dict[str, str] = {}
        for role, column in value.items():
            if role not in _TABLES[key]:
                self.unknown(f"{key}.{role}", role, _TABLES[key])
            elif not isinstance(column, str) or not column:
                self.error(f"{key}.{role}", f"{role} is the name of a column, in quotes.", "")
            else:
                names[role] = column
        return names

    def known_values(self, values: dict[str, Any]) -> None:
        zone_name = values.get("timezone")
        if zone_name is not None:
            from scoredsl.semantics.zones import zone_names

            if zone_name not in zone_names() and zone_name != "UTC":
                meant = closest(zone_name, zone_names())
                help_ = f"Did you mean {meant}?" if meant else 'Write area and city, such as "Europe/Berlin".'
                self.error("timezone", f'There is no timezone "{zone_name}".', help_)
                values["timezone"] = None
        format_ = values.get("input_format")
        if format_ is not None and format_ not in (*FORMATS, "jsonl"):
            self.error("input-format", f'There is no format "{format_}".', f"There is: {', '.join(FORMATS)}.")
            values["input_format"] = None


def check_config(path: Path) -> list[Diagnostic]:
    """All that is wrong with a configuration, files that are not there and keys that are missing included."""
    import glob

    config, diagnostics = read(path)
    reader = _Reader(path, Source(path.read_text(encoding="utf-8", errors="replace"), str(path)))
    if diagnostics and any("cannot be read" in d.message or "UTF-8" in d.message for d in diagnostics):
        return diagnostics
    for key in _LISTS:
        for each in getattr(config, key):
            if not (Path(each).exists() or glob.glob(each)):  # noqa: PTH207 - as the reader expands it
                reader.error(key, f"{key} names {each}, and there is no such file.", "Correct the path or take it out.")
    said = any(d.args.get("key") == "rules" or (d.fix and d.fix.edits[0].text == "rules") for d in diagnostics)
    if not config.rules and not said:
        found = sorted(each.name for each in path.parent.glob("*.score"))
        line = "rules = " + (f'"{found[0]}"' if len(found) == 1 else "[" + ", ".join(f'"{n}"' for n in found) + "]")
        span = Span(0, 0, str(path))
        fix = Fix(f"Add {line}", (Edit(span, line + "\n"),)) if found else None
        reader.diagnostics.append(
            Diagnostic("config", "warning", f"{FILE_NAME} does not say which rules the project has.", span,
                       f"Write {line}." if found else 'Write rules = "rules.score".', (), fix)
        )
    return diagnostics + reader.diagnostics
