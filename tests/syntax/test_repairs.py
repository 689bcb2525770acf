"""What newcomers write gets its repair: the cases of tests/cases/newcomers.md, and the robustness of the search."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest

from scoredsl.diagnostics import Fix
from scoredsl.syntax.parse import parse_file
from scoredsl.syntax.repairs import repairs_of
from scoredsl.syntax.repairs.broken import changed, read
from scoredsl.syntax.repairs.events import without_activity
from scoredsl.text import Source

TESTS = Path(__file__).resolve().parents[1]
_CASE = re.compile(r"```text\nwritten  (.*)\nsays     ([a-z-]+): (.*)\n(?:(fixed|perhaps)  +(.*)\n)?```")
CASES = _CASE.findall((TESTS / "cases" / "newcomers.md").read_text(encoding="utf-8"))


def repaired(text: str, fix: Fix) -> str:
    """The text with the edits of a fix made."""
    return changed(text, tuple((edit.span.start, edit.span.end, edit.text) for edit in fix.edits))


def test_there_are_cases() -> None:
    assert len(CASES) > 200


@pytest.mark.parametrize(("written", "code", "message", "kind", "fixed"), CASES, ids=[case[0] for case in CASES])
def test_newcomers(written: str, code: str, message: str, kind: str, fixed: str) -> None:
    text = written.replace("⏎", "\n")
    (said,) = parse_file(Source(text)).diagnostics
    assert (said.code, said.message) == (code, message)
    assert 0 <= said.span.start < said.span.end <= len(text)
    assert (said.fix is None) == (not kind)
    if said.fix is None:
        return
    assert said.fix.sure == (kind == "fixed")
    now = repaired(text, said.fix)
    assert now == fixed.replace("⏎", "\n")
    for _ in range(3):
        left = parse_file(Source(now)).diagnostics
        if not left:
            return
        assert left[0].fix is not None, left[0].message
        now = repaired(now, left[0].fix)
    assert not parse_file(Source(now)).diagnostics


def test_words_for_people() -> None:
    """No message speaks of the compiler's insides, and each begins with a capital, a quote or a sign."""
    for written, _, _, _, _ in CASES:
        for said in parse_file(Source(written.replace("⏎", "\n"))).diagnostics:
            words = f"{said.message} {said.help}".lower()
            assert not re.search(r"\b(?:token|parse[dr]?|ast|unexpected|terminal|grammar)\b", words)
            assert not said.message[0].islower(), said.message
            assert said.message.endswith((".", "?")), said.message


def test_without_activity_that_can_be_read() -> None:
    text = "on 30d without activity subtract 5"
    assert read(text, "on") is None
    repair = without_activity(text)
    assert repair is not None
    assert repair.applied(text) == "on inactivity of 30d subtract 5"
    assert without_activity("on 30d without visit subtract 5") is None


def test_a_comment_is_never_removed() -> None:
    text = 'on visit add 5 # five\n  where url = "/a" # the page\n    or url = "/b"'
    (said,) = parse_file(Source(text)).diagnostics
    assert said.code == "where-after-award"
    assert said.fix is None


LONG = {
    "list": lambda n: "when country in [" + ", ".join(['"DE"'] * (n // 6)) + "] ad 5",
    "conditions": lambda n: "when " + " and ".join(["a == 1"] * (n // 11)) + " ad 5",
    "words": lambda n: "on " + "a " * (n // 2),
    "blanks": lambda n: "on visit" + " " * n + "ad 5",
    "brackets": lambda n: "when " + "(" * (n // 2) + "a" + ")" * (n // 2) + " ad 5",
    "digits": lambda n: "on visit add " + "1" * n + " x",
    "hyphens": lambda n: "on a" + "-a" * (n // 2) + " ad 5",
    "commas": lambda n: "on visit add 5" + "," * n,
    "where": lambda n: "on a add 5 " + "where a = 1 " * (n // 12),
    "days": lambda n: "on visit add 5 " + "30 days " * (n // 8),
    "lines": lambda n: "on a add 5\n" + "  on a add 5\n" * (n // 13),
}


@pytest.mark.parametrize("kind", LONG)
def test_long_statements_are_quick(kind: str) -> None:
    text = LONG[kind](10_000)
    parse_file(Source("on visit ad 5"))
    began = time.process_time()
    assert parse_file(Source(text)).diagnostics
    assert time.process_time() - began < 1.5, "well under a second on a quiet machine"


def test_no_repair_raises_by_itself() -> None:
    """Repairs are tried on halves and shuffles of what newcomers write, far from what they are for."""
    rng = random.Random(7)
    for written, *_ in CASES:
        words = written.split(" ")
        rng.shuffle(words)
        for text in (written[: len(written) // 2], " ".join(words)):
            broken = read(text, words[0].lower())
            if broken is not None:
                for repair in repairs_of(broken):
                    assert isinstance(repair.applied(text), str)
                    assert 0 <= repair.start <= repair.end <= len(text)


PROGRAMS = [path.read_text(encoding="utf-8") for path in sorted((TESTS / "conformance").glob("*/*.score"))]


def mutated(text: str, rng: random.Random) -> str:
    """A program with some characters deleted, doubled, swapped or inserted, lines cut, words shuffled."""
    for _ in range(rng.randint(1, 4)):
        if not text:
            return text
        at = rng.randrange(len(text))
        lines = text.split("\n")
        line = rng.randrange(len(lines))
        match rng.randrange(7):
            case 0:
                text = text[:at] + text[at + 1 :]
            case 1:
                text = text[:at] + text[at] + text[at:]
            case 2:
                text = text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]
            case 3:
                lines[line] = lines[line][: rng.randrange(len(lines[line]) + 1)]
                text = "\n".join(lines)
            case 4:
                words = lines[line].split(" ")
                rng.shuffle(words)
                lines[line] = " ".join(words)
                text = "\n".join(lines)
            case 5:
                del lines[line]
                text = "\n".join(lines)
            case _:
                text = text[:at] + rng.choice("#;:\"'`()[]{}<>=!&|+-*/%$€.,@~^\\ \t\n0Zßе“\x00") + text[at:]
    return text


@pytest.mark.parametrize("seed", range(4))
def test_mutations_never_raise(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(500):
        text = mutated(rng.choice(PROGRAMS), rng)
        began = time.perf_counter()
        file = parse_file(Source(text))
        assert time.perf_counter() - began < 2
        for said in file.diagnostics:
            assert 0 <= said.span.start <= said.span.end <= len(text)
            if said.fix is not None:
                parse_file(Source(repaired(text, said.fix)))


def test_the_edits_of_a_fix_do_not_overlap() -> None:
    """`of` in a name looks like the beginning of a fact's events; a name is quoted once."""
    (found,) = parse_file(Source("event The events of this program\n")).diagnostics
    assert found.fix is not None
    assert [edit.text for edit in found.fix.edits] == ['"The events of this program"']
