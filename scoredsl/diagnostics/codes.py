"""The codes of diagnostics and their pages, each with a wrong and a right example.

The page of a message is `pages/CODE.md`; that of a check in `lint` is the docstring of its file, which is read and not
imported.
"""

from __future__ import annotations

import ast
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable


def _folder() -> Traversable:
    return files("scoredsl.diagnostics").joinpath("pages")


@cache
def _of_checks() -> dict[str, str]:
    """The pages of the checks in `lint`: docstrings that begin with a heading that names the code."""
    pages: dict[str, str] = {}
    for entry in files("scoredsl").joinpath("lint").iterdir():
        if not entry.name.endswith(".py"):
            continue
        text = ast.get_docstring(ast.parse(entry.read_text(encoding="utf-8"))) or ""
        code = entry.name.removesuffix(".py").replace("_", "-")
        if text.startswith(f"# {code}: "):
            pages[code] = text + "\n"
    return pages


@cache
def codes() -> tuple[str, ...]:
    """Every code that has a page, in alphabetical order."""
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted([*(name.removesuffix(".md") for name in names if name.endswith(".md")), *_of_checks()]))


def page(code: str) -> str:
    """The page of a code, as Markdown. Raises KeyError for an unknown code."""
    if code not in codes():
        raise KeyError(code)
    found = _of_checks().get(code)
    return _folder().joinpath(f"{code}.md").read_text(encoding="utf-8") if found is None else found
