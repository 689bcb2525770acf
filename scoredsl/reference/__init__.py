"""The naive interpreter: what a score is, by definition. Every engine is compared with it."""

from scoredsl.reference.lead import HistoryRow, LeadRun, LeadScores, ScoreState
from scoredsl.reference.run import Log, ScoreTable, history_of, latest_instant, leads_at, score_log
from scoredsl.reference.tally import Tally

__all__ = [
    "HistoryRow",
    "LeadRun",
    "LeadScores",
    "Log",
    "ScoreState",
    "ScoreTable",
    "Tally",
    "history_of",
    "latest_instant",
    "leads_at",
    "score_log",
]
