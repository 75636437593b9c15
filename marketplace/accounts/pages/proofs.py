"""Owns how pages ask for the proof before something grave; never checks one (factors do)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from marketplace.accounts import queries
from marketplace.accounts.pages.entry import with_message
from marketplace.accounts.rules import Proves
from marketplace.accounts.service import devices
from marketplace.core.errors import Invalid, TooManyRequests
from marketplace.core.settings import settings
from marketplace.web.forms import Form, refused
from marketplace.web.guards import viewer


async def asked(request: Request) -> dict[str, Any]:
    """What `accounts/proof.html` shows: the password, the second factor or a new log-in.

    `providers` are those to log in with again, for who has neither and logged in long ago.
    """
    who = viewer(request)
    factor = await queries.has_second_factor(who.person_id)
    alone = who.person.password_hash is None and not factor
    old = alone and not await queries.logged_in_just_now(who.session_token)
    held = {row.provider for row in await queries.identities(who.person_id)} if old else set()
    return {
        "has_password": who.person.password_hash is not None,
        "factor": factor,
        "passkey": await devices.to_prove(who.person_id, who.session_token, Proves.ACCOUNT),
        "providers": [each for each in settings().oidc_providers if each.name in held],
    }


def failed(form: Form, error: Invalid | TooManyRequests) -> tuple[Form, int]:
    """The form with what is wrong, and its status."""
    if isinstance(error, TooManyRequests):
        return with_message(form, error), error.status
    return refused(form, error), 422
