"""JSON objects in text: those that DuckDB and the contract read alike stay as they are, Python decodes all others.

DuckDB takes more than RFC 8259 does (NaN, commas before a bracket), and of equal keys the first.
"""

from __future__ import annotations

import json

from scoredsl.engine.scan.sql import Functions
from scoredsl.engine.sources.records import json_of

_DEVIATION = r",[ \t\r\n]*[\]}]|[:\[,][ \t\r\n]*[+-]?(?:[nN][aA]|[iI][nN])"
"""What may be a NaN, an infinity or a comma too many; it may stand inside a text, too, where it does no harm."""
_DEEP = 400
_LONG_NUMBER = 4000


def simple_object(text: str) -> str:
    """Whether a text is a JSON object by RFC 8259, perhaps with a key twice; NULL, false: no, or Python must look.

    DuckDB computes both sides of OR and AND, but only the branch of CASE that is taken.
    """
    # Nothing is nested deeper than there are brackets.
    shallow = f"length({text}) - length(translate({text}, '[{{', '')) < {_DEEP}"
    short = f"CASE WHEN strlen({text}) < {_LONG_NUMBER} THEN true ELSE NOT regexp_matches({text}, '[0-9]{{1000}}') END"
    return (
        f"CASE WHEN json_valid({text}) THEN CASE WHEN NOT {begins(text, '{')} THEN false "
        f"WHEN regexp_matches({text}, '{_DEVIATION}') THEN false WHEN strlen({text}) < {_DEEP} THEN true "
        f"ELSE {shallow} AND {short} END END"
    )


def plain_object(text: str) -> str:
    """As `simple_object`, and no key is there twice."""
    once = f"list_unique(json_keys({text})) = len(json_keys({text}))"
    return f"CASE WHEN {simple_object(text)} THEN {once} END"


def begins(text: str, sign: str) -> str:
    """Whether the first sign of a text that is no white space of JSON is this one."""
    return f"CASE WHEN starts_with({text}, '{sign}') THEN true ELSE ltrim({text}, ' \t\r\n')[1] = '{sign}' END"


def object_of(text: str, functions: Functions) -> str:
    """JSON text of the object that a text holds, NULL where it holds none."""
    slow = functions.name("object", _object, "VARCHAR")
    return f"CASE WHEN {plain_object(text)} THEN {text} WHEN {begins(text, '{')} THEN {slow}({text}) END"


def list_of(text: str, functions: Functions) -> str:
    """JSON text of the list that a text holds, NULL where it holds none."""
    slow = functions.name("list", _list, "VARCHAR")
    return f"CASE WHEN {begins(text, '[')} THEN {slow}({text}) END"


def _object(text: str) -> str | None:
    value = json_of(text)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, dict) else None


def _list(text: str) -> str | None:
    value = json_of(text)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, list) else None
