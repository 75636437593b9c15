"""Owns what happens to invoices: mandates, issuing, corrections; see each module."""

from marketplace.invoicing.service import (
    collecting,
    contests,
    handover,
    issuing,
    letters,
    mandates,
)

__all__ = ["collecting", "contests", "handover", "issuing", "letters", "mandates"]
