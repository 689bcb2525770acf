"""Files that are not UTF-8: the place, the likely encoding, and the repair are said."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest
from source_files import log, rejects, written

from scoredsl.engine.sources import SourceError, read_events
from scoredsl.engine.sources.encodings import repair, trouble, wide

ROWS = "lead,event,time\na,v,2026-03-01\nJ\u00fcrgen,v,2026-03-01\nb,v,2026-03-02\n"
SAID = (
    'e.csv is not UTF-8 text: the first trouble is byte 0xFC in line 3, which would be "J\u00fcrgen" in Windows-1252. '
    "Save it as UTF-8 (in Excel: CSV UTF-8), or convert it (iconv -f WINDOWS-1252 -t UTF-8 e.csv > e-utf8.csv)."
)


def test_rows_that_are_windows_1252(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("e.csv").write_bytes(ROWS.encode("cp1252"))
    found = read_events(["e.csv"])
    assert [event.lead for event in found.events] == ["a", "b"]
    assert rejects(found) == [(3, "The row is not UTF-8 text")]
    assert found.notes == [SAID]


@pytest.mark.skipif(shutil.which("iconv") is None, reason="there is no iconv here")
def test_the_command_that_is_named_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, encoding in (("e.csv", "cp1252"), ("two words.csv", "utf-16"), ("e.csv.gz", "utf-16-le")):
        content = ROWS.encode(encoding)
        Path(name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        try:
            (said,) = read_events([name]).notes
        except SourceError as problem:
            said = str(problem)
        subprocess.run(said[said.index("convert it (") + 12 : -2], shell=True, check=True)
        new = name.replace(".csv", "-utf8.csv")
        assert [event.lead for event in read_events([new]).events] == ["a", "J\u00fcrgen", "b"]


@pytest.mark.parametrize("name", ["e.csv", "e.json", "e.ndjson", "e.txt"])
def test_nothing_but_windows_1252(tmp_path: Path, name: str) -> None:
    text = '[{"lead": "J\u00fcrgen", "event": "v", "time": "2026-03-01"}]' if "json" in name else (
        "lead,gr\u00f6\u00dfe,event,time\na,1,v,2026-03-01\n"
    )  # fmt: skip
    with pytest.raises(SourceError, match=r"would be .* in Windows-1252") as caught:
        log(tmp_path, name, text.strip("[]" if name == "e.ndjson" else "").encode("cp1252"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", None),
        ("\u00fc\n".encode(), None),
        (b"a\n\xe4\n", 'byte 0xE4 in line 2, which would be "\u00e4" in Windows-1252.'),
        (b"a \x93b\x94", 'byte 0x93 in line 1, which would be "\u201c" in Windows-1252.'),
        (b"\x81\n", "byte 0x81 in line 1. Save it as UTF-8."),
        (b"\xe4\n\x81\n", "byte 0xE4 in line 1. Save it as UTF-8."),
        ("\u00fc\n".encode() + b"K\xf6ln\n", 'UTF-8 text but for byte 0xF6 in line 2, which would be "K\u00f6ln" in W'),
        ("\u00fc\n".encode() + b"\xf6\n" * 3, "; 2 more lines have such bytes. Correct it there: the rest must stay"),
        (b"\x89PNG\r\n\0\0", "byte 0x89 in line 1"),
        (b"\x89P\0\0NG\r\n", "e.csv is no text file."),
    ],
)
def test_what_is_said(content: bytes, said: str | None) -> None:
    found = trouble(content.splitlines(keepends=True), "e.csv")
    assert said in found if said is not None and found is not None else found == said


def test_wide() -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        assert wide(ROWS.encode(encoding)) is not None
    assert wide("\ufefflead".encode("utf-16-be")) == "UTF-16"
    for content in (b"", ROWS.encode(), ROWS.encode("cp1252"), b"\0" * 100, "\u00fc".encode() * 100):
        assert wide(content) is None


def test_repair() -> None:
    assert repair("-", "UTF-16") == "Convert it on the way (... | iconv -f UTF-16 -t UTF-8 | scoredsl ...)."
    assert "(zstdcat logs/e.csv.zst | iconv -f UTF-16 -t UTF-8 | zstd > logs/e-utf8.csv.zst)" in repair(
        "logs/e.csv.zst", "UTF-16"
    )
    assert "Excel" not in repair("rules.score", "UTF-16")


def test_a_file_among_others(tmp_path: Path) -> None:
    good = written(tmp_path, "a.csv", "lead,event,time\na,v,2026-03-01\n")
    bad = written(tmp_path, "b.csv", "lead,event,time\nJ\u00fcrgen,v,2026-03-01\n".encode("cp1252"))
    found = read_events([good, bad])
    assert len(found.events) == 1 and len(found.rejected) == 1
    assert len(found.notes) == 1 and "b.csv is not UTF-8 text" in found.notes[0]
