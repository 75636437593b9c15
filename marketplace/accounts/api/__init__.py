"""Owns the JSON operations about accounts, split by what they are about."""

from __future__ import annotations

from marketplace.accounts.api import factors, people
from marketplace.web.routing import Api

api = Api("accounts")
for part in (people, factors):
    api.operations.extend(part.api.operations)

__all__ = ["api"]
