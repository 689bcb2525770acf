"""How long it takes to open a workspace of many files, and a large file: `python benchmarks/lsp_opening.py`.

A workspace of 200 files of 25 rules and a test each, which import one of ten catalogues: all are read and checked, as
for diagnostics of the whole workspace. Then a file of 5 MB, and a keystroke in the middle of it. Time is that of the
processor.
"""

from __future__ import annotations

import gc
import tempfile
import time
from pathlib import Path

from lsp_typing import HEAD, KINDS

from scoredsl import api
from scoredsl.ide.project import Project
from scoredsl.semantics.check import Checked

FILES, RULES, CATALOGUES, BYTES = 200, 25, 10, 5_000_000
TEST = 'test "a webinar"\n  given webinar_attended at 2026-03-01\n  expect interest >= 30\n'


def workspace(folder: Path) -> list[str]:
    declared, _, _ = HEAD.partition("score ")
    for i in range(CATALOGUES):
        (folder / f"catalog{i}.score").write_text(declared, encoding="utf-8")
    paths = []
    for i in range(FILES):
        rules = "".join(KINDS[j % len(KINDS)].format(i * RULES + j) for j in range(RULES))
        path = folder / f"rules{i}.score"
        path.write_text(f'import "catalog{i % CATALOGUES}.score"\nscore interest\n{rules}{TEST}', encoding="utf-8")
        paths.append(path.as_posix())
    return paths


def main() -> None:
    gc.disable()
    with tempfile.TemporaryDirectory() as folder:
        paths = workspace(Path(folder))
        project = Project(api.DiskReader(), Checked.said)
        start = time.process_time()
        project.known = dict.fromkeys(paths)
        assert all(not found.diagnostics for found in project.analyses())
        print(f"{FILES} files of {RULES} rules: {time.process_time() - start:.2f} s")
    rule = len(KINDS[1].format(10_000))
    lines = [KINDS[1].format(i) for i in range(BYTES // rule)]
    before, after = HEAD + "".join(lines[: len(lines) // 2]), "".join(lines[len(lines) // 2 :])
    project = Project(api.DiskReader(), Checked.said)
    start = time.process_time()
    project.open("/large.score", before + after)
    assert project.analysis("/large.score").diagnostics == []
    size = len(before + after)
    print(f"{size:,} bytes, {len(lines):,} rules: opened in {time.process_time() - start:.1f} s")
    for typed in ("  on page_view add 1\n", "  on page_view add 15\n"):
        start = time.process_time()
        project.open("/large.score", before + typed + after)
        assert project.analysis("/large.score").diagnostics == []
        taken = time.process_time() - start
    print(f"a keystroke in it: {taken * 1000:.0f} ms")


if __name__ == "__main__":
    main()
