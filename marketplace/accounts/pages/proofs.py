"""Owns how pages ask for the proof before something grave; never checks one (factors do)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from marketplace.accounts.service import asking
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.web.forms import Form, refused
from marketplace.web.guards import viewer


async def asked(request: Request) -> dict[str, Any]:
    """What `accounts/proof.html` shows."""
    return await asking.asked(viewer(request))


def failed(form: Form, error: Invalid | TooManyRequests) -> tuple[Form, int]:
    """The form with what is wrong, and its status."""
    return refused(form, error), error.status
