# ruff: noqa: E501  (a pattern stands on one line)
"""How often a rule counts, and how long: limits, caps, expiry, decay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoredsl.syntax.repairs.broken import NAME, Broken, Groups, Repair, Repairer, pattern, provided, unless
from scoredsl.syntax.repairs.durations import short

_NUMBERS = {
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "ten": 10,
}
_UNITS = {
    "day": "1d",
    "daily": "1d",
    "week": "1w",
    "weekly": "1w",
    "month": "30d",
    "monthly": "30d",
    "year": "365d",
    "hour": "1h",
    "hourly": "1h",
}


def _times(groups: Groups) -> str:
    word = groups["n"].lower()
    count = _NUMBERS.get(word) or int(word)
    return f"at most {count} time{'s' if count != 1 else ''}"


def _alone(groups: Groups) -> bool:
    """Whether no other limit stands in the rule, of which this could be a part."""
    return _LIMITED.search(groups["before"] + " | " + groups["after"]) is None


def _calendar(unit: str) -> str:
    return {"d": "day", "w": "week", "m": "month"}.get(unit[0].lower(), "year")


def _decay(groups: Groups) -> str:
    duration = groups.get("duration") or _UNITS[groups["unit"].lower()]
    percent = groups["percent"]
    return f"{'' if percent.lower().startswith('decay') else 'decay '}{percent} every {duration}"


def _half(groups: Groups) -> str:
    return "decay by half every"


def decay_every(broken: Broken) -> Iterator[Repair]:
    """`decay 10%`: how often is missing."""
    for match in re.finditer(
        r"\bdecay\s+(?:by\s+)?(?P<bad>\d[\d.]*%)(?!\s*(?:every|per|a\b|each|\w+ly\b))", broken.plain, re.IGNORECASE
    ):
        place = match.span("bad")
        yield Repair(
            "decay-every",
            f"How often is missing after {match['bad']}.",
            *place,
            ((place[1], place[1], " every 7d"),),
            f"Write how often it loses that part: decay {match['bad']} every 7d.",
            f"Write {match['bad']} every 7d",
            False,
        )


_CALENDAR = "The calendar is written per day, per week, per month or per year."
_MAX = "A limit is written at most N times."
_EXPIRE = "How long points last is written expire after 30d."
_LIMIT = r"(?:at\s+most|max(?:imum)?\.?|no\s+more\s+than|not\s+more\s+than|limit(?:ed)?(?:\s+to)?|only|capped?(?:\s+(?:at|to))?)"

_LIMITED = re.compile(
    r"\b(?:once|twice|thrice|times?|at\s+most|max(?:imum)?|up\s+to|limit(?:ed)?|only|per|every)\b|\b\d+\s*x\b", re.IGNORECASE
)

REPAIRS: tuple[Repairer, ...] = (
    pattern(
        "max-times",
        rf"(?P<bad>(?:\bonce\s+)?(?P<per>\b(?:per|a|each|every)\s+(?P<unit>day|week|month|year)),?\s+{_LIMIT}\s*(?P<n>\d+|twice|two|three|four|five|six|ten)\s*(?:times?|x|×)(?![\w.%]))",
        lambda g: f"{_times(g)} per {g['unit'].lower()}",
        "A limit for each {unit} is written {good}.",
        sure=False,
        only="on",
    ),
    pattern(
        "max-times", r"(?P<bad>\bup\s+to\s+(?P<n>\d+|two|three|four|five|ten)\s*(?:times?|x|×)(?![\w.%]))", _times, _MAX
    ),
    pattern(
        "max-times",
        rf"(?P<bad>\b{_LIMIT}\s*(?P<n>\d+|twice|thrice|two|three|four|five|six|ten)\s*(?:times?|x|×)?(?![\w.%]))(?!\s*(?:points?|pts))",
        _times,
        _MAX,
        sure=provided(r"(?:times?|x|×|twice|thrice)\s*\Z"),  # else it may be points
    ),
    pattern(
        "max-times",
        r"(?P<bad>(?<!at most )(?<![\w.])(?P<n>[2-9]|\d\d+|twice|thrice|two|three)\s*(?:times?|x)\b(?:\s+(?:max(?:imum)?|at\s+most|only))?)",
        _times,
        _MAX,
        sure=False,
        only="on",
    ),
    pattern("max-times", r"(?P<bad>(?<![\w.])(?P<n>twice|thrice)\b)", _times, _MAX, sure=False, only="on"),
    pattern(
        "at-most-once",
        rf"(?P<bad>\b(?:{_LIMIT}|just)\s+(?:once|one\s+time)\b|\bonce\s+only\b|\b(?:one|1)\s+time(?:\s+only)?\b|\bonetime\b|\bonce\s+in\s+total\b)",
        "once",
        "Once says it: at most is for N times.",
    ),
    pattern(
        "at-most-points",
        r"(?P<bad>\b(?:at\s+most|max(?:imum)?\.?(?:\s+of)?|no\s+more\s+than|limit(?:ed)?(?:\s+to)?|capped?(?:\s+(?:at|to))?))(?=\s*\d[\d.]*\s*(?:points?|pts?)\b)",
        "up to",
        "A cap on points is written up to N points; at most counts times.",
    ),
    pattern(
        "at-most-points",
        r"\bup\s+to\s+(?P<bad>\d[\d_.]*)(?!\s*points?|[\d_.%])",
        "{bad} points",
        "The word points is missing after {bad}.",
        sure=False,
    ),
    pattern(
        "at-most-points",
        r"(?P<bad>\bup\s+to\s+a\s+(?:max(?:imum)?|total)\s+of\b|\bup\s+to\s+(?:max(?:imum)?|max\.)(?=\s+\d))",
        "up to",
        "A cap on points is written up to N points.",
    ),
    pattern(
        "per-calendar",
        r"(?P<bad>\b(?:(?:a|an|each|every|in\s+a|within\s+a|per\s+each|per\s+calendar|by)\s+)(?P<unit>day|week|month|year)\b)(?=\s*(?:$|,|[a-z\"]))",
        "per {unit}",
        _CALENDAR,
        sure=unless(r"every|in|by", "bad"),  # every 7d is another limit
        only="on",
    ),
    pattern(
        "per-calendar",
        r"\b(?:add|subtract)\s+[^,]*?(?P<bad>\b(?:(?:a|each|every|per)\s+)(?P<unit>day|week|month|year)\b)",
        "once per {unit}",
        "The calendar is written once per day, per week, per month or per year.",
        sure=lambda g: _alone(g) and not g["bad"].lower().startswith("every"),
        only="on",
    ),
    pattern(
        "per-calendar",
        r"\b(?:add|subtract)\s+[\w.]+(?:\s+points?)?(?P<bad>\s+(?P<unit>daily|weekly|monthly|yearly)\b)",
        lambda g: " once per " + _calendar(g["unit"]),
        "The calendar is written once per day, per week, per month or per year.",
        title="Write {good}",
        sure=_alone,
        only="on",
    ),
    pattern(
        "per-calendar",
        r"(?P<bad>\b(?P<unit>daily|weekly|monthly|yearly|annually)\b)",
        lambda g: "per " + _calendar(g["unit"]),
        _CALENDAR,
        only="on",
    ),
    pattern("per-calendar", r"(?P<bad>\bper\s+(?P<unit>day|week|month|year)s)\b", "per {unit}", _CALENDAR, only="on"),
    pattern(
        "per-duration",
        r"\b(?:add|subtract)\b.*?(?P<bad>\b(?:per|each|in|within|for)\s+(?=\d+[smhdw]\b))",
        "every ",
        "A limit over a time is written every 30d; per is for a property or a calendar day.",
        sure=unless(r"for", "bad"),
        only="on",
    ),
    pattern(
        "per-duration",
        r"\b(?:add|subtract)\b.*?(?P<bad>\b(?:per|each|in|within)\s+(?P<count>\d+)[ \t]*-?[ \t]*(?P<unit>seconds?|minutes?|hours?|days?|weeks?|months?))\b",
        lambda g: f"every {short(g)}",
        "A limit over a time is written {good}.",
        only="on",
    ),
    pattern(
        "per-duration",
        r"(?P<bad>\b(?:per|an|a|each|every)\s+hour\b)",
        "every 1h",
        "A limit over an hour is written every 1h.",
        only="on",
    ),
    pattern(
        "per-property",
        r"(?P<bad>\bper\s+(?P<unit>day|week|month|year)\s+per\s+(?P<prop>`\x00*`|(?!(?:day|week|month|year)\b)[A-Za-z_][\w.]*))",
        "per {prop} per {unit}",
        "The property stands first: {good}.",
        only="on",
    ),
    pattern(
        "per-property",
        rf"(?P<bad>\b(?:for\s+(?:each|every)|per\s+(?:each|every)|each|every|for)\s+)(?={NAME})",
        "per ",
        "A limit for each value of a property is written per campaign.",
        sure=provided(r"each|every"),
        only="on",
    ),
    pattern(
        "expires-after",
        r"(?P<bad>\b(?:expir(?:es|ing|ed|y|ation)|expiration)\b(?:\s+(?:after|in|within|of|is|on))?)",
        "expire after",
        _EXPIRE,
    ),
    pattern(
        "expires-after",
        r"(?P<bad>\b(?:expire\s+(?:in|within|on|every|after\s+the|at)|valid\s+for|lasts?(?:\s+for)?|forget\s+after|keep\s+for|for|drops?\s+after|removed?\s+after))(?=\s+\d)",
        "expire after",
        _EXPIRE,
        sure=unless(r"\Afor\b|\bevery\b", "bad"),
    ),
    pattern(
        "expires-after", r"(?P<bad>\bexpire)\s+(?=\d)", "expire after", "The word after is missing: expire after 30d."
    ),
    pattern(
        "expires-after",
        r"\bexpire\s+after\s+\d+[smhdw](?P<bad>,?\s+(?:unless|if\s+not|except\s+if|when\s+not)\s+(?:it\s+)?(?:is\s+)?(?:repeats?|repeated|renewed|again))\b",
        " unless repeated",
        "An expiry that a repetition moves is written unless repeated.",
    ),
    pattern(
        "never-expire",
        r"(?P<bad>\b(?:never\s+expir(?:es|ing)|(?:does\s+not|doesnt|do\s+not|no)\s+expir(?:e|es|y|ation)|without\s+expiry|not\s+expir(?:e|es|ing))\b)",
        "never expire",
        "Points that stay are written never expire.",
    ),
    pattern(
        "never-expire",
        r"(?P<bad>\b(?:never\s+decays|(?:does\s+not|do\s+not|no)\s+decay)\b)",
        "never decay",
        "Points that keep their worth are written never decay.",
    ),
    pattern(
        "decay-percent-per",
        r"(?P<bad>(?P<percent>(?:\bdecay(?:s|ing)?\s+)?(?:by\s+)?\d[\d.]*\s*%)\s+(?:per|a|an|each|every)\s+(?P<unit>day|week|hour)\b)",
        lambda g: _decay({**g, "percent": _percent(g["percent"])}),
        "A decay is written {good}.",
    ),
    pattern(
        "decay-percent-per",
        r"(?P<bad>(?P<percent>(?:\bdecay(?:s|ing)?\s+)?(?:by\s+)?\d[\d.]*\s*%)\s+(?P<unit>daily|weekly)\b)",
        lambda g: _decay({**g, "percent": _percent(g["percent"])}),
        "A decay is written {good}.",
    ),
    pattern(
        "decay-percent-per",
        r"(?P<bad>(?P<percent>(?:\bdecay(?:s|ing)?\s+)?(?:by\s+)?\d[\d.]*\s*%)\s+(?:(?:per|a|an|each|every)\s+(?P<unit>month|year)|(?P<unit2>monthly))\b)",
        lambda g: _decay({"unit": "monthly", **g, "percent": _percent(g["percent"])}),
        "A decay is written {good}: months differ in length.",
        sure=False,
    ),
    pattern(
        "decay-percent-per",
        r"(?P<bad>(?P<percent>(?:\bdecay(?:s|ing)?\s+)?(?:by\s+)?\d[\d.]*\s*%)\s+(?:per|each|in|after|within|over)\s+(?P<duration>\d+[smhdw])\b)",
        lambda g: _decay({**g, "percent": _percent(g["percent"])}),
        "A decay is written {good}.",
        sure=provided(r"\b(?:per|each)\b"),
    ),
    pattern(
        "decay-words",
        r"(?P<bad>\bdecay(?:s|ing)?\s+(?:by\s+)?(?P<n>\d[\d.]*)(?:\s*percent|\s*%|\s*pct)?)(?=\s+every)",
        "decay {n}%",
        "A decay in percent is written decay 10% every 7d.",
        sure=provided(r"percent|%|pct"),
    ),
    pattern(
        "decay-words",
        r"(?P<bad>\b(?:decay(?:s|ing)?\s+(?:(?:by|to)\s+)?half|halve[sd]?|half[- ]?life(?:\s+of)?|decay\s+half|decay\s+by\s+half)(?:\s+(?:in|after|within|per|over|each|every))?)(?=\s+\d)",
        _half,
        sure=unless(r"\bafter\b", "bad"),
        message="A decay by half is written decay by half every 30d.",
    ),
    pattern(
        "decay-words",
        r"(?P<bad>\bdecay(?:s|ing)?(?:\s+linearly)?(?:\s+to\s+(?:zero|0))?(?:\s+(?:in|within|after|over|during))?)(?=\s+\d+[smhdw]\b)",
        "decay to zero over",
        "A decay to nothing is written decay to zero over 30d.",
        sure=provided(r"\bto\s+(?:zero|0)\b"),
    ),
    decay_every,
    pattern(
        "ends-on",
        r"(?P<bad>\b(?:end|until|ended|stops?|ending|stop\s+counting)\s+(?:on|with|at|by|when)\b|\b(?:ends|ending)\s+(?:with|at|when|after|by)\b)(?=\s+[A-Za-z_\"(])",
        "ends on",
        "Points that an event ends are written ends on EVENT.",
        only="on",
    ),
)


def _percent(text: str) -> str:
    words = [word for word in text.replace("%", "").split() if word.lower() != "by"]
    return ("decay " if len(words) > 1 else "") + words[-1] + "%"
