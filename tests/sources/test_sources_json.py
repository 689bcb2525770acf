"""NDJSON and JSON arrays: strict by RFC 8259, numbers as leads, names and ids as they are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from source_files import T, log, rejects, written

from scoredsl.engine.sources import ColumnNames, ReadOptions, SourceError, read_events, read_profiles

GOOD = '{"lead": "a", "event": "v", "time": "' + T + '"}'


def line(**fields: object) -> str:
    return json.dumps({"lead": "a", "event": "v", "time": T, **fields})


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        GOOD[:-1],
        GOOD + ",",
        GOOD + GOOD,
        GOOD.replace('"v"', "NaN"),
        GOOD.replace('"}', '", "n": Infinity}'),
        GOOD.replace('"}', '", "n": -Infinity}'),
        GOOD.replace('"}', '", "n": 007}'),
        GOOD.replace('"}', '", "n": +1}'),
        GOOD.replace('"}', '", "n": .5}'),
        GOOD.replace('"}', '", "n": 0x1F}'),
        GOOD.replace('"}', '",}'),
        GOOD.replace('"', "'"),
        GOOD.replace('"}', '", "t": "a\tb"}'),
        GOOD.replace('"}', '", "t": "\\x"}'),
        GOOD.replace('"}', '", "t": "\\ud83d"}'),
        GOOD.replace('"}', '"} // comment'),
        "5",
        "[1]",
        "null",
        '"text"',
        "[" * 100_000,
        "\ufeff" + GOOD,
    ],
)
def test_what_is_no_json_object_is_rejected(tmp_path: Path, bad: str) -> None:
    found = log(tmp_path, "e.ndjson", f"{GOOD}\n{bad}\n{GOOD}\n")
    assert len(found.events) == 2
    assert [row for row, _ in rejects(found)] == [2]
    assert found.rejected[0].text.startswith(bad[:400])


def test_rows_are_lines_and_blank_lines_are_nothing(tmp_path: Path) -> None:
    found = log(tmp_path, "e.jsonl", f"\ufeff{GOOD}\r\n\r\n   \r\nx\r\n\n{GOOD}")
    assert [row for row, _ in rejects(found)] == [4]
    assert [e.place for e in found.events] == [1, 6]
    assert found.row_count == 3


def test_numbers_are_taken_as_written(tmp_path: Path) -> None:
    text = "\n".join(
        f'{{"lead": {number}, "event": {number}, "time": "{T}", "id": {number}, "n": 1}}'
        for number in ("5.0", "1e2", "-0", "12345678901234567890123", "1e400", "9" * 5000)
    )
    found = log(tmp_path, "e.ndjson", text)
    assert [e.lead for e in found.events] == ["5.0", "1e2", "-0", "12345678901234567890123", "1e400", "9" * 5000]
    assert all(e.lead == e.name == e.id for e in found.events)


def test_values_keep_their_kind(tmp_path: Path) -> None:
    text = '{"lead":"a","event":"v","time":"' + T + '","i":123456789012345678901,"f":1.0,"b":true,"z":null,"e":"",'
    text += '"big":1e400,"deep":{"x":[-1e999,{"y":1}]},"l":["a",1],"d":1,"d":2}'
    properties = log(tmp_path, "e.ndjson", text).events[0].properties
    assert properties == {
        "i": 123456789012345678901,
        "f": 1.0,
        "b": True,
        "z": None,
        "e": "",
        "big": None,
        "deep": {"x": [None, {"y": 1}]},
        "l": ["a", 1],
        "d": 2,
    }
    assert isinstance(properties["f"], float)


def test_lead_name_and_id_must_be_texts_or_numbers(tmp_path: Path) -> None:
    rows = [line(lead=v) for v in (True, [1], {"a": 1}, None, "")] + [line(event=v) for v in (False, [], {}, None, "")]
    rows += [line(id=v) for v in (True, [1], {})]
    found = log(tmp_path, "e.ndjson", "\n".join([*rows, line(id=None), line(id=""), line(lead=" ", id=" x")]))
    assert [row for row, _ in rejects(found)] == list(range(1, 14))
    assert [(e.lead, e.id) for e in found.events] == [("a", None), ("a", None), (" ", " x")]
    assert found.rejected[0].reason == "The lead is true or false, it must be a text"


def test_columns_are_found_over_all_lines(tmp_path: Path) -> None:
    text = f'{{"x": 1}}\n{{"anonymousId": "n", "event": "v", "timestamp": "{T}"}}\n'
    text += f'{{"userId": "u", "anonymousId": "n", "event": "v", "timestamp": "{T}", "messageId": "m"}}\n'
    found = log(tmp_path, "e.ndjson", text)
    assert [(e.lead, e.id, dict(e.properties)) for e in found.events] == [("u", "m", {"anonymousId": "n"})]
    assert {role: one.column for role, one in found.found.items()} == {
        "lead": "userId",
        "event": "event",
        "time": "timestamp",
        "id": "messageId",
    }
    assert [reason for _, reason in rejects(found)] == ["The lead is missing", "The lead is missing"]


def test_properties_are_opened(tmp_path: Path) -> None:
    rows = [
        line(properties={"url": "/p", "utm": {"source": "x"}}, url=None),
        line(properties='{"n": 1}', n=2),
        line(properties=[1]),
        line(properties={"url": "/p"}, url="/own"),
    ]
    found = log(tmp_path, "e.ndjson", "\n".join(rows))
    assert [dict(e.properties) for e in found.events] == [
        {"url": "/p", "utm": {"source": "x"}},
        {"n": 2},
        {"properties": [1]},
        {"url": "/own"},
    ]


def test_epoch_times(tmp_path: Path) -> None:
    rows = [line(time=1_700_000_000.123456), line(time=1_700_000_000_123), line(time="1700000000"), line(time=True)]
    found = log(tmp_path, "e.ndjson", "\n".join(rows))
    assert [e.time for e in found.events] == [1_700_000_000_123_456, 1_700_000_000_123_000, 1_700_000_000_000_000]
    assert len(found.rejected) == 1


@pytest.mark.parametrize("start", ["[", "\ufeff [\n"])
def test_arrays(tmp_path: Path, start: str) -> None:
    text = start + f'{line(lead=1)},\n 5, {line(lead="x", n={"y": [1]})}, [1], null, {{"lead": 5.0, "event": "v",'
    text += f'"time": "{T}"}}, {{"n": NaN}}]'
    found = log(tmp_path, "e.json", text)
    assert [(e.lead, e.place) for e in found.events] == [("1", 1), ("x", 3), ("5.0", 6)]
    assert [row for row, _ in rejects(found)] == [2, 4, 5, 7]


@pytest.mark.parametrize("text", ['[{"a": 1}', '[{"a": 1},]', '[{"a": 007}]', "[{}] x", '[{"a" 1}]'])
def test_a_broken_array_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match=r"e\.json cannot be read: Malformed JSON") as caught:
        log(tmp_path, "e.json", text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rest", [",", ",\n" + " " * 100_000])
def test_an_array_that_is_cut_off_loses_nothing_in_silence(tmp_path: Path, rest: str) -> None:
    with pytest.raises(SourceError, match=r"e\.json cannot be read: its array is never closed"):
        log(tmp_path, "e.json", f"[{GOOD}{rest}")
    assert len(log(tmp_path, "e.json", f"[{GOOD}]" + "\n" * 100_000).events) == 1


def test_json_with_an_object_a_line(tmp_path: Path) -> None:
    assert len(log(tmp_path, "e.json", f"\n{GOOD}\n{GOOD}\n").events) == 2


def test_json_with_objects_over_several_lines(tmp_path: Path) -> None:
    text = json.dumps(json.loads(GOOD), indent=2)
    assert [e.place for e in log(tmp_path, "e.json", f"{text}\n{text}\n").events] == [1, 2]
    with pytest.raises(SourceError, match="This is not valid JSON"):
        log(tmp_path, "e.json", f"{text}\n{text[:-1]}")


@pytest.mark.parametrize("text", ["{}\n{}\n", "{}"])
def test_objects_without_anything(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match="known as the lead"):
        log(tmp_path, "e.ndjson", text)


def test_lines_that_are_not_utf8(tmp_path: Path) -> None:
    good = GOOD.replace('"v"', '"é\\n"').encode()
    found = log(tmp_path, "e.ndjson", good + b'\n{"lead": "\xff"}\n' + good)
    assert [e.name for e in found.events] == ["é\n", "é\n"]
    assert rejects(found) == [(2, "The line is not UTF-8 text")]


def test_long_line(tmp_path: Path) -> None:
    found = log(tmp_path, "e.ndjson", f"{GOOD}\n{line(t='x' * 50_000_000)}\n{'y' * 50_000_000}\n{GOOD}")
    assert len(found.events) == 3
    assert len(found.rejected[0].text) < 1000


def test_many_rows_keep_their_order(tmp_path: Path) -> None:
    count = 310_000
    rows = [f'{{"lead":{i},"event":"v","time":{1_700_000_000 + i}}}' for i in range(count)]
    rows[300_000] = "x"
    path = written(tmp_path, "e.ndjson", "\n".join(rows))
    found = read_events([path])
    assert [e.lead for e in found.events] == [str(i) for i in range(count) if i != 300_000]
    assert [row for row, _ in rejects(found)] == [300_001]


def test_profiles_keep_event_id_and_timestamps(tmp_path: Path) -> None:
    text = '{"lead": 1, "id": "x", "event": "y", "created_at": "2026-01-01", "Time": 5}\n'
    text += '{"lead": 1, "time": "never"}\n{"time": 1e9}\n{"lead": 2, "time": ""}\n{"lead": 2, "time": 1e9}'
    found = read_profiles([written(tmp_path, "p.ndjson", text)])
    assert [(row.lead, row.time) for row in found.rows] == [("1", None), ("2", None), ("2", 10**15)]
    assert found.rows[0].fields == {"id": "x", "event": "y", "created_at": "2026-01-01", "Time": 5}
    assert [one.row for one in found.rejected] == [2, 3]


def test_profiles_with_a_named_time(tmp_path: Path) -> None:
    path = written(tmp_path, "p.ndjson", '{"lead": "a", "changed": "2026-01-01", "x": 1}')
    found = read_profiles([path], ReadOptions(ColumnNames(time="changed")))
    assert found.rows[0].time is not None and found.rows[0].fields == {"x": 1}
