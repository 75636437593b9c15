"""Owns what an operator does by hand, each act with its reason in the log, and the comparisons."""

from __future__ import annotations

from marketplace.admin.service import (
    alerts,
    aside,
    disputes,
    reconciling,
    stripe_setup,
    treasury,
    watch,
)
from marketplace.admin.service.acts import (
    decide_movement,
    rebuild_index,
    retry_job,
    retry_jobs,
    retry_movement,
    retry_news,
)
from marketplace.admin.service.holding import renew_hold, send_credit
from marketplace.admin.service.invoices import retry_invoice
from marketplace.admin.service.people import on_person
from marketplace.admin.service.reconciling import ask_reconciliation
from marketplace.admin.service.words import on_reference, on_review

__all__ = [
    "alerts",
    "aside",
    "ask_reconciliation",
    "decide_movement",
    "disputes",
    "on_person",
    "on_reference",
    "on_review",
    "rebuild_index",
    "reconciling",
    "renew_hold",
    "retry_invoice",
    "retry_job",
    "retry_jobs",
    "retry_movement",
    "retry_news",
    "send_credit",
    "stripe_setup",
    "treasury",
    "watch",
]
