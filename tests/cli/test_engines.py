"""Whichever engine computes: the same results, and the same is said about them."""

from __future__ import annotations

import pytest

RULES = """\
ignore visit where agent contains "bot"
score interest
  threshold 10
  on visit add 5
"""
LOG = """\
lead,event,time,id,agent
a,visit,2026-03-01,1,
a,visit,2026-03-02,2,robot
a,visit,2026-03-03,1,
a,visit,2026-03-04,3,
a,visit,2026-03-05,4,robot
a,visit,2026-03-06,3,
"""


@pytest.mark.parametrize(
    "as_of, ignored, repeated, points",
    [("2026-03-01", 0, 0, 5), ("2026-03-03", 1, 1, 5), ("2026-03-05", 2, 1, 10), ("2026-03-07", 2, 2, 10)],
)
def test_what_is_left_out_is_counted_up_to_the_instant(run, tmp_path, as_of, ignored, repeated, points):
    (tmp_path / "rules.score").write_text(RULES)
    (tmp_path / "log.csv").write_text(LOG)
    done = [
        run("score", "rules.score", "log.csv", "--as-of", as_of, "--engine", engine) for engine in ("fast", "reference")
    ]
    assert done[0] == done[1]
    assert done[0].out.splitlines()[1].startswith(f"a,{points},")
    said = done[0].err.splitlines()
    assert [line for line in said if "ignored" in line] == (
        [f"{ignored} event{'s' if ignored > 1 else ''} ignored by the rules."] if ignored else []
    )
    assert sum(f"{repeated} event" in line and "duplicate" in line for line in said) == (1 if repeated else 0)


@pytest.mark.parametrize("command", ["score", "alerts"])
def test_a_score_beyond_the_engine_also_from_standard_input(run, tmp_path, command):
    """9,300 awards of a thousand million points are more than 64 bits of millionths: the reference computes them."""
    (tmp_path / "rules.score").write_text("score s\n  threshold 5\n  on buy add 1000000000\n")
    rows = [f"a,buy,2026-03-01T00:00:00.{i:06d}Z" for i in range(9_300)]
    log = "\n".join(["lead,event,time", *rows, "b,buy,2026-03-01"]) + "\n"
    (tmp_path / "log.csv").write_text(log)
    from_file = run(command, "rules.score", "log.csv")
    from_input = run(command, "rules.score", "-", "--input-format", "csv", stdin=log.encode())
    reference = run(command, "rules.score", "log.csv", "--engine", "reference")
    assert "the reference interpreter is used" in from_file.err
    assert from_file == from_input
    assert (from_file.status, from_file.out) == (0, reference.out)
    if command == "score":
        assert from_file.out.splitlines()[1] == "a,9300000000000,qualified"
