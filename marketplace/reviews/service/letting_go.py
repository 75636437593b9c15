"""Owns what reviews let go of with an account: drafts and the name. A review stays a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts import queries as accounts
from marketplace.reviews.models import ContractReview, ReviewReport

if TYPE_CHECKING:
    from marketplace.accounts.events import PersonDeleted
    from marketplace.parties.events import PartyClosed


async def on_party_closed(event: PartyClosed) -> None:
    """Reaction: unsent drafts go; what was sent loses its author's name."""
    await ContractReview.filter(author_id=event.party_id, sent_at=None).delete()
    await ContractReview.filter(author_id=event.party_id).update(named=False)


async def on_person_deleted(event: PersonDeleted) -> None:
    """Reaction: nobody is told any more what became of the person's reports."""
    person = await accounts.person(event.person_id)
    await ReviewReport.filter(email=person.email).update(email="")
