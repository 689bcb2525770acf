"""SQL text: literals that nothing can break out of, and Python functions for what SQL does not say exactly.

Columns are called by names of ours everywhere (`read_parquet(...) AS t(c0, c1)`), so that a name of a file or a program
stands in SQL as a literal only.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import count
from typing import Any, Literal, TypeAlias

Result: TypeAlias = Literal["VARCHAR", "BIGINT", "BOOLEAN", "DOUBLE", "VARCHAR[]"]

_numbers = count(1)


def literal(text: str) -> str:
    """A text as an SQL literal; one with NUL is put together, for SQL texts end there."""
    parts = ["'" + part.replace("'", "''") + "'" for part in text.split("\0")]
    return parts[0] if len(parts) == 1 else "(" + " || chr(0) || ".join(parts) + ")"


def literals(texts: Iterable[str]) -> str:
    return ", ".join(literal(text) for text in texts)


def listing(texts: Iterable[str]) -> str:
    """An SQL list of texts."""
    return f"[{literals(texts)}]"


def pointer(path: Sequence[str]) -> str:
    """A JSON pointer as an SQL literal."""
    return literal("".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path))


def both(conditions: Iterable[str]) -> str:
    return " AND ".join(f"({condition})" for condition in conditions)


class Functions:
    """Python functions that SQL on one connection can call; each is asked once for a value of a batch.

    They are made when they are first needed. All are pure, of one argument, and give NULL for NULL.
    """

    def __init__(self, db: Any) -> None:
        self._db = db
        self._names: dict[Hashable, str] = {}

    def name(self, key: Hashable, function: Callable[[Any], Any], result: Result, argument: str = "VARCHAR") -> str:
        """The SQL name of a function; `key` says which it is."""
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = f"scoredsl_{next(_numbers)}"
            self._db.create_function(
                found, _vectorised(function, result), [argument], result, type="arrow", null_handling="special"
            )
        return found

    def native(
        self, key: Hashable, function: Callable[[Any], Any], argument: str, result: Result = "VARCHAR"
    ) -> str:
        """As `name`, of a value of any type, as DuckDB hands it to Python; it is asked for every row."""
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = f"scoredsl_{next(_numbers)}"
            self._db.create_function(found, function, [argument], result, null_handling="special")
        return found


def _vectorised(function: Callable[[Any], Any], result: Result) -> Callable[[Any], Any]:
    import pyarrow

    kinds = {
        "VARCHAR": pyarrow.string(),
        "BIGINT": pyarrow.int64(),
        "BOOLEAN": pyarrow.bool_(),
        "DOUBLE": pyarrow.float64(),
        "VARCHAR[]": pyarrow.list_(pyarrow.string()),
    }

    def over(column: Any) -> Any:
        whole = column.combine_chunks() if isinstance(column, pyarrow.ChunkedArray) else column
        encoded = whole.dictionary_encode()
        answers = [function(value) for value in encoded.dictionary.to_pylist()]
        return pyarrow.array(answers, kinds[result]).take(encoded.indices)

    return over
