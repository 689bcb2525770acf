"""The language server: pygls only here. Each handler converts, calls `ide`, converts back."""

from __future__ import annotations

__all__ = ["HINT", "available"]

HINT = 'The language server needs pygls 2: pip install "scoredsl[lsp]"'
"""What to do where the packages of the extra `lsp` are missing."""


def available() -> bool:
    """Whether the packages of the extra `lsp` are installed."""
    from importlib.util import find_spec

    try:
        return find_spec("pygls.lsp.server") is not None and find_spec("lsprotocol") is not None
    except ModuleNotFoundError:
        return False
