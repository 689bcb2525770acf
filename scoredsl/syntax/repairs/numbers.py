# ruff: noqa: E501  (a pattern stands on one line)
"""Numbers and dates as other places write them, and signs that a statement has too many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from scoredsl.syntax.repairs.broken import Broken, Groups, Repair, Repairer, pattern, provided, unless

_MONTHS = {name: i + 1 for i, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])}
_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"


def _date(groups: Groups) -> str | None:
    word = groups["month"].lower()
    month = _MONTHS.get(word[:3]) or int(word)
    day = int(groups["day"])
    try:
        return date(int(groups["year"]), month, day).isoformat()
    except ValueError:
        return None


def _one_order(groups: Groups) -> bool:
    """Whether day and month cannot be told the other way round."""
    return int(groups["day"]) > 12 or int(groups["month"]) > 12 or int(groups["day"]) == int(groups["month"])


def _digits(groups: Groups) -> str:
    return re.sub(r"[., '\u2019]", "", groups["bad"])


def _decimal_comma(groups: Groups) -> str:
    whole, _, part = groups["bad"].partition(",")
    return f"{whole.replace('.', '')}.{part}"


def _alone(groups: Groups) -> bool:
    """Whether the number stands where there can be one only: not in a list or a call, nor compared."""
    before = groups["before"]
    return re.search(r"[\[(][^\])]*\Z|(?:=|\b(?:is|not|in|of|equals?|to))\s*\Z", before, re.IGNORECASE) is None


def _percent(groups: Groups) -> str:
    return f"{float(groups['n']) / 100:.10f}".rstrip("0").rstrip(".")


def comment_sign(broken: Broken) -> Iterator[Repair]:
    """`// a note`: a comment begins with #."""
    match = re.search(r"(?:\A|(?<=\s))(?://+|--+|/\*)", broken.plain)
    if match is None or "\n" in broken.text[match.start() :]:
        return
    yield Repair(
        "comment-sign",
        "A comment begins with #.",
        *match.span(),
        ((*match.span(), "#"),),
        "",
        "Write #",
        sure=not broken.text[: match.start()].strip()
        or (
            broken.keyword not in ("score", "define")
            and re.match(r"[ \t]+[^\W\d]+[ \t]+[^\W\d]", broken.plain[match.end() :]) is not None
        ),
        reading=broken.text[: match.start()].rstrip() or "never decay",
    )


REPAIRS: tuple[Repairer, ...] = (
    comment_sign,
    pattern(
        "missing-space",
        r"\b(?:add|subtract|within|every|threshold|after|last|next|from|above|below|maximum|minimum|to|most|than)(?P<bad>)(?=\d)",
        " ",
        "A space is missing before the number.",
        title="Write a space",
    ),
    pattern(
        "missing-space",
        r"(?<![\w.])\d+(?P<bad>)(?=(?:once|points?|expire|times?|decay|up|at|as|per|within|and|or|add|subtract|every|until|from)\b)",
        " ",
        "A space is missing after the number.",
        title="Write a space",
    ),
    pattern(
        "bullet",
        r"\A(?P<bad>(?:[-*+•]|\d+[.)]|[a-z][.)])\s+)",
        "",
        "A statement begins without a bullet or number.",
        title="Delete it",
    ),
    pattern("full-stop", r"(?P<bad>\s*[.!])\s*\Z", "", "A statement ends without a full stop.", title="Delete it"),
    pattern("trailing-comma", r"(?P<bad>\s*,\s*)\Z", "", "Nothing follows this comma.", title="Delete it"),
    pattern(
        "date-form",
        r"(?P<bad>(?<![\w.-])(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})(?![\w/]))",
        _date,
        "A date is written {good}.",
    ),
    pattern(
        "date-form",
        r"(?P<bad>(?<![\w.-])(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?![\w-]))",
        lambda g: None if _date(g) == g["bad"] else _date(g),
        "A date is written {good}, with two digits for month and day.",
    ),
    pattern(
        "date-form",
        r"(?P<bad>(?<![\w.-])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?![\w.]))",
        _date,
        "A date is written {good}: year, month, day.",
        sure=_one_order,
    ),
    pattern(
        "date-form",
        r"(?P<bad>(?<![\w.-])(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})(?![\w/]))",
        _date,
        "A date is written {good}: year, month, day.",
        sure=_one_order,
    ),
    pattern(
        "date-form",
        r"(?P<bad>(?<![\w.-])(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})(?![\w/]))",
        _date,
        "A date is written {good}: year, month, day.",
        sure=_one_order,
    ),
    pattern(
        "date-form",
        rf"(?P<bad>\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTH},?\s+(?P<year>\d{{4}}))\b",
        _date,
        "A date is written {good}.",
    ),
    pattern(
        "date-form",
        rf"(?P<bad>\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}))\b",
        _date,
        "A date is written {good}.",
    ),
    pattern(
        "date-form",
        r"(?P<bad>(?P<day>\d{4}-\d\d-\d\d)[T ](?P<hour>\d):(?P<minute>\d\d))(?!\d)",
        "{day} 0{hour}:{minute}",
        "A time of day has two digits: {good}.",
    ),
    pattern(
        "number-form",
        r"(?P<bad>(?<![\w.,])[1-9]\d{0,2}(?:\.\d{3})+,\d+(?![\w.,]))",
        _decimal_comma,
        "A number has a point before its decimals, and no separators: {good}.",
        sure=unless(r"\[[^\]]*\Z"),
    ),
    pattern(
        "number-form",
        r"(?P<bad>(?<![\w.,])[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?(?![\w,]))",
        lambda g: g["bad"].replace(",", ""),
        "A number has no separators: {good}.",
        sure=lambda g: "." in g["bad"] or (_alone(g) and g["bad"].count(",") > 1),
    ),
    pattern(
        "number-form",
        r"(?P<bad>(?<![\w.,])\d{1,3}(?:\.\d{3}){2,}(?![\w.]))",
        _digits,
        "A number has no separators: {good}.",
    ),
    pattern(
        "number-form",
        r"(?P<bad>(?<![\w.,])[1-9]\d{0,2}(?: \d{3})+(?![\w.,-]))",
        _digits,
        "A number has no spaces: {good}.",
        sure=_alone,
    ),
    pattern(
        "number-form",
        r"(?P<bad>(?<![\w.,])(?P<whole>\d+),(?P<part>\d+)(?![\w,]))",
        "{whole}.{part}",
        "A decimal number has a point: {good}.",
        sure=lambda g: _alone(g) and (len(g["part"]) != 3 or g["whole"].startswith("0")),
    ),
    pattern(
        "number-form",
        r"(?P<bad>(?<![\w.])\.(?P<part>\d+))(?![\w.])",
        "0.{part}",
        "A number begins with a digit: {good}.",
    ),
    pattern("number-form", r"(?P<bad>(?<![\w.])(?P<n>\d+)\.)(?=\s)", "{n}", "A number ends without a point: {good}."),
    pattern("number-form", r"(?P<bad>(?<![\w.])(?P<n>\d+)\s?k)\b", "{n}000", "A number is written in full: {good}."),
    pattern(
        "number-form",
        r"(?P<bad>(?<![\w.])(?P<n>\d+)\s?(?:m|mn|mio|million)\b)",
        "{n}_000_000",
        "A number is written in full: {good}.",
        sure=False,
    ),
    pattern(
        "number-form",
        r"(?P<bad>(?<![\w.])(?=\d*[oOlI]\w*\b)\d[\doOlI]*)(?![\w.])",
        lambda g: re.sub("[oO]", "0", re.sub("[lI]", "1", g["bad"])),
        "The number {bad} has a letter in it.",
        help="Did you mean {good}?",
        sure=False,
    ),
    pattern("currency", r"(?P<bad>[$€£]\s*)(?=\d)", "", "A number stands without a currency.", title="Delete the sign"),
    pattern(
        "currency",
        r"\d(?P<bad>\s*(?:[$€£]|(?:EUR|USD|GBP|CHF|euros?|dollars?)\b))",
        "",
        "A number stands without a currency.",
        title="Delete it",
    ),
    pattern(
        "percent-number",
        r"(?P<bad>(?<![\w.])(?P<n>\d+(?:\.\d+)?)\s*%)(?=\s*(?:\*|of\b|[-+)]|\Z))(?:(?P<of>\s*of\b))?",
        _percent,
        "A share is written as a number: {good} for {bad}.",
        sure=provided(r"\A\s*(?:\*|of\b)", "after"),
        only="score define",
    ),
)
