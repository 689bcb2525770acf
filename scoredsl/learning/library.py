"""scikit-learn, where it is installed: it is an optional part, and who lacks it is told the command."""

from __future__ import annotations

from typing import Any


class LibraryMissingError(Exception):
    """The optional part `learn` is not installed. Its text is for the user."""


def isotonic() -> Any:
    """A fit of a rising curve. Raises LibraryMissingError."""
    try:
        from sklearn.isotonic import IsotonicRegression
    except ImportError:
        raise _missing() from None
    return IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")


def logistic() -> Any:
    """A logistic regression without a penalty. Raises LibraryMissingError."""
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise _missing() from None
    return LogisticRegression(C=1e9, max_iter=1_000)


def _missing() -> LibraryMissingError:
    return LibraryMissingError(
        "This needs scikit-learn, which is not installed. Install it with: pip install 'scoredsl[learn]'"
    )
