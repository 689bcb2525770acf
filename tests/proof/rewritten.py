"""Edits of a program's text that keep its meaning, as somebody makes who tidies up. Each gives the new text or None."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from random import Random

Edit = Callable[[str, Random], str | None]

_HEADER = re.compile(r" *(score|group|test)\b")
_RULE = re.compile(r"( *)(on|when) ")
_LIMITS = re.compile(r"\b(once|at most|up to|unless repeated|reset|set to|apart|within|inactivity|without)\b")
_WHERE = re.compile(
    r"( *on \w+ where )((?:(?! add | subtract | if | reset| set to | within | then | without | with same | apart).)*)"
    r"( (?:add|subtract) .*)$"
)
_RESETS = re.compile(r"\b(reset|set to)\b")


def _rules(lines: list[str]) -> list[int]:
    """Rules that stand on one line."""
    found = []
    for i, line in enumerate(lines):
        follows = lines[i + 1] if i + 1 < len(lines) else ""
        deeper = len(follows) - len(follows.lstrip()) > len(line) - len(line.lstrip())
        if _RULE.match(line) and not (follows.strip() and deeper) and ";" not in line and "#" not in line:
            found.append(i)
    return found


def shuffled(text: str, random: Random) -> str | None:
    """The rules of each block in another order."""
    if _RESETS.search(text):
        return None
    lines = text.splitlines()
    plain = set(_rules(lines))
    out: list[str] = []
    for ok, block in groupby(range(len(lines)), key=lambda i: (i in plain, len(lines[i]) - len(lines[i].lstrip()))):
        found = [lines[i] for i in block]
        if ok[0]:
            random.shuffle(found)
        out += found
    return "\n".join(out) + "\n"


def titled(text: str, random: Random) -> str | None:
    """A rule with another title."""
    lines = text.splitlines()
    at = [i for i in _rules(lines) if " as " not in lines[i]]
    if not at:
        return None
    i = random.choice(at)
    lines[i] += ' as "Another title"'
    return "\n".join(lines) + "\n"


def split_or(text: str, random: Random) -> str | None:
    """`on a or b ...` as two rules, where nothing counts them together."""
    lines = text.splitlines()
    found = [(i, match) for i in _rules(lines) if not _LIMITS.search(lines[i])
             if (match := re.match(r"( *on )(\w+) or (\w+)( .*)$", lines[i])) and match[4].split()[0] != "or"]
    if not found:
        return None
    i, match = random.choice(found)
    lines[i : i + 1] = [f"{match[1]}{name}{match[4]}" for name in (match[2], match[3])]
    return "\n".join(lines) + "\n"


def doubled(text: str, random: Random) -> str | None:
    """Points in two halves, where nothing limits them."""
    lines = text.splitlines()
    found = [(i, match) for i in _rules(lines)
             if not re.search(r"\b(decay|but not|score|else|expire)\b", lines[i]) and not _LIMITS.search(lines[i])
             if "decay" not in text and "unless repeated" not in text
             if (match := re.match(r"(.* add )([0-9]+)((?! *[*+/.-]).*)$", lines[i]))]
    if not found:
        return None
    i, match = random.choice(found)
    lines[i : i + 1] = [f"{match[1]}{number}{match[3]}" for number in (1, int(match[2]) - 1)]
    return "\n".join(lines) + "\n"


def negated(text: str, random: Random) -> str | None:
    """`when C add E` as its opposite with `else`."""
    lines = text.splitlines()
    found = [(i, match) for i in _rules(lines)
             if (match := re.match(r"( *)when ((?:(?!else|add|subtract).)*) (add|subtract) ([0-9]+)$", lines[i]))]
    if not found:
        return None
    i, match = random.choice(found)
    lines[i] = f"{match[1]}when not ({match[2]}) add 0, else {match[3]} {match[4]}"
    return "\n".join(lines) + "\n"


def both_ways(text: str, random: Random) -> str | None:
    """`where C` as `where not (not (C))`, or with something that is so anyway."""
    lines = text.splitlines()
    found = [(i, match) for i in _rules(lines)
             if (match := _WHERE.match(lines[i]))]
    if not found:
        return None
    i, match = random.choice(found)
    asked = random.choice(("not (not ({0}))", "({0}) and ({0} or page is known)", "({0}) or ({0} and page = \"x\")"))
    lines[i] = f"{match[1]}{asked.format(match[2])}{match[3]}"
    return "\n".join(lines) + "\n"


def defined(text: str, random: Random) -> str | None:
    """The condition of a `when` rule gets a name."""
    lines = text.splitlines()
    found = [(i, match) for i in _rules(lines)
             if (match := re.match(r"( *when )((?:(?!else|add|subtract).)*)( (?:add|subtract) .*)$", lines[i]))]
    if not found:
        return None
    i, match = random.choice(found)
    lines[i] = f"{match[1]}a_new_name{match[3]}"
    return "\n".join([*lines, f"define a_new_name: {match[2]}"]) + "\n"


def renamed_define(text: str, random: Random) -> str | None:
    names = re.findall(r"^define (\w+):", text, re.MULTILINE)
    if not names:
        return None
    name = random.choice(names)
    return re.sub(rf"(?<![\w.\"`]){name}(?![\w\"`])", f"{name}_2", text)


EDITS: dict[str, Edit] = {
    each.__name__: each
    for each in (shuffled, titled, split_or, doubled, negated, both_ways, defined, renamed_define)
}
