"""The process that reasons, by itself: it answers what is asked last, and gives up what is overtaken."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import IO, Any

import pytest

from scoredsl.lsp.reasoner import LENGTH, framed

SMALL = "score s\n  threshold 100\n  on demo add 30 once\n"
KINDS = (
    '  on webinar_attended add 30 once as "Webinar {0}"\n',
    '  on page_view where url starts with "/pricing{0}" add 15 at most 1 time per day\n',
    '  on 3 page_view where url contains "x{0}" within 7d add 25 once every 30d\n',
    '  when company_size >= {0} and country in ["DE", "AT"] add 10\n',
)
LARGE = "score s\n" + "".join(KINDS[i % len(KINDS)].format(i) for i in range(3_000))
"""What is to be said of it takes much longer than a test may."""


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    pipe = subprocess.PIPE
    started = subprocess.Popen([sys.executable, "-m", "scoredsl.lsp.reasoner"], stdin=pipe, stdout=pipe)
    yield started
    assert started.stdin is not None
    started.stdin.close()
    assert started.wait(30) == 0, "it ends with its input"


def ask(process: subprocess.Popen[bytes], *messages: tuple[Any, ...]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"".join(map(framed, messages)))
    process.stdin.flush()


def answer(process: subprocess.Popen[bytes]) -> tuple[int, list[str], str]:
    stream: IO[bytes] | None = process.stdout
    assert stream is not None
    number, said, wrong = pickle.loads(stream.read(int.from_bytes(stream.read(LENGTH), "big")))
    return number, [each.code for each in said], wrong


def test_it_says_what_is_known_of_a_program(process: subprocess.Popen[bytes]) -> None:
    ask(process, ("text", "a.score", SMALL), ("warn", 1, "a.score", 0))
    assert answer(process) == (1, ["unreachable-tier"], "")
    ask(process, ("text", "a.score", SMALL + "  on trial ad 5\n"), ("warn", 2, "a.score", 0))
    assert answer(process) == (2, [], ""), "there is an error"
    ask(process, ("text", "a.score", None), ("warn", 3, "a.score", 0))
    assert answer(process) == (3, [], ""), "there is no such file"


@pytest.mark.parametrize("pause", [0, 0.3, 3])
def test_what_is_overtaken_is_given_up(process: subprocess.Popen[bytes], pause: float) -> None:
    ask(process, ("text", "a.score", LARGE), ("warn", 1, "a.score", 0))
    time.sleep(pause)
    ask(process, ("stop",), ("text", "a.score", SMALL))
    ask(process, ("warn", 2, "a.score", 0))
    assert answer(process) == (2, ["unreachable-tier"], "")
