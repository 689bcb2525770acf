"""JUnit's XML: suites, cases, failures and errors, as Jenkins, GitLab and most CI systems read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from scoredsl.report.model import Report, Setting
from scoredsl.report.suites import Case, Suite

_NO_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, setting: Setting) -> str:
    suites = report.suites()
    root = ElementTree.Element("testsuites", {"name": f"scoredsl {report.verb}"} | _counts(suites))
    for suite in suites:
        element = ElementTree.SubElement(root, "testsuite", {"name": _printable(suite.name)} | _counts([suite]))
        for case in suite.cases:
            _add(element, case)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _counts(suites: Sequence[Suite]) -> dict[str, str]:
    """How many cases there are, and how many of them failed or could not be run."""
    cases = [case for suite in suites for case in suite.cases]
    kinds = [{problem.kind for problem in case.problems} for case in cases]
    return {
        "tests": str(len(cases)),
        "failures": str(sum("failure" in kind for kind in kinds)),
        "errors": str(sum("error" in kind for kind in kinds)),
        "skipped": "0",
    }


def _add(suite: ElementTree.Element, case: Case) -> None:
    element = ElementTree.SubElement(
        suite,
        "testcase",
        classname=_printable(case.file),
        name=_printable(case.name),
        file=_printable(case.file),
        line=str(case.line),
    )
    for problem in case.problems:
        said = {"message": _printable(problem.message)} | ({"type": problem.code} if problem.code else {})
        ElementTree.SubElement(element, problem.kind, said).text = _printable(problem.text)
    if case.output:
        ElementTree.SubElement(element, "system-out").text = _printable(case.output)


def _printable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NO_XML.sub("", text)
