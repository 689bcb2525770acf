"""Writes `syntaxes/score.tmLanguage.json` from the terminals of the grammar: `python vscode-extension/textmate.py`.

An editor colours with it before the language server answers, and where there is none. Every terminal of
`grammar/scoredsl.lark` has its scope here; one that has none is an error. A test makes the file again and compares.

A TextMate grammar knows no statements: words that are only keywords at the beginning of one (`score`, `test`, `tier`)
are looked for there, types in declarations and periods after `per`. So an event may be called `test` here, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scoredsl.syntax.grammar import parser

TARGET = Path(__file__).parent / "syntaxes" / "score.tmLanguage.json"

DECLARING = {
    "TIMEZONE", "IMPORT", "DEFINE", "EVENTS", "IGNORE", "EXCLUDE", "LABEL", "GRID", "EVENT", "PROFILE", "SCORE",
    "GROUP", "TEST", "MAXIMUM", "MINIMUM", "TIER", "THRESHOLD", "START_AT",
}  # fmt: skip
"""What begins a statement that declares or settles something."""
RULES = {"ON", "WHEN", "GIVEN_PROFILE", "GIVEN", "EXPECT"}
"""What begins a statement and may stand elsewhere only after another keyword."""

WORDS = {
    "keyword.control.score": {
        "ELSE_WHEN", "ELSE", "WHEN", "IF", "WHERE", "THEN", "WITHOUT", "WITHIN", "WITH_SAME", "WITH", "APART", "AFTER",
        "INACTIVITY_OF", "OF_INACTIVITY", "EVERY",
    },
    "keyword.other.award.score": {"ADD", "SUBTRACT", "RESET", "SET_TO", "POINTS"},
    "keyword.other.clause.score": {
        "BUT_NOT_BELOW", "BUT_NOT_ABOVE", "ONCE", "AT_MOST", "TIMES", "UP_TO", "EXPIRE_AFTER", "UNLESS_REPEATED",
        "NEVER_EXPIRE", "NEVER_DECAY", "DECAY_TO_ZERO", "DECAY_BY_HALF", "DECAY", "ENDS_ON", "FROM", "ABOVE",
        "UNTIL_BELOW", "UNTIL", "FOR_GOOD", "AS", "BY", "PER", "AT", "TIER_IS", "BECOMES",
    },
    "keyword.operator.word.score": {
        "AND", "OR", "NOT_IN", "NOT", "BETWEEN", "IN_LAST", "IN_NEXT", "IN", "CONTAINS_ANY_WORD_OF",
        "CONTAINS_ANY_OF", "CONTAINS_WORD", "CONTAINS", "STARTS_WITH", "ENDS_WITH", "MATCHES", "IS_MISSING", "IS_KNOWN",
    },
    "support.function.score": {
        "HAS", "NO", "INACTIVE_FOR", "MIN", "MAX", "ROUND", "COUNT_OF", "SUM_OF", "AVERAGE_OF", "LOWEST_OF",
        "HIGHEST_OF", "DISTINCT", "LATEST", "FIRST", "OF", "DAYS_SINCE_LAST", "DAYS_SINCE", "DAYS_UNTIL",
    },
    "constant.language.score": {"TRUE", "FALSE", "NONE", "ANY", "EXCLUDED"},
}  # fmt: skip
"""Keywords that are looked for everywhere, by scope."""
TYPES = {"TEXT_ONE_OF", "TYPE"}
PERIODS = {"PERIOD"}
LITERALS = {
    "DATE": "constant.numeric.date.score",
    "DURATION": "constant.numeric.duration.score",
    "PERCENT": "constant.numeric.percent.score",
    "NUMBER": "constant.numeric.score",
}
NAMES = {
    "LEAD_BACKQUOTED": "variable.other.score",
    "BACKQUOTED": "variable.other.score",
    "NAME": "variable.other.score",
}
SIGNS = {
    "NE": "keyword.operator.comparison.score", "GE": "keyword.operator.comparison.score",
    "LE": "keyword.operator.comparison.score", "EQ": "keyword.operator.comparison.score",
    "GT": "keyword.operator.comparison.score", "LT": "keyword.operator.comparison.score",
    "PLUS": "keyword.operator.arithmetic.score", "MINUS": "keyword.operator.arithmetic.score",
    "STAR": "keyword.operator.arithmetic.score", "SLASH": "keyword.operator.arithmetic.score",
    "LPAR": "punctuation.section.parens.score", "RPAR": "punctuation.section.parens.score",
    "LSQB": "punctuation.section.brackets.score", "RSQB": "punctuation.section.brackets.score",
    "COMMA": "punctuation.separator.score", "COLON": "punctuation.separator.score",
}  # fmt: skip
APART = {"STRING", "REGEX", "BAND"}
"""Strings have an inside, regular expressions follow `matches`; a band (`A` of a grid) looks like a name."""

Rule = dict[str, Any]
START = r"(?:^|(?<=;))\s*"
NAME_END = r"(?<![\w.])"


class UnknownTerminalError(Exception):
    """The grammar has a terminal that has no scope here."""


def terminals() -> dict[str, str]:
    """The patterns of the grammar's terminals, by name, in the order in which they are tried."""
    found = sorted(parser().terminals, key=lambda each: (-each.priority, -len(each.pattern.value), each.name))
    patterns = {each.name: uncaptured(each.pattern.to_regexp()) for each in found if not each.name.startswith("__")}
    known = DECLARING | RULES | TYPES | PERIODS | APART | LITERALS.keys() | NAMES.keys() | SIGNS.keys()
    known = known.union(*WORDS.values())
    for name in patterns.keys() - known:
        raise UnknownTerminalError(f"{name} has no scope: give it one in {Path(__file__).name}.")
    for name in known - patterns.keys():
        raise UnknownTerminalError(f"The grammar has no terminal {name} any more.")
    return patterns


def uncaptured(pattern: str) -> str:
    """A pattern without captures: those of a TextMate rule are counted through."""
    inside = r"\\.|\[(?:\\.|[^\]])*\]|\((?!\?)"
    plain = re.sub(inside, lambda found: "(?:" if found[0] == "(" else found[0], pattern)
    return plain.replace("\n", r"\n")


def one_of(names: Iterable[str], patterns: dict[str, str]) -> str:
    wanted = set(names)
    return f"(?:{'|'.join(pattern for name, pattern in patterns.items() if name in wanted)})"


def rule(scope: str, pattern: str) -> Rule:
    return {"name": scope, "match": pattern}


def grammar() -> Rule:
    """The TextMate grammar as data."""
    patterns = terminals()
    name = patterns["NAME"]
    declared = one_of({"SCORE", "GROUP", "GRID", "LABEL", "TIER", "DEFINE", "EVENTS"}, patterns)
    return {
        "information_for_contributors": "Made by vscode-extension/textmate.py from grammar/scoredsl.lark.",
        "name": "Score",
        "scopeName": "source.score",
        "patterns": [{"include": "#comments"}, {"include": "#declarations"}, {"include": "#statements"},
                     {"include": "#values"}, {"include": "#words"}, {"include": "#names"}, {"include": "#signs"}],
        "repository": {
            "comments": {"patterns": [rule("comment.line.number-sign.score", "#.*$")]},
            "declarations": {"patterns": [_declaration(patterns)]},
            "statements": {"patterns": [
                {
                    "match": rf"{START}({declared})\s+({name})",
                    "captures": {"1": {"name": "storage.type.score"}, "2": {"name": "entity.name.type.score"}},
                },
                _captured(rf"{START}({one_of(DECLARING, patterns)})", "storage.type.score"),
                _captured(rf"{START}({one_of(RULES, patterns)})", "keyword.control.score"),
            ]},
            "values": {"patterns": [
                _string(patterns["STRING"]),
                {
                    "match": rf"{NAME_END}({patterns['MATCHES']})\s*({patterns['REGEX']})",
                    "captures": {
                        "1": {"name": "keyword.operator.word.score"}, "2": {"name": "string.regexp.score"},
                    },
                },
                *(rule(scope, NAME_END + patterns[each]) for each, scope in LITERALS.items()),
            ]},
            "words": {"patterns": [
                {
                    "match": rf"{NAME_END}({patterns['PER']})\s+({one_of(PERIODS, patterns)})",
                    "captures": {
                        "1": {"name": "keyword.other.clause.score"}, "2": {"name": "constant.language.period.score"},
                    },
                },
                *(rule(scope, NAME_END + pattern) for scope, pattern in words(patterns)),
            ]},
            "names": {"patterns": [rule(scope, patterns[each]) for each, scope in NAMES.items()]},
            "signs": {"patterns": [
                rule("punctuation.terminator.score", ";"),
                *(rule(scope, patterns[each]) for each, scope in SIGNS.items()),
            ]},
        },
    }  # fmt: skip


def words(patterns: dict[str, str]) -> list[tuple[str, str]]:
    """(scope, pattern) of the keywords: those that are tried first come first, so that `not in` wins over `not`."""
    scopes = {name: scope for scope, names in WORDS.items() for name in names}
    return [(scopes[name], pattern) for name, pattern in patterns.items() if name in scopes]


def _captured(pattern: str, scope: str) -> Rule:
    return {"match": pattern, "captures": {"1": {"name": scope}}}


def _string(pattern: str) -> Rule:
    assert pattern == r'"(?:\\["\\]|[^"\\\n])*"', pattern  # begin, escape and end stand below
    return {
        "name": "string.quoted.double.score",
        "begin": '"',
        "end": '"|$',
        "patterns": [rule("constant.character.escape.score", r'\\["\\]')],
    }


def _declaration(patterns: dict[str, str]) -> Rule:
    """`event` and `profile` to the end of the line: types are only types there."""
    subject = f"{patterns['NAME']}|{patterns['BACKQUOTED']}"
    return {
        "begin": rf"{START}({one_of({'EVENT', 'PROFILE'}, patterns)})(?:\s+({subject}))?",
        "beginCaptures": {"1": {"name": "storage.type.score"}, "2": {"name": "entity.name.type.score"}},
        "end": "(?=;)|$",
        "patterns": [
            {"include": "#comments"},
            {"include": "#values"},
            rule("keyword.control.score", NAME_END + patterns["WITH"]),
            {
                "match": rf"({subject})\s+({one_of(TYPES, patterns)})",
                "captures": {"1": {"name": "variable.other.score"}, "2": {"name": "support.type.score"}},
            },
            rule("support.type.score", NAME_END + one_of(TYPES, patterns)),
            {"include": "#names"},
            {"include": "#signs"},
        ],
    }


def text() -> str:
    """The grammar as it stands in the file."""
    return json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text(), encoding="utf-8")
    rules = len(re.findall('"(?:match|begin)"', text()))
    print(f"{TARGET.name}: {rules} patterns of {len(terminals())} terminals.")
