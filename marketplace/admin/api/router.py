"""Owns what the operator's operations share: where they register, who may, on which numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from marketplace.web.calling import Handler
from marketplace.web.guards import operator
from marketplace.web.routing import Api

H = TypeVar("H", bound=Handler)
api = Api("admin")
BIGINT_MAX: Final = 2**63 - 1


def read(path: str, **options: Any) -> Callable[[H], H]:
    """Something an operator reads."""

    def register(handler: H) -> H:
        api.get(path, guard=operator, scope="operator:read", **options)(handler)
        return handler

    return register


def act(path: str, **options: Any) -> Callable[[H], H]:
    """Something an operator does by hand: safe to repeat, refused when it is not its time."""

    def register(handler: H) -> H:
        options.setdefault("errors", (409,))
        api.post(path, guard=operator, scope="operator:write", idempotent=True, **options)(handler)
        return handler

    return register
