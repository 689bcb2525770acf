"""What became of leads, from files: won, lost or still open, and when that was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from scoredsl.diagnostics import did_you_mean
from scoredsl.engine.sources.columns import USUAL as USUAL_IN_LOGS
from scoredsl.engine.sources.columns import listed, normal
from scoredsl.engine.sources.options import ReadOptions, SourceError
from scoredsl.engine.sources.read import tables_of
from scoredsl.engine.sources.records import Collected, UnusableError, reject, reject_flaws, require_usable, text_of
from scoredsl.engine.sources.tables import Record
from scoredsl.engine.sources.times import TimeReader
from scoredsl.semantics.log import Rejected

Became: TypeAlias = Literal["won", "lost", "open"]

WORDS: Mapping[str, Became] = {
    "won": "won", "win": "won", "true": "won", "yes": "won", "1": "won", "converted": "won", "closed won": "won",
    "closedwon": "won", "lost": "lost", "loss": "lost", "false": "lost", "no": "lost", "0": "lost",
    "closed lost": "lost", "closedlost": "lost", "open": "open", "pending": "open", "": "open",
}  # fmt: skip
"""The words that are known, without capitals and outer spaces; no word at all is open."""

_USUAL: Mapping[str, tuple[str, ...]] = {
    "lead": USUAL_IN_LOGS["lead"],
    "outcome": ("outcome", "result", "status", "won", "iswon", "converted", "dealstage", "stage"),
    "time": (
        "time", "decidedat", "decided", "timedecided", "decidedon", "closedat", "closedate", "closedon", "closed",
        "outcomeat", "outcometime", "wonat", "convertedat", "timestamp", "date",
    ),
}  # fmt: skip
"""The usual names of the columns, the preferred first, without capitals, spaces, `_` and `-`."""
_OPTIONS = {"lead": "--outcome-lead-column", "outcome": "--outcome-column", "time": "--outcome-time-column"}


@dataclass(frozen=True, slots=True)
class OutcomeColumns:
    """The columns that the user named; None means: look under the usual names."""

    lead: str | None = None
    outcome: str | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a lead. `decided`: microseconds since 1970 in UTC; None where it is open."""

    lead: str
    became: Became
    decided: int | None


@dataclass(frozen=True, slots=True)
class OutcomeTable:
    """Outcomes that were read, a lead each once, in the order of the files; `notes` are for standard error."""

    outcomes: list[Outcome]
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_outcomes(paths: Sequence[str], options: ReadOptions, columns: OutcomeColumns) -> OutcomeTable:
    """Reads outcomes; of `options` the format, the timezone and the form of times are taken.

    A row is rejected without a lead, with a word that is not known, without a time where the lead was won or lost, and
    where the lead has an outcome already. Raises SourceError as `read_events` does.
    """
    times = TimeReader(options.time_format, options.timezone, "--outcome-time-format")
    collected = Collected()
    found: dict[str, Outcome] = {}
    for file, table, base in tables_of(paths, options, collected):
        reject_flaws(file, table, base, collected)
        if not table.rows:
            continue
        named = _columns(file.name, table.columns, columns, collected)
        for index, record, text in table.rows:
            try:
                outcome = _outcome(record, text, named, times)
                if outcome.lead in found:
                    raise UnusableError(f"The lead {outcome.lead} has an outcome already")
            except UnusableError as problem:
                reject(file, table, base, index, text, str(problem), collected)
                continue
            found[outcome.lead] = outcome
    require_usable(paths, list(found), collected)
    return OutcomeTable(list(found.values()), collected.in_order(), collected.notes)


def _columns(
    file: str, there: Sequence[str], columns: OutcomeColumns, collected: Collected
) -> Mapping[str, str]:
    """The column of each role. Raises SourceError where one is not found."""
    found: dict[str, str] = {}
    for role, usual in _USUAL.items():
        named: str | None = getattr(columns, role)
        option = _OPTIONS[role]
        if named is not None:
            if named not in there:
                meant = did_you_mean(named, there) or f"its columns are {listed(there)}."
                raise SourceError(f"{file} has no column {named} ({option}); {meant}")
            found[role] = named
            continue
        taken = {getattr(columns, other) for other in _USUAL} | set(found.values())
        free = [column for column in there if column not in taken]
        chosen = next((column for word in usual for column in free if normal(column) == word), None)
        if chosen is None:
            what = {"lead": "the lead", "outcome": "the outcome", "time": "the time when it was decided"}[role]
            raise SourceError(
                f"{file} has no column that is known as {what}; name it with {option}. Its columns are {listed(there)}."
            )
        found[role] = chosen
        if chosen != role:
            collected.note(f"Column {chosen} of {file} is read as the {role}; name another with {option}.")
    return found


def _outcome(record: Record, text: str | None, columns: Mapping[str, str], times: TimeReader) -> Outcome:
    lead = text_of(record, columns["lead"], text, "lead")
    if lead is None:
        raise UnusableError("The lead is missing")
    became = _became(record.get(columns["outcome"]))
    value = record.get(columns["time"])
    if became == "open":
        return Outcome(lead, became, None)
    if value is None or value == "":
        raise UnusableError(f"The time is missing: when was the lead {became}")
    decided = times.read(value)
    if decided is None:
        raise UnusableError(times.trouble(value))
    return Outcome(lead, became, decided)


def _became(value: Any) -> Became:
    """What a value says. Raises UnusableError for a word that is not known."""
    if value is None:
        return "open"
    text = str(value).strip()
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value in (0, 1):
        text = str(int(value))
    word = " ".join(text.casefold().replace("_", " ").split())
    if word not in WORDS:
        raise UnusableError(f'The outcome "{text}" is not known; write won, lost or open (or true and false)')
    return WORDS[word]
