"""The codes of diagnostics and their pages: `pages/CODE.md`, each with a wrong and a right example."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable


def _folder() -> Traversable:
    return files("scoredsl.diagnostics").joinpath("pages")


@cache
def codes() -> tuple[str, ...]:
    """Every code that has a page, in alphabetical order."""
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in names if name.endswith(".md")))


def page(code: str) -> str:
    """The page of a code, as Markdown. Raises KeyError for an unknown code."""
    if code not in codes():
        raise KeyError(code)
    return _folder().joinpath(f"{code}.md").read_text(encoding="utf-8")
