"""Owns the reads of papers, seen by a contract's two sides; never writes."""

from marketplace.vigilance.queries.committed import committed
from marketplace.vigilance.queries.files import file
from marketplace.vigilance.queries.papers import (
    Paper,
    asked,
    documents,
    of_contract,
    papers,
    standing_in_the_way,
)

__all__ = [
    "Paper",
    "asked",
    "committed",
    "documents",
    "file",
    "of_contract",
    "papers",
    "standing_in_the_way",
]
