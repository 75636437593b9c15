"""Owns the JSON operations of money, split by what a program does."""

from __future__ import annotations

from marketplace.billing.api import (
    funding,
    giving,
    methods,
    payouts,
    radar,
    recorded,
    statements,
    tips,
)
from marketplace.web.routing import Api

api = Api("billing")
for part in (funding, giving, methods, recorded, statements, tips, payouts, radar):
    api.operations.extend(part.api.operations)

__all__ = ["api"]
