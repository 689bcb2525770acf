"""What can be said of a program without any data: proofs and examples, never guesses.

- `conditions`: proofs that conditions never hold, always hold, imply or exclude each other, and that patterns take the
  same events. True is certain; False says nothing.
- `models`: values for which a condition holds; `satisfiable` is `NEVER`, `POSSIBLE` or `UNKNOWN`.
- `bounds`: the least and the most that each score can be, with the parts of the sum.
- `witness`, `outcome`: small logs that do something, and what the reference interpreter makes of them.
"""

from scoredsl.reasoning.bounds import Bounds, Part, bounds_of, rule_bounds, score_bounds
from scoredsl.reasoning.conditions import always, covers, disjoint, equivalent, excludes, implies, impossible, never
from scoredsl.reasoning.models import Verdict, model, models, satisfiable

__all__ = [
    "Bounds", "Part", "Verdict", "always", "bounds_of", "covers", "disjoint", "equivalent", "excludes", "implies",
    "impossible", "model", "models", "never", "rule_bounds", "satisfiable", "score_bounds",
]  # fmt: skip
