"""Owns the JSON operations of invoices, mandates and yearly figures."""

from __future__ import annotations

from marketplace.invoicing.api import papers, years
from marketplace.web.routing import Api

api = Api("invoicing")
for part in (papers, years):
    api.operations.extend(part.api.operations)

__all__ = ["api"]
