"""Owns the mails about references: the request, its reminders, thanks, the answer. Decides nothing.

None of them carries words of the assistant's beyond the names that both sides go by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from marketplace.accounts import queries as accounts
from marketplace.core import mail
from marketplace.core.settings import settings
from marketplace.parties import queries as parties
from marketplace.references.rules import links
from marketplace.references.rules.states import ADDRESS_KEPT, YEARS

if TYPE_CHECKING:
    from marketplace.references.models import ClientReference

PATHS: Final = {
    links.Purpose.ANSWER: "answer",
    links.Purpose.REMOVE: "remove",
    links.Purpose.STOP: "stop",
}


def address(row: ClientReference, purpose: links.Purpose) -> str:
    """The whole address of a link of this reference."""
    token = links.token(purpose, row.id, settings().secret_key)
    base = f"{settings().base_url.rstrip('/')}/{row.locale}"
    return f"{base}/references/{PATHS[purpose]}?token={token}"


async def send_request(row: ClientReference, *, reminder: bool) -> None:
    """Ask the client; the reminder carries the same link."""
    await mail.send(
        "reference_asked",
        to=row.email,
        locale=row.locale,
        unsubscribe=address(row, links.Purpose.STOP),
        reminder=reminder,
        reference=row,
        assistant=(await parties.by_id(row.party_id)).display_name,
        link=address(row, links.Purpose.ANSWER),
        stop_link=address(row, links.Purpose.STOP),
        years=YEARS,
        days=ADDRESS_KEPT.days,
    )


async def send_thanks(row: ClientReference) -> None:
    """Tell the client what is public now, and how they remove it."""
    await mail.send(
        "reference_thanks",
        to=row.email,
        locale=row.locale,
        reference=row,
        assistant=(await parties.by_id(row.party_id)).display_name,
        link=address(row, links.Purpose.REMOVE),
        years=YEARS,
    )


async def send_answered(row: ClientReference) -> None:
    """Tell whoever asked what became of it, as long as they have an account."""
    if row.asked_by_id is None:
        return
    person = await accounts.person(row.asked_by_id)
    await mail.send(
        "reference_answered", to=person.email, locale=person.locale, reference=row,
        name=person.name,
    )  # fmt: skip
