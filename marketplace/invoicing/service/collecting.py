"""Owns noticing what the ledger calls for: a row for each document to be made, once each.

A release calls for the assistant's invoice and for one of each fee; what comes back calls for
credit notes. A tip is a gift and no price of work (CJEU C-16/93): it stands in the yearly
summary, and only a fee on it is invoiced.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from marketplace.core import batches, clock, jobs
from marketplace.core.db import command, connection
from marketplace.core.errors import NotFound
from marketplace.core.i18n import _
from marketplace.core.ids import new_id
from marketplace.invoicing.events import MandateSigned
from marketplace.invoicing.models import Invoice
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.queries import outside as recorded
from marketplace.invoicing.rules import drafting
from marketplace.invoicing.rules.papers import Kind, Paper
from marketplace.invoicing.rules.states import PASSES, Status
from marketplace.work import queries as work
from marketplace.work.service import units
from payments import explorer

if TYPE_CHECKING:
    from marketplace.billing.events import TipGiven
    from marketplace.work.events import (
        ContractEnded,
        PackLapsed,
        PartNews,
        WorkApproved,
        WorkSettled,
    )
    from payments.explorer import Earning
    from payments.facts import ClawbackSettled

RECENT_DAYS: Final = 2
GIVEN_BACK: Final = _("Part of the price was given back.")
FEE_GIVEN_BACK: Final = _("The fee was given back.")

_INSERT: Final = """
INSERT INTO invoice (id, cause, kind, paper, status, contract_id, holding, seller_id, buyer_id,
                     currency, net_minor, vat_minor, earned_at, corrects_id, reason, created_at)
VALUES ($1, $2, $3, $4, 'due', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (cause, kind) DO NOTHING RETURNING id
"""


async def of_holding(holding: UUID) -> None:
    """Notice everything of one part of the work, or of a tip."""
    await _collect(explorer.earnings(holding=str(holding)))
    await outside(holding)


async def of_contract(contract_id: UUID) -> None:
    """Notice everything of one contract."""
    await _collect(explorer.earnings(contract=str(contract_id)))
    for unit_id in await recorded.missing(batches.FIRST, batches.PAGE, contract_id):
        await outside(unit_id)


async def recent() -> None:
    """Notice whatever was earned or came back in the last days, however it came about."""
    await _collect(explorer.earnings(since=clock.now() - timedelta(days=RECENT_DAYS)))


async def everything() -> None:
    """Notice everything there ever was: what a downtime, or a restored backup, left out."""
    await _collect(explorer.earnings())


@command
async def outside(unit_id: UUID) -> None:
    """Notice what was approved of a part whose payments are only recorded."""
    try:
        unit = await units.locked(unit_id)
    except NotFound:  # a tip
        return
    earning = await recorded.earned(unit)
    if earning is not None:
        await _add(earning, Kind.WORK)


async def _collect(found: AsyncIterator[Earning]) -> None:
    batch: list[Earning] = []
    async for earning in found:
        batch.append(earning)
        if len(batch) >= batches.PAGE:
            await _keep(batch)
            batch = []
    if batch:
        await _keep(batch)


async def _keep(batch: list[Earning]) -> None:
    known = await queries.known_causes(each.key for each in batch)
    missing = [
        (earning, kind)
        for earning in batch
        for kind in _kinds(earning)
        if (earning.key, kind.value) not in known
    ]
    # One after another: numbers follow time. What fails is met again by the next sweep.
    await batches.each("invoices called for", missing, lambda each: _add(*each), at_once=1)


def _kinds(earning: Earning) -> list[Kind]:
    wanted = [] if earning.tip else [Kind.WORK]
    wanted += [Kind.CLIENT_FEE, Kind.ASSISTANT_FEE]
    return [kind for kind in wanted if sum(drafting.amounts(kind, earning.share))]


@command
async def _add(earning: Earning, kind: Kind) -> None:
    corrects, reason = None, ""
    if earning.back:
        original = await queries.released(earning.holding, kind, earning.release)
        if original is None:  # a tip that comes back: there was no invoice
            return
        corrects = original.id
        reason = GIVEN_BACK if kind is Kind.WORK else FEE_GIVEN_BACK
    net, vat = drafting.amounts(kind, earning.share)
    to_assistant = kind is Kind.ASSISTANT_FEE
    values = [
        new_id(),
        earning.key,
        kind.value,
        (Paper.CREDIT_NOTE if earning.back else Paper.INVOICE).value,
        UUID(earning.contract),
        earning.holding,
        UUID(earning.payee) if kind is Kind.WORK else None,
        UUID(earning.payee if to_assistant else earning.payer),
        earning.share.currency,
        net,
        vat,
        earning.at,
        corrects,
        reason,
        clock.now(),
    ]
    made = await connection().execute_query_dict(_INSERT, values)
    for row in made:
        await jobs.defer("invoicing.issue", invoice=row["id"])


async def on_unit(event: WorkApproved | WorkSettled | PackLapsed) -> None:
    """Money of this part was released."""
    await of_holding(event.unit_id)


async def on_part(event: PartNews) -> None:
    """A part was paid before the approval of the whole."""
    if event.what == "paid":
        await of_holding(await work.unit_of_part(event.part_id))


async def on_tip(event: TipGiven) -> None:
    """A fee may have been taken of it."""
    await of_holding(event.tip_id)


async def on_contract(event: ContractEnded) -> None:
    """Finished work of a contract that ended was released."""
    await of_contract(event.contract_id)


async def on_clawback(fact: ClawbackSettled) -> None:
    """Inside the payments' transaction: what came back calls for credit notes, after commit."""
    await jobs.defer("invoicing.collect", contract=fact.contract)


@jobs.task("invoicing.collect")
async def collect(contract: str) -> None:
    """Notice what one contract calls for."""
    await of_contract(UUID(contract))


@jobs.periodic("*/10 * * * *", "invoicing.sweep")
async def sweep(timestamp: int) -> None:
    """Every ten minutes: what was missed, and what waits in vain."""
    del timestamp
    await recent()
    await batches.work_off("invoicing.outside", recorded.missing, outside)
    await retry_due()


@jobs.periodic("20 3 * * *", "invoicing.sweep_all")
async def sweep_all(timestamp: int) -> None:
    """Every night: all of the ledger, what waits for a side or for ourselves, a missing PDF."""
    del timestamp
    await everything()
    await retry(Invoice.filter(status=Status.WAITING))
    await retry(Invoice.filter(status=Status.PARKED, code__in=list(PASSES)))
    await retry(Invoice.filter(status=Status.ISSUED, pdf_sha256__isnull=True))


async def retry_due() -> None:
    """Try again what is due and has no job any more."""
    late = clock.now() - timedelta(minutes=5)
    await retry(Invoice.filter(status=Status.DUE, created_at__lt=late))


async def on_mandate_signed(event: MandateSigned) -> None:
    """Make what waited for the mandate."""
    await retry(Invoice.filter(seller_id=event.party_id, status=Status.WAITING))


@command
async def retry(rows: object) -> None:
    """Queue a new try for each of some rows, the oldest first, so that numbers follow time."""
    for invoice_id in await rows.order_by("id").values_list("id", flat=True):  # type: ignore[attr-defined]
        await jobs.defer("invoicing.issue", invoice=invoice_id)
