"""Pairs of programs that are equal, and near ones that are not: the verdict is never wrong, and examples are run."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scoredsl import api
from scoredsl.proof.prove import proved
from scoredsl.semantics.program import Program
from scoredsl.testing.mutants import mutated
from scoredsl.testing.mutation import Subject, all_mutants
from scoredsl.testing.rechecking import rechecked
from tests.proof.verdicts import confirmed
from tests.strategies.same_rules import REWRITES
from tests.strategies.statements import read, written_if_possible

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path.parent.name for path in ROOT.glob("examples/*/rules.score"))


def program(text: str) -> Program:
    found, diagnostics = api.check_text(text + "\n")
    assert found is not None, diagnostics
    return found


EQUAL = [
    ("on a or b add 5", "on b add 5; on a add 5"),
    ("on a add 5; on a add 10", "on a add 15"),
    ("on a add 5; on a subtract 5; on b add 1", "on b add 1"),
    ("on 1 a within 3d add 5", "on a add 5"),
    ("on a where x > 5 add 5", "on a where not (x <= 5 or not (x > 5)) add 5"),
    ("on a where x > 5 add 5; on a where not x > 5 add 5", "on a add 5"),
    ("on a where x > 5 if score < 20 add 5; on a where x > 5 if score < 20 add 2",
     "on a where x > 5 if score < 20 add 7"),
    ("on a where x in [1, 2] add 5", "on a where x = 1 add 5; on a where x = 2 add 5"),
    ("when a > 5 add 10, else when b = 3 add 5", "when not (a > 5) and b = 3 add 5; when a > 5 add 10"),
    ("when size >= 500 add 20, else when size >= 50 add 10", "when size >= 500 add 10; when size >= 50 add 10"),
    ("when size >= 50 add 10 up to 5 points", "when size >= 50 add 5"),
    ("when no visit add 5; on visit add 1",
     "on visit add 1; when has visit add 2, else add 7; when has visit subtract 2; "
     "when no visit subtract 2"),
    ("on a add 5; tier hot from 7", "on a add 5; tier hot from 9"),
    ("on a add 5; tier hot above 5", "on a add 5; tier hot from 5.1"),
    ("on a add 5 as \"One\"", "group g\n  on a add 5 as \"Another\""),
    ("timezone \"Europe/Berlin\"\non a add 5", "on a add 5"),
    ("on a add 5; maximum 30; maximum 37 when has b", "maximum 30; on a add 5"),
    ("when a > 5 add 10; maximum 30; minimum -5; tier hot from 12", "when a > 5 add 10; tier hot from 500"),
    ("when a > 5 add 10, else when b = 3 add 5; minimum 0; on c add 5 once up to 6 points",
     "on c add 5 once; when a > 5 add 10, else when b = 3 add 5"),
    ("on a subtract 5 but not below 0; on b subtract 3", "on b subtract 3"),
    ("when x add 10; on a if score < 20 add 5 once", "on a add 5 once; when x add 10"),
    ("when x add 10; on a if score > 10 add 5; on b if score > 12 reset", "when x add 10"),
    ("on a add 5 once; on b add 5; minimum 0; on a subtract 5 once per day; maximum 0",
     "on c add 5; maximum 0; minimum 0"),
    ("on a add 5 once, once per day, at most 3 times", "on a add 5 at most 1 time"),
    ("on a add 5 at most 2 times per week, at most 2 times per day", "on a add 5 at most 2 times per week"),
    ("on inactivity of 2d add 1 once every 2d", "on inactivity of 2d add 1"),
    ("on a add 7 decay to zero over 3d, expire after 9d", "on a add 7 decay to zero over 3d"),
    ("on a reset; on c add 1; expire after 2d", "on a reset; on c add 1 expire after 2d"),
    ("on a reset; on b set to 5; on c add 1", "on c add 1; on b set to 5; on a reset"),
    ("on a reset; on inactivity of 3d set to 5; on c add 1",
     "on inactivity of 3d set to 5; on c add 1; on a reset; on a reset"),
    ("on a where x > 5 add y; on a where x <= 5 add y", "on a where x > 5 or x <= 5 add y"),
    ("when x >= 50 add y, else when x >= 5 add y", "when x >= 5 add y"),
    ("on a where x > 5 add 3 decay by half every 1d; on a where not x > 5 add 3 decay by half every 1d",
     "on a add 3 decay by half every 1d"),
    ("on a where x and y or x and not y add 5 once", "on a where x add 5 once"),
    ("on a where x != y add 5 once", "on a where y != x add 5 once"),
    ("on a add 10; on b if score >= 15 add 10", "on a add 10; on b if score > 15 or score = 15 add 10"),
    ("score s\n  on a add 5\nscore t = 2 * s + 1", "score t = 1 + s * 2\nscore s\n  on a add 5"),
]
DIFFERENT = [
    ("on a or b add 5 once", "on b add 5 once; on a add 5 once"),
    ("on a or b add 5 up to 5 points", "on b add 5 up to 5 points; on a add 5 up to 5 points"),
    ("on a or b add 5 expire after 3d unless repeated",
     "on b add 5 expire after 3d unless repeated; on a add 5 expire after 3d unless repeated"),
    ("on (a or b) 1d apart add 5", "on a 1d apart add 5; on b 1d apart add 5"),
    ("on 1 a with same x within 3d add 5", "on a add 5"),
    ("on 2 a within 3d add 5", "on a add 5"),
    ("on a add 1 decay by half every 1d; on a add 2 decay by half every 1d",
     "on a add 3.000001 decay by half every 1d"),
    ("on a where x > 5 add 5; on a where x <= 5 add 5", "on a add 5"),
    ("on a where x > 5 add 5; on a where x > 7 add 5", "on a where x > 5 add 5"),
    ("when a > 5 add 10, else when b = 3 add 5", "when b = 3 add 5; when a > 5 add 10"),
    ("when size >= 50 add 10 up to 5 points", "when size >= 50 add 10"),
    ("on a add 5; tier hot from 5", "on a add 5; tier hot from 9"),
    ("on a add 5; tier hot above 5", "on a add 5; tier hot from 5"),
    ("on a add 5; group g\n  maximum 5\n  on b add 5", "on a add 5; on b add 5"),
    ("on a subtract 5 but not below 0; on b add 3", "on a add -5; on b add 3"),
    ("on a set to 5; on a set to 6", "on a set to 6; on a set to 5"),
    ("on a add 5 once per day; timezone \"Asia/Tokyo\"", "on a add 5 once per day"),
    ("on a add 5 expire after 3d", "on a add 5"),
    ("on a add 5; maximum 30; maximum 27 when has b", "maximum 30; on a add 5"),
    ("when a > 5 add 10; minimum 0; on b subtract 1 once; tier hot from 0",
     "when a > 5 add 10; on b subtract 1 once; tier hot from 0"),
    ("when x add 10; on a if score > 9 add 5 once", "when x add 10; on a if score > 10 add 5 once"),
    ("on a add 7 decay to zero over 3d, expire after 2d", "on a add 7 decay to zero over 3d"),
    ("on a reset; on a set to 5; on c add 1", "on c add 1; on a set to 5; on a reset"),
    ("on inactivity of 3d reset; on inactivity of 3d set to 5; on c add 1",
     "on inactivity of 3d set to 5; on inactivity of 3d reset; on c add 1"),
    ("on a where x > 5 add 3 decay by half every 1d; on a where x > 7 add 3 decay by half every 1d",
     "on a where x > 5 add 3 decay by half every 1d"),
    ("on a where x > 5 add y; on a where x > 7 add y", "on a where x > 5 add y"),
    ("on a where x < y add 5 once", "on a where y < x add 5 once"),
    ("on a add 5 once per week", "on a add 5 once per week, once every 7d"),
    ("on a add 5 once per month; timezone \"Europe/Berlin\"", "on a add 5 once per month; timezone \"Europe/London\""),
    ("ignore b; on a add 5; on any add 1", "on a add 5; on any add 1"),
]


def lines(text: str) -> str:
    """Groups stand on lines of their own."""
    return text.replace("; group", "\ngroup")


@pytest.mark.parametrize(("old", "new"), EQUAL)
def test_equal(old: str, new: str) -> None:
    for one, other in ((old, new), (new, old), (old, old)):
        assert proved(program(lines(one)), program(lines(other))).verdict == "equal"


@pytest.mark.parametrize(("old", "new"), DIFFERENT)
def test_different(old: str, new: str) -> None:
    for one, other in ((old, new), (new, old)):
        confirm(program(lines(one)), program(lines(other)))


def confirm(old: Program, new: Program) -> None:
    """They are different, and the example is scored once more, by hand."""
    proof = proved(old, new)
    assert proof.verdict == "different"
    assert proof.example is not None
    assert confirmed(old, new, proof)


@pytest.mark.parametrize(
    ("name", "rewrite"),
    [(EXAMPLES[(i + step) % len(EXAMPLES)], rewrite) for i, rewrite in enumerate(sorted(REWRITES)) for step in (0, 3)],
)
def test_an_example_that_is_tidied_up(name: str, rewrite: str) -> None:
    """Two of the examples for each way to rewrite them."""
    path = ROOT / "examples" / name / "rules.score"
    old, _ = api.check(str(path))
    assert old is not None
    text = written_if_possible(REWRITES[rewrite](read(old.sources[old.path].text), random.Random(1)))
    new = None if text is None else rechecked(old, {old.path: text})
    if new is not None:
        assert proved(old, new).verdict == "equal"


@pytest.mark.parametrize("name", ["starter", "hubspot-style"])
def test_a_change_that_is_told_is_never_called_equal(name: str) -> None:
    """Ten mutants of an example; those that the mutation test calls the same are left out."""
    old, _ = api.check(str(ROOT / "examples" / name / "rules.score"))
    assert old is not None
    mutants = all_mutants([Subject(old)])
    for mutant in random.Random(5).sample(mutants, 10):
        new = rechecked(old, {mutant.span.file: mutated(old.sources[mutant.span.file].text, mutant)})
        if new is not None and proved(old, new).verdict != "equal":
            confirm(old, new)


def test_one_score_alone() -> None:
    old, new = (program(f"score a\n  on x add 1\nscore b\n  on x add {n}\nscore c = a - a + b") for n in (2, 3))
    assert proved(old, new, "a").verdict == "equal"
    assert proved(old, new, "b").verdict == "different"
    assert proved(old, new, "c").example is not None


def test_what_only_one_program_has() -> None:
    old, new = program("score a\n  on x add 1"), program("score a\n  on x add 1\nscore b\n  on x add 1")
    proof = proved(old, new)
    assert (proof.verdict, proof.only_old, proof.only_new, proof.example) == ("different", (), ("b",), None)


def test_what_cannot_be_decided() -> None:
    """Sums of three doubles depend on the order; scores this small do not show it."""
    text = "score a\n  on x add 1\nscore b\n  on y add 1\nscore c = "
    proof = proved(program(f"{text}(a + b) + 3"), program(f"{text}a + (b + 3)"))
    assert (proof.verdict, proof.differing) == ("not decided", ("c",))
    assert proof.tried > 1000
