"""Owns the door to writing reviews; never holds a step itself."""

from __future__ import annotations

from marketplace.reviews.service.judging import judge, report, show_again
from marketplace.reviews.service.letting_go import on_party_closed, on_person_deleted
from marketplace.reviews.service.rounds import (
    on_clawback,
    on_contract_over,
    open_round,
    run_due,
)
from marketplace.reviews.service.writing import reply, write

__all__ = [
    "judge",
    "on_clawback",
    "on_contract_over",
    "on_party_closed",
    "on_person_deleted",
    "open_round",
    "reply",
    "report",
    "run_due",
    "show_again",
    "write",
]
