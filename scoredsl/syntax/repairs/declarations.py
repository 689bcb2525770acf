# ruff: noqa: E501  (a pattern stands on one line)
"""Statements other than rules: tiers, thresholds, bounds, headers, definitions, declarations, tests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoredsl.syntax.repairs.broken import NUMBER, Broken, Repair, Repairer, pattern, provided, unless

_TYPES = {
    "string": "text",
    "str": "text",
    "varchar": "text",
    "email": "text",
    "url": "text",
    "enum": "text",
    "texts": "text",
    "int": "number",
    "integer": "number",
    "float": "number",
    "decimal": "number",
    "double": "number",
    "numeric": "number",
    "numbers": "number",
    "money": "number",
    "currency": "number",
    "bool": "boolean",
    "flag": "boolean",
    "date": "time",
    "datetime": "time",
    "timestamp": "time",
    "array": "list",
}


def bound_in_header(broken: Broken) -> Iterator[Repair]:
    """`group mail maximum 40`: what belongs to a score or group stands on a line of its own below."""
    match = re.match(
        r"(?P<head>(?:group|score)\s+[\w.]+(?:\s*\"\x00*\")?)\s*[:,]?\s+(?P<bad>(?:maximum|max|minimum|min|threshold|expire\s+after|decay|never|tier|start\s+at)\b.*)\Z",
        broken.plain,
        re.IGNORECASE | re.DOTALL,
    )
    if match is None:
        return
    start, end = match.span("bad")
    below = broken.text[start:end]
    good = re.sub(
        r"\Amax\b\.?", "maximum", re.sub(r"\Amin\b\.?", "minimum", below, flags=re.IGNORECASE), flags=re.IGNORECASE
    )
    good = re.sub(r"\A(maximum|minimum)\s*(?:=|:|of)\s*", r"\1 ", good, flags=re.IGNORECASE)
    words = " ".join(good.split())
    changes = ((match.end("head"), end, "\n" + " " * broken.below + good),)
    word = broken.text.split(None, 1)[0].lower()
    yield Repair(
        "group-maximum",
        f'A line of its own below the {word}, indented, is the place of "{words}".',
        start,
        end,
        changes,
        "",
        "Move it to the line below",
        reading=broken.text[: match.end("head")],
    )


def threshold_name(broken: Broken) -> Iterator[Repair]:
    """`threshold mql at 60`: the number stands first."""
    match = re.match(
        rf"threshold\s+(?P<name>[A-Za-z_]\w*|\"\x00*\")\s*(?:at|from|=|>=|:|of|is)?\s*(?P<number>{NUMBER})",
        broken.plain,
        re.IGNORECASE,
    )
    if match is None or match["name"].lower() in ("at", "of", "from", "is"):
        return
    name = broken.text[slice(*match.span("name"))]
    good = f"{match['number']} as {name}"
    start, end = match.start("name"), match.end("number")
    yield Repair(
        "threshold-number",
        f"The number of a threshold stands first: threshold {good}.",
        start,
        end,
        ((start, end, good),),
        "",
        f"Write {good}",
    )


_COMPARED = re.compile(
    r"[=<>]|\b(?:is|in|between|contains|starts\s+with|ends\s+with|matches|has|no|not|count\s+of|inactive)\b", re.IGNORECASE
)
"""Something that only a condition has: a bare name may be an event."""

_FROM = "Where a tier begins is written from N."

REPAIRS: tuple[Repairer, ...] = (
    bound_in_header,
    pattern(
        "header-colon",
        r"\A(?:score|group|test)\b[^=]*?(?P<bad>\s*[:{])\s*\Z",
        "",
        "A header ends without a colon or bracket: its lines are indented below.",
        title="Delete it",
        only="score group test",
    ),
    pattern(
        "tier-at",
        r"\Atier\s+(?:\"\x00*\"|[\w.+-]+)(?P<bad>\s*(?:\bat\b|:|>=|=|\bstarts?\s+(?:at|from)\b|\bfrom\s*:|\bis\b|\bfor\b|\bif\b(?:\s+score)?\s*(?:>=)?|\bwhen\b(?:\s+score)?\s*(?:>=)?)\s*)(?=\d)",
        " from ",
        _FROM,
        title="Write from",
    ),
    pattern("tier-at", r"\Atier\s+(?:\"\x00*\"|[\w.+-]+)(?P<bad>\s+)(?=\d)", " from ", _FROM, title="Write from"),
    pattern(
        "tier-at",
        r"\Atier\s+(?:\"\x00*\"|[\w.+-]+)(?P<bad>\s*(?:>|\bover\b|\bmore\s+than\b)\s*)(?=\d)",
        " above ",
        "A tier that begins above a number is written above N.",
        title="Write above",
    ),
    pattern(
        "tier-at",
        r"\Atier\s+(?P<bad>(?P<n>\d[\d.]*)\s+(?:as|for)\s+(?P<name>[A-Za-z_]\w*|\"\x00*\"))",
        "{name} from {n}",
        "A tier's name stands first: tier {good}.",
    ),
    pattern(
        "tier-range",
        r"\Atier\s+(?:\"\x00*\"|[\w.+-]+)\s+(?P<bad>(?:from|between)?\s*(?P<low>\d[\d.]*)\s*(?:-|to|and|up\s+to|\.\.)\s*\d[\d.]*)(?=\s*\Z)",
        "from {low}",
        "A tier reaches up to the next one: only where it begins is written.",
        sure=False,
    ),
    threshold_name,
    pattern(
        "threshold-number",
        r"\Athreshold(?P<bad>\s*(?:\b(?:at|of|from|is)\b|=|:|>=|>)\s*)(?=-?\d)",
        " ",
        "The number follows threshold directly.",
        title="Delete it",
        sure=unless(r">\s*\Z", "bad"),
    ),
    pattern(
        "threshold-number",
        rf"\Athreshold\s+{NUMBER}(?P<bad>\s*(?:for|is|=|:|->|called|named)\s*)(?=[\"A-Za-z_])",
        " as ",
        "A threshold's name follows the word as.",
        title="Write as",
    ),
    pattern(
        "threshold-number",
        rf"\Athreshold\s+{NUMBER}(?P<bad>\s+)(?=(?!as\b|until\b|for\b|from\b|above\b|points?\b)[A-Za-z_])",
        " as ",
        "A threshold's name follows the word as.",
        title="Write as",
    ),
    pattern(
        "threshold-number",
        rf"\A(?:threshold|maximum|minimum|tier\s+\S+\s+from)\s+{NUMBER}(?P<bad>\s*(?:points?|pts?))\b",
        "",
        "The number stands alone here, without points.",
        title="Delete it",
    ),
    pattern(
        "bound-words",
        r"\A(?P<bad>(?:max|maximal|maxi|cap|limit|ceiling)\b\.?\s*(?:at|to|of|is|=|:|score)?\s*)(?=-?\d)",
        "maximum ",
        "The most that is reported is written maximum N.",
        title="Write maximum",
    ),
    pattern(
        "bound-words",
        r"\A(?P<bad>(?:min|minimal|mini|floor)\b\.?\s*(?:at|to|of|is|=|:|score)?\s*)(?=-?\d)",
        "minimum ",
        "The least that is reported is written minimum N.",
        title="Write minimum",
    ),
    pattern(
        "bound-words",
        r"\A(?:maximum|minimum)(?P<bad>\s*(?:at|to|of|is|=|:|score|points)\s*)(?=-?\d)",
        " ",
        "The number follows directly.",
        title="Delete it",
    ),
    pattern(
        "bound-words",
        r"\A(?P<bad>(?:base|initial|start(?:s|ing)?)\s*(?:score|value|points|with|from|at|=|:)?\s*)(?=-?\d)",
        "start at ",
        "What everyone begins with is written start at N.",
        title="Write start at",
    ),
    pattern(
        "define-colon",
        r"\Adefine\s+[A-Za-z_][\w.]*(?P<bad>\s*(?::=|=>|->|=|\bas\b|\bis\b|\bmeans\b|\bwhen\b|\bwhere\b|\bif\b)\s*)(?=[^=\s])",
        ": ",
        "After the name of a define stands a colon (:).",
        title="Write :",
    ),
    pattern(
        "define-colon",
        r"\Aevents\s+[A-Za-z_][\w.]*(?P<bad>\s*(?::=|=>|->|=|\bas\b|\bis\b|\bare\b|\bmeans?\b)\s*)(?=[^=\s])",
        ": ",
        "After the name of a set of events stands a colon (:).",
        title="Write :",
    ),
    pattern(
        "define-colon",
        r"\A(?:define|events)\s+[A-Za-z_][\w.]*(?P<bad>\s+)(?=[^:=\s])",
        ": ",
        "A colon (:) is missing after the name.",
        title="Write :",
        sure=unless(r"\A[A-Za-z_][\w.]*\s*(?:[=:]|\b(?:is|as)\b)", "after"),
    ),
    pattern(
        "label-when",
        r"\Alabel\s+[A-Za-z_][\w.]*(?P<bad>\s*(?::|=|\bif\b|\bwhere\b|\bfor\b|\bis\b)\s*(?:when\s+)?)(?=\S)",
        " when ",
        "The condition of a label follows the word when.",
        title="Write when",
    ),
    pattern(
        "label-when",
        r"\Alabel\s+[A-Za-z_]\w*(?P<bad>\s+)(?=(?!when\b)\S+\s*(?:[=<>!]|is\b|in\b))",
        " when ",
        "The condition of a label follows the word when.",
        title="Write when",
    ),
    pattern(
        "exclude-if",
        r"\Aexclude(?P<bad>\s*(?:\b(?:any|all|every|leads?|people|contacts?)\b\s*)*(?:\b(?:if|where|when|with|whose|who)\b|:)?\s*)(?=\S)(?!unless\b)",
        " when ",
        "Leads are left out with exclude when ...",
        title="Write exclude when",
        sure=lambda g: re.search(r"\bany\b", g["bad"], re.IGNORECASE) is None
        and (_COMPARED.search(g["after"]) is not None or re.search(r"\b(?:if|when)\b", g["bad"], re.IGNORECASE) is not None),
    ),
    pattern(
        "exclude-if",
        r"\Aexclude\s+(?P<bad>(?:(?:all|every|leads?|people|contacts?)\s+)*(?:unless|except(?:\s+(?:if|when))?)\s+(?P<rest>\S.*))\Z",
        "when not ({rest})",
        "Leads are left out with exclude when ...; for all others: exclude when not (...).",
        title="Write exclude when not (...)",
        sure=False,
    ),
    pattern(
        "ignore-any",
        r"\Aignore(?P<bad>\s*(?:\b(?:all|every|events?|any|everything)\b\s*)*(?:\b(?:if|when|where|with|whose)\b|:)\s*)(?=\S)",
        " any where ",
        "Events of any kind are ignored with ignore any where ...",
        title="Write any where",
        sure=lambda g: _COMPARED.search(g["after"]) is not None,
    ),
    pattern(
        "ignore-any",
        r"\Aignore\s+(?P<bad>all|every|everything|events?)(?=\s+where\b|\s*\Z)",
        "any",
        "Events of any kind are ignored with ignore any where ...",
        sure=provided(r"where", "after"),
    ),
    pattern("if-when", r"\A(?P<bad>if|where|wenn)\b", "when", "A rule about what is so begins with when.", sure=lambda g: _COMPARED.search(g["after"]) is not None),
    pattern(
        "if-when",
        r"\A(?P<bad>(?:(?:up)?on|after|every\s+time|each\s+time|whenever)\s+(?:the\s+)?event|whenever|every\s+time|each\s+time|for\s+(?:each|every)|upon|after)(?=\s+[\"\w])",
        "on",
        "A rule about what happens begins with on.",
    ),
    pattern(
        "filler-word",
        r"\A(?P<bad>(?:rule|trigger)\s*:?\s+)(?=(?:on|when)\b)",
        "",
        "A rule begins with on or when.",
        title="Delete it",
    ),
    pattern(
        "score-formula",
        r"\Ascore\s+[A-Za-z_]\w*(?P<bad>\s*(?::=|=>|->|==|:|\bis\b)\s*)(?=[^\s=])",
        " = ",
        "The formula of a score follows the sign =.",
        title="Write =",
    ),
    pattern(
        "type-words",
        rf"(?P<bad>\b(?P<type>{'|'.join(_TYPES)})\b)(?=\s*(?:,|\"|\Z))",
        lambda g: _TYPES[g["type"].lower()],
        "The types are number, text, boolean, time and list: {good} for {bad}.",
        only="event profile",
    ),
    pattern(
        "type-words",
        r"(?P<bad>\s*(?::|=|\bas\b|\bis\b|\bof\s+type\b)\s*)(?=(?:number|text|boolean|time|list)\b)",
        " ",
        "The type follows the name directly.",
        title="Delete it",
        only="event profile",
    ),
    pattern(
        "event-with",
        r"\Aevent\s+(?:\"\x00*\"|[\w.]+)(?:\s*\"\x00*\")?(?P<bad>\s*(?:\(|:|\bwith\s*[({:]|\bhas\b|\bhaving\b|\band\b|,|\{)\s*(?P<rest>[^(){}]*?)(?:\s*[)}])?)\s*\Z",
        " with {rest}",
        "The properties of an event follow the word with.",
        title="Write with",
    ),
    pattern(
        "text-one-of",
        r"(?P<bad>(?<!text )\b(?:text\s+(?:in|of|from|any\s+of)|(?:one|any)\s+of|in|enum|text(?=\s*[\[(]))\s*)(?=\s*[\[(]?\s*\")",
        "text one of ",
        'A property with a few values is written text one of "a", "b".',
        title="Write text one of",
        only="event profile",
    ),
    pattern(
        "text-one-of",
        r"(?P<bad>\bone\s+of\s*[\[(]\s*(?P<items>[^\])]*?)\s*[\])])",
        "one of {items}",
        "The values stand without brackets: {good}.",
        only="event profile",
    ),
    pattern(
        "grid-from",
        r"(?P<bad>\s*(?:\b(?:at|above|over|starts?\s+at)\b|:|>=|>|=)\s*)(?=\d)",
        " from ",
        "Where a band begins is written A from 75.",
        title="Write from",
        sure=unless(r"above|over|>\s*\Z", "bad"),
        only="grid",
    ),
    pattern(
        "grid-from",
        r"\)(?P<bad>\s*(?:\bx\b|×|\*|,|\band\b|\bvs\b|/)\s*)(?=[A-Za-z_])",
        " by ",
        "The second score of a grid follows the word by.",
        title="Write by",
        only="grid",
    ),
    pattern(
        "grid-from",
        r"[(,]\s*(?P<bad>(?P<name>\w+)\s+(?P<n>\d+))(?=\s*[,)])",
        "{name} from {n}",
        "Where a band begins is written {good}.",
        only="grid",
    ),
    pattern(
        "expect-words",
        r"\Aexpect\s+[\w.]+(?P<bad>\s*(?:\b(?:is|to\s+be|to\s+equal|should\s+be|equals?|of|has|will\s+be)\b|==|:)\s*(?:equal\s+to\s*)?)(?=-?\d)",
        " = ",
        "What a score should be is written expect fit = 5.",
        title="Write =",
        only="expect",
    ),
    pattern(
        "expect-words",
        r"\Aexpect\s+[\w.]+\s+tier(?P<bad>\s*(?:\b(?:is|to\s+be|should\s+be|of)\b|={1,2}|:)\s*)(?=[\"\w])",
        " ",
        "The tier's name follows the word tier.",
        title="Delete it",
        only="expect",
    ),
    pattern(
        "expect-words",
        r"\Aexpect\s+(?P<score>[\w.]+)(?P<bad>\s*(?:\b(?:is|in|to\s+be|should\s+be)\b|={1,2}|:)\s*(?:tier\s+)?)(?=[\"A-Za-z_])(?!tier)",
        " tier ",
        "What tier a lead is in is written expect fit tier hot.",
        title="Write tier",
        sure=False,
        only="expect",
    ),
    pattern(
        "expect-words",
        r"\Aexpect\s+(?P<bad>(?:tier\s+(?:of\s+)?(?P<score>\w+)|(?P<score2>\w+)_tier)\s*(?:is\b|=)?)(?=\s+[\"\w])",
        lambda g: f"{g.get('score') or g.get('score2')} tier",
        "What tier a lead is in is written {good} ...",
        sure=False,
        only="expect",
    ),
    pattern(
        "expect-words",
        r"\Aexpect(?P<bad>\s+(?:score|that|lead|the)\s+)(?=[A-Za-z_])",
        " ",
        "The score's name follows expect directly.",
        title="Delete it",
        only="expect",
    ),
    pattern(
        "expect-words",
        r"\Aexpect\s+[\w.]+\s*(?P<bad>not)(?=\s+[\w\"]+\s*(?:\Z|at\b))",
        "!=",
        "A value that a score should not have is written !=.",
        sure=False,
        only="expect",
    ),
    pattern(
        "given-at",
        r"(?P<bad>\b(?:on|time|when|as\s+of|@)|@)(?=\s*\d{4}-)",
        "at",
        "A time follows the word at.",
        only="given expect",
    ),
    pattern(
        "given-at",
        r"(?P<bad>\s+)(?=\d{4}-\d\d-\d\d)(?<!at\s)",
        " at ",
        "A time follows the word at.",
        title="Write at",
        only="given expect",
    ),
    pattern(
        "given-at",
        r"\Agiven\s+(?!profile\b)[^=]*?(?P<bad>\w+|\")\Z",
        "{bad} at 2026-03-01",
        "The time is missing after {bad}: at and a date.",
        help="Write when it happened, for example at 2026-03-01.",
        offered=False,
        only="given",
    ),
    pattern(
        "given-equals",
        r"(?P<bad>\s*(?:==?|:|\bis\b)\s*)(?=[\"\w\[-])",
        " ",
        'In a test a value follows the name directly: country "DE".',
        title="Delete the sign",
        only="given",
    ),
    pattern(
        "given-equals",
        r"\Agiven(?P<bad>\s+(?:lead|contact|a\s+lead|a\s+profile|the\s+profile|person)(?:\s+(?:with|where|has))?)(?=\s+[`\w])",
        " profile",
        "What is known of the lead is written given profile ...",
        title="Write given profile",
        only="given",
    ),
    pattern(
        "given-equals",
        r"\Agiven\s+profile(?P<bad>\s+(?:with|where|of|has)\b)",
        "",
        "The fields follow given profile directly.",
        title="Delete it",
        only="given",
    ),
    pattern(
        "given-equals",
        r"(?P<bad>\s+and\s+)(?=[`\w]+\s*(?:=\s*)?[\"\d\w-])",
        ", ",
        "In a test values are separated by commas.",
        title="Write a comma",
        only="given",
    ),
    pattern(
        "given-equals",
        r"\Agiven\s+[\w.\"\x00 ]+?(?P<bad>\s*(?:\b(?:where|having|for|of)\b|\(|,)\s*)(?=[`\w]+\s*=?\s*[\"\d\w-])",
        " with ",
        "The properties of an event follow the word with.",
        title="Write with",
        only="given",
    ),
)
