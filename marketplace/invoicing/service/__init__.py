"""Owns what happens to invoices: mandates, issuing, corrections; see each module."""

from marketplace.invoicing.service import (
    collecting,
    contests,
    declaring,
    diligence,
    handover,
    issuing,
    letters,
    mandates,
    reports,
)

__all__ = [
    "collecting",
    "contests",
    "declaring",
    "diligence",
    "handover",
    "issuing",
    "letters",
    "mandates",
    "reports",
]
