"""A program as one query for a warehouse; loads sqlglot when a query is written."""

from scoredsl.targets.sql.dialects import DIALECTS
from scoredsl.targets.sql.pieces import Query, Tables, Unwritten
from scoredsl.targets.sql.query import compile_program

__all__ = ["DIALECTS", "Query", "Tables", "Unwritten", "compile_program"]
