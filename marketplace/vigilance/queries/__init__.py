"""Owns the reads of papers, seen by a contract's two sides; never writes."""

from marketplace.vigilance.queries.committed import committed
from marketplace.vigilance.queries.files import file, file_name, read
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
    "file_name",
    "of_contract",
    "papers",
    "read",
    "standing_in_the_way",
]
