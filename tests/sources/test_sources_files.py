"""Paths, patterns, compression, standard input, formats, and everything that cannot be read."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow as pa
import pytest
from source_files import T, log, parquet, written

from scoredsl.engine.sources import ReadOptions, SourceError, read_events, read_profiles, write_rejects

CSV = f"lead,event,time\na,v,{T}\nb,v,{T}\n"
NDJSON = f'{{"lead":"a","event":"v","time":"{T}"}}\n{{"lead":"b","event":"v","time":"{T}"}}\n'
JSON = f'[{{"lead":"a","event":"v","time":"{T}"}},{{"lead":"b","event":"v","time":"{T}"}}]'


def zstd(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as out:
        out.write(content)
    return bytes(sink.getvalue())


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


@pytest.mark.parametrize("pack", [bytes, gzipped, zstd])
@pytest.mark.parametrize(
    ("ending", "text"),
    [
        ("csv", CSV),
        ("tsv", CSV.replace(",", "\t")),
        ("ndjson", NDJSON),
        ("jsonl", NDJSON),
        ("json", JSON),
        ("json", NDJSON),
        ("txt", CSV),
    ],
)
def test_formats_and_compression(tmp_path: Path, ending: str, text: str, pack: type[bytes]) -> None:
    packed = {bytes: "", gzipped: ".gz", zstd: ".zst"}[pack]
    found = log(tmp_path, f"e.{ending}{packed}", pack(text.encode()))
    assert [e.lead for e in found.events] == ["a", "b"]


@pytest.mark.parametrize("pack", [gzipped, zstd])
def test_packed_parquet(tmp_path: Path, pack: type[bytes]) -> None:
    path = parquet(tmp_path, "e.parquet", lead=["a"], event=["v"], time=[T])
    assert len(log(tmp_path, "e.parquet.gz", pack(Path(path).read_bytes())).events) == 1


def test_several_files_and_patterns(tmp_path: Path) -> None:
    first = written(tmp_path, "z.csv", CSV)
    written(tmp_path, "b.ndjson", NDJSON + "bad\n")
    written(tmp_path, "a.ndjson", "bad\n" + NDJSON)
    (tmp_path / "c.ndjson").mkdir()
    found = read_events([first, str(tmp_path / "[ab].ndjson")])
    assert [e.lead for e in found.events] == ["a", "b"] * 3
    places = [e.place for e in found.events]
    assert places == sorted(set(places))
    assert [(Path(r.file).name, r.row) for r in found.rejected] == [("a.ndjson", 1), ("b.ndjson", 3)]
    assert found.row_count == 8


def test_names_with_signs(tmp_path: Path) -> None:
    for name in ("a[1].csv", "it's; drop table x.csv", "k=v.csv", "e {x} ü 🙂.csv", "q?.csv", "*.csv"):
        assert len(log(tmp_path, name, CSV).events) == 2
    folder = tmp_path / "country=DE"
    folder.mkdir()
    for name, text in (("e.csv", CSV), ("e.json", JSON), ("e.ndjson", NDJSON)):
        assert log(folder, name, text).events[0].properties == {}
    path = parquet(folder, "e.parquet", lead=["a"], event=["v"], time=[T])
    assert read_events([path]).events[0].properties == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "no file"),
        (["none.csv"], "none.csv does not exist"),
        (["none*.csv"], "No file matches"),
        (["-", "-"], "only once"),
        ([""], "no file name"),
        (["a\0b"], "no file name"),
        (["https://example.com/e.csv"], "does not exist"),
    ],
)
def test_paths_that_are_wrong(given: list[str], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_events(given)


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder"):
        read_events([str(tmp_path)])


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = written(tmp_path, "e.csv", CSV)
    Path(path).chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(SourceError, match="permission denied"):
        read_events([path])


@pytest.mark.parametrize("name", ["e.csv", "e.tsv", "e.txt", "e.ndjson", "e.json", "e.parquet"])
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\r\n  \n"])
def test_empty_files(tmp_path: Path, name: str, content: bytes) -> None:
    path = written(tmp_path, name, content)
    with pytest.raises(SourceError, match="is empty"):
        read_events([path])
    with pytest.raises(SourceError, match="is empty"):
        read_profiles([path])
    other = written(tmp_path, "full.csv", CSV)
    assert read_events([path, other]).notes == [f"{path} is empty."]


@pytest.mark.parametrize("name", ["e.csv", "e.ndjson", "e.json", "e.txt", "e.tsv"])
def test_utf16(tmp_path: Path, name: str) -> None:
    for encoding in ("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"):
        with pytest.raises(SourceError, match=rf"{encoding} text, not UTF-8\. .*\(iconv -f {encoding} -t UTF-8 "):
            log(tmp_path, name, CSV.encode(encoding))


@pytest.mark.parametrize("name", ["e.csv", "e.ndjson", "e.json", "e.txt", "e.tsv", "e.parquet"])
def test_binary_rubbish(tmp_path: Path, name: str) -> None:
    for content in (
        bytes(range(256)) * 40,
        b"\x00" * 1000,
        b"\x89PNG\r\n\x1a\n" + bytes(range(255, 0, -1)),
        b'"',
        b"{",
        b"[",
    ):
        with pytest.raises(SourceError) as caught:
            log(tmp_path, name, content)
        assert "\n" not in str(caught.value) and name in str(caught.value)


@pytest.mark.parametrize("name", ["e.csv", "e.xlsx", "e.xls", "e.ndjson"])
def test_what_is_no_text_is_named(tmp_path: Path, name: str) -> None:
    for start in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        with pytest.raises(SourceError, match="is a spreadsheet or an archive, no text; save its sheet as CSV"):
            log(tmp_path, name, start + b"\x14\0\0\xff" * 100)
    with pytest.raises(SourceError, match="is no text file"):
        log(tmp_path, name, b"lead,event,time\n\0\xff\xfe\n")


@pytest.mark.parametrize("pack", [gzipped, zstd])
def test_truncated_and_damaged(tmp_path: Path, pack: type[bytes]) -> None:
    packed = pack((CSV * 1000).encode())
    damaged = [packed[:20] + b"\0\0\0\0" + packed[24:]] if pack is gzipped else []
    for content in (packed[:-9], packed[:10], *damaged):
        with pytest.raises(SourceError, match="cannot be read"):
            log(tmp_path, "e.csv.gz", content)


def test_format_by_content(tmp_path: Path) -> None:
    for text in (CSV, CSV.replace(",", "\t"), NDJSON, JSON):
        assert len(log(tmp_path, "e.export", text).events) == 2
    with pytest.raises(SourceError, match="--input-format"):
        log(tmp_path, "e.export", "what is this")


def test_input_format_wins_over_the_name(tmp_path: Path) -> None:
    assert len(log(tmp_path, "e.csv", NDJSON, ReadOptions(input_format="JSONL")).events) == 2
    with pytest.raises(SourceError, match="xml is no input format"):
        log(tmp_path, "e.csv", NDJSON, ReadOptions(input_format="xml"))


class _Input:
    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


@pytest.mark.parametrize("text", [CSV.encode(), gzipped(CSV.encode())])
def test_standard_input(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", _Input(text + (b"" if text.startswith(b"\x1f") else b",v,x\n")))
    found = read_events(["-"], ReadOptions(input_format="csv"))
    assert [e.lead for e in found.events] == ["a", "b"]
    assert all(one.file == "-" and one.row == 4 for one in found.rejected)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipes(tmp_path: Path) -> None:
    pipe = tmp_path / "e.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(CSV,))
    writer.start()
    assert len(read_events([str(pipe)]).events) == 2
    writer.join()


def test_nothing_usable(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r'all 2 rows are rejected. The first, row 1: The time "x" cannot be read'):
        log(tmp_path, "e.ndjson", '{"lead":"a","event":"v","time":"x"}\n5\n')
    with pytest.raises(SourceError, match="its only row is rejected"):
        log(tmp_path, "e.ndjson", "5")
    with pytest.raises(SourceError, match=r"e\.json has no rows"):
        log(tmp_path, "e.json", "[]")
    with pytest.raises(SourceError, match="all 2 rows are rejected"):
        read_profiles([written(tmp_path, "p.csv", "lead,x\n,1\n,2\n")])


def test_one_useless_file_among_others(tmp_path: Path) -> None:
    found = read_events([written(tmp_path, "a.ndjson", "5\n"), written(tmp_path, "b.ndjson", NDJSON)])
    assert len(found.events) == 2 and len(found.rejected) == 1


def test_rejects_file(tmp_path: Path) -> None:
    found = log(tmp_path, "e.csv", CSV + ',v,"say ""hi"", then\ngo"\n')
    target = tmp_path / "rejects.csv"
    write_rejects(str(target), found.rejected)
    lines = target.read_text(encoding="utf-8")
    assert lines.startswith("file,row,reason,text\n")
    assert f"{tmp_path / 'e.csv'},4,The lead is missing," in lines
    with pytest.raises(SourceError, match="cannot be written"):
        write_rejects(str(tmp_path / "no" / "r.csv"), found.rejected)


def test_the_machine_changes_nothing(tmp_path: Path) -> None:
    stamp = pa.array([1_700_000_000], pa.timestamp("s"))
    path = parquet(
        tmp_path, "e.parquet", lead=["a"], event=["v"], time=stamp, t=pa.array([0], pa.timestamp("us", "UTC"))
    )
    code = f"from scoredsl.engine.sources import *; e = read_events([{path!r}]).events[0]\n"
    code += "print(e.time, dict(e.properties))"
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "TZ": zone, "LC_ALL": "de_DE.UTF-8"}, capture_output=True,
            check=True, text=True,
        ).stdout
        for zone in ("UTC", "Asia/Tokyo", "America/New_York")
    }  # fmt: skip
    assert said == {"1700000000000000 {'t': '1970-01-01T00:00:00Z'}\n"}


def test_importing_is_light() -> None:
    code = (
        "import sys, scoredsl.engine.sources; print(bool({'duckdb', 'pyarrow', 'numpy', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    log(tmp_path, "e.csv.gz", gzipped(b"lead,event,time\r\na,v,2026-03-01\nb,v,2026-03-02\r\n"))
    with pytest.raises(SourceError):
        log(tmp_path, "e[1].csv.gz", gzipped(b"x")[:-3])
    assert list(folder.iterdir()) == []
