"""From outcomes to points: what a model is worth by what really happened, and models that are learned from it."""
