"""What can be said of a program without any data: proofs and examples, never guesses.

`conditions` proves that conditions never hold, always hold, imply or exclude each other; `models` finds values for
which they hold.
"""

from scoredsl.reasoning.conditions import always, covers, disjoint, equivalent, excludes, implies, never
from scoredsl.reasoning.models import Verdict, model, models, satisfiable

__all__ = [
    "Verdict", "always", "covers", "disjoint", "equivalent", "excludes", "implies", "model", "models", "never",
    "satisfiable",
]  # fmt: skip
