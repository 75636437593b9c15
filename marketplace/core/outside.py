"""Owns how other servers are asked over HTTP; never knows whom or what."""

from __future__ import annotations

import ssl
from functools import lru_cache
from typing import Any

import httpx


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The certificates this machine trusts: reading them costs 25 ms of a processor."""
    return httpx.create_ssl_context()


def client(**options: Any) -> httpx.AsyncClient:
    """As `httpx.AsyncClient`, cheap enough for a single request."""
    return httpx.AsyncClient(verify=_trusted(), **options)
