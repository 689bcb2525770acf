"""Cases that passed or failed: what JUnit's format and its readers know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a case did not pass. A failure: it ran and something else came; an error: it could not be run."""

    kind: Literal["failure", "error"]
    message: str
    text: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One case; it passed where it has no problem. `output` is what it said though it passed."""

    name: str
    file: str
    line: int
    problems: tuple[Problem, ...] = ()
    output: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of one file."""

    name: str
    cases: tuple[Case, ...]
