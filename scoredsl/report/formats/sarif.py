"""SARIF 2.1.0 (OASIS): findings with their rules' pages, related places, fixes and fingerprints.

Files are named from the root of the repository (`%SRCROOT%`), columns are code points, as in all that scoredsl says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from scoredsl.diagnostics.codes import page
from scoredsl.report.findings import Edit, Finding, Place, Repair, fingerprints
from scoredsl.report.model import Report, Setting

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_PLAIN_IN_PATHS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def render(report: Report, setting: Setting) -> str:
    return json.dumps(log(report, setting), ensure_ascii=False, indent=2)


def log(report: Report, setting: Setting) -> dict[str, Any]:
    """The log file as data, with one run."""
    findings = report.findings
    codes = sorted({found.code for found in findings})
    files = [setting.located(found.place.file) for found in findings]
    prints = fingerprints(findings, files)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "scoredsl",
                        "semanticVersion": setting.version,
                        "rules": [_rule(code, findings) for code in codes],
                    }
                },
                "automationDetails": {"id": f"scoredsl/{report.verb}/"},
                "invocations": [{"executionSuccessful": True}],
                "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(found, codes.index(found.code), fingerprint, setting)
                    for found, fingerprint in zip(findings, prints, strict=True)
                ],
            }
        ],
    }


# ---- rules


def _rule(code: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """The page of a code, with the gravest of its severities in the run as its level."""
    severities = {found.severity for found in findings if found.code == code}
    level = next(each for each in ("error", "warning", "note") if each in severities)
    rule: dict[str, Any] = {"id": code, "defaultConfiguration": {"level": level}}
    try:
        text = page(code)
    except KeyError:
        return rule
    head, _, rest = text.partition("\n")
    title = head.removeprefix("# ").partition(": ")[2]
    what = re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0].strip()
    return rule | {
        "name": "".join(word.capitalize() for word in code.split("-")),
        "shortDescription": {"text": _sentence(title)},
        "fullDescription": {"text": what},
        "help": {"text": rest.strip(), "markdown": rest.strip()},
    }


def _sentence(title: str) -> str:
    return f"{title[:1].upper()}{title[1:]}."


# ---- results


def _result(found: Finding, rule: int, fingerprint: str, setting: Setting) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": found.severity,
        "message": {"text": found.sentences},
        "locations": [{"physicalLocation": _location(found.place, setting)}],
        "partialFingerprints": {"content/v1": fingerprint},
    }
    if found.related:
        result["relatedLocations"] = [
            {"id": i, "physicalLocation": _location(note.place, setting), "message": {"text": note.message}}
            for i, note in enumerate(found.related, 1)
        ]
    if found.repair is not None:
        result["fixes"] = [_fix(found.repair, setting)]
    more = {"args": dict(found.args), "detail": found.detail, "tags": list(found.tags)}
    if any(more.values()):
        result["properties"] = {name: value for name, value in more.items() if value}
    return result


def _location(place: Place, setting: Setting) -> dict[str, Any]:
    region = _region(place)
    if place.text is not None and place.line == place.end_line:
        region["snippet"] = {"text": place.text[place.column - 1 : place.end_column - 1]}
    return {"artifactLocation": _artifact(place.file, setting), "region": region}


def _artifact(file: str, setting: Setting) -> dict[str, Any]:
    located = setting.located(file)
    if located.startswith("/"):
        return {"uri": f"file://{_quoted(located)}"}
    return {"uri": _quoted(located), "uriBaseId": "%SRCROOT%"}


def _quoted(path: str) -> str:
    """A path as the path of a URI."""
    return "".join(
        character if character in _PLAIN_IN_PATHS else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in path
    )


def _region(place: Place) -> dict[str, Any]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _fix(repair: Repair, setting: Setting) -> dict[str, Any]:
    by_file: dict[str, list[Edit]] = {}
    for edit in repair.edits:
        by_file.setdefault(edit.place.file, []).append(edit)
    return {
        "description": {"text": repair.title if repair.sure else f"{repair.title} (a guess)"},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(file, setting),
                "replacements": [
                    {"deletedRegion": _region(edit.place), "insertedContent": {"text": edit.text}} for edit in edits
                ],
            }
            for file, edits in by_file.items()
        ],
    }
