"""Owns the mails about invoices; never changes any state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Rail
from marketplace.core import mail
from marketplace.core.db import command
from marketplace.core.i18n import _, format_money, gettext
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.rules import states
from marketplace.invoicing.rules.papers import Kind
from marketplace.invoicing.rules.states import Status
from marketplace.parties import queries as parties

if TYPE_CHECKING:
    from uuid import UUID

    from marketplace.invoicing.events import InvoiceDeclared, InvoiceHeld, InvoiceIssued
    from marketplace.invoicing.models import Invoice

_ISSUED: Final = _("Invoice %(number)s of %(amount)s for “%(title)s” is ready.")
_CREDITED: Final = _("Credit note %(number)s of %(amount)s for “%(title)s” is ready.")
_MANDATE: Final = {
    "seller": _(
        "Your work on “%(title)s” is paid, and its invoice waits: give us the mandate to issue it "
        "in your name. One click; the payout does not wait for it."
    ),
    "buyer": _(
        "The invoice for your payment of %(amount)s for “%(title)s” waits until the assistant has "
        "signed the invoicing mandate. You need do nothing."
    ),
}
_MANDATE_OUTSIDE: Final = {
    "seller": _(
        "Your work on “%(title)s” is approved, and its invoice waits: give us the mandate to issue "
        "it in your name. One click; the payment does not depend on it."
    ),
    "buyer": _(
        "The invoice of %(amount)s for “%(title)s” waits until the assistant has signed the "
        "invoicing mandate. You need do nothing."
    ),
}
_OWN_ISSUED: Final = _(
    "The invoice of %(amount)s for “%(title)s” was issued by your assistant, outside of this site: "
    "number %(number)s. It comes to you from your assistant."
)
_OWN_CREDITED: Final = _(
    "The credit note of %(amount)s for “%(title)s” was issued by your assistant, outside of this "
    "site: number %(number)s. It comes to you from your assistant."
)
_OWN_CREDIT: Final = {
    "seller": _(
        "The credit note of %(amount)s for “%(title)s” is yours to issue, as you issued its "
        "invoice yourself. Then say so on its page."
    ),
}
_DETAILS: Final = {
    "seller": _(
        "The invoice for “%(title)s” waits: complete the legal details and numbers of your profile."
    ),
    "buyer": _(
        "The invoice of %(amount)s for “%(title)s” waits for legal details of one side. Check your "
        "own."
    ),
}


@command
async def on_issued(event: InvoiceIssued) -> None:
    """Both sides hear of the work's invoice; of a fee's its payer only."""
    row = await queries.by_id(event.invoice_id)
    line = _CREDITED if row.credit else _ISSUED
    for party in _readers(row):
        await _write(row, party, _("Invoice") if not row.credit else _("Credit note"), line)


@command
async def on_declared(event: InvoiceDeclared) -> None:
    """The client hears that the document comes from the assistant."""
    row = await queries.by_id(event.invoice_id)
    subject, line = (_("Credit note"), _OWN_CREDITED) if row.credit else (_("Invoice"), _OWN_ISSUED)
    await _write(row, row.buyer_id, subject, line)


@command
async def on_held(event: InvoiceHeld) -> None:
    """What a side can settle itself is told to both, once; the rest is the operator's."""
    if states.state_of(event.code) is not Status.WAITING or event.code == "original":
        return
    row = await queries.by_id(event.invoice_id)
    texts = _DETAILS
    if event.code == "mandate":
        outside = row.contract.rail is Rail.RECORDED
        texts = _MANDATE_OUTSIDE if outside else _MANDATE
    if event.code == "by_seller":
        texts = _OWN_CREDIT
    if await queries.waits_already(row):
        return
    sides = {"seller": row.seller_id, "buyer": row.buyer_id}
    if row.kind is not Kind.WORK:
        sides.pop("seller")
    for side, party in sides.items():
        if party is not None and side in texts:
            await _write(row, party, _("An invoice waits"), texts[side])


def _readers(row: Invoice) -> list[UUID]:
    sides = (row.seller_id, row.buyer_id)
    return [party for party in dict.fromkeys(sides) if party is not None]


async def _write(row: Invoice, party: UUID, subject: str, line: str) -> None:
    contract = await contracts.by_id(row.contract_id)
    waits = row.code == "mandate" and party == row.seller_id
    path = f"/parties/{party}/mandate" if waits else f"/invoices/{row.id}"
    for member in await parties.people(party):
        person = member.person
        params = {
            "title": contract.title,
            "number": row.number or row.own_number or "",
            "amount": format_money(row.total, person.locale),
        }
        await mail.send(
            "invoice_news",
            to=person.email,
            locale=person.locale,
            name=person.name,
            subject=gettext(subject, person.locale),
            line=gettext(line, person.locale, **params),
            path=path,
        )
