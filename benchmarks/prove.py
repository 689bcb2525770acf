"""How often `prove` decides, and whether it is right: pairs that were rewritten, and pairs with one small change.

    python benchmarks/prove.py [--pairs 300] [--intent rewrite|edit] [--first N] [--show] [--budget SECONDS]

For each kind of rewrite or change: equal, different, not decided. Every verdict is checked: programs that are called
equal are run on random logs, and each example is scored again by both programs. A pair stands in the row of each of its
kinds, once in the last.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scoredsl.proof.prove import proved
from tests.proof.verdicts import refuted
from tests.strategies.pairs import Intent, pair

VERDICTS = ("equal", "different", "not decided")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--pairs", type=int, default=300)
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--intent", choices=("rewrite", "edit"))
    asked.add_argument("--logs", type=int, default=20, help="random logs against each verdict `equal`")
    asked.add_argument("--show", action="store_true", help="print the pairs that are not decided")
    options = asked.parse_args()
    wrong = 0
    for intent in (options.intent,) if options.intent else ("rewrite", "edit"):
        wrong += measure(intent, range(options.first, options.first + options.pairs), options.logs, options.show)
    sys.exit(1 if wrong else 0)


def measure(intent: Intent, seeds: range, logs: int, show: bool) -> int:
    """Prints the table of one set of pairs; the number of wrong verdicts."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    seconds: list[float] = []
    wrong = 0
    try:
        for seed in seeds:
            each = pair(seed, intent)
            begin = time.perf_counter()
            proof = proved(*each.programs)
            seconds.append(time.perf_counter() - begin)
            against = refuted(each, proof, logs)
            if against is not None:
                wrong += 1
                print(f"WRONG: {proof.verdict}, but {against}\n{each!r}", flush=True)
            origin = "random programs" if each.origin == "random" else "examples"
            for kind in dict.fromkeys((*each.kinds, origin, "all")):
                counted[kind][proof.verdict] += 1
            if show and proof.verdict == "not decided":
                print(f"NOT DECIDED after {seconds[-1]:.1f} s\n{each!r}", flush=True)
    except KeyboardInterrupt:
        print(f"Stopped after {len(seconds)} pairs.")
    table(intent, counted, seconds, wrong)
    return wrong


def table(intent: Intent, counted: dict[str, Counter[str]], seconds: list[float], wrong: int) -> None:
    last = ("random programs", "examples", "all")
    kinds = [*sorted(kind for kind in counted if kind not in last), *(kind for kind in last if kind in counted)]
    print(f"\n| {intent} | {' | '.join(VERDICTS)} |\n| --- | --- | --- | --- |")
    for kind in kinds:
        print(f"| {kind} | {' | '.join(str(counted[kind][verdict]) for verdict in VERDICTS)} |")
    ordered = sorted(seconds)
    print(f"\nwrong: {wrong}; seconds a pair: median {ordered[len(ordered) // 2]:.1f}, "
          f"of ten the slowest {ordered[len(ordered) * 9 // 10]:.1f}, most {ordered[-1]:.1f}")


if __name__ == "__main__":
    main()
