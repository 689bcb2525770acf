"""Writes the colours of Vim, Emacs and Kate from the terminals of the grammar: `python editors/highlighting.py`.

The words and what they are come from `vscode-extension/textmate.py`, so all editors know the same ones. A test makes
the files again and compares. They colour until the language server answers, and where it colours nothing; so they look
at words and what stands beside them, not at statements.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import quoteattr

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "vscode-extension"))
import textmate  # noqa: E402  (it is found from here on)

STYLES = {
    "comment": ("Comment", "comment", "dsComment"),
    "string": ("String", "string", "dsString"),
    "constant.numeric": ("Number", "constant", "dsDecVal"),
    "constant.language": ("Constant", "constant", "dsConstant"),
    "keyword.control": ("Statement", "keyword", "dsControlFlow"),
    "keyword.other": ("Keyword", "keyword", "dsKeyword"),
    "keyword.operator": ("Operator", "builtin", "dsOperator"),
    "storage.type": ("Structure", "keyword", "dsKeyword"),
    "support.function": ("Function", "function-name", "dsFunction"),
    "support.type": ("Type", "type", "dsDataType"),
    "variable.other": ("Identifier", "variable-name", "dsVariable"),
}
"""By the beginning of a TextMate scope: Vim's group, Emacs' face (`font-lock-X-face`), Kate's style."""

STATEMENT = r"(?:^|;)\s*"
APART = r"(?<![\w.])"


@dataclass(frozen=True)
class Rule:
    """What has a style, by its pattern (Python's syntax), after what, and before what."""

    style: str
    pattern: str
    after: str = ""
    before: str = ""


def rules() -> list[Rule]:
    """All but comments and strings, those that are tried first come first."""
    patterns = textmate.terminals()
    found = [
        Rule("variable.other", textmate.one_of({"LEAD_BACKQUOTED", "BACKQUOTED"}, patterns)),
        Rule("string", patterns["REGEX"], after=r"matches\s"),
        *(Rule("constant.numeric", patterns[name]) for name in textmate.LITERALS),
        Rule("constant.language", textmate.one_of(textmate.PERIODS, patterns), after=r"per\s"),
        Rule("support.type", patterns["TEXT_ONE_OF"]),
        Rule("support.type", patterns["TYPE"], after=r"[\w`]\s", before=r"\s*(?:,|;|#|$)"),
        Rule("storage.type", textmate.one_of(textmate.DECLARING, patterns), after=STATEMENT),
        Rule("keyword.control", textmate.one_of(textmate.RULES, patterns), after=STATEMENT),
    ]
    words = [(_style(scope), pattern) for scope, pattern in textmate.words(patterns)]
    words.sort(key=_place)
    for (_, style), run in groupby(words, key=_place):
        found.append(Rule(style, f"(?:{'|'.join(pattern for _, pattern in run)})"))
    return found


def _place(word: tuple[str, str]) -> tuple[bool, str]:
    """Several words come before one, whatever their style: `of inactivity` before `of`."""
    style, pattern = word
    return r"\s+" not in pattern.split("(?")[0], style


def _style(scope: str) -> str:
    return next(style for style in STYLES if scope.startswith(style))


# ---- regular expressions of the editors

PIECE = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\(\?(?:[:=!]|<[=!])|.", re.DOTALL)


def _closed(pieces: Iterator[str], one: Callable[[str], str], group: Callable[[str, str], str]) -> str:
    """Translates up to the bracket that closes: each piece by `one`, each group by its opening and its inside."""
    written = ""
    for piece in pieces:
        if piece == ")":
            break
        written += group(piece, _closed(pieces, one, group)) if piece[:2] == "(?" else one(piece)
    return written


def _set(piece: str) -> str:
    """A set of characters without `\\w`, `\\s` and escapes that need none."""
    return piece.replace(r"\w", "0-9A-Za-z_").replace(r"\s", r" \t").replace(r"\/", "/")


def vim(pattern: str) -> str:
    """In Vim's syntax, very magic."""

    def one(piece: str) -> str:
        return _set(piece) if piece[0] == "[" else f"\\{piece}" if piece in "%=<>@~&" else piece

    def group(opening: str, inside: str) -> str:
        return {"(?:": "%({})", "(?=": "%({})@=", "(?!": "%({})@!", "(?<=": "%({})@<=", "(?<!": "%({})@<!"}[
            opening
        ].format(inside)

    return _closed(iter(PIECE.findall(pattern)), one, group)


def emacs(pattern: str) -> str:
    """In Emacs' syntax, which cannot look ahead: a word ends where a symbol does, and what must follow is left out."""

    def one(piece: str) -> str:
        if piece[0] == "[":
            return _set(piece).replace(r"\t", "\t").replace(r"\n", "\n").replace(r"\\", "\\")
        return {r"\s": "[ \t]", r"\w": "[0-9A-Za-z_]", r"\/": "/", "|": r"\|", "{": r"\{", "}": r"\}"}.get(piece, piece)

    def group(opening: str, inside: str) -> str:
        return rf"\(?:{inside}\)" if opening == "(?:" else r"\_>"

    return _closed(iter(PIECE.findall(pattern)), one, group)


# ---- the files


def vim_syntax() -> str:
    """`syntax/score.vim`. What is defined later is tried first there."""
    lines = [
        '" Made by editors/highlighting.py from grammar/scoredsl.lark.',
        'if exists("b:current_syntax") | finish | endif',
        "syntax case match",
    ]
    for rule in reversed(rules()):
        after = rf"(?<={rule.after})" if rule.after else APART
        pattern = vim(f"{after}{rule.pattern}" + (f"(?={rule.before})" if rule.before else ""))
        lines.append(f"syntax match score{STYLES[rule.style][0]} ~\\v\\C{pattern}~")
    lines += [
        r'syntax region scoreString start=~"~ skip=~\\["\\]~ end=~"~ oneline',
        "syntax match scoreComment ~#.*$~ contains=@Spell",
    ]
    lines += [f"highlight default link score{name} {name}" for name, _, _ in STYLES.values()]
    return "\n".join([*lines, 'let b:current_syntax = "score"', ""])


def emacs_words() -> str:
    """`score-words.el`: what `font-lock-defaults` takes. Strings and comments are the mode's own."""
    lines = [
        ";;; score-words.el --- Words of scoring rules  -*- lexical-binding: t -*-",
        ";; Made by editors/highlighting.py from grammar/scoredsl.lark.",
        ";;; Code:",
        "(defconst score-words",
        "  '(",
    ]
    for rule in rules():
        pattern = (emacs(rule.after) or r"\_<") + rf"\({emacs(rule.pattern)}\){emacs(rule.before)}"
        text = pattern.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
        lines.append(f'    ("{text}" 1 font-lock-{STYLES[rule.style][1]}-face)')
    lines += ["  )", '  "Patterns of the words of scoring rules and their faces.")', "(provide 'score-words)"]
    return "\n".join([*lines, ";;; score-words.el ends here", ""])


def kate_syntax() -> str:
    """`score.xml`, for KSyntaxHighlighting. What stands before a statement must be matched with it there."""
    lines = []
    for rule in rules():
        after = r"(?:^|(?<=;))\s*" if rule.after == STATEMENT else rf"(?<={rule.after})" if rule.after else APART
        pattern = f"{after}{rule.pattern}" + (f"(?={rule.before})" if rule.before else "")
        lines.append(f'      <RegExpr attribute="{rule.style}" context="#stay" String={quoteattr(pattern)}/>')
    styles = [f'      <itemData name="{name}" defStyleNum="{style}"/>' for name, (_, _, style) in STYLES.items()]
    return "\n".join([
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!DOCTYPE language>",
        "<!-- Made by editors/highlighting.py from grammar/scoredsl.lark. -->",
        '<language name="Score" section="Sources" version="1" kateversion="5.62" extensions="*.score">',
        "  <highlighting>",
        "    <contexts>",
        '    <context name="Rules" attribute="Text" lineEndContext="#stay">',
        '      <DetectChar attribute="comment" context="Comment" char="#"/>',
        '      <DetectChar attribute="string" context="String" char="&quot;"/>',
        *lines,
        "    </context>",
        '    <context name="Comment" attribute="comment" lineEndContext="#pop"/>',
        '    <context name="String" attribute="string" lineEndContext="#pop">',
        r'      <RegExpr attribute="string" context="#stay" String="\\[&quot;\\]"/>',
        '      <DetectChar attribute="string" context="#pop" char="&quot;"/>',
        "    </context>",
        "    </contexts>",
        "    <itemDatas>",
        '      <itemData name="Text" defStyleNum="dsNormal"/>',
        *styles,
        "    </itemDatas>",
        "  </highlighting>",
        '  <general><comments><comment name="singleLine" start="#"/></comments></general>',
        "</language>",
        "",
    ])  # fmt: skip


FILES = {"neovim/syntax/score.vim": vim_syntax, "emacs/score-words.el": emacs_words, "kate/score.xml": kate_syntax}
"""What writes each file."""


if __name__ == "__main__":
    for name, made in FILES.items():
        (HERE / name).write_text(made(), encoding="utf-8")
        print(f"{name}: {len(made().splitlines())} lines.")
