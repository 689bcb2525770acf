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


def plain_object(text: str) -> str:
    """Whether a text is a JSON object by RFC 8259 without a key twice; NULL, false: it is not, or Python must look."""
    # Nothing is nested deeper than there are brackets.
    flat = (
        f"length({text}) < {_DEEP} OR (length({text}) - length(translate({text}, '[{{', '')) < {_DEEP} "
        f"AND (length({text}) < {_LONG_NUMBER} OR NOT regexp_matches({text}, '[0-9]{{1000}}')))"
    )
    return (
        f"CASE WHEN json_valid({text}) AND ltrim({text}, ' \t\r\n')[1] = '{{' "
        f"THEN list_unique(json_keys({text})) = len(json_keys({text})) "
        f"AND NOT regexp_matches({text}, '{_DEVIATION}') AND ({flat}) END"
    )


def object_of(text: str, functions: Functions) -> str:
    """JSON text of the object that a text holds, NULL where it holds none."""
    slow = functions.name("object", _object, "VARCHAR")
    return f"CASE WHEN {plain_object(text)} THEN {text} WHEN ltrim({text}, ' \t\r\n')[1] = '{{' THEN {slow}({text}) END"


def list_of(text: str, functions: Functions) -> str:
    """JSON text of the list that a text holds, NULL where it holds none."""
    slow = functions.name("list", _list, "VARCHAR")
    return f"CASE WHEN ltrim({text}, ' \t\r\n')[1] = '[' THEN {slow}({text}) END"


def _object(text: str) -> str | None:
    value = json_of(text)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, dict) else None


def _list(text: str) -> str | None:
    value = json_of(text)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, list) else None
