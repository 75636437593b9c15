"""Owns who runs this instance: granted and taken back on its machine only, and told by mail."""

from __future__ import annotations

from marketplace.accounts import queries
from marketplace.accounts.models import Person
from marketplace.core import mail
from marketplace.core.db import command
from marketplace.core.errors import NotFound
from marketplace.core.settings import settings


@command
async def name_operator(email: str, *, on: bool) -> Person:
    """Let the person of a confirmed address be an operator, or no longer.

    The person and every other operator hear of it by mail: whoever can run commands here should
    not be able to do this unseen. Raises NotFound without a confirmed account.
    """
    known = await queries.person_by_email(email)
    person = await Person.select_for_update().get_or_none(pk=known.id) if known else None
    if person is None or person.email_verified_at is None:
        raise NotFound
    if person.is_operator is on:
        return person
    others = await queries.operators()
    person.is_operator = on
    await person.save(update_fields=["is_operator"])
    for each in {one.id: one for one in [*others, person]}.values():
        await mail.send(
            "accounts_operator",
            to=each.email,
            locale=each.locale,
            name=each.name,
            who=person.email,
            on=on,
            account_link=f"{settings().base_url}/{each.locale}/account/security",
        )
    return person
