# ruff: noqa: E501  (a pattern stands on one line)
"""Conditions: comparisons, lists, texts, what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from scoredsl.syntax.repairs.broken import (
    LITERAL,
    NAME,
    NUMBER,
    TEXT,
    VALUE,
    Broken,
    Groups,
    Repair,
    Repairer,
    pattern,
    provided,
    unless,
)

_SEPARATOR = r"\s*(?:,\s*or\b|,\s*and\b|,|\bor\b|\band\b)\s*"
_ITEMS = rf"{LITERAL}(?:{_SEPARATOR}{LITERAL})*"
_MORE_ITEMS = rf"{LITERAL}(?:{_SEPARATOR}{LITERAL})+"
_NOT_A_COMPARISON = r"(?!\s*(?:[=<>!]|(?:is|in|between|contains|starts|ends)\b))"
_JOINS = re.compile(r",|\bor\b|\band\b", re.IGNORECASE)
_SPLIT = re.compile(rf'("(?:\\["\\]|[^"\\\n])*")|{_SEPARATOR}', re.IGNORECASE)


def _listed(items: str) -> str:
    """`"a" or "b"` as `["a", "b"]`."""
    return "[" + _SPLIT.sub(lambda match: match.group(1) or ", ", items) + "]"


def _in_list(groups: Groups) -> str:
    negative = "not" in groups["op"].lower().split()
    contains = groups["op"].lower().startswith("contains")
    if contains:
        return " ".join(groups["op"].lower().split()) + " " + _listed(groups["items"])
    return ("not in " if negative else "in ") + _listed(groups["items"])


def _repeated(groups: Groups) -> str | None:
    op = " ".join(groups["op"].lower().split())
    conjunction = re.search(r"\band\b", re.sub(r'"(?:\\.|[^"\\])*"', "", groups["items"]), re.IGNORECASE)
    if op in ("=", "==", "is", "equals"):
        return "in " + _listed(groups["items"])
    if op in ("!=", "<>", "is not"):
        return "not in " + _listed(groups["items"])
    if conjunction:
        return None
    return {"contains": "contains any of ", "contains word": "contains any word of "}[op] + _listed(groups["items"])


def _one_of(groups: Groups) -> bool:
    """Whether values in a row can only be a list of which one is meant: joined by `or`, or denied."""
    op = " ".join(groups["op"].lower().split())
    signs = set(_JOINS.findall(_SPLIT.sub(lambda match: "" if match.group(1) else match.group(), groups["items"])))
    words = {sign.lower() for sign in signs}
    if op in ("!=", "<>", "is not"):
        return True
    if words == {"or"} or words == {",", "or"}:
        return True
    return op in ("=", "==", "is", "equals") and words == {","} and '"' in groups["items"]


def _each(groups: Groups) -> str:
    """The operand and the comparison repeated before each text."""
    items = re.findall(r'"(?:\\.|[^"\\\n])*"', groups["items"])
    word = " and " if re.search(r'"\s*(?:,\s*)?and\b', groups["items"], re.IGNORECASE) else " or "
    op = " ".join(groups["op"].lower().split())
    whole = word.join(f"{groups['x']} {op} {item}" for item in items)
    return f"({whole})" if word == " or " else whole


def _regex(groups: Groups) -> str:
    inner = groups["text"][1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return "matches /" + re.sub(r"(?<!\\)/", r"\\/", inner) + "/"


def _like(groups: Groups) -> str | None:
    inner = groups["text"][1:-1]
    core = inner.strip("%")
    if not core or "%" in core or "_" in core:
        return None
    if inner.startswith("%") and inner.endswith("%"):
        return f'contains "{core}"'
    return (
        f'ends with "{core}"'
        if inner.startswith("%")
        else f'starts with "{core}"'
        if inner.endswith("%")
        else f'= "{core}"'
    )


_TESTS = {
    "contain": "contains",
    "include": "contains",
    "match": "matches",
    "start": "starts with",
    "begin": "starts with",
    "end": "ends with",
    "between": "between",
    "exist": "is known",
}


def not_before(broken: Broken) -> Iterator[Repair]:
    """`x does not contain "s"`: `not` stands before what it denies."""
    for match in _NOT_BEFORE.finditer(broken.plain):
        word = match["op"].lower().split()[0]
        op = next((good for begin, good in _TESTS.items() if word.startswith(begin)), None)
        if op is None:
            continue
        if "word" in match["op"].lower() or "any" in match["op"].lower():
            op = " ".join(match["op"].lower().split())
        x = broken.text[slice(*match.span("x"))]
        changes = ((match.start("x"), match.start("x"), "not "), (match.start("bad"), match.end("op"), op))
        message = f'The word "not" stands before what it denies: not {x} {op} ...'
        yield Repair("not-before", message, match.start("bad"), match.end("op"), changes, "", f"Write not {x} {op}")


_NOT_BEFORE = re.compile(
    rf"(?P<x>{NAME})\s*(?P<bad>\b(?:(?:does|do|did|is)\s+not|not|doesnt|dont)\s+|!\s*)"
    r"(?P<op>contains?\s+(?:any\s+)?word(?:\s+of)?|contains?\s+any\s+of|contains?|includes?|matches|match|starts?\s+with|"
    r"begins?\s+with|ends?\s+with|between|exists?)\b",
    re.IGNORECASE,
)


def window_last(broken: Broken) -> Iterator[Repair]:
    """`count of visit > 5 in last 7d`: the window belongs to the events that are counted."""
    for match in _WINDOW_LAST.finditer(broken.plain):
        window = broken.text[slice(*match.span("window"))]
        changes = ((match.start("compare"), match.start("compare"), window), (*match.span("window"), ""))
        yield Repair(
            "window-place",
            f"The window {window.strip()} stands directly after the events that it is about, before the comparison.",
            match.start("window") + 1,
            match.end("window"),
            changes,
            "",
            "Move it",
        )


_WINDOW_LAST = re.compile(
    rf"\b(?:count|sum|average|lowest|highest|distinct|latest|first|days\s+since\s+last)\b[^<>=,]*?"
    rf"(?P<compare>\s*(?:>=|<=|!=|=|>|<)\s*{NUMBER})(?P<window>\s+in\s+last\s+\d+[smhdw])\b",
    re.IGNORECASE,
)

def where_not(broken: Broken) -> Iterator[Repair]:
    """`has visit where not url = "/"`: after the `where` of a fact, `not` needs parentheses."""
    for match in _WHERE_NOT.finditer(broken.plain):
        start = match.start("bad")
        stops = [stop.start() for stop in islice(_AFTER_ROW.finditer(broken.plain, match.end()), 12)]
        for end in [*stops, len(broken.plain)]:
            yield Repair(
                "where-not",
                f"In a fact, a condition with not stands in parentheses: where ({broken.text[start:end]}).",
                *match.span("bad"),
                ((start, start, "("), (end, end, ")")),
                "",
                "Write parentheses",
                False,
            )


_WHERE_NOT = re.compile(r"\b(?:has|no|of|last)\b[^()]*?\bwhere\s+(?P<bad>not)\b", re.IGNORECASE)
_AFTER_ROW = re.compile(r"\s+(?:add|subtract|and|or|in\s+last\s+\d|\d+[smhdw]\s+apart|[=<>])", re.IGNORECASE)

_BEFORE_VALUE = rf"(?=\s*{VALUE})"


_LITERAL_NEXT = provided(rf"\A\s*(?:{LITERAL}|-\s*\d)", "after")
"""A word after `is` may be a name, or a text without quotes."""


def _word(words: str, sign: str) -> Repairer:
    return pattern(
        "comparison-words",
        rf"(?P<bad>\b(?:is\s+|are\s+)?(?:{words})){_BEFORE_VALUE}",
        sign,
        "A comparison is written with a sign: {good} for {bad}.",
        sure=_LITERAL_NEXT if sign in ("=", "!=") else True,
    )


def _range(groups: Groups) -> bool:
    """Whether two numbers can only be the ends of a range."""
    ascending = float(groups["low"].replace("_", "")) <= float(groups["high"].replace("_", ""))
    return ascending and re.search(r"between|-|\.\.|\bto\b", groups["bad"], re.IGNORECASE) is not None


_JOINED = provided(r"&&|\|\||\s")  # R&D may be a name
_RANGE = "A range of numbers is written between {low} and {high}."

REPAIRS: tuple[Repairer, ...] = (
    pattern(
        "is-missing",
        r"(?P<bad>\b(?:is\s+not\s+(?:empty|null|blank|missing|none|unknown|nil)|is\s+(?:set|present|filled|defined|"
        r"available|given)|isn\s*t\s+empty|not\s+(?:empty|null|missing)|exists|is\s+not\s+equal\s+to\s+null))\b",
        "is known",
        "A value that is there is written is known.",
    ),
    pattern(
        "is-missing",
        r"(?P<bad>\b(?:is\s+(?:empty|null|blank|not\s+set|not\s+known|unknown|none|nil|absent|undefined|"
        r"not\s+present|not\s+defined)|does\s+not\s+exist))\b",
        "is missing",
        "A value that is not there is written is missing.",
    ),
    pattern(
        "value-range",
        r"(?P<bad>(?:\b(?:is\s+between|is\s+from|is\s+in|is|between|from|in)\b|=)\s*(?P<low>\d[\d_]*(?:\.\d+)?)"
        r"\s*(?:-|\.\.\.?|to\b|until\b|and\b)\s*(?P<high>\d[\d_]*(?:\.\d+)?))(?![\w.-])",
        "between {low} and {high}",
        _RANGE,
        sure=_range,
    ),
    pattern(
        "value-range",
        r"(?P<bad>\bis\s+between\b)",
        "between",
        "A range of numbers is written x between 1 and 5, without is.",
    ),
    pattern(
        "list-brackets",
        rf"(?P<bad>\b(?P<op>not\s+in|in|contains\s+any\s+of|contains\s+any\s+word\s+of)\s*\(\s*(?P<items>{VALUE}"
        rf"(?:\s*,\s*{VALUE})*)\s*,?\s*\))",
        _in_list,
        "A list stands in square brackets: {good}.",
    ),
    pattern(
        "list-brackets",
        rf"(?P<bad>\b(?P<op>not\s+in|in|contains\s+any\s+of|contains\s+any\s+word\s+of)\s+(?P<items>{_ITEMS}))"
        rf"{_NOT_A_COMPARISON}",
        _in_list,
        "A list stands in square brackets: {good}.",
    ),
    pattern(
        "list-brackets",
        rf"(?P<bad>\b(?P<op>not\s+in|in)\s+(?P<items>{VALUE}(?:\s*,\s*{VALUE})+))",
        _in_list,
        "A list stands in square brackets, its texts in double quotes: {good}.",
        sure=False,
    ),
    pattern(
        "in-list",
        r"(?P<bad>(?:\b(?:is|are)\s+not|!=)\s+(?:in|(?:one|any)\s+of))(?=\s*\[)",
        "not in",
        "A value that is not in a list is written not in.",
    ),
    pattern(
        "in-list",
        r"(?P<bad>(?:(?:\b(?:is|are|equals)|=)\s+(?:in|(?:one|any|either)\s+of)|(?<!text )(?<!contains )\b(?:one|any)\s+of))(?=\s*\[)",
        "in",
        "A value in a list is written in.",
    ),
    pattern(
        "in-list",
        rf"(?P<bad>(?P<op>(?:\b(?:is|are)|=)\s+(?:not\s+)?(?:in|(?:one|any|either)\s+of))\s*\(?\s*(?P<items>{_ITEMS})(?:\s*\))?)",
        _in_list,
        "A value in a list is written {good}.",
    ),
    pattern(
        "repeated-or",
        rf"(?P<bad>(?P<op>==?|!=|<>|\bis\s+not\b|\bis\b|\bequals\b|\bcontains\s+word\b|\bcontains\b)\s*"
        rf"(?:either\s+)?(?P<items>{_MORE_ITEMS})){_NOT_A_COMPARISON}",
        _repeated,
        "Several values stand in a list: {good}.",
        sure=_one_of,
    ),
    pattern(
        "repeated-or",
        rf"(?P<bad>(?P<x>{NAME})\s+(?P<op>starts\s+with|ends\s+with|contains)\s*(?P<items>{TEXT}(?:{_SEPARATOR}{TEXT})+))",
        _each,
        "Each of several texts needs its own comparison: {good}.",
        sure=unless(rf"{TEXT}\s*,\s*{TEXT}|\bor\b.*\band\b|\band\b.*\bor\b", "filled"),
    ),
    not_before,
    where_not,
    _word(
        r"(?:greater|bigger|larger|higher|more)\s+than\s+or\s+equal(?:\s+to)?|at\s+least|no\s+less\s+than|not\s+below",
        ">=",
    ),
    _word(r"(?:less|smaller|lower|fewer)\s+than\s+or\s+equal(?:\s+to)?|at\s+most|no\s+more\s+than|not\s+above", "<="),
    _word(r"(?:strictly\s+)?(?:greater|bigger|larger|higher|more)\s+than|exceeds|over|above", ">"),
    _word(r"(?:strictly\s+)?(?:less|smaller|lower|fewer)\s+than|under|below", "<"),
    _word(r"not\s+equals?(?:\s+to)?|does\s+not\s+equal|is\s+not\s+equal\s+to|differs\s+from", "!="),
    _word(r"equals?(?:\s+to)?|eq", "="),
    pattern(
        "older-than",
        rf"(?P<bad>(?P<x>{NAME})\s+(?:is\s+)?(?:older|longer\s+ago)\s+than\s+(?P<days>\d+)(?:d|\s*days?)?)(?!\w)",
        "days since {x} > {days}",
        "The age of a date is asked in days: {good}.",
        sure=False,
    ),
    pattern(
        "older-than",
        r"(?P<bad>\b(?:is\s+)?(?:newer|younger|later|more\s+recent)\s+than)(?=\s+\d+[smhdw])",
        "in last",
        "A date that is less than some days old is written {good}.",
        sure=unless(r"later", "bad"),
    ),
    pattern(
        "is-value",
        rf"(?P<bad>\b(?:is|are|was)\s+not\b){_BEFORE_VALUE}(?!\s+(?:in|one|any|between|contains?)\b)",
        "!=",
        "A value is compared with !=, not with {bad}.",
        sure=_LITERAL_NEXT,
    ),
    pattern(
        "is-value",
        rf"(?P<bad>\b(?:is|are|was)\b){_BEFORE_VALUE}(?!\s+(?:not|in|one|any|between|contains?|missing|known)\b)",
        "=",
        "A value is compared with =, not with {bad}.",
        sure=_LITERAL_NEXT,
    ),
    pattern("double-equals", r"(?P<bad>={2,3})", "=", "A comparison has one =, not two."),
    pattern("comparison-sign", r"(?P<bad><>|=!|!\s+=|!==)", "!=", "Not equal is written !=."),
    pattern("comparison-sign", r"(?P<bad>=\s?>|>\s+=)(?=\s*[\d\w(-])", ">=", "Greater or equal is written >=."),
    pattern("comparison-sign", r"(?P<bad>=\s?<|<\s+=)", "<=", "Less or equal is written <=."),
    pattern("and-or-not", r"(?P<bad>\s*&&?\s*)", " and ", "Conditions are joined with the word and.", sure=_JOINED),
    pattern("and-or-not", r"(?P<bad>\s*\|\|?\s*)", " or ", "Conditions are joined with the word or.", sure=_JOINED),
    pattern(
        "and-or-not", r"(?P<bad>!\s*)(?![=\s])", "not ", "The opposite of a condition is written with the word not."
    ),
    pattern(
        "matches",
        rf"(?P<bad>(?:\b(?:matches|regexp?|rlike|matches\s+regexp?)|=?~)\s*(?P<text>{TEXT}))",
        _regex,
        "A regular expression stands between slashes: {good}.",
        # after matches, a text without signs may itself be looked for
        sure=lambda g: re.search(r"[\^$*+?()\[\]|\\]", g["text"]) is not None or not g["bad"].startswith("matches"),
    ),
    pattern(
        "matches",
        r"(?P<bad>(?:\b(?:is\s+)?(?:like|regexp?|match|matching|rlike)\b|=?~))(?=\s*/)",
        "matches",
        "A regular expression follows the word matches.",
    ),
    pattern("like", rf"(?P<bad>\bi?like\s*(?P<text>{TEXT}))", _like, "There is no like: {good}."),
    pattern(
        "text-words",
        r"(?P<bad>\b(?:begins?|starts?|starting|beginning)(?:[ _]*(?:with|by)\b)?)(?=\s*[\"`])",
        "starts with",
        'The beginning of a text is asked with starts with "text".',
    ),
    pattern(
        "text-words",
        r"(?P<bad>\b(?:ends?|ending|finish(?:es)?)(?:[ _]*(?:with|in|by)\b)?)(?=\s*[\"`])",
        "ends with",
        'The end of a text is asked with ends with "text".',
    ),
    pattern(
        "text-words",
        r"(?P<bad>\b(?:contain|containing|includes?|including|has))(?=\s*\")",
        "contains",
        'A text inside another is asked with contains "text".',
        sure=unless(r"has", "bad"),
    ),
    pattern(
        "text-words",
        r"(?P<bad>\bcontains\s+(?:one|either)\s+of\b)",
        "contains any of",
        "One of several texts is asked with contains any of.",
    ),
    window_last,
    pattern(
        "in-last",
        r"(?P<bad>\b(?:(?:with)?in|during|over|for|since)\s+(?:the\s+)?(?:last|past|previous)\b)(?=\s+\d)(?<!in last)",
        "in last",
        "A time back from now is written in last 30d.",
    ),
    pattern(
        "in-last",
        r"(?P<bad>\bwithin\s+(?:the\s+)?next\b|\bin\s+the\s+next\b)(?=\s+\d)",
        "in next",
        "A time ahead is written in next 30d.",
    ),
    pattern(
        "in-last",
        r"\b(?:has|no|of|last)\s+(?:\"\x00*\"|[A-Za-z_][\w.]*)\s+(?P<bad>in)(?=\s+\d+\s*(?:[smhdw]|minutes?|hours?|days?|weeks?)\b)",
        "in last",
        "A time back from now is written in last 30d.",
        only="when exclude label define maximum minimum",
    ),
    pattern(
        "in-last",
        r"(?P<bad>\b(?:within|for|during)\b)(?=\s+\d+[smhdw]\b)",
        "in last",
        "In a condition a time back from now is written in last 30d.",
        sure=provided(r"\b(?:has|no|of|last)\s+(?:\"\x00*\"|[A-Za-z_][\w.]*)\s*\Z", "before"),
        only="when exclude label define maximum minimum",
    ),
    pattern(
        "missing-value",
        r"(?P<bad>(?P<op>>=|<=|!=|=|>|<))\s*(?=(?:add|subtract)\s+[-\d(]|$|\s(?:and|or)\s)",
        '{bad} "..." ',
        "A value is missing after {op}.",
        help='Write what to compare with: a number or a "text".',
        offered=False,
        only="on when exclude label ignore define else",
    ),
    pattern(
        "missing-value",
        r"(?P<bad>\b(?:contains|starts\s+with|ends\s+with))\s*(?=(?:add|subtract)\s+[-\d(]|$)",
        '{bad} "..." ',
        "A text is missing after {bad}.",
        help="Write the text in double quotes.",
        offered=False,
    ),
)
