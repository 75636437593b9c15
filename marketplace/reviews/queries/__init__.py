"""Owns the reads of reviews; what the other side wrote is never among them before its time."""

from __future__ import annotations

from marketplace.reviews.queries.due import occasion_of, to_open, to_remind, to_reveal
from marketplace.reviews.queries.listed import (
    Listed,
    listed,
    newest,
    of_other_side,
    of_profile,
    view,
)
from marketplace.reviews.queries.paid import paid
from marketplace.reviews.queries.reports import (
    by_id,
    decided,
    report,
    reported,
    reports_of,
    waiting,
    waits,
)
from marketplace.reviews.queries.rooms import Turn, open_round, room, to_write
from marketplace.reviews.queries.visible import Score, of_party, score, shown_order, visible

__all__ = [
    "Listed",
    "Score",
    "Turn",
    "by_id",
    "decided",
    "listed",
    "newest",
    "occasion_of",
    "of_other_side",
    "of_party",
    "of_profile",
    "open_round",
    "paid",
    "report",
    "reported",
    "reports_of",
    "room",
    "score",
    "shown_order",
    "to_open",
    "to_remind",
    "to_reveal",
    "to_write",
    "view",
    "visible",
    "waiting",
    "waits",
]
