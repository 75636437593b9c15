"""Owns the pages of contracts, split by what a person does; never decides anything itself."""

from __future__ import annotations

from marketplace.contracts.pages import (
    agreements,
    amending,
    bringing,
    changes,
    imports,
    signing,
    verification,
    versions,
    wizard,
)
from marketplace.web.routing import Pages

pages = Pages("contracts")
PARTS = (
    imports,
    bringing,
    wizard,
    agreements,
    changes,
    amending,
    signing,
    verification,
    versions,
)
for part in PARTS:
    pages.routes.extend(part.pages.routes)

__all__ = ["pages"]
