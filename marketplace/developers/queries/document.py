"""Owns the reading of the API's own description; never describes anything by hand."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from marketplace.core.settings import settings
from marketplace.web import openapi
from marketplace.web.calling import Operation


@lru_cache(maxsize=1)
def operations() -> tuple[Operation, ...]:
    """Every operation of the API."""
    from marketplace.app import apis

    return tuple(op for api in apis() for op in api.operations)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The OpenAPI document; it changes only with the code."""
    try:
        release = version("relais")
    except PackageNotFoundError:  # run from a checkout
        release = "0.1.0"
    return openapi.document(operations(), base_url=settings().base_url, version=release)
