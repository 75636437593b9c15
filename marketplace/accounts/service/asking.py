"""Owns what a person is asked for as a proof before something grave; factors check it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.accounts import queries
from marketplace.accounts.rules import Proves
from marketplace.accounts.service import devices
from marketplace.core.settings import settings

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


async def asked(who: Viewer) -> dict[str, Any]:
    """The password, the second factor or a new log-in, as `accounts/proof.html` shows them.

    `providers` are those to log in with again, for who has neither and logged in long ago.
    """
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
