"""How long one keystroke takes the editor's side: `python benchmarks/lsp_typing.py [RULES] [KEYSTROKES]`.

Types a new rule into the middle of a file of so many rules (default 1,000), a character at a time, and measures after
each what the server does without its pause: read the change and check the program (diagnostics), and complete at the
cursor.
In-process: no protocol and no pipe is in the figures; time is that of the processor, so that other load counts little.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time

from scoredsl import api
from scoredsl.ide.completion import complete
from scoredsl.ide.project import Project

TYPED = '  on page_view where url starts with "/pricing/new" add 15 at most 1 time per day, expire after 30d\n'
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


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    rules = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    keystrokes = int(sys.argv[2]) if len(sys.argv) > 2 else len(TYPED)
    gc.set_threshold(100_000, 20, 100)
    lines = [KINDS[i % len(KINDS)].format(i) for i in range(rules)]
    before, after = HEAD + "".join(lines[: rules // 2]), "".join(lines[rules // 2 :])
    project = Project(api.DiskReader(), api.said_of)
    project.open("/rules.score", before + after)
    start = time.process_time()
    assert project.analysis("/rules.score").program is not None
    print(f"{rules:,} rules: opened in {(time.process_time() - start) * 1000:.0f} ms")
    project.open("/rules.score", before + "  on page_view ad" + after)  # loads what broken statements need
    project.analysis("/rules.score")
    checks: list[float] = []
    completions: list[float] = []
    for i in range(1, keystrokes + 1):
        typed = TYPED[: i % len(TYPED) or len(TYPED)]
        start = time.process_time()
        project.open("/rules.score", before + typed.rstrip("\n") + "\n" + after)
        analysis = project.analysis("/rules.score")
        assert analysis.diagnostics is not None
        checks.append((time.process_time() - start) * 1000)
        start = time.process_time()
        complete(analysis, len(before) + len(typed), 0)
        completions.append((time.process_time() - start) * 1000)
    for name, values in (("diagnostics", checks), ("completion after it", completions)):
        middle, high = statistics.median(values), percentile(values, 0.99)
        print(f"{name}: median {middle:.1f} ms, 99th percentile {high:.1f} ms of {len(values)} keystrokes")


if __name__ == "__main__":
    main()
