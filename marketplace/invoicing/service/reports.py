"""Owns what sellers tell for the yearly reports, and telling them that their copy is there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.core import batches, clock, jobs, mail, once
from marketplace.core.db import command, lock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.i18n import _, gettext
from marketplace.invoicing.models import SellerDetails
from marketplace.invoicing.queries import reports as queries
from marketplace.parties import queries as parties
from marketplace.parties.models import Party

if TYPE_CHECKING:
    from marketplace.invoicing.schemas import SellerDraft
    from marketplace.parties.events import PartyClosed
    from marketplace.web.sessions import Viewer

_MISSING = _("A person’s first name, last name and date of birth are needed.")


@command
async def save_details(viewer: Viewer, party_id: UUID, draft: SellerDraft) -> SellerDetails:
    """Keep what tax offices ask of an assistant. Raises NotFound, OwnersOnly, Invalid."""
    await parties.require_owner(viewer, party_id)
    party = await lock(Party, party_id)
    if party.kind is not parties.PartyKind.ASSISTANT:
        raise NotFound
    values = draft.model_dump()
    if queries.is_person(party):
        wanted = ("first_name", "last_name", "birth_date")
        wrong = {name: _MISSING for name in wanted if not values[name]}
        if draft.birth_date and draft.birth_date >= clock.today():
            wrong["birth_date"] = _("A date of birth lies in the past.")
        if wrong:
            raise Invalid(dict(wrong))
    row, _made = await SellerDetails.update_or_create(
        defaults={**values, "updated_by_id": viewer.person_id, "updated_at": clock.now()},
        party_id=party_id,
    )
    return row


async def on_party_closed(event: PartyClosed) -> None:
    """Reaction: who never signed anything was paid nothing that a tax office would ask about."""
    if not await contracts.ever_signed(event.party_id):
        await SellerDetails.filter(party_id=event.party_id).delete()


@jobs.periodic("0 7 5-31 1 *", "invoicing.yearly")
async def yearly(timestamp: int) -> None:
    """From 5 January on, once: every seller hears of the year's sums (CGI, art. 242 bis).

    Whoever could not be told on one morning is told on the next, until the end of the month.
    """
    del timestamp
    year = clock.today(queries.zone()).year - 1
    payees = sorted({UUID(each.payee) for each in await queries.tally(year)})

    async def tell(party_id: UUID) -> None:
        await _tell(party_id, year)

    await batches.each("yearly figures", payees, tell)


@command
async def _tell(party_id: UUID, year: int) -> None:
    about = f"yearly:{party_id}:{year}"
    if await once.is_done(about):
        return
    await once.mark_done(about)
    for member in await parties.people(party_id):
        person = member.person
        line = _("What you earned here in %(year)s is summed up by quarter. It is what the tax "
                 "office is told; check your details.")  # fmt: skip
        await mail.send(
            "invoice_news",
            to=person.email,
            locale=person.locale,
            about=about,
            name=person.name,
            subject=gettext(_("Your figures of the year"), person.locale),
            line=gettext(line, person.locale, year=year),
            path=f"/parties/{party_id}/years/{year}",
        )
