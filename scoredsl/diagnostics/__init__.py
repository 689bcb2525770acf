"""The one type of everything that is said about a program."""

from scoredsl.diagnostics.diagnostic import Diagnostic, Edit, Fix, Related, Severity, Tag
from scoredsl.diagnostics.suggest import closest, did_you_mean

__all__ = ["Diagnostic", "Edit", "Fix", "Related", "Severity", "Tag", "closest", "did_you_mean"]
