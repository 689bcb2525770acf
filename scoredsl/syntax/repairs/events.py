"""What a rule is about: events, how many of them, and their absence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoredsl.syntax.repairs.broken import Broken, Groups, Repair, Repairer, pattern, unless

_EVENT = r"(?:\"\x00*\"|[A-Za-z_][\w.]*)"
_UNIT = r"(?:[smhdw]|\s*(?:hours?|days?|weeks?|months?))\b"


def without_activity(text: str, start: int = 0) -> Repair | None:
    """The repair of `on 30d without activity`, which can be read: as silence of an event named `activity`."""
    match = _ACTIVITY.search(text, start)
    if match is None:
        return None
    good = f"{'every ' if match['every'] else ''}{_short(match['duration'])}"
    good = f"{good} of inactivity" if match["every"] else f"inactivity of {good}"
    return Repair(
        "without-activity",
        f"A time without any event is written {good}.",
        *match.span("bad"),
        ((*match.span("bad"), good),),
        "",
        f"Write {good}",
    )


_ACTIVITY = re.compile(
    r"\bon\s+(?P<bad>(?P<every>every\s+)?(?P<duration>\d+\s*(?:[smhdw]|hours?|days?|weeks?))\s+(?:without|with\s+no|of\s+no|no)\s+(?:any\s+)?activity)\b",
    re.IGNORECASE,
)


def _activity(broken: Broken) -> Iterator[Repair]:
    repair = without_activity(broken.plain)
    if repair is not None:
        yield repair


def _short(duration: str) -> str:
    """`30 days` as `30d`."""
    found = re.match(r"(\d+)\s*(\w)", duration)
    return found.group(1) + found.group(2).lower() if found else duration


def first_event(broken: Broken) -> Iterator[Repair]:
    """`on first email_clicked add 5`: `once` says it."""
    match = re.match(
        r"on\s+(?P<bad>(?:the\s+)?(?:first|1st)(?:\s+(?:time|ever))?\s+)(?=[\"A-Za-z_])", broken.plain, re.IGNORECASE
    )
    if match is None:
        return
    end = len(broken.text.rstrip(" ."))
    once = "" if re.search(r"\bonce\b", broken.plain) else " once"
    changes = ((*match.span("bad"), ""), (end, end, once))
    start, stop = match.span("bad")
    yield Repair(
        "first-event",
        "That only the first event counts is written with once: on email_clicked add 5 once.",
        start,
        stop - 1,
        changes,
        "",
        "Write once after the points",
        re.search(r"\b(?:every|at\s+most|per|then|without|or)\b", broken.plain, re.IGNORECASE) is None,
    )


_KEY = re.compile(
    r"\b(?P<key>on|then|without|or|given|event|ignore|ends\s+on|count\s+of|has|no|since\s+last|of|expect)\s+(?:\d[\d_]*\s+)?\(?",
    re.IGNORECASE,
)
_RUN = re.compile(r"[^\s\"`()\[\],:=<>!;]+(?:(?:\s*[-/:&+]\s*|[ \t]+)[^\s\"`()\[\],:=<>!;]+)*")
_WORD = re.compile(r"[^\s]+")
_STOP = frozenset(
    [
        "where",
        "then",
        "without",
        "within",
        "with",
        "if",
        "add",
        "subtract",
        "reset",
        "set",
        "or",
        "at",
        "in",
        "as",
        "apart",
        "after",
        "is",
        "and",
        "not",
        "than",
        "every",
        "from",
        "until",
        "once",
        "text",
        "number",
        "boolean",
        "time",
        "list",
    ]
)
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z", re.ASCII)


_ONE_NAME = re.compile(r"[\w.]+(?:-[\w.]+)*\Z|[A-Z0-9][\w.-]*(?: [A-Z0-9][\w.-]*)*\Z")
"""`email-opened`, `Email Opened`; other words in a row may be more than a name, or a name with `_`."""


def event_name(broken: Broken) -> Iterator[Repair]:
    """`on Email Opened`, `on email-opened`: an event's name that is not one plain word stands in quotes."""
    found: list[tuple[int, int]] = []
    for key in _KEY.finditer(broken.plain):
        if key["key"].lower() == "expect" or len(found) == 10 or (found and key.start() < found[-1][1]):
            continue
        run = _RUN.match(broken.plain, key.end())
        if run is None:
            continue
        end = run.end()
        for word in _WORD.finditer(run.group()):
            if word.start() and (word.group().lower() in _STOP or re.match(r"\d+[smhdw]?\Z", word.group())):
                end = run.start() + len(run.group()[: word.start()].rstrip())
                break
        name = broken.text[run.start() : end]
        if (name and not _PLAIN_NAME.match(name) and not name[0].isdigit()) or re.match(r"\d+[a-z_]\w+\Z", name):
            found.append((run.start(), end))
    sets = [found] if len(found) > 1 else []
    for places in [*sets, *([place] for place in found)]:
        name = broken.text[slice(*places[0])]
        quoted = '"' + name.replace("\\", "\\\\") + '"'
        changes = tuple((start, end, '"' + broken.text[start:end].replace("\\", "\\\\") + '"') for start, end in places)
        yield Repair(
            "event-name",
            f"An event's name that is not one plain word stands in double quotes: {quoted}.",
            *places[0],
            changes,
            "",
            f"Write {quoted}",
            _ONE_NAME.match(name) is not None,
        )


def _more(groups: Groups) -> str:
    return str(int(groups["n"].replace("_", "")) + 1)


def _plural(groups: Groups) -> str:
    return f"{groups['n']} {groups['event']}"


REPAIRS: tuple[Repairer, ...] = (
    _activity,
    pattern(
        "without-activity",
        rf"\bon\s+(?P<bad>(?:no\s+activity|inactive|inactivity|being\s+inactive|silence)(?:\s+(?:for|in|within|since|over|during|after|of))?)\s+(?=\d+{_UNIT})",
        "inactivity of",
        "A time without any event is written inactivity of 30d.",
    ),
    pattern(
        "without-activity",
        r"\bon\s+(?P<bad>(?P<duration>\d+\s*(?:[smhdw]|hours?|days?|weeks?))\s+(?:of\s+)?(?:inactivity|silence|inactive))\b",
        lambda g: f"inactivity of {_short(g['duration'])}",
        "A time without any event is written {good}.",
    ),
    pattern(
        "without-activity",
        rf"\bon\s+(?P<bad>no\s+(?P<event>{_EVENT})\s+(?:in|within|for|since|during)\s+(?:the\s+last\s+)?(?P<duration>\d+[smhdw]))\b",
        "{duration} without {event}",
        "A time without an event is written {good}.",
    ),
    first_event,
    pattern(
        "within-words",
        r"\bon\s+(?:\d+\s+\S|[^,]*\b(?:then|without)\s+\S)[^,]*?\s(?P<bad>in(?:\s+the\s+(?:last|next))?)(?=\s+\d+\s*(?:[smhdw]|minutes?|hours?|days?|weeks?)\b)",
        "within",
        "The time in which several events happen is written within 7d.",
        only="on",
    ),
    pattern(
        "same-place",
        r"(?P<bad>(?P<same>\bwith\s+same\s+(?:`\x00*`|[\w.]+))\s+(?P<rest>(?:then|without)\b.*?))(?=\s+within\b)",
        "{rest} {same}",
        "The words with same stand after the last step: {good}.",
        only="on",
    ),
    pattern(
        "same-place",
        r"(?P<bad>(?P<rest>\bwithin\s+\d+[smhdw])\s+(?P<same>with\s+same\s+(?:`\x00*`|[\w.]+)))",
        "{same} {rest}",
        "The words with same stand before within: {good}.",
        only="on",
    ),
    pattern(
        "more-than",
        r"\b(?:on|or|then|without)\s+(?P<bad>(?:more\s+than|over|above)\s+(?P<n>\d+))(?:\s+times)?(?=\s+[\"\w])",
        _more,
        "A rule on several events names the number that is needed: {good} for {bad}.",
        only="on",
    ),
    pattern(
        "more-than",
        r"\bon\s+(?P<bad>(?:\b(?:at\s+least|minimum|min\.?|exactly|every|each)\s+(?P<n>\d+))(?:\s+times)?)(?=\s+[A-Za-z_\"])",
        "{n}",
        "A rule on several events names the number that is needed: {good}.",
        sure=unless(r"exactly", "bad"),
        only="on",
    ),
    pattern(
        "more-than",
        r"\bon\s+(?P<bad>(?P<n>\d+)(?:\s*(?:\+|x|×|or\s+more(?:\s+times)?|times|-times|×))\s*)(?=[A-Za-z_\"])",
        "{n} ",
        "A rule on several events names the number that is needed: {good}.",
        only="on",
    ),
    pattern(
        "more-than",
        rf"\bon\s+(?P<bad>(?P<event>{_EVENT})\s+(?:at\s+least\s+)?(?P<n>\d+)\s*(?:x|times?)\b)(?=\s+(?:within|with|where|in|add))",
        _plural,
        "The number stands before the event: {good}.",
        sure=unless(r"\A\s*(?:add|subtract)\b", "after"),
        only="on",
    ),
    pattern(
        "filler-word",
        r"\bon\s+(?P<bad>(?:every|each|any|an?|the|all|when|event)\s+)(?!(?:and|or|then|within|without|where|with|if|add|subtract|reset|set|but|followed|twice)\b)(?=[\"A-Za-z_])",
        "",
        "The event's name stands directly after on.",
        title="Delete {bad}",
        only="on",
    ),
    pattern(
        "filler-word",
        r"\b(?:has|no|of|without|then|or)\s+(?P<bad>(?:an?|the|any|every)\s+)(?=[\"A-Za-z_])",
        "",
        "The event's name stands here without {bad}.",
        title="Delete {bad}",
    ),
    pattern("filler-word", r"\b(?P<bad>the\s+)(?=\w)", "", "The word the is not needed here.", title="Delete it"),
    pattern(
        "then-words",
        r"(?P<bad>,?\s*\b(?:and\s+then|followed\s+by|and\s+after\s+that|and\s+later|before|->|,\s*then)\s+)(?=[\"A-Za-z_])",
        " then ",
        "One event after another is written A then B within 14d.",
        only="on",
    ),
    pattern(
        "then-words",
        r"(?P<bad>\s*(?:->|→|,\s*then\b)\s*)(?=[\"A-Za-z_])",
        " then ",
        "One event after another is written A then B within 14d.",
        only="on",
    ),
    pattern(
        "then-words",
        r"(?P<bad>,?\s*\b(?:(?:and|but|with)\s+(?:no|not)|not\s+followed\s+by|without\s+an?|and\s+without|but\s+without)\s+)(?=[\"A-Za-z_])",
        " without ",
        "An event that does not follow is written A without B within 30d.",
        only="on",
    ),
    pattern(
        "events-or",
        r"\bon\s+[^,]*?(?P<bad>\s*,\s*(?:or\s+)?)(?=[\"A-Za-z_])",
        " or ",
        "Several events are joined with or.",
        sure=False,
        only="on ignore",
    ),
    pattern(
        "events-or",
        rf"\b(?:on|ignore)\s+{_EVENT}(?:\s+or\s+{_EVENT})*(?P<bad>\s+and\s+)(?={_EVENT})",
        " or ",
        "Several events are joined with or; one after the other with then.",
        sure=False,
        only="on ignore",
    ),
    pattern(
        "where-word",
        r"\Aignore\s+(?:\"\x00*\"|[\w.]+)(?:\s+or\s+(?:\"\x00*\"|[\w.]+))*\s+(?P<bad>if|when)\b",
        "where",
        "A condition on the event begins with where.",
        only="ignore",
    ),
    pattern(
        "where-word",
        r"(?P<bad>\b(?:with|when|having|whose|that\s+has|for\s+which|and|which|whith)\b)(?=\s+[`\"\w.]+\s*(?:[=<>!]|is\b|in\b|contains|starts|ends|between|matches))",
        "where",
        "A condition on the event begins with where.",
        sure=False,
        only="on ignore events",
    ),
    pattern(
        "where-word",
        r"\bon\s+[\w.\"\x00]+\s*(?P<bad>,|\(|:|-)\s*(?=[`\w.]+\s*(?:[=<>!]|is\b|in\b|contains|starts|ends|between|matches))",
        " where ",
        "A condition on the event begins with where.",
        sure=False,
        only="on ignore events",
    ),
    event_name,
)
