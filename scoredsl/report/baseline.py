"""A baseline: the findings that a project has already, so that only new ones are shown.

A finding is known by its content - the file, the code, the words of its line - and never by the number of its line: it
stays known when lines above it come and go, and is new when its own line is changed. Of several equal ones as many are
known as were written down.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from scoredsl.report.findings import Finding, Place, content_key

Key: TypeAlias = tuple[str, str, str]
"""(file, code, words of the line)"""

VERSION = 1
STALE = "stale-baseline"
_KEYS = ("file", "code", "line", "count")


class BaselineError(ValueError):
    """A baseline that cannot be used; the text says why, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Findings beside a baseline, by their numbers in the list; `stale`: what was known and is gone, and how often."""

    new: tuple[int, ...]
    known: tuple[int, ...]
    stale: tuple[tuple[Key, int], ...]


def keys(findings: Iterable[Finding], files: Iterable[str]) -> list[Key]:
    """What each finding is known by; `files` are its files as they are to be written down."""
    return [content_key(found, file) for found, file in zip(findings, files, strict=True)]


def compare(found: Sequence[Key], known: Counter[Key]) -> Comparison:
    """Which findings are new, which are known, and which known ones are gone."""
    left = Counter(known)
    new: list[int] = []
    old: list[int] = []
    for i, key in enumerate(found):
        (old if left[key] > 0 else new).append(i)
        left[key] -= 1
    return Comparison(tuple(new), tuple(old), tuple((key, count) for key, count in sorted(left.items()) if count > 0))


def written(found: Iterable[Key]) -> str:
    """A baseline as a file: JSON, a finding a line, in order, so that its own changes can be reviewed."""
    counts = sorted(Counter(found).items())
    lines = [json.dumps(dict(zip(_KEYS, (*key, count), strict=True)), ensure_ascii=False) for key, count in counts]
    inner = "".join(f"\n    {line}{',' if i < len(lines) else ''}" for i, line in enumerate(lines, 1))
    return f'{{\n  "version": {VERSION},\n  "findings": [{inner}{chr(10) + "  " if lines else ""}]\n}}\n'


def read(text: str) -> Counter[Key]:
    """The findings of a baseline file. Raises BaselineError."""
    try:
        data: Any = json.loads(text)
    except json.JSONDecodeError as problem:
        raise BaselineError(f"line {problem.lineno} is no JSON: {problem.msg}") from None
    if not isinstance(data, dict) or not isinstance(data.get("findings"), list):
        raise BaselineError('it has no list "findings"')
    if data.get("version") != VERSION:
        raise BaselineError(f"its version is {data.get('version')!r}, and this scoredsl knows {VERSION}")
    known: Counter[Key] = Counter()
    for i, entry in enumerate(data["findings"], 1):
        match entry:
            case {"file": str(file), "code": str(code), "line": str(line), "count": int(count)} if count > 0:
                known[file, code, line] += count
            case _:
                raise BaselineError(f'its finding {i} is not {{"file": ..., "code": ..., "line": ..., "count": 1}}')
    return known


def stale_findings(stale: Iterable[tuple[Key, int]], path: str, text: str) -> list[Finding]:
    """What is in a baseline file (its path and text) and is no longer found: a warning each."""
    lines = text.splitlines()
    found = []
    for (file, code, words), count in stale:
        marks = [json.dumps(each, ensure_ascii=False) for each in (file, code, words)]
        number = next((i for i, line in enumerate(lines) if all(mark in line for mark in marks)), 0)
        line = lines[number] if number < len(lines) else ""
        start = len(line) - len(line.lstrip()) + 1
        end = len(line.rstrip(" ,")) + 1
        times = "" if count == 1 else f" {count} times more"
        found.append(
            Finding(
                STALE,
                "warning",
                f'The baseline lists {code} in {file} at "{words}"{times}, and it is no longer found.',
                Place(path, number + 1, start, number + 1, max(start, end), line),
                "Write the baseline again with --write-baseline.",
                args={"file": file, "code": code, "line": words, "count": count},
            )
        )
    return found
