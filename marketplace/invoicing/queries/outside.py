"""Owns what was approved, and what was paid, where payments are only recorded; never writes.

No ledger knows of it: what both sides signed, approved and confirmed does (billing.rules.recorded).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from marketplace.billing.queries import recorded as payments
from marketplace.billing.rules.recorded import State, due_on
from marketplace.contracts.rules.states import Rail
from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.invoicing.models import Invoice
from marketplace.invoicing.queries import invoices
from marketplace.invoicing.rules.papers import Outside
from marketplace.work import queries as work
from payments.explorer import Earning
from payments.fees import Share, quote
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.work.models import Unit

CAUSE: Final = "recorded:"
_MISSING: Final = """
SELECT unit.id FROM unit JOIN contract ON contract.id = unit.contract_id
 WHERE contract.rail = 'recorded' AND unit.id > $1 AND ($2::uuid IS NULL OR contract.id = $2)
   AND unit.paid_minor > coalesce((SELECT sum(invoice.net_minor) FROM invoice
        WHERE invoice.holding = unit.id::text AND invoice.cause LIKE 'recorded:%'), 0)
 ORDER BY unit.id LIMIT $3
"""


async def missing(beyond: UUID, limit: int, contract_id: UUID | None = None) -> list[UUID]:
    """Parts of which more was approved than invoices were called for: a page of their ids."""
    rows = await connection().execute_query_dict(_MISSING, [beyond, contract_id, limit])
    return [row["id"] for row in rows]


async def earned(unit: Unit) -> Earning | None:
    """What was approved of a locked unit and has no invoice yet, as the ledger would tell it."""
    contract, _agreed = await work.agreed(unit.contract_id)
    if contract.rail is not Rail.RECORDED:
        return None
    called = Invoice.filter(holding=str(unit.id), cause__startswith=CAUSE)
    before = sum([row.net_minor for row in await called])
    if unit.paid_minor <= before:
        return None
    _version, fees = await work.asked_under(unit, contract, Money.zero(unit.currency))
    now, then = (quote(Money(minor, unit.currency), fees) for minor in (unit.paid_minor, before))
    return Earning(
        id=0,
        key=f"{CAUSE}{unit.id}:{unit.paid_minor}",
        kind="release",
        contract=str(contract.id),
        holding=str(unit.id),
        payer=str(contract.business_id),
        payee=str(contract.assistant_id),
        at=(unit.decided_at if not before else None) or clock.now(),
        share=Share(
            unit.currency,
            price=(now.price - then.price).minor,
            price_vat=(now.price_vat - then.price_vat).minor,
        ),
        back=False,
    )


async def settlement(row: Invoice, contract: Contract) -> Outside | None:
    """How an invoice is paid where money goes past the platform; None for held funds.

    What was confirmed pays a part's invoices in their order. A credit note says what the invoice
    said that it takes back, so that the two cancel one another out.
    """
    if contract.rail is not Rail.RECORDED:
        return None
    by = due_on(row.earned_at, contract.time_zone)
    if row.credit:
        return Outside(by, await _said_paid(row))
    rows = [
        each for each in await payments.rows_of(UUID(row.holding)) if each.state is State.CONFIRMED
    ]
    left = sum(each.amount.minor for each in rows) - await _billed_before(row)
    paid = min(max(left, 0), row.total.minor)
    last = max((each.paid_on for each in rows), default=None)
    return Outside(by, paid, last if paid == row.total.minor else None)


async def _said_paid(row: Invoice) -> int:
    """What was paid of the invoice that a credit note takes back, as that invoice has it."""
    last = await Invoice.get_or_none(pk=row.corrects_id)
    return invoices.document(last).paid.minor if last and last.document else 0


async def _billed_before(row: Invoice) -> int:
    """What the invoices before this one ask for its part, VAT included."""
    _place, rows = await invoices.before(row)
    return sum(each.total.minor for each in rows)
