"""Misspelt keywords, keywords in capitals, and phrases of which a word is missing: found among what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from scoredsl.diagnostics.suggest import distance
from scoredsl.syntax.keywords import HEADERS
from scoredsl.syntax.repairs.broken import Broken, Repair, read
from scoredsl.syntax.repairs.vocabulary import keyword_words, phrases

_SHOUTED = re.compile(r"(?<![\w.])[A-Z]{2,}(?!\w|\.\w)")
_PERIOD = re.compile(r"\bper\s+(?P<period>day|week|month|year)\b(?!\.\w)", re.IGNORECASE)
_WORD = re.compile(r"[^\s\"`()\[\],:=<>!]+")


def close(word: str, other: str) -> int | None:
    """How far apart two words are; None where they are no slip of the hand."""
    a, b = word.lower(), other
    if a == b:
        return 0
    if len(b) == 2:
        return 1 if sorted(a) == sorted(b) or (len(a) == 3 and b in (a[:2], a[1:], a[0] + a[2])) else None
    if len(a) < 2 or any(character.isdigit() for character in a):
        return None
    limit = max(1, min(3, max(len(a), len(b)) // 3))
    found = distance(a, b, limit)
    return found if found <= limit else None


_MEANINGFUL = frozenset(("nor", "non", "now", "any", "one", "two", "ten", "but", "yes", "least", "most", "never"))


def slip(seen: str, good: str) -> bool:
    """Whether a word can only be a slip of the hand: a letter or two, and no word that means something itself."""
    one, other = seen.lower(), good.lower()
    if one == other:
        return True
    if one in keyword_words() or one in _MEANINGFUL:
        return False
    limit = 2 if len(other) >= 8 else 1
    return distance(one, other, limit) <= limit


def words_at(plain: str, at: int, limit: int = 5) -> list[tuple[int, int]]:
    """The places of the words that follow each other from an offset on, with nothing but blanks between."""
    found: list[tuple[int, int]] = []
    while len(found) < limit:
        while at < len(plain) and plain[at].isspace():
            at += 1
        match = _WORD.match(plain, at)
        if match is None:
            break
        found.append(match.span())
        at = match.end()
    return found


def misspelt(broken: Broken) -> Iterator[Repair]:
    """`ad 30`, `starts wiht`, `expire 30d`: close to a keyword that is expected there, or at a word before."""
    starts = [broken.at]
    before = [match.start() for match in _WORD.finditer(broken.plain, max(0, broken.at - 60), broken.at)]
    starts += before[-1:-3:-1]
    for at in starts:
        expected = broken.expected if at == broken.at else broken.expected_at(at)
        found: list[tuple[int, str, Repair]] = []
        places = words_at(broken.plain, at)
        if not places:
            continue
        for terminal in expected:
            for phrase in phrases(terminal):
                one = _phrase(broken, places, phrase.split(" "))
                if one is not None:
                    found.append((one[0], phrase, one[1]))
        found.sort(key=lambda entry: entry[:2])
        for gap, phrase, repair in found[:4]:
            rivals = [other for far, name, other in found if far <= gap and name != phrase]
            yield replace(repair, sure=repair.sure and not any(_reads(broken, rival) for rival in rivals))


def _reads(broken: Broken, repair: Repair) -> bool:
    return read(repair.applied(broken.text), broken.keyword) is None


def _phrase(broken: Broken, places: list[tuple[int, int]], phrase: list[str]) -> tuple[int, Repair] | None:
    """How far the words are from the phrase, and the repair; None where they are not close or the same."""
    text = broken.text
    words = [text[start:end] for start, end in places]
    whole = " ".join(phrase)
    if len(phrase) > 1:
        joined = re.sub(r"[-_.]", "", words[0]).lower()
        gap = close(joined, "".join(phrase))
        if gap is not None and len(joined) > len(phrase[0]) + 1:
            sure = slip(joined, "".join(phrase))
            return gap + 1, _misspelt(broken, places[0], words[0], whole, ((*places[0], whole),), sure)
    gaps: list[int] = []
    for word, wanted in zip(words, phrase, strict=False):
        gap = close(word, wanted)
        if gap is None:
            break
        gaps.append(gap)
    count = len(gaps)
    if count == len(phrase):
        if not sum(gaps) and all(word == wanted for word, wanted in zip(words, phrase, strict=False)):
            return None
        wrong = [i for i in range(count) if words[i] != phrase[i]]
        changes = tuple((*places[i], phrase[i]) for i in wrong)
        place = (places[wrong[0]][0], places[wrong[-1]][1])
        seen = text[slice(*place)]
        good = " ".join(phrase[wrong[0] : wrong[-1] + 1])
        if not sum(gaps):
            return 0, Repair(
                "keyword-capitals", f"Keywords are written in lower case: {good}.", *place, changes, "", f"Write {good}"
            )
        return sum(gaps), _misspelt(broken, place, seen, good, changes, all(slip(words[i], phrase[i]) for i in wrong))
    if count and not sum(gaps) and len(phrase) > 1:
        missing = phrase[count:]
        rest = [word.lower() for word in words[count : count + 2]]
        if missing[-1:] == rest[:1]:
            missing = missing[:-1]
        at = places[count - 1][1]
        good = " ".join(missing)
        have = " ".join(phrase[:count])
        repair = Repair(
            "missing-word",
            f'"{good}" is missing after "{have}": {whole}.',
            *places[count - 1],
            ((at, at, f" {good}"),),
            "",
            f"Write {have} {good}",
        )
        return 2 + len(missing), repair
    return None


def _misspelt(
    broken: Broken, place: tuple[int, int], seen: str, good: str, changes: tuple[tuple[int, int, str], ...], sure: bool
) -> Repair:
    seen = " ".join(seen.split())
    if place[0] == 0:
        return Repair(
            "unknown-statement",
            f'No statement begins with "{seen}".',
            *place,
            changes,
            f"Did you mean {good}?",
            f"Write {good}",
            sure,
            suggestion=good,
        )
    return Repair(
        "misspelt-word",
        f'"{seen}" does not fit here: did you mean {good}?',
        *place,
        changes,
        "",
        f"Write {good}",
        sure,
        suggestion=good,
    )


_SECOND = frozenset(("on", "threshold", "tier", "maximum", "minimum", "define", "label", "grid", "start"))


def two_statements(broken: Broken) -> Iterator[Repair]:
    """`on visit add 5 on order add 10`, `... threshold 100`: two statements on a line, without a `;` between them."""
    found = _WORD.match(broken.plain, broken.at)
    before = broken.text[: broken.at].rstrip()
    if found is None or found.group() not in _SECOND or broken.keyword in HEADERS:
        return
    if read(before, broken.keyword) is not None or read(broken.text[broken.at :], found.group()) is not None:
        return
    yield Repair(
        "two-statements",
        f"A new statement begins at {found.group()}; statements that share a line have a semicolon (;) between them.",
        *found.span(),
        ((len(before), len(before), ";"),),
        "Write ; or a new line before it.",
        "Write ; before it",
        reading=before,
    )


def capitals(broken: Broken) -> Iterator[Repair]:
    """`ON visit ADD 5 ONCE`: words where a keyword is expected, in lower case, one after the other."""
    changes: list[tuple[int, int, str]] = []
    now: Broken | None = broken
    for _ in range(24):
        if now is None:
            break
        change = _lowered(now)
        if change is None:
            break
        changes.append(change)
        now = read(now.text[: change[0]] + change[2] + now.text[change[1] :], now.keyword.lower())
    if not changes:
        return
    first = changes[0]
    sure = not any(re.fullmatch(r"\d+m", change[2]) for change in changes)  # 3M may be months
    done = {start for start, _, _ in changes}
    reached = changes[-1][1]
    changes.extend(
        (*match.span("period"), match["period"].lower())
        for match in _PERIOD.finditer(broken.plain)
        if match.start("period") not in done and not match["period"].islower()
    )
    if first[2][0].isdigit():
        yield Repair(
            "duration-words",
            f"A duration is a number and one small letter: {first[2]}.",
            first[0],
            first[1],
            tuple(sorted(changes)),
            "",
            f"Write {first[2]}",
            sure,
        )
        return
    every = sorted(changes)
    if now is not None and len(changes) > 1:
        lowered = {start for start, _, _ in changes}
        every += [
            (*match.span(), match.group().lower())
            for match in _SHOUTED.finditer(broken.plain, reached)
            if match.start() not in lowered and match.group().lower() in keyword_words()
        ]
    for some in [every, sorted(changes)] if len(every) > len(changes) else [every]:
        yield Repair(
            "keyword-capitals",
            f"Keywords are written in lower case: {first[2]}.",
            first[0],
            first[1],
            tuple(some),
            "",
            "Write keywords in lower case",
            sure,
        )


def _lowered(broken: Broken) -> tuple[int, int, str] | None:
    """The words in capitals where reading stopped, or one before, that in lower case are an expected keyword."""
    places = words_at(broken.plain, broken.at)
    if not places:
        return None
    start, end = places[0]
    word = broken.text[start:end]
    if "DURATION" in broken.expected and re.fullmatch(r"\d+[SMHDW]", word):
        return start, end, word.lower()
    for terminal in broken.expected:
        for phrase in phrases(terminal):
            parts = phrase.split(" ")
            stretch = [broken.text[slice(*place)] for place in places[: len(parts)]]
            if [part.lower() for part in stretch] == parts and stretch != parts:
                return start, places[len(parts) - 1][1], phrase
    return None
