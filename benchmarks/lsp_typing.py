"""How long one keystroke takes the editor's side: `python benchmarks/lsp_typing.py [RULES] [KEYSTROKES]`.

Types new rules into the middle of a file of so many rules (default 1,000), a character at a time, line ends included,
and measures after each what the server does without its pause: take the change in, check the program (diagnostics), and
complete at the cursor. Warnings that take reasoning are not in it: another process looks for them.
In-process: no protocol and no pipe is in the figures; time is that of the processor, so that other load counts little.
Garbage is looked for as the server does it: not between keystrokes.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time

from lsprotocol import types as t

from scoredsl import api
from scoredsl.ide.completion import complete
from scoredsl.ide.project import Project
from scoredsl.lsp.positions import Lines, changed
from scoredsl.semantics.check import Checked
from scoredsl.text import Source

TYPED = '  on page_view where url starts with "/pricing/new" add 15 at most 1 time per day, expire after 30d\n'
PATH = "/rules.score"
KINDS = (
    '  on webinar_attended add 30 once as "Webinar {0}"\n',
    '  on page_view where url starts with "/pricing{0}" add 15 at most 1 time per day\n',
    '  on 3 page_view where url contains "x{0}" within 7d add 25 once every 30d\n',
    '  when company_size >= {0} and country in ["DE", "AT"] add 10\n',
)
HEAD = """\
event webinar_attended with webinar text
event page_view with url text
profile company_size number
profile country text
score interest
"""


def _place(text: str, offset: int) -> t.Range:
    position = Lines(Source(text), "utf-16").position(offset)
    return t.Range(position, position)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    rules = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    keystrokes = int(sys.argv[2]) if len(sys.argv) > 2 else 4 * len(TYPED)
    gc.disable()
    lines = [KINDS[i % len(KINDS)].format(i) for i in range(rules)]
    before, after = HEAD + "".join(lines[: rules // 2]), "".join(lines[rules // 2 :])
    project = Project(api.DiskReader(), Checked.said)
    start = time.process_time()
    project.open(PATH, before + after)
    assert project.analysis(PATH).program is not None
    print(f"{rules:,} rules: opened in {(time.process_time() - start) * 1000:.0f} ms")
    project.open(PATH, before + "  on page_view ad\n" + after)  # loads what broken statements need
    complete(project.analysis(PATH), len(before) + 16, 0)
    checks: list[float] = []
    completions: list[float] = []
    text, at = before + after, len(before)
    for i in range(keystrokes):
        change = t.TextDocumentContentChangePartial(place := _place(text, at), TYPED[i % len(TYPED)])
        assert place.start == place.end
        start = time.process_time()
        text = changed(text, [change], "utf-16")
        at += len(change.text)
        project.open(PATH, text)
        said = project.analysis(PATH).diagnostics
        checks.append((time.process_time() - start) * 1000)
        assert said is not None
        start = time.process_time()
        complete(project.analysis(PATH), at, 0)
        completions.append((time.process_time() - start) * 1000)
    for name, values in (("diagnostics", checks), ("completion after it", completions)):
        middle, high = statistics.median(values), percentile(values, 0.99)
        print(f"{name}: median {middle:.1f} ms, 99th percentile {high:.1f} ms of {len(values)} keystrokes")


if __name__ == "__main__":
    main()
