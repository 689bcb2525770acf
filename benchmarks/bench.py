"""The benchmarks: python benchmarks/bench.py WHAT [--events N] [--leads N] [--pairs N] [--data DIR]

WHAT is as-of, alerts, features, scaling, memory, engines or first-run. Logs are made when they are first needed.
Prints the rows of the tables in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Pair, Run, median, pairs, run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
AS_OF = "2026-01-01"
SCOREDSL = [sys.executable, "-m", "scoredsl"]
MODEL = str(HERE / "models" / "b2b.score")
PER_LEAD = 20
"""Events for each lead of a log."""
PART = 20_000_000
"""The most events of a file."""


class Bench:
    def __init__(self, data: Path, events: int, count: int) -> None:
        self.data = data
        self.events = events
        self.count = count
        self.out = Path(tempfile.mkdtemp(dir=data))

    def log(self, events: int) -> str:
        """A file, or the pattern of the files of a log that is made in parts."""
        parts = -(-events // PART)
        folder = self.data / f"log-{events}"
        for part in range(parts):
            path = folder / f"{part:03}.parquet"
            if path.exists():
                continue
            print(f"making a log of {events:,} events, part {part + 1} of {parts}", file=sys.stderr)
            folder.mkdir(exist_ok=True)
            unfinished = self.out / "part.parquet"
            numbers = [str(events), str(max(1, events // PER_LEAD)), str(unfinished), "--part", str(part), str(parts)]
            subprocess.run([sys.executable, str(HERE / "make_log.py"), *numbers], check=True, stdout=subprocess.DEVNULL)
            unfinished.rename(path)
        return str(folder / ("000.parquet" if parts == 1 else "*.parquet"))

    def ours(self, verb: str, model: str, log: str, *more: str) -> list[str]:
        return [*SCOREDSL, verb, model, log, "--as-of", AS_OF, "--out", str(self.out / "ours.parquet"), *more]

    def by_hand(self, what: str, log: str) -> list[str]:
        out = str(self.out / "by-hand.parquet")
        return [sys.executable, str(HERE / "by_hand.py"), log, AS_OF, what, str(_processors()), out]

    # ---- against SQL written by hand

    def as_of(self) -> None:
        log = self.log(self.events)
        for what in ("asof-expert-full", "asof-plain"):
            found = pairs(self.ours("score", MODEL, log), self.by_hand(what, log), self.count)
            _row(f"scores of {self.events:,} events, against `{what}`", found)
        same = _query(
            f"SELECT count(*), sum(engagement), (SELECT count(*) FROM (FROM '{self.out}/ours.parquet' EXCEPT "
            f"FROM '{self.out}/by-hand.parquet')) FROM '{self.out}/ours.parquet'"
        )
        print(f"leads {same[0]:,}, sum of scores {same[1]:,.0f}, rows that differ {same[2]}")

    def alerts(self) -> None:
        log = self.log(self.events)
        found = pairs(self.ours("alerts", MODEL, log), self.by_hand("history", log), self.count)
        _row(f"alerts of {self.events:,} events", found)
        entered, left = _query(
            "SELECT count(*) FILTER (to_tier IS NOT NULL), count(*) FILTER (from_tier IS NOT NULL) "
            f"FROM '{self.out}/ours.parquet'"
        )
        said = re.search(r"\((\d+), (\d+), \d+\)", found.second[0].printed)
        assert said is not None
        print(f"entries {entered:,} and exits {left:,}; by hand {int(said[1]):,} and {int(said[2]):,}")

    # ---- by feature

    def features(self) -> None:
        log = self.log(self.events)
        for path in sorted((HERE / "models").glob("*.score")):
            runs = [run(self.ours("score", str(path), log)) for _ in range(self.count)]
            alerts = [run(self.ours("alerts", str(path), log)) for _ in range(self.count)]
            cells = [f"{self.events / median(each).wall / 1e6:.1f}" for each in (runs, alerts)]
            print(f"| {path.stem} | {cells[0]} | {cells[1]} |", flush=True)

    # ---- by size

    def scaling(self) -> None:
        base: Run | None = None
        for factor in (1, 10, 100):
            events = self.events // 10 * factor
            log = self.log(events)
            used = median([run(self.ours("score", MODEL, log)) for _ in range(self.count if factor < 100 else 1)])
            course = median([run(self.ours("alerts", MODEL, log)) for _ in range(self.count if factor < 100 else 1)])
            base = base or used
            print(f"| {events:,} | {used.wall:.2f} | {used.memory / 2**30:.2f} | {course.wall:.2f} | "
                  f"{course.memory / 2**30:.2f} |", flush=True)

    def memory(self) -> None:
        log = self.log(self.events * 10)
        for verb in ("score", "alerts"):
            for model in ("b2b", "full"):
                used = run(self.ours(verb, str(HERE / "models" / f"{model}.score"), log, "--memory", "4GiB"))
                print(f"| {verb} | {model} | {used.wall:.1f} | {used.memory / 2**30:.2f} |", flush=True)

    # ---- against other engines

    def engines(self) -> None:
        log = self.log(self.events)
        python = os.environ.get("BENCH_PYTHON", sys.executable)
        base = median([run(self.ours("score", MODEL, log)) for _ in range(self.count)])
        print(f"| scoredsl | {self.events:,} | {base.wall:.2f} | {self.events / base.wall / 1e6:.2f} | 1 |")
        for name in ("polars_", "pandas_", "chdb_", "zen_", "durable_", "json_rules"):
            few = {"zen_": 200_000, "durable_": 20_000, "json_rules": 200_000}.get(name)
            events = few or self.events
            each = log if few is None else self.log(events)
            script = HERE / "engines" / (f"{name}.mjs" if name == "json_rules" else f"{name}.py")
            begin = [python] if script.suffix == ".py" else ["node"]
            if name == "json_rules":
                each = self.ndjson(each)
            try:
                used = run([*begin, str(script), each, AS_OF])
            except SystemExit as problem:
                print(f"| {name} | not run: {str(problem).splitlines()[-1][:100]} |")
                continue
            leads, total = used.printed.split()[-2:]
            ours = _query_scores(self, log if few is None else self.log(events))
            same = "same" if (int(leads), float(total)) == ours else f"differs: {leads} {total}, ours {ours}"
            speed = events / used.wall
            slower = self.events / base.wall / speed
            print(f"| {name} | {events:,} | {used.wall:.2f} | {speed / 1e6:.3f} | {slower:.0f} | {same} |", flush=True)

    def ndjson(self, log: str) -> str:
        path = log.replace("000.parquet", "log.ndjson")
        if not Path(path).exists():
            _query(f"COPY (SELECT lead, event, epoch_ms(time) AS time FROM '{log}') TO '{path}' (FORMAT json)")
        return path

    # ---- the first run of all

    def first_run(self) -> None:
        """The demo's log, with empty caches."""
        demo = ROOT / "examples" / "cdnow"
        os.environ["XDG_CACHE_HOME"] = str(self.out / "cache")
        for what in ("first", "second"):
            used = run([*SCOREDSL, "score", "--out", str(self.out / "demo.csv")], str(demo))
            print(f"| {what} run, {demo.name} | {used.wall:.2f} |")


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _row(what: str, found: Pair) -> None:
    ours, theirs, ratios = median(found.first), median(found.second), found.ratios
    print(
        f"| {what} | {ours.wall:.2f} s, {ours.memory / 2**30:.2f} GiB | {theirs.wall:.2f} s, "
        f"{theirs.memory / 2**30:.2f} GiB | {found.ratio:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) |",
        flush=True,
    )


def _query(sql: str) -> tuple[object, ...]:
    import duckdb

    return tuple(duckdb.execute(sql).fetchone() or ())


def _query_scores(bench: Bench, log: str) -> tuple[int, float]:
    run(bench.ours("score", MODEL, log))
    count, total = _query(f"SELECT count(*), sum(engagement) FROM '{bench.out}/ours.parquet'")
    return int(str(count)), float(str(total))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = {name.replace("_", "-"): name for name in (
        "as_of", "alerts", "features", "scaling", "memory", "engines", "first_run")}
    parser.add_argument("what", choices=list(names))
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--data", type=Path, default=HERE / "data")
    given = parser.parse_args()
    given.data.mkdir(parents=True, exist_ok=True)
    bench = Bench(given.data, given.events, given.pairs)
    try:
        getattr(bench, names[given.what])()
    finally:
        shutil.rmtree(bench.out)


if __name__ == "__main__":
    main()
