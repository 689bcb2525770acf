"""Files of all kinds, whole and broken: the scan gives what the reader gives, and the channels that follow from it."""

from __future__ import annotations

import csv
import decimal
import io
import json
import uuid
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoredsl.engine.scan import scan_events
from scoredsl.engine.scan.records import RecordsPart
from scoredsl.engine.sources import ColumnNames, ReadOptions
from scoredsl.engine.sources.duck import connection
from scoredsl.plan.channels import Bit, ChannelSet
from scoredsl.semantics import expressions as e
from tests.engine.matched import assert_events, assert_profiles

T = "2026-03-01T00:00:00Z"
RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
NAMES = ("x", "y", "x.y", "properties", "properties.x", "event", "'; drop table x; --")
CHANNELS = ChannelSet(
    (
        Bit(frozenset({"v"}), None),
        Bit(None, e.Known(e.Property("x"), True)),
        Bit(None, e.TextTest("contains", e.Property("x"), ("a",))),
        Bit(frozenset({"w"}), e.CompareNumbers(">", e.Property("y"), e.Constant(1.0))),
    ),
    NAMES,
    NAMES,
    NAMES,
)
TIMES = [
    T, T, T, "", "2026-03-01", "2026-03-01 10:00:00", "1772323200", "1772323200000", "20260301", "x", "0000000001",
    "2026-03-01T10:00:00.1234567+02:00", "0001-01-01", "9999-12-31T23:59:59Z", "10000-01-01", "12", "1e9",
    "-1772323200", "2026-03-29T02:30:00", "01.03.2026", "1772323200.5", "9999999999", "2026-03-01T10:00:00 UTC",
]  # fmt: skip
CELL = st.one_of(
    st.text(st.sampled_from("ab,;\"|\n\t '\\#1é🙂\r"), max_size=6),
    st.sampled_from(["1,5", "5", "", '{"x": 1}', '{"x": "a", "x": 2}', '{"x": NaN}', "[1]", '["a"]', "{"]),
    st.just('{"y": {"x": 5}}'),
)  # fmt: skip
LEAD = st.sampled_from(["a", "b c", "", 'x"y', "p,q", "l\nm", "ä"])
ROW = st.tuples(LEAD, st.sampled_from(["v", "w", "", "'; drop table x; --"]), st.sampled_from(TIMES), CELL, CELL)
OPTIONS = st.builds(
    ReadOptions,
    st.sampled_from([ColumnNames(), ColumnNames(id="y"), ColumnNames(properties="x"), ColumnNames(lead="x")]),
    event_name=st.sampled_from([None, None, None, "v"]),
    time_format=st.sampled_from([None, None, None, "dd.mm.yyyy", "seconds"]),
    timezone=st.sampled_from([None, None, "Europe/Berlin"]),
    list_columns=st.sampled_from([frozenset(), frozenset({"x"}), frozenset({"x", "y"})]),
)


@RELAXED
@given(
    st.lists(ROW, min_size=1, max_size=12), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans(), OPTIONS,
    st.sampled_from(["x", "properties", "", "id"]), st.sampled_from([",", ";", "\t"]),
)  # fmt: skip
def test_csv(
    tmp_path: Path, rows: list[tuple[str, ...]], end: str, quoted: bool, bom: bool, options: ReadOptions, second: str,
    delimiter: str,
) -> None:  # fmt: skip
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(text, lineterminator=end, quoting=quoting, delimiter=delimiter)
    writer.writerow(["lead", "event", "time", second, "y"])
    writer.writerows(rows)
    path = tmp_path / "e.csv"
    path.write_text(("\ufeff" if bom else "") + text.getvalue(), encoding="utf-8", newline="")
    assert_events([str(path)], options, CHANNELS)
    assert_profiles([str(path)], ReadOptions(list_columns=options.list_columns), ChannelSet((), NAMES, (), NAMES))


@RELAXED
@given(st.text(st.sampled_from('a,;"\n\r 1\té'), max_size=40), st.booleans())
def test_csv_that_is_no_good(tmp_path: Path, text: str, crlf: bool) -> None:
    path = tmp_path / "e.csv"
    end = "\r\n" if crlf else "\n"
    path.write_text(f"lead,event,time{end}first,v,{T}{end}{text}{end}", encoding="utf-8", newline="")
    assert_events([str(path)], ReadOptions(), CHANNELS)


@RELAXED
@given(st.binary(max_size=40))
def test_csv_of_bytes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "e.csv"
    path.write_bytes(f"lead,event,time,x\nfirst,v,{T},1\n".encode() + data)
    assert_events([str(path)], ReadOptions(), CHANNELS)


def test_csv_of_many_rows(tmp_path: Path) -> None:
    """More rows than DuckDB takes at a time, with quotes and without."""
    for sign in ("", '"'):
        rows = [f"l{i % 7},{'vw'[i % 2]},2026-03-01T00:00:{i % 60:02},{sign}{i}{sign},{i % 3}" for i in range(9000)]
        path = tmp_path / "e.csv"
        path.write_text("lead,event,time,x,y\n" + "\n".join(rows), encoding="utf-8")
        assert_events([str(path)], ReadOptions(), CHANNELS)


def test_broken_rows_do_not_make_a_file_slow(tmp_path: Path) -> None:
    """Rows that are not well-formed, or that DuckDB reads otherwise, do not send all others through Python."""
    cells = tmp_path / "e.csv"
    rows = [f"l{i % 7},v,2026-03-01T00:00:{i % 60:02}Z,{i}" for i in range(3000)]
    broken = ["a,v", "", 'a,v,x"y,1', f"a,v,{T},1,2"]
    cells.write_text("\n".join(["lead,event,time,x", *rows, *broken, *rows]), encoding="utf-8")
    lines = tmp_path / "e.ndjson"
    good = json.dumps({"lead": "a", "event": "v", "time": T, "x": 5})
    odd = good.replace("5", "5, \"x\": 6"), good.replace("5", "NaN"), "", "[]", good.replace('"a"', "5.0")
    lines.write_text("\n".join([good] * 3000 + [*odd] + [good] * 3000), encoding="utf-8")
    for path in (cells, lines):
        assert_events([str(path)], ReadOptions(), CHANNELS)
        with connection() as db, scan_events([str(path)], ReadOptions(), db) as scan:
            assert not any(isinstance(file.part, RecordsPart) for file in scan.files)


DAY = datetime(2026, 3, 1, 10, 0, 0, 123456)
TYPED: list[tuple[pa.DataType, list[Any]]] = [
    (pa.string(), ["a", "", None, "5", T]),
    (pa.large_string(), ["a", "", None]),
    (pa.int8(), [0, 1, -5, None]),
    (pa.int64(), [2**62 + 1, 1772323200, 20260301, 5, None, -(2**63)]),
    (pa.uint64(), [2**64 - 1, 0, 1, None, 1772323200000]),
    (pa.float32(), [0.1, 5.0, float("nan"), float("inf"), None]),
    (pa.float64(), [0.1, 5.0, 1e22, float("nan"), float("-inf"), None, -0.0, 1772323200.5]),
    (pa.bool_(), [True, False, None]),
    (pa.date32(), [date(2026, 3, 1), date(1, 1, 1), None, date(9999, 12, 31)]),
    (pa.timestamp("us"), [DAY, None, datetime(1, 1, 1), datetime(1969, 12, 31, 23, 59, 59, 999999)]),
    (pa.timestamp("us", "UTC"), [DAY.replace(tzinfo=UTC), None, datetime(900, 1, 1, tzinfo=UTC)]),
    (pa.timestamp("us"), [10**18, -(10**18), 5, 2**63 - 1]),
    (pa.timestamp("ms"), [DAY.replace(microsecond=123000), None]),
    (pa.timestamp("ns"), [DAY, None, -1, -1500, 1500]),
    (pa.timestamp("s"), [DAY.replace(microsecond=0), None]),
    (pa.decimal128(6, 2), [decimal.Decimal("5.00"), decimal.Decimal("-12.50"), None, decimal.Decimal("1234.56")]),
    (pa.decimal128(30, 10), [decimal.Decimal("12345678901234567890.0000000001"), decimal.Decimal(5), None]),
    (pa.binary(), [b"a", b"\xff", b"", None]),
    (pa.time64("us"), [time(10, 0), None]),
    (pa.list_(pa.string()), [["a", "B"], [], None, ["", None]]),
    (pa.list_(pa.float64()), [[1.0, float("nan"), 0.1], None]),
    (pa.list_(pa.int64()), [[1, None, 2**60], None]),
    (pa.struct([("x", pa.string()), ("y", pa.float64())]), [{"x": "a", "y": 5.0}, {"x": None, "y": 1e999}, None]),
    (pa.map_(pa.string(), pa.int64()), [[("x", 5), ("y", 1)], [], None]),
    (pa.dictionary(pa.int32(), pa.string()), ["a", None, "b"]),
    (pa.duration("us"), [timedelta(seconds=5), None]),
    (pa.binary(16), [uuid.UUID(int=5).bytes, None]),
]  # fmt: skip


@st.composite
def column(draw: st.DrawFn, size: int) -> pa.Array:
    kind, values = draw(st.sampled_from(TYPED))
    chosen = [draw(st.sampled_from(values)) for _ in range(size)]
    if pa.types.is_timestamp(kind) and any(isinstance(value, int) for value in values):
        ticks = [value if isinstance(value, int) or value is None else 5 for value in chosen]
        return pa.array(ticks, pa.int64()).cast(kind)
    return pa.array(chosen, kind)


@st.composite
def table(draw: st.DrawFn) -> pa.Table:
    size = draw(st.integers(1, 5))
    columns: dict[str, pa.Array] = {}
    usual = {
        "lead": pa.array([draw(st.sampled_from(["a", "b", None, ""])) for _ in range(size)], pa.string()),
        "event": pa.array([draw(st.sampled_from(["v", "w"])) for _ in range(size)], pa.string()),
        "time": pa.array([DAY.replace(tzinfo=UTC)] * size, pa.timestamp("us", "UTC")),
    }
    for role, held in usual.items():
        columns[role] = draw(column(size)) if draw(st.integers(0, 3)) == 0 else held
    if draw(st.booleans()):
        columns["id"] = draw(column(size))
    for name in ("x", "properties", "X"):
        if draw(st.booleans()):
            columns[name] = draw(column(size))
    return pa.table(columns)


@RELAXED
@given(table(), st.sampled_from([None, None, "Europe/Berlin"]), st.sampled_from([None, None, None, "seconds"]))
def test_parquet(tmp_path: Path, made: pa.Table, timezone: str | None, form: str | None) -> None:
    path = str(tmp_path / "e.parquet")
    pq.write_table(made, path)
    assert_events([path], ReadOptions(timezone=timezone, time_format=form), CHANNELS)
    assert_profiles([path], ReadOptions(timezone=timezone), ChannelSet((), NAMES, NAMES, NAMES))


LINE = st.one_of(
    st.builds(
        lambda lead, name, at, x, more: json.dumps({"lead": lead, "event": name, "time": at, "x": x, **more}),
        st.sampled_from(["a", "b", "", None, 5, 5.0, True, ["a"]]),
        st.sampled_from(["v", "w", "", None, 7]),
        st.sampled_from([*TIMES, 1772323200, 1772323200.5, None, 20260301, True, [1]]),
        st.sampled_from([1, "a", None, {"y": 5}, [1, "a"], "1,5", 1e22, 0.1, 10**30, "é", "\x00"]),
        st.dictionaries(
            st.sampled_from(["y", "properties", "id", "x.y", "'; drop table x; --", "a/b~c"]),
            st.sampled_from([5, "b", {"x": 1, "event": "z"}, "", None, '{"x": 7}', [], 2.50]),
        ),
    ),
    st.sampled_from([
        "", "  ", "[]", "5", "null", "{", '{"lead": "a"', '{"lead":"a","event":"v","time":NaN}',
        f'{{"lead":"a","event":"v","time":"{T}","x":NaN}}', f'{{"lead":"a","event":"v","time":"{T}","x":1,}}',
        f'{{"lead":"a","event":"v","time":"{T}","x":[1,]}}', f'{{"lead":"a","lead":"b","event":"v","time":"{T}"}}',
        f'{{"lead":"a","event":"v","time":"{T}","x":{{"y":1,"y":2}}}}',
        f'{{"lead":"a","event":"v","time":"{T}","x":1e400,"y":-1E400}}',
        f'{{"lead":-0,"event":1E2,"time":"{T}","x":1.50}}',
        f'{{"lead":10000000000000000000000,"event":"v","time":"{T}","id":1.0}}',
        f'{{"lead":"a","event":"v","time":"{T}","x":"\\ud800"}}', f'{{"lead":"a\\u0000b","event":"v","time":"{T}"}}',
        f'{{"lead":"a","event":"v","time":"{T}","x":"\\ud83d\\ude42"}}',
        f'{{"lead":"a","event":"v","time":"{T}","x":-Infinity}}',
        f' {{"lead" : "a" , "event":"v","time":"{T}" }} ', f'{{"lead":"a","event":"v","time":"{T}","x":"tab\t"}}',
        f'{{"lead":"a","event":"v","time":"{T}","x":01}}', f'{{"lead":"a","event":"v","time":"{T}"}} x',
        f'{{"lead":"a","event":"v","time":"{T}","x":{"[" * 50000 + "]" * 50000}}}',
        f'{{"lead":"a","event":"v","time":"{T}","x":{"9" * 400},"y":{"9" * 4100}}}',
        f'{{"\\u006cead":"a","event":"v","time":"{T}","x":"\\/"}}', f'{{"lead":"a","event":"v","time":"{T}","":5}}',
        f'{{"lead":"a","event":"v","time":"{T}","x":"information","y":": info, nan ,]"}}', "\x01", "\x0b",
    ]),
)  # fmt: skip


@RELAXED
@given(st.lists(LINE, min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans(), OPTIONS, st.booleans())
def test_ndjson(tmp_path: Path, lines: list[str], end: str, bom: bool, options: ReadOptions, last: bool) -> None:
    path = tmp_path / "e.ndjson"
    text = ("\ufeff" if bom else "") + end.join(lines) + (end if last else "")
    path.write_text(text, encoding="utf-8", newline="")
    assert_events([str(path)], options, CHANNELS)
    assert_profiles([str(path)], ReadOptions(), ChannelSet((), NAMES, NAMES, NAMES))


@RELAXED
@given(st.binary(max_size=60), st.text(max_size=30))
def test_ndjson_of_anything(tmp_path: Path, data: bytes, text: str) -> None:
    good = json.dumps({"lead": "a", "event": "v", "time": T, "x": text}, ensure_ascii=False).encode()
    path = tmp_path / "e.ndjson"
    path.write_bytes(good + b"\n" + data + b"\n" + good)
    assert_events([str(path)], ReadOptions(), CHANNELS)


def test_several_files(tmp_path: Path) -> None:
    """Files of several kinds are one log, in the order given."""
    rows = [
        {"lead": f"l{i % 3}", "event": "v", "time": f"2026-03-0{1 + i}T00:00:00Z", "x": i, "id": i} for i in range(5)
    ]
    lines = tmp_path / "a.ndjson"
    lines.write_text("\n".join(json.dumps(row) for row in [*rows, {"lead": 5}]), encoding="utf-8")
    array = tmp_path / "b.json"
    array.write_text(json.dumps(rows), encoding="utf-8")
    cells = tmp_path / "c.csv"
    cells.write_text("lead,event,time,x\na,w,2026-03-01,b\n,w,2026-03-01,b\na,w,2026-03-02,5\n", encoding="utf-8")
    words = tmp_path / "d.txt"
    words.write_text("lead event time x\na w 2026-03-01 b\n", encoding="utf-8")
    typed = tmp_path / "e.parquet"
    pq.write_table(pa.table({"lead": ["a"], "event": ["w"], "time": [DAY], "x": [5.5]}), typed)
    empty = tmp_path / "f.csv"
    empty.write_text("lead,event,time\n", encoding="utf-8")
    nothing = tmp_path / "g.csv"
    nothing.write_text("\n", encoding="utf-8")
    files = [lines, array, cells, words, typed, empty, nothing]
    for paths in (files, files[::-1], files[2:5]):
        assert_events([str(path) for path in paths], ReadOptions(), CHANNELS)
        assert_events([str(path) for path in paths], ReadOptions(), CHANNELS, until=1772409600000000)


@pytest.mark.parametrize(
    "name", ["a'b.csv", "'; drop table x; --.csv", 'q"q.parquet', "st*r.csv", "back\\slash.ndjson"]
)
def test_names_of_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("parquet"):
        columns = {"lead": ["a"], "event": ["v"], "time": [T], "'; drop table x; --": ["5"], 'a"b': [1], "c0": [7]}
        pq.write_table(pa.table(columns), path)
    elif name.endswith("csv"):
        path.write_text(f"lead,event,time,'; drop table x; --,c0\na,v,{T},5,7\n", encoding="utf-8")
    else:
        path.write_text(json.dumps({"lead": "a", "event": "v", "time": T, "'; drop table x; --": 5}), encoding="utf-8")
    names = ("'; drop table x; --", 'a"b', "c0", "r0", "a\0b")
    assert_events([str(path)], ReadOptions(), ChannelSet((), names, (), names))


def test_leads_are_literals(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text(f"lead,event,time\n' OR true; --,v,{T}\nb,v,{T}\n", encoding="utf-8")
    with connection() as db, scan_events([str(path)], ReadOptions(), db) as scan:
        assert [event.lead for event in scan.events_of("' OR true; --")] == ["' OR true; --"]
        assert scan.events_of("' OR true") == []
        assert scan.events_of("a\0") == []


@pytest.mark.parametrize("name", ["file_row_number", "FILE_ROW_NUMBER"])
def test_a_column_that_is_called_as_the_number_of_a_row(tmp_path: Path, name: str) -> None:
    path = tmp_path / "log.parquet"
    columns = {"lead": ["a"], "event": ["visit"], "time": ["2026-03-01"], name: [5]}
    pq.write_table(pa.table(columns), path)
    assert_events([str(path)], ReadOptions(), ChannelSet((Bit(None, None),), numbers=(name,)))
