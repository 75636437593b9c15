"""Recognises the vocabulary's phrases in a text, however they are spelled; ranks nobody.

Phrases are compared without their spaces and small words, so that "rendez-vous", "rendezvous" and
"air call" are what they mean, and a slip of the keyboard is forgiven in long ones. A phrase stands
for a sense: every skill, tool or group it may mean. A sense is written as a number, in documents
beside the words and in queries instead of them: numbers are never taken for a near word.
"""

from search.senses.asking import Asked, asked
from search.senses.lexicon import tokens_in, tokens_of, tokens_of_group
from search.senses.quoting import whole
from search.senses.refusing import refused_work
from search.senses.talk import ordinary

__all__ = [
    "Asked",
    "asked",
    "ordinary",
    "refused_work",
    "tokens_in",
    "tokens_of",
    "tokens_of_group",
    "whole",
]
