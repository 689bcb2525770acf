# ruff: noqa: E501  (a pattern stands on one line)
"""The award of a rule: how many points, and what stands before and after it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoredsl.syntax.repairs.broken import NUMBER, Broken, Groups, Repair, Repairer, pattern, provided, unless, visible

_AWARD = re.compile(r"\b(?:add|subtract)\b(?=\s*[\w(+-])|\breset\b|\bset\s+to\b", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\s*,?\s*\b(?:once|at\s+most|max\b|up\s+to|expires?\b|decay|never\b|ends\s+on|from\s+\d|until\s+\d|as\s+\"|but\s+not|else)",
    re.IGNORECASE,
)
_LATE = re.compile(r"\s*,?\s*\b(?P<word>where|if|when|within|with\s+same|for\s+which|whose)\b\s*", re.IGNORECASE)
_AFTER = {
    "where": re.compile(r"\s+(?:with\s+same|within|if)\b", re.IGNORECASE),
    "with same": re.compile(r"\s+(?:within|if)\b", re.IGNORECASE),
    "within": re.compile(r"\s+if\b", re.IGNORECASE),
}
_NAMES = {
    "where": "The condition on the event stands before the award: on EVENT where ... add N.",
    "if": "The condition on the lead stands before the award: on EVENT if ... add N.",
    "within": "The time within which it happens stands before the award: ... within 7d add N.",
    "with same": "The words with same stand before the award: ... with same url within 7d add N.",
}


def late_condition(broken: Broken) -> Iterator[Repair]:
    """`on visit add 5 where url = "/"`: what belongs before the award, moved there."""
    if broken.keyword not in ("on", "when"):
        return
    plain, text = broken.plain, broken.text
    award = _AWARD.search(plain)
    if award is None:
        return
    tried = 0
    for late in _LATE.finditer(plain, award.end()):
        if tried == 3:
            return
        if plain[: late.start("word")].rstrip().lower().endswith(("else", "exclude")):
            continue
        tried += 1
        clause = _CLAUSE.search(plain, late.end())
        following = _LATE.search(plain, late.end())
        ends = {len(plain), *(m.start() for m in (clause, following) if m is not None)}
        for end in sorted(ends):
            yield from _moved(broken, text, award.start(), late, end)


def _moved(broken: Broken, text: str, award: int, late: re.Match[str], end: int) -> Iterator[Repair]:
    word = " ".join(late["word"].lower().split())
    condition = text[late.end() : end].strip().rstrip(",")
    place = late.span("word")
    removed = (late.start(), end, "" if end == len(text) or text[end : end + 1].isspace() or text[end] == "," else " ")
    if broken.keyword == "when":
        first = text[:award][4:].strip()
        if word in ("within", "with same"):
            return
        wrapped = f"({condition})" if re.search(r"\bor\b", condition) else condition
        edits = [(award, award, f"and {wrapped} "), removed]
        if re.search(r"\bor\b", first):
            begin = text.index(first, 4)
            edits += [(begin, begin, "("), (begin + len(first), begin + len(first), ")")]
        yield Repair(
            "if-after-award",
            "All conditions of a when rule stand before the award: when ... and ... add N.",
            *place,
            tuple(edits),
            "",
            "Move it before the award",
            False,
        )
        return
    words = {"when": ["if", "where"], "for which": ["where"], "whose": ["where"]}.get(word, [word])
    for kind in words:
        later = _AFTER.get(kind)
        before = later.search(broken.plain, 0, award) if later else None
        at = before.start() if before else award
        moved = f" {kind} {condition}" if before else f"{kind} {condition} "
        code = {"with same": "within"}.get(kind, kind) + "-after-award"
        yield Repair(
            code, _NAMES[kind], *place, ((at, at, moved), removed), "", "Move it before the award", word == kind
        )


def award_first(broken: Broken) -> Iterator[Repair]:
    """`add 5 on visit`: a rule begins with what it is about."""
    match = _AWARD_FIRST.match(broken.plain)
    if match is None:
        return
    text = broken.text
    award = text[: match.end("award")]
    award = re.sub(r"\A(?:\+|give|award|plus)?\s*(?=\d)", "add ", award, flags=re.IGNORECASE)
    award = re.sub(r"\A(?:give|award)\s+", "add ", award, flags=re.IGNORECASE)
    guessed = match["word"].lower() in ("if", "for", "where")
    words = ["on", "when"] if guessed else [match["word"].lower()]
    clause = _CLAUSE.search(broken.plain, match.end())
    for keyword in words:
        for end in sorted({len(text), clause.start() if clause else len(text)}):
            changes = ((0, match.start("word"), ""), (*match.span("word"), keyword), (end, end, f" {award}"))
            yield Repair(
                "award-first",
                f"A rule begins with {keyword}, and the points follow: {keyword} ... {award}.",
                0,
                match.end("award"),
                changes,
                "",
                "Put the points after the condition",
                not guessed or (keyword == "when" and match["word"].lower() == "if"),
            )


_AWARD_FIRST = re.compile(
    r"(?P<award>(?:add|subtract|give|award|plus|\+)?\s*\d[\d.]*(?:\s*points?)?)\s+(?P<word>on|when|if|for|where)\s+(?=\S)",
    re.IGNORECASE,
)


def add_missing(broken: Broken) -> Iterator[Repair]:
    """`on visit 5`: the word add is missing before the points."""
    if broken.keyword not in ("on", "when"):
        return
    for match in list(_NUMBER_ALONE.finditer(broken.plain))[-3:]:
        if broken.plain[: match.start()].rstrip().lower().endswith(("add", "subtract", "set to")):
            continue
        plain_rule = _no_condition({"before": broken.plain[: match.start()]})
        yield Repair(
            "add-missing",
            f"The word add is missing before {broken.text[slice(*match.span())].strip()}.",
            *match.span(),
            ((match.start(), match.start(), "add "),),
            "Write add before the points.",
            "Write add before it",
            plain_rule or match.group().lower().rstrip().endswith(("point", "points")),
        )


_NUMBER_ALONE = re.compile(
    rf"(?<=\s){NUMBER}(?:\s*points?)?(?=\s*(?:$|,|once\b|at\s+most|up\s+to|expire|decay|as\b))", re.IGNORECASE
)


def points_missing(broken: Broken) -> Iterator[Repair]:
    """`on visit add`, `on visit add expire after 30d`: there is no number."""
    for match in _POINTLESS.finditer(broken.plain):
        yield Repair(
            "points-missing",
            f"The number of points is missing after {match['word'].lower()}.",
            *match.span("word"),
            ((match.end("word"), match.end("word"), " 1"),),
            f"Write how many points, for example {match['word'].lower()} 10.",
            offered=False,
        )


_POINTLESS = re.compile(
    r"\b(?P<word>add|subtract|set\s+to)(?=\s*(?:$|,|points?\b|once\b|at\s+most|up\s+to|expire\s|decay\s|never\s|ends\s|as\s|but\s|from\s|until\s|else\b))",
    re.IGNORECASE,
)


def added_to(broken: Broken) -> Iterator[Repair]:
    """`add 5 to engagement`: a rule adds to the score it stands in."""
    for match in re.finditer(
        rf"\b(?:add|subtract)\s+{NUMBER}(?:\s+points?)?(?P<bad>\s+(?:to|from)\s+(?:the\s+)?[A-Za-z_]\w*(?:\s+score)?)\b",
        broken.plain,
        re.IGNORECASE,
    ):
        start, end = visible(broken.text, *match.span("bad"))
        yield Repair(
            "add-to",
            "A rule gives its points to the score that it stands in: no score is named.",
            start,
            end,
            ((*match.span("bad"), ""),),
            "",
            "Delete it",
            re.search(r"\bto\s+(?:the\s+|its\s+)?score\Z", match["bad"], re.IGNORECASE) is not None,
        )


_CONDITION = re.compile(r"\A\s*(?:when|if)\b|\b(?:where|if)\b", re.IGNORECASE)


def _no_condition(groups: Groups) -> bool:
    """Whether no condition stands before, to which a sign or a number may belong."""
    return _CONDITION.search(groups["before"]) is None


def _gives(groups: Groups) -> bool:
    """Whether a sign or word before a number can only say that it is the points."""
    sign = groups["bad"].strip()
    if groups["before"].rstrip().endswith(('"', "]")):
        return sign != ","
    return sign != "," and (_no_condition(groups) or sign[:2] in ("->", "→", ":") or sign[:1].isalpha())


def _compares(groups: Groups) -> bool:
    """Whether a sign compares: what is missing is the award."""
    return groups["bad"].strip().startswith("=") and not _no_condition(groups)


_GIVE = "Points are given with add and taken with subtract."
_END = r"(?=\s*(?:points?\b|$|,|once\b|at\s+most|up\s+to|expire|decay|as\b|never\b))"

REPAIRS: tuple[Repairer, ...] = (
    pattern(
        "plus-sign",
        r"\b(?:add|subtract|set\s+to|from|threshold|maximum|minimum|=|>|<|>=|<=)\s*(?P<bad>\+\s*)(?=[\d.])",
        "",
        "A number above 0 has no sign: write it without +.",
        title="Delete the +",
    ),
    points_missing,
    award_first,
    pattern(
        "arrow",
        r"(?P<bad>\s*(?:,?\s*\bthen\b|->|=>|-->|→|:|,|\bdo\b|\bgives?\b|\bgets\b)\s*)(?=(?:add|subtract)\s+[-+\d(\w]|reset\b|set\s+to\b)",
        " ",
        "Between the condition and the award stands nothing: on visit add 5.",
        title="Delete it",
        only="on when if else",
    ),
    pattern(
        "award-words",
        rf"(?P<bad>\s*(?:->|=>|→|:|=|,)\s*\+?\s*){NUMBER}{_END}".replace("(?<![\\w.])-?", ""),
        lambda g: None if _compares(g) else " add ",
        _GIVE,
        title="Write add",
        sure=_gives,
        only="on when if",
    ),
    pattern(
        "award-words",
        r"(?P<bad>\s*(?:->|=>|→|:|=|,)\s*-\s*)(?=\d)",
        lambda g: None if _compares(g) else " subtract ",
        _GIVE,
        title="Write subtract",
        sure=_gives,
        only="on when if",
    ),
    pattern(
        "award-words",
        r"(?P<bad>\s*(?:\badd\s+)?(?:\+|\b(?:plus|gives?|awards?|gets?|grants?|earns?|scores?|receives?|points)\b\s*\+?)\s*)(?=[\d.]+(?!\d*%))",
        " add ",
        _GIVE,
        title="Write add",
        sure=_gives,
        only="on when if else",
    ),
    pattern(
        "award-words",
        r"(?P<bad>\s*(?:\s-\s*|\b(?:minus|deducts?|removes?|takes?|loses?|reduces?(?:\s+by)?|decreases?(?:\s+by)?|substracts?)\b\s*-?)\s*)(?=\d)",
        " subtract ",
        _GIVE,
        title="Write subtract",
        sure=_gives,
        only="on when if else",
    ),
    pattern(
        "award-words",
        r"(?P<bad>\b(?:increases?|raises?|increment)(?:\s+(?:the\s+)?score)?(?:\s+by)?\s*)(?=\d)",
        "add ",
        _GIVE,
        title="Write add",
        only="on when if else",
    ),
    pattern(
        "award-words",
        r"\b(?:add|subtract)\s+[\d.]+\s*(?P<bad>(?:pts?|p|pnts?|score\s+points?)\b\.?)",
        "points",
        "Write points, or nothing, after the number.",
        title="Write points",
    ),
    pattern(
        "award-words",
        r"\b(?:add|subtract)\s+[\d.]+(?P<bad>(?:pts?|p|points?)\b)",
        " points",
        "Write points, or nothing, after the number.",
        title="Write points",
    ),
    pattern(
        "award-words",
        r"\badd\s+(?P<bad>by\s+|points\s+|a\s+score\s+of\s+)(?=\d)",
        "",
        "The number follows add directly.",
        title="Delete it",
    ),
    pattern(
        "percent-points",
        r"\b(?:add|subtract)\s+(?P<number>\d[\d.]*)(?P<bad>\s*%)",
        "",
        "Points are a number, not a percentage.",
        title="Write {number}",
        sure=False,
    ),
    added_to,
    late_condition,
    pattern(
        "set-to",
        r"(?P<bad>\b(?:set|reset)\s+(?:the\s+|its\s+)?score\s+to\b|\bset\s+(?:score|points)?\s*=|\breset\s+to\b|\bset\b(?=\s+\d)|\bset\s+to\s*=)",
        "set to",
        "A new value is written set to N.",
        only="on when",
    ),
    pattern(
        "set-to",
        r"\breset(?P<bad>\s+(?:the\s+|its\s+)?(?:score|points|all|everything)|\s+to\s+0)\s*(?=$)",
        "",
        "The word reset stands alone: it forgets all that came before.",
        title="Delete it",
        sure=unless(r"all|everything", "bad"),
        only="on when",
    ),
    pattern(
        "when-set-to",
        r"(?P<bad>\bset\s+to\b)\s*[\d.]+",
        "add",
        "The effect set to stands only in a rule that begins with on: it is for what happens, not for what is so.",
        help="Write add N, or on EVENT set to N.",
        offered=False,
        only="when",
    ),
    pattern(
        "when-set-to",
        r"(?P<bad>\breset\b)",
        "add 1",
        "The effect reset stands only in a rule that begins with on: it is for what happens, not for what is so.",
        help="Write on EVENT reset.",
        offered=False,
        only="when",
    ),
    pattern(
        "but-not",
        r"(?<!but )(?P<bad>(?:,\s*)?\b(?:never|not|min(?:imum)?|but\s+never|and\s+not)\s+(?:go(?:es)?\s+)?below\b|\bbut\s+not\s+(?:under|less\s+than)\b|\bdown\s+to\b)(?=\s+-?\d)",
        "but not below",
        "A floor for a subtraction is written but not below N.",
        only="on",
    ),
    pattern(
        "but-not",
        r"(?<!but )(?P<bad>(?:,\s*)?\b(?:never|not|but\s+never|and\s+not)\s+(?:go(?:es)?\s+)?above\b|\bbut\s+not\s+(?:over|more\s+than)\b)(?=\s+-?\d)",
        "but not above",
        "A ceiling for an addition is written but not above N.",
        only="on",
    ),
    pattern(
        "else-when",
        r"(?P<bad>\b(?:else\s*if|elsif|elif|otherwise\s+(?:when|if))\b)",
        "else when",
        "A further case is written else when.",
        only="when",
    ),
    pattern("else-when", r"(?P<bad>\botherwise\b)", "else", "What is left is written else.", only="when"),
    add_missing,
)

LAST: tuple[Repairer, ...] = (
    pattern(
        "on-missing",
        r"\A(?P<bad>(?:\"\x00*\"|[A-Za-z_][\w.]*))(?=\s+(?:add|subtract|where|then|without|or)\b)",
        "on {bad}",
        "A rule about what happens begins with on: on {bad}.",
        title="Write on {bad}",
        sure=provided(r"\A\s*(?:where|then|without)\b", "after"),
    ),
)
