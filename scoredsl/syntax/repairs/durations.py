# ruff: noqa: E501  (a pattern stands on one line)
"""Durations: a whole number and a unit of one letter, without a space."""

from __future__ import annotations

from scoredsl.syntax.repairs.broken import Groups, Repairer, pattern, unless

_COUNTS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "ten": 10,
    "twelve": 12,
    "fourteen": 14,
    "thirty": 30,
    "sixty": 60,
    "ninety": 90,
}
_COUNT = r"(?P<count>\b(?:\d[\d_]*|a|an|one|two|three|four|five|six|seven|ten|twelve|fourteen|thirty|sixty|ninety)\b)"
_UNIT = r"(?P<unit>seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?)"
_LONG = r"(?P<unit>months?|mos?|mth|years?|yrs?|quarters?)"
_AT_WORD = r"(?:[ \t]*-?[ \t]*)"
_END = r"(?![\w-]|\.\w)"
_BEFORE = r"\b(?:expires?\s+after|expires?\s+in|within|every|per|in\s+(?:the\s+)?(?:last|next|past)|for|of|after|over|than|at|on)\s+"

DAYS = {"m": 30, "y": 365, "q": 90}


def count_of(word: str) -> int:
    return _COUNTS.get(word.lower()) or int(word.replace("_", ""))


def short(groups: Groups) -> str | None:
    """`30 days` as `30d`; months, quarters and years in days."""
    unit = groups["unit"].lower()
    count = count_of(groups.get("count") or "1")
    if unit[0] == "m" and not unit.startswith("mi"):
        return f"{count * 30}d"
    return f"{count * DAYS[unit[0]]}d" if unit[0] in DAYS else f"{count}{unit[0]}"


_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080}


def _whole(groups: Groups) -> str | None:
    """`1.5h` or `1d12h` in the largest unit that gives a whole number."""
    if "second" in groups:
        minutes = (
            float(groups["first"]) * _MINUTES[groups["u1"].lower()]
            + float(groups["second"]) * _MINUTES[groups["u2"].lower()]
        )
    else:
        minutes = float(groups["first"]) * _MINUTES[groups["u1"].lower()]
    for unit in "dhm":
        if minutes > 0 and minutes % _MINUTES[unit] == 0:
            return f"{int(minutes // _MINUTES[unit])}{unit}"
    return None


_MONTH = "Months differ in length, so there is no month: count in days."
_MONTH_HELP = "Write {good} if that is what you mean."
_WORDS = "A duration is a number and one letter: {good}."

REPAIRS: tuple[Repairer, ...] = (
    pattern(
        "duration-month",
        rf"(?P<bad>(?<![\w.])(?P<count>\d[\d_]*){_AT_WORD}{_LONG}){_END}",
        short,
        _MONTH,
        help=_MONTH_HELP,
        sure=False,
    ),
    pattern(
        "duration-month", rf"{_BEFORE}(?P<bad>{_COUNT}[ \t]+{_LONG}){_END}", short, _MONTH, help=_MONTH_HELP, sure=False
    ),
    pattern(
        "duration-month",
        rf"\b(?:last|next|past|within|expire\s+after)\s+(?P<bad>(?:the\s+)?{_LONG}){_END}",
        short,
        _MONTH,
        help=_MONTH_HELP,
        sure=False,
    ),
    pattern("duration-words", rf"(?P<bad>(?<![\w.])(?P<count>\d[\d_]*){_AT_WORD}{_UNIT}){_END}", short, _WORDS),
    pattern(
        "duration-words",
        r"(?P<bad>(?<![\w.])(?P<count>\d[\d_]*)[ \t]+(?P<unit>[smhdw]))(?![\w.-])",
        short,
        _WORDS,
        sure=unless(r"m", "unit"),  # minutes, or months
    ),
    pattern(
        "duration-words",
        r"(?P<bad>(?<![\w.])(?P<count>\d[\d_]*)(?P<unit>[SHDW]|days|d\.))(?![\w-])",
        lambda g: g["count"] + g["unit"][0].lower(),
        _WORDS,
    ),
    pattern("duration-words", rf"{_BEFORE}(?P<bad>{_COUNT}[ \t]+{_UNIT}){_END}", short, _WORDS),
    pattern(
        "duration-words",
        rf"\b(?:last|next|past|within|expire\s+after)\s+(?P<bad>(?:the\s+)?{_UNIT}){_END}",
        short,
        _WORDS,
        sure=False,  # it may be the calendar's
    ),
    pattern(
        "duration-whole",
        r"(?P<bad>(?<![\w.])(?P<first>\d+)(?P<u1>[dhw])[ \t]*(?P<second>\d+)(?P<u2>[mhd]))(?![\w.])",
        _whole,
        "A duration has one number and one unit: {good} is {bad}.",
    ),
    pattern(
        "duration-whole",
        r"(?P<bad>(?<![\w.])(?P<first>\d*\.\d+)(?P<u1>[mhdw]))(?![\w.])",
        _whole,
        "A duration is a whole number: {good} is {bad}.",
    ),
    pattern(
        "duration-unit",
        r"\b(?:expires?\s+after|within|every|in\s+last|in\s+next|inactive\s+for|inactivity\s+of|zero\s+over|after)"
        r"\s+(?P<bad>\d[\d_]*)(?![\w.%-]|\s*-|\s+(?:and|to)\b)",
        "{bad}d",
        "The duration {bad} has no unit: s, m, h, d or w for seconds, minutes, hours, days or weeks.",
        help="Write {good} for {bad} days.",
        sure=False,
    ),
    pattern(
        "duration-unit",
        r"\bon\s+(?:every\s+)?(?P<bad>\d[\d_]*)(?=\s+(?:without|of\s+inactivity)\b)",
        "{bad}d",
        "The duration {bad} has no unit: s, m, h, d or w for seconds, minutes, hours, days or weeks.",
        help="Write {good} for {bad} days.",
        sure=False,
    ),
)
