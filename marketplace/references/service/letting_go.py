"""Owns what of references goes with a profile or a person, or ends when its giver changes sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts import queries as accounts
from marketplace.core import mail
from marketplace.references import queries
from marketplace.references.models import ClientReference, ReferenceReport
from marketplace.references.rules.states import Status
from marketplace.references.service import letters
from marketplace.references.service.moving import erase, move_to
from marketplace.references.service.proving import recount

if TYPE_CHECKING:
    from marketplace.accounts.events import PersonDeleted
    from marketplace.parties.events import MemberJoined
    from marketplace.profiles.events import ProfileRemoved


async def on_profile_removed(event: ProfileRemoved) -> None:
    """Reaction, before the profile goes: whom its owner asked, and what they said."""
    rows = ClientReference.filter(profile_id=event.profile_id)
    await mail.forget([row.mails for row in await rows])
    await ReferenceReport.filter(reference__profile_id=event.profile_id).delete()
    await rows.delete()


async def on_person_deleted(event: PersonDeleted) -> None:
    """Reaction, before the person goes: what they gave or were asked for, and that they asked."""
    person = await accounts.person(event.person_id)
    await ClientReference.filter(asked_by_id=person.id).update(asked_by_id=None)
    await ReferenceReport.filter(email=person.email).update(email="")  # told nothing any more
    marks = queries.marks(person.email)
    given = ClientReference.filter(mark__in=marks).exclude(email="")
    for row in await given.order_by("id").select_for_update():
        if row.status is Status.ASKED:
            await move_to(row, Status.DECLINED)
            await letters.send_answered(row)
        elif row.status is Status.CONFIRMED:
            await move_to(row, Status.REMOVED)
            await recount(row.party_id)
        await erase(row)


async def on_member_joined(event: MemberJoined) -> None:
    """Reaction: who acts for the assistant now no longer speaks as their client."""
    person = await accounts.person(event.person_id)
    given = ClientReference.filter(party_id=event.party_id, mark__in=queries.marks(person.email))
    for row in await given.filter(status=Status.CONFIRMED).select_for_update():
        await move_to(row, Status.ENDED)
        await recount(row.party_id)
