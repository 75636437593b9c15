"""Owns personal API tokens: made, shown once, revoked; never checks one (queries do)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from marketplace.accounts.models import ApiToken, Person
from marketplace.accounts.rules import (
    TOKEN_PREFIX,
    TOKENS_MAX,
    Suspended,
    TooManyTokens,
    scopes_for,
)
from marketplace.accounts.schemas import TokenDraft
from marketplace.accounts.service import factors
from marketplace.core import clock
from marketplace.core.db import command, lock
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.i18n import _
from marketplace.core.ids import hash_token, secret_token

OPERATORS_ONLY = _("Only the operator can give these scopes: %(scopes)s.")


async def ask_token(person: Person, draft: TokenDraft, session: str) -> tuple[ApiToken, str]:
    """A new token for who has just proven to be its owner.

    Raises what `factors.prove` and `create_token` raise.
    """
    await factors.prove(person, draft.password, factors.given(draft, session))
    return await create_token(person.id, draft)


@command
async def create_token(person_id: UUID, draft: TokenDraft) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again. Raises Forbidden, TooManyTokens."""
    scopes = [scope.value for scope in draft.scopes]
    person = await lock(Person, person_id)
    if person.suspended_at is not None:
        raise Suspended
    if above := set(draft.scopes) - set(scopes_for(is_operator=person.is_operator)):
        raise Forbidden(OPERATORS_ONLY, scopes=", ".join(sorted(above)))
    if await ApiToken.filter(person_id=person_id, revoked_at=None).count() >= TOKENS_MAX:
        raise TooManyTokens
    secret = secret_token(TOKEN_PREFIX)
    now = clock.now()
    row = await ApiToken.create(
        person_id=person_id,
        name=draft.name,
        token_hash=hash_token(secret),
        ending=secret[-4:],
        scopes=scopes,
        created_at=now,
        expires_at=now + timedelta(days=draft.days) if draft.days else None,
    )
    return row, secret


@command
async def revoke_token(person_id: UUID, token_id: UUID) -> None:
    """Make one of the person's tokens useless. Raises NotFound."""
    ended = await ApiToken.filter(pk=token_id, person_id=person_id, revoked_at=None).update(
        revoked_at=clock.now()
    )
    if not ended:
        raise NotFound
