"""Owns the single-use links sent by mail: made, used once, voided; never what they lead to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marketplace.accounts.models import EmailToken, Person
from marketplace.accounts.rules import LIFE, LinkExpired, Purpose
from marketplace.core import clock
from marketplace.core.ids import hash_token, secret_token
from marketplace.core.settings import settings

PATHS = {
    Purpose.VERIFY: "verify-email",
    Purpose.RESET: "reset-password",
    Purpose.CHANGE: "verify-email",
}


async def issue(
    person: Person, purpose: Purpose, *, email: str, locale: str, payload: dict[str, Any]
) -> str:
    """A new link to `email`, whole with its secret. Inside a command."""
    token = secret_token(f"{purpose.value[0]}_")
    now = clock.now()
    await EmailToken.create(
        person_id=person.id,
        purpose=purpose.value,
        email=email,
        token_hash=hash_token(token),
        payload=payload,
        created_at=now,
        expires_at=now + LIFE[purpose],
    )
    return f"{settings().base_url}/{locale}/{PATHS[purpose]}?token={token}"


async def use(token: str, purpose: Purpose) -> EmailToken:
    """Use a link up, inside a command, its row locked. Raises LinkExpired."""
    row = (
        await EmailToken.filter(token_hash=hash_token(token), purpose=purpose.value)
        .select_for_update()
        .first()
    )
    now = clock.now()
    if row is None or row.used_at is not None or row.expires_at <= now:
        raise LinkExpired
    row.used_at = now
    await row.save(update_fields=["used_at"])
    return row


async def void(person_id: UUID, *purposes: Purpose) -> None:
    """Make the person's open links of these purposes useless."""
    await EmailToken.filter(
        person_id=person_id, purpose__in=[each.value for each in purposes], used_at=None
    ).update(used_at=clock.now())
