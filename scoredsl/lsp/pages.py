"""The pages of the codes as files that an editor can open: diagnostics link to them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pygls import uris

from scoredsl import __version__
from scoredsl.diagnostics.codes import page
from scoredsl.syntax.grammar import cache_folder


@lru_cache(maxsize=1000)
def page_uri(code: str) -> str | None:
    """The address of the page of a code, in the user's cache; None where there is none, or it cannot be written."""
    folder = cache_folder()
    try:
        text = page(code)
    except KeyError:
        return None
    if folder is None:
        return None
    path = folder / "pages" / __version__ / f"{code}.md"
    try:
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError:
        return None
    found: str | None = uris.from_fs_path(Path(path).as_posix())
    return found
