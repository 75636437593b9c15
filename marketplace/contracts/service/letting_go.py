"""Owns what contracts let go of with an account: what was never sent. The rest is evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise.expressions import Q

from marketplace.accounts import queries as accounts
from marketplace.contracts.models import BroughtPaper, Contract, SigningCode
from marketplace.contracts.rules.imported import Outcome
from marketplace.core import clock
from marketplace.core.db import deleted

if TYPE_CHECKING:
    from marketplace.accounts.events import PersonDeleted
    from marketplace.parties.events import PartyClosed
    from marketplace.profiles.events import ProfileRemoved


async def on_party_closed(event: PartyClosed) -> None:
    """Reaction: drafts that the other side never saw go with either side."""
    side = Q(business_id=event.party_id) | Q(assistant_id=event.party_id)
    for draft in await Contract.filter(side, version=0).select_for_update():
        await BroughtPaper.filter(contract_id=draft.id).delete()
        await deleted(draft)


async def on_profile_removed(event: ProfileRemoved) -> None:
    """Reaction: the contracts signed elsewhere that the assistant brought to clients."""
    await BroughtPaper.filter(profile_id=event.profile_id).delete()


async def on_person_deleted(event: PersonDeleted) -> None:
    """Reaction: codes mailed for signing; what was brought to the person's address is declined."""
    await SigningCode.filter(person_id=event.person_id).delete()
    person = await accounts.person(event.person_id)
    brought = BroughtPaper.filter(email=person.email)
    await brought.filter(outcome="").update(outcome=Outcome.DECLINED, closed_at=clock.now())
    await brought.update(email="")
