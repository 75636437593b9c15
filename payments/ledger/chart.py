"""Owns the names of the ledger's accounts. Never computes an amount.

The first part of a code is its family; the family's kind and whether it may go below zero stand in
the table `ledger_family` (payments/migrations/0001_ledger.sql), so that the database enforces them.
"""

from __future__ import annotations

from typing import Final

PLATFORM: Final = "stripe:platform"
"""Our balance at Stripe, pending and available: the sum of `net` of every balance transaction."""
VAT: Final = "tax:vat"
COMMISSION: Final = "rev:commission"
CLIENT_FEE: Final = "rev:client_fee"
STRIPE_FEE: Final = "exp:stripe_fee"
DISPUTE_FEE: Final = "exp:dispute_fee"
DISPUTE_LOSS: Final = "exp:dispute_loss"
EXCHANGE: Final = "exp:exchange"
"""What the rate of a later day cost when a converted payment went back."""
EQUITY: Final = "equity:platform"
"""What we paid out to ourselves or added."""


def held(holding: str) -> str:
    """Held for a milestone, period or week; nobody's yet."""
    return f"escrow:{holding}"


def deferred(contract: str) -> str:
    """Client fee and its VAT, collected and not yet earned."""
    return f"deferred:{contract}"


def payable(payee: str) -> str:
    """Released to the payee, transfer not executed."""
    return f"payable:{payee}"


def credit(payer: str) -> str:
    """The payer's again, refund not executed."""
    return f"credit:{payer}"


def receivable(payee: str) -> str:
    """The payee owes us after a clawback that could not be executed."""
    return f"recv:va:{payee}"


def dispute(dispute_id: str) -> str:
    """Taken by a bank, outcome open."""
    return f"disp:{dispute_id}"


def conversion(currency: str) -> str:
    """Clearing of currency conversions; returns to zero."""
    return f"fx:{currency}"
