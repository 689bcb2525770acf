"""Rows of the kernel are written as `engine/results` writes them: byte for byte, whatever the values and the budget."""

from __future__ import annotations

import ctypes
import io
import random
from array import array
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scoredsl.engine import results
from scoredsl.engine.kernel.library import kernel
from scoredsl.engine.result_rows import NOTHING, ResultRows, RowColumn
from scoredsl.engine.results import Column
from scoredsl.semantics.values import instant_text, millionths_text

COLUMNS = [
    RowColumn(Column("lead", "text"), 0),
    RowColumn(Column("time", "time"), 4),
    RowColumn(Column('say "x"', "points"), 1),
    RowColumn(Column("x_tier", "text"), 2),
    RowColumn(Column("label, ü", "boolean"), 3),
    RowColumn(Column("cause", "text"), 6),
]
WIDTH = 7
TEXTS = ["", "hot", 'a "b"', "x, y", "line\nbreak", "tab\t\r\0", "😀 ü", "true"]
FIRST, LAST = -62135596800 * 10**6, 253402300799 * 10**6 + 999_999
"""The years 1 to 9999."""

LEADS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.text(alphabet='a,"\n\r\0é😀\x7f\x1f', max_size=12),
    st.integers(0, 10**6).map(lambda n: f"lead_{n:08d}"),
    st.builds(lambda n, end: "same beginning " * n + end, st.integers(0, 3), st.text(alphabet="ab\0", max_size=10)),
)
POINTS = st.one_of(
    st.integers(-(2**63) + 1, 2**63 - 1), st.integers(-200, 200), st.integers(-(10**6), 10**6).map(lambda n: n * 10**6)
)
TIMES = st.one_of(
    st.integers(FIRST, LAST), st.integers(-(10**6), 10**6), st.integers(0, 2 * 10**9).map(lambda n: n * 10**6)
)
CODES = st.one_of(st.none(), st.integers(0, len(TEXTS) - 1))
VALUES = st.tuples(st.none() | TIMES, st.none() | POINTS, CODES, st.none() | st.booleans(), CODES)
LOGS = st.dictionaries(LEADS, st.lists(VALUES, min_size=1, max_size=4), max_size=30)


def filled(log: dict[str, list[Any]], budget: int, parts: int, temp_dir: str | None = None) -> ResultRows:
    """Results that got the rows of a log in parts; each part has its own order of texts, and leads without rows."""
    rows = ResultRows(COLUMNS, WIDTH, budget=budget, temp_dir=temp_dir)
    names = list(log)
    for part in range(parts):
        order = list(range(len(TEXTS)))
        random.Random(part).shuffle(order)
        codes = {i: rows.text_codes(i, [TEXTS[k] for k in order]) for i in (3, 5)}
        words = array("q")
        leads = ["nobody", *[name for i, name in enumerate(names) if i % parts == part], "nothing"]
        for index, name in enumerate(leads[1:-1], 1):
            for time, points, tier, label, cause in log[name]:
                words.extend([index, NOTHING if points is None else points])
                words.append(-1 if tier is None else order.index(tier))
                words.append(-1 if label is None else int(label))
                words.append(NOTHING if time is None else time)
                words.append(4711)
                words.append(NOTHING if cause is None else order.index(cause))
        texts = pa.array(["other", *leads]).slice(1)
        rows.add(texts, words.buffer_info()[0], len(words), codes)
    return rows


def plain(log: dict[str, list[Any]]) -> list[list[Any]]:
    made = []
    for name in sorted(log):
        for time, points, tier, label, cause in log[name]:
            texts = [None if code is None else TEXTS[code] for code in (tier, cause)]
            made.append([name, time, points, texts[0], label, texts[1]])
    return made


EDGES: dict[str, list[Any]] = {
    "a": [(None, p, None, None, None) for p in (2**63 - 1, -(2**63) + 1, 2**53 + 1, 10**15, 10**15 + 1, 99, 100, 1, 0)],
    "a\0": [(t, 0, 4, True, 2) for t in (FIRST, LAST, -1, 0, 951782400 * 10**6, 951868799 * 10**6)],
    "": [(None, None, 0, False, 0)],
}


@given(LOGS, st.integers(1, 4), st.sampled_from([1, 1000, 1 << 30]))
@example(EDGES, 2, 1)
def test_csv_and_ndjson_are_the_same_bytes(log: dict[str, list[Any]], parts: int, budget: int) -> None:
    columns = [column.column for column in COLUMNS]
    text = io.StringIO(newline="")
    results.write_csv(text, columns, plain(log))
    with filled(log, budget, parts) as rows:
        out = io.BytesIO()
        assert rows.write_csv(out) == rows.count == len(plain(log))
        assert out.getvalue() == text.getvalue().encode()
    with filled(log, budget, parts) as rows:
        out = io.BytesIO()
        rows.write_ndjson(out)
        lines = out.getvalue()
    records = [dict(zip([c.name for c in columns], row, strict=True)) for row in plain(log)]
    assert lines == "".join(ndjson_line(record) for record in records).encode()


def ndjson_line(record: dict[str, Any]) -> str:
    import json

    types = {column.column.name: column.column.type for column in COLUMNS}
    return json.dumps({k: results._json_value(v, types[k]) for k, v in record.items()}, ensure_ascii=False) + "\n"


@given(LOGS, st.integers(1, 3), st.sampled_from([1, 1 << 30]))
@example(EDGES, 2, 1)
@example({}, 1, 1)
def test_rows_come_back(log: dict[str, list[Any]], parts: int, budget: int) -> None:
    with filled(log, budget, parts) as rows:
        assert [list(row) for row in rows.rows()] == plain(log)


@pytest.mark.parametrize("suffix", results.SUFFIXES)
@pytest.mark.parametrize("budget", [1 << 12, 1 << 30])
def test_files_are_those_of_results(tmp_path: Path, suffix: str, budget: int) -> None:
    random.seed(5)
    log: dict[str, list[Any]] = {}
    for i in random.sample(range(10**6), 4000):
        log[f"{i}@example{i % 7}.com"] = [
            (random.choice([None, i * 1000]), i * 1234567, random.choice([None, 1, 2, 3]), i % 3 > 0, i % 8)
            for _ in range(i % 4 + 1)
        ]
    mine, theirs = tmp_path / f"mine{suffix}", tmp_path / f"theirs{suffix}"
    count = results.write_file(str(theirs), [column.column for column in COLUMNS], plain(log))
    with filled(log, budget, 9, str(tmp_path)) as rows:
        assert (rows.spilled > 0) == (budget < 1 << 30)
        assert rows.write_file(str(mine)) == count
    if suffix == ".parquet":
        assert pq.read_table(mine).equals(pq.read_table(theirs))
        assert pq.read_schema(mine).equals(pq.read_schema(theirs))
    else:
        assert mine.read_bytes() == theirs.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([mine.name, theirs.name])


@pytest.mark.parametrize("suffix", results.SUFFIXES)
def test_no_rows_at_all(tmp_path: Path, suffix: str) -> None:
    mine, theirs = tmp_path / f"mine{suffix}", tmp_path / f"theirs{suffix}"
    results.write_file(str(theirs), [column.column for column in COLUMNS], [])
    with filled({}, 1, 1) as rows:
        assert rows.write_file(str(mine)) == 0
    if suffix == ".parquet":
        assert pq.read_table(mine).equals(pq.read_table(theirs))
    else:
        assert mine.read_bytes() == theirs.read_bytes()


def test_a_file_stays_where_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("old")
    with filled({"a": [(None, 1, None, None, None)]}, 1, 1) as rows:
        rows._c.results_seal(rows._pointer)
        rows.columns.append(Column("x", "nothing"))  # type: ignore[arg-type]
        with pytest.raises(KeyError):
            rows.write_file(str(path))
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["scores.csv"]
    with filled({}, 1, 1) as rows, pytest.raises(ValueError, match="xlsx"):
        rows.write_file(str(tmp_path / "scores.xlsx"))


@pytest.mark.parametrize("words", [[0, 1], [3, 0, 0], [1, 0, 0, 0, 0, 0], [-1, 0, 0], [0, 0, 9]])
def test_words_that_are_no_rows_are_refused(words: list[int]) -> None:
    columns = [RowColumn(Column("lead", "text"), 0), RowColumn(Column("tier", "text"), 2)]
    with ResultRows(columns, 3) as rows, pytest.raises(ValueError, match="rows"):
        made = array("q", words)
        codes = {1: rows.text_codes(1, ["a", "b"])}
        rows.add(pa.array(["a", "b", "c"]), made.buffer_info()[0], len(made), codes)


@given(POINTS)
def test_points_are_written_as_python_writes_them(points: int) -> None:
    buffer = (ctypes.c_char * 64)()
    write = kernel().point_text
    write.argtypes, write.restype = [ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p], ctypes.c_int64
    assert buffer[: write(points, 0, buffer)].decode() == millionths_text(points)
    assert buffer[: write(points, 1, buffer)].decode() == repr(points / 1_000_000)


@given(TIMES)
def test_times_are_written_as_python_writes_them(time: int) -> None:
    buffer = (ctypes.c_char * 64)()
    write = kernel().instant_text
    write.argtypes, write.restype = [ctypes.c_int64, ctypes.c_void_p], ctypes.c_int64
    assert buffer[: write(time, buffer)].decode() == instant_text(time)
