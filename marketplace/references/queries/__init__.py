"""Owns the reading of references; never writes. Split by who reads; see each module."""

from __future__ import annotations

from marketplace.references.queries import judged, reports
from marketplace.references.queries.given import by_link, disowned, given, mailbox, request, shown
from marketplace.references.queries.own import get, mine
from marketplace.references.queries.standing import counted, marks, stopped

__all__ = [
    "by_link",
    "counted",
    "disowned",
    "get",
    "given",
    "judged",
    "mailbox",
    "marks",
    "mine",
    "reports",
    "request",
    "shown",
    "stopped",
]
