"""Owns the JSON operations of contracts, split by what a program does."""

from __future__ import annotations

from marketplace.contracts.api import (
    agreements,
    bringing,
    changes,
    imports,
    previews,
    verification,
    versions,
)
from marketplace.web.routing import Api

api = Api("contracts")
for part in (bringing, agreements, changes, imports, previews, verification, versions):
    api.operations.extend(part.api.operations)

__all__ = ["api"]
