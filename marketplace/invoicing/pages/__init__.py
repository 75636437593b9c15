"""Owns the pages of invoices, mandates and yearly figures; the operator's stand in `admin`."""

from __future__ import annotations

from marketplace.invoicing.pages import papers, years
from marketplace.web.routing import Pages

pages = Pages("invoicing")
for part in (papers, years):
    pages.routes.extend(part.pages.routes)

__all__ = ["pages"]
