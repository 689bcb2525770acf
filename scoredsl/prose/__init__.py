"""Rules in plain sentences, for people who read no rules: the rule sheet, and what an editor shows at a rule.

Pure: a checked program in, text out. Two rules that differ in a number have different sentences.
"""

from scoredsl.prose.rules import sentence
from scoredsl.prose.words import Words

__all__ = ["Words", "sentence"]
