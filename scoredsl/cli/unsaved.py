"""`scoredsl --texts FILE COMMAND`: rules as they stand in an editor, saved or not.

Commands that run rules on a log read them by `reader()`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from scoredsl import api

_KEY = "scoredsl.texts"


def take_texts(context: click.Context, parameter: click.Parameter, path: str | None) -> None:
    """The callback of `--texts`. Raises a usage error for a file that is no such thing."""
    if path is not None:
        context.meta[_KEY] = _texts(path)


def reader() -> api.DiskReader:
    """A reader of rules files that takes the texts of `--texts` instead of the files on disk."""
    context = click.get_current_context(silent=True)
    return api.DiskReader({} if context is None else context.meta.get(_KEY, {}))


def _texts(path: str) -> Mapping[str, str]:
    try:
        found: Any = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise click.UsageError(f"--texts {path} cannot be read: {problem}.") from None
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise click.UsageError(f"--texts {path}: a JSON object is expected that has the text of each file by its path.")
    return found
