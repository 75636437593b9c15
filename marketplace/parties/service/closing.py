"""Owns what becomes of parties when the account of one who acts for them goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.expressions import Q

from marketplace.accounts import queries as accounts
from marketplace.core import events
from marketplace.core.db import deleted, lock
from marketplace.jurisdictions import service as tax_facts
from marketplace.parties.events import MemberLeft, PartyClosed
from marketplace.parties.models import Membership, Party, PartyInvitation
from marketplace.parties.service.signatories import forget_member
from marketplace.parties.service.team import keep_an_owner

if TYPE_CHECKING:
    from marketplace.accounts.events import PersonDeleted


async def on_person_deleted(event: PersonDeleted) -> None:
    """Reaction, before the person goes: leave each team; a party of theirs alone goes with them.

    Raises LastOwner when others would stay behind without an owner.
    """
    for mine in await Membership.filter(person_id=event.person_id).order_by("party_id"):
        party = await lock(Party, mine.party_id)
        await forget_member(party.id, event.person_id)
        if not await Membership.filter(party_id=party.id).exclude(pk=mine.id).exists():
            await _close(party)
            continue
        await keep_an_owner(mine)
        await mine.delete()
        await events.record(MemberLeft(party.id, event.person_id))
    person = await accounts.person(event.person_id)
    theirs = Q(invited_by_id=person.id) | Q(accepted_by_id=person.id) | Q(email=person.email)
    await PartyInvitation.filter(theirs).delete()


async def _close(party: Party) -> None:
    """Remove a locked party; its identity alone stays where papers that must be kept name it."""
    await PartyInvitation.filter(party_id=party.id).delete()
    await Membership.filter(party_id=party.id).delete()
    await tax_facts.set_standing(party.id, None)
    await events.record(PartyClosed(party.id))
    await deleted(party)
