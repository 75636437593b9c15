"""Owns the reading of invoices and mandates; never writes.

Functions with `viewer` first raise NotFound for what is not the viewer's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import TypeAdapter
from tortoise.expressions import Q

from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.settings import settings
from marketplace.invoicing.models import BillingMandate, Invoice
from marketplace.invoicing.queries.identities import behalf, complete
from marketplace.invoicing.rules import mandate as texts
from marketplace.invoicing.rules import papers
from marketplace.invoicing.rules.papers import Kind, Paper
from marketplace.invoicing.rules.states import DONE, REPLACEMENTS_MAX, SELLERS, Status
from marketplace.parties import queries as parties

if TYPE_CHECKING:
    from marketplace.parties.models import Party
    from marketplace.web.sessions import Viewer

DOCUMENT = TypeAdapter(papers.Invoice)
AGAIN = "again:"  # begins the cause of an invoice made anew after a contest
SIDES = ("contract", "seller", "buyer", "corrects")


def document(row: Invoice) -> papers.Invoice:
    """What an issued invoice says."""
    return DOCUMENT.validate_python(row.document)


def visible(viewer: Viewer) -> Q:
    """The invoices of the viewer's parties, sent and received."""
    mine = list(viewer.party_ids)
    return Q(seller_id__in=mine) | Q(buyer_id__in=mine)


async def by_id(invoice_id: UUID) -> Invoice:
    """The invoice, whoever asks. Raises NotFound."""
    row = await Invoice.get_or_none(pk=invoice_id).select_related(*SIDES)
    if row is None:
        raise NotFound
    return row


async def get(viewer: Viewer, invoice_id: UUID) -> Invoice:
    """An invoice that the viewer sent or received, or any for the operator. Raises NotFound."""
    row = await by_id(invoice_id)
    # A token of the operator's reads other people's papers only with the scope for it.
    operator = viewer.is_operator and (viewer.via != "token" or "operator:read" in viewer.scopes)
    if not operator and not viewer.party_ids & {row.seller_id, row.buyer_id}:
        raise NotFound
    return row


async def page(
    viewer: Viewer,
    *,
    year: int | None = None,
    contract: UUID | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> tuple[list[Invoice], UUID | None]:
    """The viewer's invoices, the newest first, and the cursor of the next page."""
    found = Invoice.filter(visible(viewer))
    if year is not None:
        found = found.filter(
            Q(issued_on__gte=date(year, 1, 1), issued_on__lte=date(year, 12, 31))
            | Q(issued_on__isnull=True)
        )
    if contract is not None:
        found = found.filter(contract_id=contract)
    if before is not None:
        found = found.filter(id__lt=before)
    rows = await found.order_by("-id").limit(limit + 1).select_related(*SIDES)
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


async def issued_in(viewer: Viewer, year: int) -> list[Invoice]:
    """The viewer's issued invoices of a year, in the order of their numbers."""
    return await (
        Invoice.filter(visible(viewer), status=Status.ISSUED)
        .filter(issued_on__gte=date(year, 1, 1), issued_on__lte=date(year, 12, 31))
        .order_by("series_id", "serial")
        .select_related(*SIDES)
    )


async def years(viewer: Viewer) -> list[int]:
    """The years in which the viewer has issued invoices, the newest first."""
    rows = await Invoice.filter(visible(viewer), status=Status.ISSUED).only("id", "issued_on")
    return sorted({row.issued_on.year for row in rows if row.issued_on}, reverse=True)


async def unsettled(before: UUID | None = None, limit: int = 50) -> list[Invoice]:
    """What waits or is parked, for the operator, the newest first."""
    found = Invoice.exclude(status__in=list(DONE))
    if before is not None:
        found = found.filter(id__lt=before)
    return await found.order_by("-id").limit(limit).select_related(*SIDES)


async def of_contract(contract_id: UUID) -> list[Invoice]:
    """Every document of a contract, in the order in which the ledger called for it."""
    return await Invoice.filter(contract_id=contract_id).order_by("id")


async def originals(holding: str, kind: Kind) -> list[Invoice]:
    """The invoices of one part of the work, in order; credit notes left out."""
    rows = Invoice.filter(holding=holding, kind=kind).exclude(paper=Paper.CREDIT_NOTE)
    return await rows.order_by("id")


async def released(holding: str, kind: Kind, release: str | None) -> Invoice | None:
    """The invoice of a release as it stands: the one made anew where it was contested.

    Of money given back before releases were told apart (None): the last invoice of the part.
    """
    rows = await originals(holding, kind)
    if release is None:
        return rows[-1] if rows else None
    found, anew = None, next((each for each in rows if each.cause == release), None)
    while anew is not None:
        found = anew
        anew = next((each for each in rows if each.cause == f"{AGAIN}{found.id}"), None)
    return found


async def before(row: Invoice) -> tuple[Invoice, list[Invoice]]:
    """Whose place an invoice has, and the invoices before it of its part that still stand.

    What was contested asks for nothing any more: the invoice made anew stands in its place.
    """
    rows = await originals(row.holding, row.kind)
    places: dict[UUID, Invoice] = {}
    for each in rows:
        again = each.cause.startswith(AGAIN)
        places[each.id] = places[UUID(each.cause.removeprefix(AGAIN))] if again else each
    mine = places[row.id]
    standing = [each for each in rows if each.contested_at is None and places[each.id].id < mine.id]
    return mine, sorted(standing, key=lambda each: places[each.id].id)


async def corrections(row: Invoice) -> list[Invoice]:
    """What corrects an invoice."""
    return await Invoice.filter(corrects_id=row.id).order_by("id")


async def replacements(row: Invoice) -> int:
    """How many invoices of this kind were made anew for the part of the work, after a contest."""
    same = Invoice.filter(holding=row.holding, kind=row.kind, seller_id=row.seller_id)
    return await same.filter(cause__startswith=AGAIN).count()


async def known_causes(keys: Iterable[str]) -> set[tuple[str, str]]:
    """Which (cause, kind) have their document already."""
    rows = await Invoice.filter(cause__in=list(keys)).values_list("cause", "kind")
    return {(cause, str(kind)) for cause, kind in rows}


async def mandate_of(party_id: UUID) -> BillingMandate | None:
    """The mandate in force of a party: signed, not revoked, with the person at hand."""
    row = BillingMandate.filter(party_id=party_id, revoked_at__isnull=True)
    return await row.prefetch_related("person").first()


async def mandate_text(party: Party, language: str) -> texts.Mandate:
    """The mandate in force as this party would sign it."""
    name = party.legal_name or party.display_name
    return texts.mandate(language, assistant=name, platform=behalf(), site=settings().site_name)


async def waiting_for_mandate(party_id: UUID) -> int:
    """How many invoices wait for this party's mandate."""
    return await Invoice.filter(seller_id=party_id, status=Status.WAITING, code="mandate").count()


async def unfinished(party: Party) -> bool:
    """Whether an invoice of this seller is about to be made, or waits for what only it can settle.

    What waits for the client or for the operator is made without the seller's people.
    """
    theirs = SELLERS if complete(party) else SELLERS | {"identity"}
    waits = Q(status=Status.WAITING, code__in=list(theirs))
    return await Invoice.filter(Q(status=Status.DUE) | waits, seller_id=party.id).exists()


async def waits_already(row: Invoice) -> bool:
    """Whether an older document of the contract waits for the same: its mail said it all."""
    older = Invoice.filter(contract_id=row.contract_id, kind=row.kind, id__lt=row.id)
    return await older.filter(status=Status.WAITING, code=row.code).exists()


async def assistants_of(viewer: Viewer) -> list[Party]:
    """The assistants' parties the viewer acts for."""
    rows = await parties.for_person(viewer.person_id)
    return [row.party for row in rows if row.party.kind is parties.PartyKind.ASSISTANT]


def may_contest(viewer: Viewer, row: Invoice) -> bool:
    """Whether the viewer, a side of it, may still contest this invoice."""
    if row.status is not Status.ISSUED or row.credit or row.contested_at is not None:
        return False
    until = row.contest_until
    a_side = bool(viewer.party_ids & {row.seller_id, row.buyer_id})
    return a_side and until is not None and clock.now() < until


async def may_still_contest(viewer: Viewer, row: Invoice) -> bool:
    """The same, and not so often contested that people should talk."""
    return may_contest(viewer, row) and await replacements(row) < REPLACEMENTS_MAX
