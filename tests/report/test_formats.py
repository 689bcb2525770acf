"""Each format against what reads it: schemas, escapes, colours, the length of a comment."""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoredsl import api
from scoredsl.cli.render import Sources, findings_of
from scoredsl.diagnostics.codes import codes, page
from scoredsl.lint.log import LogNames
from scoredsl.report import Edit, Finding, Note, Place, Repair, Setting
from scoredsl.report import document as d
from scoredsl.report.check_report import CheckReport
from scoredsl.report.findings import fingerprints
from scoredsl.report.formats import ALIASES, FORMATS, html, markdown, render, sarif
from scoredsl.text import Source

SETTING = Setting("1.2.3", "/repo", "/repo/marketing")
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))
SARIF = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())

LINE = "  on visit, demo add 5 at most once  # 50% | done"
FINDING = Finding(
    "at-most-once",
    "error",
    "Once says it: 100% of @team, #7.",
    Place("rules.score", 3, 24, 3, 36, LINE),
    "Write once.",
    (Note(Place("../lib/ä b.score", 2, 1, 2, 5, "x"), "the first one"),),
    Repair("Write once", True, (Edit(Place("rules.score", 3, 24, 3, 36, LINE), "once"),)),
    {"count": 3},
)
WARNING = Finding("stale-baseline", "warning", "Two\nlines.", Place("rules.score", 4, 1, 6, 2, "on a"))


def report(*findings: Finding, **more: object) -> CheckReport:
    return CheckReport(findings, ("rules.score", "catalog.score"), **more)  # type: ignore[arg-type]


def test_every_format_renders_and_full_is_another_word_for_text() -> None:
    assert set(ALIASES) == {"full"}
    for name in FORMATS:
        assert render(report(FINDING, WARNING), name, SETTING)
    assert render(report(FINDING), "full", SETTING) == render(report(FINDING), "text", SETTING)
    with pytest.raises(KeyError):
        render(report(FINDING), "pdf", SETTING)


def test_files_are_named_from_the_root() -> None:
    assert SETTING.located("rules.score") == "marketing/rules.score"
    assert SETTING.located("../lib/a.score") == "lib/a.score"
    assert SETTING.located("/elsewhere/a.score") == "/elsewhere/a.score"
    assert Setting(root="/", folder="/").located("a.score") == "a.score"


# ---- SARIF


def test_sarif_is_valid_and_has_the_fix_the_page_and_the_other_place() -> None:
    log = json.loads(render(report(FINDING, WARNING), "sarif", SETTING))
    SARIF.validate(log)
    (run,) = log["runs"]
    rule, other = run["tool"]["driver"]["rules"]
    assert (rule["id"], other["id"]) == ("at-most-once", "stale-baseline")
    assert "at most is for N times" in rule["help"]["markdown"] or "once" in rule["help"]["markdown"]
    assert rule["defaultConfiguration"]["level"] == "error"
    assert run["automationDetails"]["id"] == "scoredsl/check/"
    first, second = run["results"]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "marketing/rules.score", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {
        "startLine": 3,
        "startColumn": 24,
        "endLine": 3,
        "endColumn": 36,
        "snippet": {"text": LINE[23:35]},
    }
    assert second["ruleIndex"] == 1 and "snippet" not in second["locations"][0]["physicalLocation"]["region"]
    related = first["relatedLocations"][0]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "lib/%C3%A4%20b.score"
    assert related["message"]["text"] == "the first one"
    (change,) = first["fixes"][0]["artifactChanges"]
    (replacement,) = change["replacements"]
    assert replacement["insertedContent"]["text"] == "once"
    assert replacement["deletedRegion"]["startColumn"] == 24


def test_an_empty_sarif_is_valid() -> None:
    SARIF.validate(json.loads(render(report(), "sarif", SETTING)))


def test_the_schema_refuses_what_is_wrong() -> None:
    log = sarif.log(report(FINDING), SETTING)
    log["runs"][0]["results"][0]["level"] = "grave"
    assert not SARIF.is_valid(log)


@pytest.mark.parametrize("code", codes())
def test_the_wrong_example_of_every_page_as_every_report(code: str) -> None:
    """SARIF is valid for all that can be said, and no format stumbles over it."""
    match = re.search(r"## Wrong\n\n```score\n(.*?)\n```", page(code), re.DOTALL)
    if match is None:
        pytest.skip("not about rules")
    text = match[1]
    log = LogNames({"page_view": 900}, fired={("score", 0): False})
    _, diagnostics = api.check_text(text, now=1_780_272_000_000_000, log=log)
    findings = findings_of(diagnostics, Sources({"rules.score": Source(text, "rules.score")}))
    found = CheckReport(findings, ("rules.score",))
    written = json.loads(render(found, "sarif", SETTING))
    SARIF.validate(written)
    assert len(written["runs"][0]["results"]) == len(findings) > 0
    for result, each in zip(written["runs"][0]["results"], findings, strict=True):
        region = result["locations"][0]["physicalLocation"]["region"]
        if each.place.line == each.place.end_line and each.place.text is not None:
            line = text.splitlines()[region["startLine"] - 1] if text else ""
            assert region["snippet"]["text"] == line[region["startColumn"] - 1 : region["endColumn"] - 1]
    for name in FORMATS:
        assert isinstance(render(found, name, SETTING), str)


# ---- fingerprints


def test_a_fingerprint_follows_the_content_not_the_line() -> None:
    def prints(*places: Place) -> list[str]:
        findings = [Finding("unknown-event", "error", "m", place) for place in places]
        return fingerprints(findings, [place.file for place in places])

    here, twice = prints(Place("a", 3, 1, 3, 2, "on  x add 1"), Place("a", 9, 1, 9, 2, "on x add 1"))
    assert here != twice, "equal lines are told apart by their number"
    assert prints(Place("a", 70, 5, 70, 6, "    on x   add 1")) == [here]
    assert prints(Place("a", 3, 1, 3, 2, "on x add 2")) != [here]
    assert prints(Place("b", 3, 1, 3, 2, "on x add 1")) != [here]


# ---- GitHub and GitLab


def test_github_escapes_as_the_runner_reads_it() -> None:
    named = Finding("a-code", "note", "50%\r\nok, yes: no", Place("a,b:c.score", 1, 2, 1, 2, "x"))
    error, warning, note = render(report(FINDING, WARNING, named), "github", SETTING).splitlines()
    assert error == (
        "::error file=marketing/rules.score,line=3,endLine=3,title=scoredsl at-most-once,col=24,endColumn=35::Once "
        "says it: 100%25 of @team, #7. Write once.%0ASee lib/ä b.score:2: the first one"
    )
    assert warning == (
        "::warning file=marketing/rules.score,line=4,endLine=6,title=scoredsl stale-baseline::Two%0Alines."
    )
    assert note == (
        "::notice file=marketing/a%2Cb%3Ac.score,line=1,endLine=1,title=scoredsl a-code,col=2,endColumn=2::"
        "50%25%0D%0Aok, yes: no"
    )


@given(st.text(), st.text())
def test_a_github_command_is_one_line_that_gives_its_message_back(message: str, file: str) -> None:
    found = Finding("a-code", "error", message, Place(f"f{file}".replace("\0", "").replace("/", ""), 1, 1, 1, 2, "x"))
    text = render(report(found), "github", SETTING)
    assert "\n" not in text and "\r" not in text
    head, _, data = text.removeprefix("::error ").partition("::")
    properties = dict(part.split("=", 1) for part in head.split(","))

    def read(escaped: str, more: str = "") -> str:
        for sign, code in [*((s, f"%{ord(s):02X}") for s in more), ("\r", "%0D"), ("\n", "%0A"), ("%", "%25")]:
            escaped = escaped.replace(code, sign)
        return escaped

    assert read(data) == message.rstrip() or read(data) == f"{message} ".rstrip()
    assert read(properties["file"], ":,") == SETTING.located(found.place.file)


def test_gitlab() -> None:
    again = Finding("at-most-once", "error", "m", Place("rules.score", 9, 1, 9, 2, LINE))
    found = json.loads(render(report(FINDING, WARNING, again), "gitlab", SETTING))
    assert found[0]["location"] == {"path": "marketing/rules.score", "lines": {"begin": 3, "end": 3}}
    assert [each["severity"] for each in found] == ["critical", "minor", "critical"]
    assert set(found[0]) == {"description", "check_name", "fingerprint", "severity", "location"}
    assert len({each["fingerprint"] for each in found}) == 3


# ---- JUnit


def test_junit_of_check_fails_for_what_fails_the_run() -> None:
    found = report(FINDING, WARNING)
    suites = ElementTree.fromstring(render(found, "junit", SETTING))
    assert {name: suites.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "3", "failures": "1", "errors": "0"
    }  # fmt: skip
    rules, catalog = suites.findall("testsuite")
    error, warning = rules.findall("testcase")
    assert error.find("failure").get("type") == "at-most-once"
    assert warning.find("failure") is None and "Two" in warning.find("system-out").text
    assert [case.get("name") for case in catalog] == ["rules"], "a file without findings is a case that passed"
    strict = ElementTree.fromstring(render(report(WARNING, warnings_fail=True), "junit", SETTING))
    assert strict.get("failures") == "1"


@given(st.text())
def test_junit_is_xml_whatever_a_text_holds(text: str) -> None:
    found = Finding("a-code", "error", text, Place("a.score", 1, 1, 1, 2, text))
    ElementTree.fromstring(render(CheckReport((found,), (text,)), "junit", SETTING))


# ---- Markdown


def test_markdown_calls_nobody_and_breaks_no_table() -> None:
    text = render(report(FINDING, WARNING), "markdown", SETTING)
    assert "@<!-- -->team" in text and "#<!-- -->7" in text
    rows = [line for line in text.splitlines() if line.startswith(("| ❌", "| ⚠"))]
    assert len(rows) == 2
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) == 5, row
    assert "1 error and 1 warning in 2 files." in text


def test_inline_markdown_by_hand() -> None:
    for line, shown in (
        ("a_b * c", r"a\_b \* c"),
        ("- no list", r"\- no list"),
        ("1. no list", r"1\. no list"),
        ("1.5 and # 3", "1.5 and # 3"),
        ("# no title", r"\# no title"),
        ("<b> & [x](y)", r"\<b\> &amp; \[x\](y)"),
        ((d.Mono("a`b"), " ", d.Strong("c*d")), "``a`b`` **c\\*d**"),
        ((d.Mono("`x`"),), "`` `x` ``"),
        ((d.Mono("a | b"),), "`a \\| b`"),
        ((d.Badge("passed", "good"),), "✅ passed"),
    ):
        assert markdown.inline(line) == shown


@given(st.integers(1, 3000), st.integers(1, 200))
def test_markdown_fits_a_comment_and_says_what_it_leaves_out(count: int, size: int) -> None:
    rows = tuple(((str(i)), "x" * size) for i in range(count))
    page_ = d.Document(
        "Title",
        "Lead",
        (
            d.Heading(2, "One"),
            d.Table(("a", "b"), rows),
            d.Heading(2, "Two"),
            d.Details("more", (d.Paragraph("y" * size),)),
        ),
    )
    text = markdown.page(page_, longest=markdown.LONGEST_COMMENT)
    assert len(text) <= markdown.LONGEST_COMMENT
    whole = markdown.page(page_)
    if len(whole) <= markdown.LONGEST_COMMENT - 250:
        assert text == whole
    if text != whole:
        shown = len(re.findall(r"^\| [0-9]+ \| x", text, re.MULTILINE))
        left = re.search(r"_([0-9]+) more parts of this page are left out", text)
        assert left is not None and shown + int(left[1]) in (count, count + 1, count + 2)


# ---- HTML


def test_html_stands_alone_and_escapes() -> None:
    bad = Finding("a-code", "error", "<script>alert(1)</script> & more", Place("a.score", 1, 1, 1, 2, "<x>"))
    text = render(report(bad), "html", SETTING)
    assert "<script" not in text and "&lt;script&gt;" in text
    assert not re.search(r"(?:src|href)=\"(?!#)|url\(|@import|https?:", text), "nothing is fetched from anywhere"
    assert '<html lang="en">' in text and "prefers-color-scheme: dark" in text
    assert text.count("<th scope=") == 4


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [html.LIGHT, html.DARK], ids=["light", "dark"])
def test_colours_can_be_read(colours: dict[str, str]) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    texts = ("ink", "faint", "error", "warning", "note", "good")
    for text, ground in product(texts, ("ground", "panel")):
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
