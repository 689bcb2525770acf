"""Runs the `test` blocks of a program (LANGUAGE section 8)."""

from scoredsl.testing.run import Failure, TestResult, run_test, run_tests

__all__ = ["Failure", "TestResult", "run_test", "run_tests"]
