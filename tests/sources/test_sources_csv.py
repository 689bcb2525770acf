"""CSV, TSV and text: all values are text, rows are lines of the file, ragged rows are rejected."""

from __future__ import annotations

from pathlib import Path

import pytest
from source_files import T, log, micros, rejects, written

from scoredsl.engine.sources import ColumnNames, ReadOptions, SourceError, read_events, read_profiles


def test_values_are_text_and_empty_cells_are_missing(tmp_path: Path) -> None:
    found = log(tmp_path, "e.csv", f'lead,event,time,a b,n,x\n007,visit,{T},NULL,1.50,""\nnan,NaN,{T},,null,true\n')
    assert [(e.lead, e.name, dict(e.properties)) for e in found.events] == [
        ("007", "visit", {"a b": "NULL", "n": "1.50"}),
        ("nan", "NaN", {"n": "null", "x": "true"}),
    ]
    assert found.rejected == [] and found.notes == [] and found.row_count == 2


def test_quotes_commas_and_line_breaks(tmp_path: Path) -> None:
    found = log(tmp_path, "e.csv", f'lead,event,time,t\r\na,v,{T},"x, ""y""\r\nz"\r\nb,v,{T},un"q"uoted\r\n')
    assert [e.properties["t"] for e in found.events] == ['x, "y"\r\nz', 'un"q"uoted']


def test_values_are_not_trimmed_and_hostile_texts_stay(tmp_path: Path) -> None:
    found = log(tmp_path, "e.csv", f"lead,event,time,'; drop table x\n a ,'; drop table t; --,{T},🙂\n")
    assert found.events[0].lead == " a "
    assert found.events[0].name == "'; drop table t; --"
    assert found.events[0].properties == {"'; drop table x": "🙂"}


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_that_of_the_header(tmp_path: Path, sign: str) -> None:
    text = sign.join(["lead", "event", "time", '"a,b;c"']) + "\n" + sign.join(["x", "v", T, "p"]) + "\n"
    found = log(tmp_path, "e.csv", text)
    assert found.events[0].properties == {"a,b;c": "p"}


def test_tsv(tmp_path: Path) -> None:
    found = log(tmp_path, "e.tsv", f"lead\tevent\ttime\tt\na\tv\t{T}\tx,y\n")
    assert found.events[0].properties == {"t": "x,y"}


def test_byte_order_mark(tmp_path: Path) -> None:
    found = log(tmp_path, "e.csv", b"\xef\xbb\xbflead,event,time\r\na,v,2026-03-01\r\n")
    assert found.found["lead"].how == "own"
    assert found.events[0].time == micros(T)


def test_ragged_rows_are_rejected_with_their_line(tmp_path: Path) -> None:
    text = (
        f'lead,event,time,t\na,v,{T},"two\nlines"\n\nshort,v,{T}\nlong,v,{T},1,2,3\n,v,{T},x\n\n\n'
        f'q,v,{T},"x" y\nb,v,{T},1\nc,v,later,\n'
    )
    found = log(tmp_path, "e.csv", text)
    assert [e.lead for e in found.events] == ["a", "b"]
    assert [(row, reason.split(";")[0]) for row, reason in rejects(found)] == [
        (5, "The row has 3 cells, fewer than the header"),
        (6, "The row has 6 cells, more than the header"),
        (7, "The lead is missing"),
        (10, "A cell goes on after its closing quote"),
        (12, 'The time "later" cannot be read'),
    ]
    assert found.rejected[0].text == f"short,v,{T}"
    assert found.rejected[4].text == "c,v,later,"
    assert found.row_count == 7
    places = [e.place for e in found.events]
    assert places == sorted(set(places))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_are_right_with_every_line_end(tmp_path: Path, end: str) -> None:
    rows = ["lead,event,time", "a,v", "", f"b,v,{T}", ",v,x", "z"]
    found = log(tmp_path, "e.csv", end.join(rows))
    assert [row for row, _ in rejects(found)] == [2, 5, 6]
    assert [one.text for one in found.rejected] == ["a,v", ",v,x", "z"]


def test_mixed_line_ends(tmp_path: Path) -> None:
    found = log(tmp_path, "e.csv", f'lead,event,time,t\r\na,v,{T},"x\r\ny"\nb,v,{T},\r\nc,v,{T},1\n')
    assert [e.lead for e in found.events] == ["a", "b", "c"]
    assert found.rejected == []


def test_a_quote_that_is_never_closed_loses_no_row_silently(tmp_path: Path) -> None:
    found = log(tmp_path, "e.csv", f'lead,event,time,t\na,v,{T},1\nb,v,{T},"open\nc,v,{T},2\nd,v,{T},3\n')
    assert [e.lead for e in found.events] == ["a"]
    assert rejects(found)[0][0] == 3
    assert "never closed" in found.rejected[0].reason and "3 rows" in found.rejected[0].reason


def test_lines_that_are_not_utf8_are_rejected(tmp_path: Path) -> None:
    found = log(tmp_path, "e.csv", b"lead,event,time\na,v,2026-03-01\nM\xfcller,v,2026-03-01\nb,v,2026-03-02\n")
    assert [e.lead for e in found.events] == ["a", "b"]
    assert rejects(found) == [(3, "The row is not UTF-8 text")]


def test_header_that_is_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="header"):
        log(tmp_path, "e.csv", b"lead,event,time,gr\xfc\xdfe\na,v,2026-03-01,1\n")


def test_duplicate_and_nameless_columns_are_said(tmp_path: Path) -> None:
    found = log(tmp_path, "e.csv", f"lead,event,time,x,x,\na,v,{T},1,2,3\n")
    assert found.events[0].properties == {"x": "1"}
    assert len(found.notes) == 2 and "twice" in found.notes[0] and "no name" in found.notes[1]


def test_a_file_of_one_column(tmp_path: Path) -> None:
    found = read_profiles([written(tmp_path, "p.csv", "lead\na\n\nb\nc,d\n")])
    assert [row.lead for row in found.rows] == ["a", "b"]
    assert [one.row for one in found.rejected] == [5]


def test_list_columns(tmp_path: Path) -> None:
    text = 'lead,event,time,tags,other\na,v,2026-03-01,"[""x"", 1, [true]]","[1]"\nb,v,2026-03-01,"{}",\n'
    text += "c,v,2026-03-01,[NaN],\n"
    found = log(tmp_path, "e.csv", text, ReadOptions(list_columns=frozenset({"tags", "absent"})))
    assert found.events[0].properties == {"tags": ["x", 1, [True]], "other": "[1]"}
    assert [e.properties["tags"] for e in found.events[1:]] == ["{}", "[NaN]"]


def test_properties_column_is_opened(tmp_path: Path) -> None:
    text = 'lead,event,time,url,properties\na,v,2026-03-01,,"{""url"": ""/p"", ""n"": 5, ""id"": 7}"\n'
    text += 'b,v,2026-03-01,/own,"{""url"": ""/p""}"\nc,v,2026-03-01,/x,no json\n'
    found = log(tmp_path, "e.csv", text)
    assert [dict(e.properties) for e in found.events] == [
        {"url": "/p", "n": 5, "id": 7},
        {"url": "/own"},
        {"url": "/x", "properties": "no json"},
    ]


def test_long_line(tmp_path: Path) -> None:
    size = 50_000_000
    found = log(tmp_path, "e.csv", f"lead,event,time,t\na,v,{T},{'x' * size}\nb,v,{T},\n")
    assert [len(e.properties.get("t", "")) for e in found.events] == [size, 0]


def test_many_rows_keep_their_order(tmp_path: Path) -> None:
    count = 350_000
    rows = "\n".join(f"l{i},v,{1_700_000_000 + i},{i}" for i in range(count))
    found = log(tmp_path, "e.csv", f"lead,event,time,n\n{rows}\n,v,1,1\n")
    assert [e.lead for e in found.events] == [f"l{i}" for i in range(count)]
    assert [e.place for e in found.events] == list(range(1, count + 1))
    assert rejects(found) == [(count + 2, "The lead is missing")]


def test_txt_with_aligned_columns(tmp_path: Path) -> None:
    text = " customer_id  date n\n 00001 19970101  1\n\n 00001 19970118\n 00002 19970112  12 \n"
    options = ReadOptions(event_name="purchase", time_format="yyyymmdd")
    found = log(tmp_path, "e.txt", text, options)
    assert [(e.lead, e.name, e.time, dict(e.properties)) for e in found.events] == [
        ("00001", "purchase", micros("1997-01-01"), {"n": "1"}),
        ("00002", "purchase", micros("1997-01-12"), {"n": "12"}),
    ]
    assert rejects(found) == [(4, "The row has 2 words, the header has 3")]


def test_txt_with_delimiters(tmp_path: Path) -> None:
    assert log(tmp_path, "e.txt", f"lead;event;time\na b;v;{T}\n").events[0].lead == "a b"


def test_a_header_without_names(tmp_path: Path) -> None:
    for text in (",,\na,b,c\n", '""\na\n'):
        with pytest.raises(SourceError, match="header"):
            log(tmp_path, "e.csv", text)


def test_too_many_columns(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"has 100,001 columns"):
        log(tmp_path, "e.csv", "," * 100_000 + "\n")


def test_header_without_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "e.csv", "lead,event,time\n")
    with pytest.raises(SourceError, match="has no rows"):
        read_events([path])


def test_column_named_like_a_dollar_or_brace(tmp_path: Path) -> None:
    found = log(
        tmp_path, "e.csv", f'le"ad,event,time,{{}},$1,?\na,v,{T},1,2,3\n', ReadOptions(ColumnNames(lead='le"ad'))
    )
    assert found.events[0].properties == {"{}": "1", "$1": "2", "?": "3"}
