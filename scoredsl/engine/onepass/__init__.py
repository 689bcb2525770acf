"""Scores at T in one pass over the log, for programs that do not depend on the order of events."""

from scoredsl.engine.onepass.fold import NotExactError, TooManyLeadsError
from scoredsl.engine.onepass.plan import OnePass, plan_of
from scoredsl.engine.onepass.run import Limits, fold_parts, fold_relation, write_parquet
from scoredsl.engine.onepass.sql import asof_query, grouped_query, result_query

__all__ = [
    "Limits",
    "NotExactError",
    "OnePass",
    "TooManyLeadsError",
    "asof_query",
    "fold_parts",
    "fold_relation",
    "grouped_query",
    "plan_of",
    "result_query",
    "write_parquet",
]
