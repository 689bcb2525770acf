"""How much memory edits take: `python benchmarks/lsp_memory.py [RULES] [EDITS]`.

Makes random edits (default 100,000) in a file of so many rules (default 100) and asks for the diagnostics after each:
a digit is typed somewhere, and every twentieth edit writes or deletes something that breaks a line as a rule; completes
after each of those. Garbage is looked for as in the server: among what is new, as after a pause, and every 2,000 edits
everywhere. Prints the memory of the process after each tenth of the edits.
"""

from __future__ import annotations

import gc
import os
import random
import sys
from pathlib import Path

from lsp_typing import HEAD, KINDS, PATH

from scoredsl import api
from scoredsl.ide.completion import complete
from scoredsl.ide.project import Project
from scoredsl.semantics.check import Checked

PIECES = ("x", " ", "1", "\n", "ad", '"', "on a add 1", "", "#", "(")
AFRESH = 40
"""After so many edits the text is as it was."""


def megabytes() -> float:
    """Of physical memory that this process has (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


def main() -> None:
    rules = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    edits = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    whole = text = HEAD + "".join(KINDS[i % len(KINDS)].format(i) for i in range(rules))
    gc.disable()
    project = Project(api.DiskReader(), Checked.said)
    project.open(PATH, text)
    assert project.analysis(PATH).program is not None
    gc.collect()
    print(f"{rules:,} rules: {megabytes():.0f} MB")
    drawn = random.Random(1)
    for i in range(1, edits + 1):
        at = drawn.randrange(len(HEAD), len(text))
        if i % AFRESH == 0:
            text = whole
        elif i % 20 == 0:
            text = text[:at] + drawn.choice(PIECES) + text[at + drawn.randrange(3) :]
        else:
            at = text.rindex("add ", 0, max(at, text.index("add ") + 4)) + 4
            text = text[:at] + drawn.choice("123456789") + text[at + 1 :]
        project.open(PATH, text)
        analysis = project.analysis(PATH)
        assert analysis.diagnostics is not None
        if i % 20 == 0:
            complete(analysis, at, 0)
        gc.collect(2 if i % 2_000 == 0 else 0)
        if i % (edits // 10) == 0:
            print(f"after {i:,} edits: {megabytes():.0f} MB", flush=True)


if __name__ == "__main__":
    main()
