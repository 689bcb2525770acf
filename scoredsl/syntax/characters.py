"""Characters that office software puts into copied text, and what was meant (LANGUAGE section 1)."""

from __future__ import annotations

import unicodedata

DOUBLE_QUOTES = frozenset("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\uff02")
SINGLE_QUOTES = frozenset("'\u2018\u2019\u201a\u201b\u2032")

LINE_BREAKS = frozenset("\u2028\u2029\x0b\x0c\x85")
"""What some programs write where a line ends; not in this language."""

_SPACES = {
    "\u00a0": "a non-breaking space",
    "\u202f": "a narrow non-breaking space",
    "\u2007": "a figure space",
    "\u3000": "an ideographic space",
    "\u200b": "a zero-width space",
    "\u200c": "a zero-width non-joiner",
    "\u200d": "a zero-width joiner",
    "\u2060": "a word joiner",
    "\ufeff": "a byte order mark",
    "\u00ad": "a soft hyphen",
    "\u2028": "a line separator",
    "\u2029": "a paragraph separator",
    "\x0b": "a vertical tab",
    "\x0c": "a form feed",
    "\x85": "a next-line character",
}
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")

_SIGNS = {
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u2010": "-",
    "\u2011": "-",
    "\u00d7": "*",
    "\u00f7": "/",
    "\u2044": "/",
    "\u2265": ">=",
    "\u2264": "<=",
    "\u2260": "!=",
    "\u037e": ";",
    "\u02cb": "`",
    "\u00b4": "`",
}

_LETTERS = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u0443"
        "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405\u0423"
        "\u03bf\u03bd\u03c1\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
        "aeopcyxijshdqwy" "ABEKMHOPCTXIJSY" "ovpABEZHIKMNOPTYX",
        strict=True,
    )
)


def replacement(character: str) -> str | None:
    """What was most likely meant by a character that the language does not know; None if nothing is sure.

    An invisible character is replaced by nothing, another space by a space.
    """
    if character in _INVISIBLE:
        return ""
    if character in _SPACES or unicodedata.category(character) in ("Zs", "Zl", "Zp"):
        return " "
    if character in DOUBLE_QUOTES:
        return '"'
    if character in _SIGNS:
        return _SIGNS[character]
    if character in _LETTERS:
        return _LETTERS[character]
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isascii() and folded.isprintable() else None


def described(character: str) -> str:
    """A name for people: `a non-breaking space`, `the Cyrillic letter "о", which looks like the Latin "o"`."""
    if character in _SPACES:
        return _SPACES[character]
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    if character in _LETTERS:
        script = "Cyrillic" if name.startswith("CYRILLIC") else "Greek"
        return f'the {script} letter "{character}", which looks like the Latin "{_LETTERS[character]}"'
    if unicodedata.category(character) in ("Zs", "Zl", "Zp"):
        return f"a special space ({name.lower()})"
    if character in DOUBLE_QUOTES:
        return f"the typographic quote {character}"
    return f'"{character}" ({name.lower()})'
