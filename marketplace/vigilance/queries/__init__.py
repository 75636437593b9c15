"""Owns the reads of papers and signs, seen by a contract's two sides; never writes."""

from marketplace.vigilance.queries.committed import committed
from marketplace.vigilance.queries.files import file, file_name, read
from marketplace.vigilance.queries.insurance import insured
from marketplace.vigilance.queries.life import Seen, of_side, signs
from marketplace.vigilance.queries.papers import (
    Paper,
    asked,
    documents,
    of_contract,
    papers,
    read_at,
    standing_in_the_way,
)

__all__ = [
    "Paper",
    "Seen",
    "asked",
    "committed",
    "documents",
    "file",
    "file_name",
    "insured",
    "of_contract",
    "of_side",
    "papers",
    "read",
    "read_at",
    "signs",
    "standing_in_the_way",
]
