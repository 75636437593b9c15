"""Owns putting a document together from its row, the parties, the part of work and the law.

Reads only; raises Blocked with the reason when a document cannot be made yet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Rail
from marketplace.contracts.service import taxes as contract_taxes
from marketplace.core import clock
from marketplace.core.i18n import gettext
from marketplace.invoicing.queries import identities
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.queries.outside import settlement
from marketplace.invoicing.rules import drafting
from marketplace.invoicing.rules.drafting import Blocked
from marketplace.invoicing.rules.mandate import OUTSIDE_SINCE
from marketplace.invoicing.rules.papers import Earlier, Invoice, Kind, Outside, Paper
from marketplace.invoicing.rules.states import Status
from marketplace.invoicing.service import services
from marketplace.jurisdictions.queries import Category, VatDecision
from marketplace.jurisdictions.service import Purpose
from marketplace.parties import queries as parties
from marketplace.work import queries as work

if TYPE_CHECKING:
    from datetime import date

    from marketplace.contracts.models import Contract
    from marketplace.invoicing import models
    from marketplace.invoicing.queries.identities import Taxation
    from marketplace.work.models import Unit

PURPOSES: Final = {
    Kind.WORK: Purpose.SUPPLY,
    Kind.CLIENT_FEE: Purpose.CLIENT_FEE,
    Kind.ASSISTANT_FEE: Purpose.ASSISTANT_FEE,
}
LATE_CLAUSE: Final = "late.rate"
LUT: Final = "lut"
"""Tax status of who exports from India under a letter of undertaking."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document without its number, and what it rests on.

    It bears the day of its number in `zone`. `taxed` is None on a credit note, which is taxed as
    what it corrects.
    """

    document: Invoice
    zone: str
    taxed: Taxation | None
    mandate_id: UUID | None


async def build(row: models.Invoice) -> Draft:
    """The document as it would be issued today. Raises Blocked."""
    contract = await contracts.by_id(row.contract_id)
    outside = await settlement(row, contract)
    seller, buyer, mandate_id = await _sides(row, outside)
    language, zone = contract.language, identities.zone(seller)
    unit = next((u for u in await work.of_contract(contract.id) if str(u.id) == row.holding), None)
    last, corrects = await _corrected(row)
    taxed = None
    if last is None:
        today = await identities.taxation(seller, buyer, _day(row, zone))
        taxed = await _taxed(row, contract, unit, today)
        same = _as_decided(taxed, seller, buyer, language)
        if row.kind is Kind.WORK:
            drafting.require_qst(same["seller"], same["taxes"])
            if seller.tax_status == LUT and same["category"] is Category.ZERO_RATED:
                told = drafting.with_lut(same["mention"], seller.lut_number, seller.sac_code)
                same["mention"] = told
    else:
        same = _as_corrected(last)
    due = same.pop("taxes")
    mirrored = last is not None and (row.net, row.total) == (last.net, last.total)
    taxes = due if mirrored else drafting.tax_lines(due, row.net, row.vat)
    asks = row.kind is Kind.WORK and last is None  # a credit note asks for nothing
    what = await services.said(row, contract, unit, last)
    document = Invoice(
        kind=row.kind,
        number="",
        issued_on=clock.today(zone),
        language=language,
        currency=row.currency,
        taxes=taxes,
        paid_on=_day(row, contract.time_zone),
        annuls=row.annuls,
        contract=contract.number,
        behalf=identities.behalf() if row.kind is Kind.WORK else "",
        corrects=corrects,
        reason=gettext(row.reason, language) if row.reason else "",
        outside=outside,
        late=await _late(contract) if asks else "",
        rounding_minor=row.total.minor - row.net_minor - sum(tax.amount_minor for tax in taxes),
        **same,
        **what,
    )
    return Draft(document, zone, taxed, mandate_id)


async def _late(contract: Contract) -> str:
    """What the contract says of interest on late payment; "" where its words are not kept."""
    for version in await contracts.versions(contract.id):
        if version.number > contract.version:
            continue
        for clause in version.clauses or ():
            if clause["id"].startswith(LATE_CLAUSE):
                return " ".join(clause["paragraphs"])
    return ""


def _day(row: models.Invoice, zone: str) -> date:
    """When it was earned: the VAT of that day counts, whenever the paper is made."""
    return row.earned_at.astimezone(ZoneInfo(zone)).date()


async def _taxed(
    row: models.Invoice, contract: Contract, unit: Unit | None, today: Taxation
) -> Taxation:
    """The tax of the day it was earned; else the one under which its money was asked for.

    Where another tax came in between, that one was due when the money arrived (Directive
    2006/112/EC, art. 65: payments on account), and both sides had signed it. Nothing arrives on
    account where payments are only recorded: there a person has to look.
    """
    held = contract.rail is Rail.HELD and unit is not None and unit.held_version
    if not held or _fits(today.decision, row):
        return today
    kept = await contract_taxes.kept(contract, held, PURPOSES[row.kind])
    decision = VatDecision.from_json(kept.outputs) if kept else today.decision
    return replace(today, decision=decision, kept=kept) if _fits(decision, row) else today


def _fits(decision: VatDecision, row: models.Invoice) -> bool:
    return drafting.asks_for(decision.taxes, row.net, row.vat)


def _as_decided(taxed: Taxation, seller: Any, buyer: Any, language: str) -> dict[str, Any]:
    """The sides as they are today, and the tax that was decided."""
    found = taxed.decision
    return {
        "seller": identities.identity(seller, language),
        "buyer": identities.identity(buyer, language),
        "category": found.category,
        "mention": found.mention(language),
        "vatex": found.vatex or "",
        "taxes": found.taxes,
    }


def _as_corrected(last: models.Invoice) -> dict[str, Any]:
    """The sides and the tax of the invoice that is given back, whatever they are today."""
    found = queries.document(last)
    names = ("seller", "buyer", "category", "mention", "vatex", "taxes")
    return {name: getattr(found, name) for name in names}


async def _sides(row: models.Invoice, outside: Outside | None) -> tuple[Any, Any, UUID | None]:
    buyer = await parties.by_id(row.buyer_id)
    if row.seller_id is None:
        return identities.operator(), buyer, None
    seller = await parties.by_id(row.seller_id)
    mandate = await queries.mandate_of(row.seller_id)
    if mandate is None or (outside and mandate.version < OUTSIDE_SINCE):
        raise Blocked("mandate")
    return seller, buyer, mandate.id


async def _corrected(row: models.Invoice) -> tuple[models.Invoice | None, tuple[Earlier, ...]]:
    """What a credit note corrects and names.

    One invoice; all of the part's for money given back before releases were told apart.
    """
    if row.paper is not Paper.CREDIT_NOTE:
        return None, ()
    originals = await queries.originals(row.holding, row.kind)
    last = next((each for each in originals if each.id == row.corrects_id), None)
    if last is not None and last.status is Status.BY_SELLER:
        raise Blocked("by_seller")
    if last is None or last.status is not Status.ISSUED:
        raise Blocked("original")
    named = [last] if row.total <= last.total else originals
    return last, tuple(
        Earlier(each.number, each.issued_on) for each in named if each.number and each.issued_on
    )
