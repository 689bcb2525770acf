"""Warnings found by reasoning about a program (LANGUAGE section 9).

Each is one file, named like its code; its docstring is its page. `run` holds the table of them.
"""
