"""A state: what a run keeps, so that the next one needs only the new events (docs/incremental.md).

Kept is what the rules see of each event, not scores: rows of the matching stage by lead, compact (`kernel/kept.h`).
So a run that goes on from a state is the same walk over the same rows as a run over everything, and late events,
repeated ids and new profile rows need no rules of their own. A folder holds files of such rows, which are written once
and merged now and then, and one small file that names them; a new one takes its place when all is written.
"""

from scoredsl.engine.state.basis import basis_of
from scoredsl.engine.state.folder import State, opened
from scoredsl.engine.state.increment import Increment
from scoredsl.engine.state.manifest import StateError

__all__ = ["Increment", "State", "StateError", "basis_of", "opened"]
