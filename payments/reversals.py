"""Owns what happens in the books when released money comes back. Never decides that it should.

Runs inside a command; each part of a clawback is settled once, whoever hears first.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from payments import holdings
from payments.database import connection
from payments.facts import ClawbackSettled, OnFact
from payments.holdings import Backing
from payments.ledger import balanced, book, postings
from payments.models import (
    Clawback,
    ClawbackPart,
    GoesTo,
    Holding,
    Lot,
    Movement,
    Outcome,
)

_ROOM = """
SELECT f.captured_minor - f.transferred_minor - f.refunded_minor
       - (SELECT coalesce(sum(l.left_minor), 0) FROM payment_lot l
          WHERE l.funding_id = f.id) AS room
  FROM payment_funding f
 WHERE f.id = $1
   AND NOT EXISTS (SELECT FROM payment_dispute d
                    WHERE d.funding_id = f.id AND d.status = 'lost')
"""
_LOST = """
SELECT d.id, a.loss_minor FROM payment_dispute d JOIN payment_dispute_account a ON a.dispute = d.id
 WHERE d.status = 'lost' AND a.loss_minor > 0
   AND d.funding_id IN (SELECT l.funding_id FROM payment_lot l WHERE l.holding_id = $1)
 ORDER BY d.closed_at, d.id
"""


@dataclass(frozen=True, slots=True)
class Back:
    """What has to be refunded now, charge by charge."""

    holding: Holding
    cause: str
    refunds: list[Backing]


async def settle(
    part_id: UUID, outcome: Outcome, on_fact: OnFact, reversal: str | None = None
) -> Back:
    """Books one part: what came back becomes held money and at once the payer's, or covers a loss.

    `reversal` is Stripe's reversal, if one was made. A part that is settled is left alone.
    """
    found = await ClawbackPart.get(id=part_id)
    clawback = await Clawback.get(id=found.clawback_id)
    row = await holdings.locked(clawback.holding_id)
    part = await ClawbackPart.filter(id=part_id).select_for_update().get()
    if part.outcome is not Outcome.OPEN:
        return Back(row, clawback.id, [])
    part.outcome = outcome
    await part.save(update_fields=["outcome"])
    await _count(part, outcome)
    await _post(part, row, outcome, reversal)
    share = part.share
    to_payer = clawback.goes_to is GoesTo.PAYER
    refunds = []
    if to_payer and share.total:
        due = postings.refund_due(share, holding=row.id, contract=row.contract, payer=row.payer)
        await _book(due, f"refund_due:{part.id}", row)
        refunds = await _refunds(row, share.total)
        await _paid_by_bank(part, row, share.total - sum(each.minor for each in refunds))
    elif not to_payer and share.held:
        recovery = postings.recovery(share.money(share.held), holding=row.id)
        ref = {"clawback": clawback.id, "dispute": clawback.dispute or ""}
        await _book(recovery, f"recovery:{part.id}", row, ref=ref)
    await on_fact(
        ClawbackSettled(
            holding=row.id,
            contract=row.contract,
            payer=row.payer,
            payee=row.payee,
            key=clawback.id,
            net=share.money(share.net),
            returned=share.money(share.total if to_payer else 0),
            as_debt=outcome is Outcome.DEBT,
        )
    )
    return Back(row, clawback.id, refunds)


async def _count(part: ClawbackPart, outcome: Outcome) -> None:
    """Says on the charge that this much of it is not with the payee any more, or is a loan."""
    if part.movement_id is None or outcome is Outcome.WITHDRAWN:
        return
    movement = await Movement.get(id=part.movement_id)
    funding = await holdings.locked_funding(_known(movement.funding_id))
    funding.transferred_minor -= movement.amount_minor
    if outcome is Outcome.DEBT:
        funding.lent_minor += movement.amount_minor
    await funding.save(update_fields=["transferred_minor", "lent_minor"])


async def _post(part: ClawbackPart, row: Holding, outcome: Outcome, reversal: str | None) -> None:
    share = part.share
    of = {"release": part.release} if part.release else {}
    if share.held:
        if outcome is Outcome.REVERSED:
            assert reversal is not None, "a reversal has a name"
            posting, key = postings.clawback(share, holding=row.id), f"reversal:{reversal}"
        elif outcome is Outcome.WITHDRAWN:
            posting = postings.withdrawal(share, holding=row.id, payee=row.payee)
            key = f"withdrawal:{part.id}"
        else:
            posting = postings.debt(share, holding=row.id, payee=row.payee)
            key = f"debt:{part.id}"
        await _book(posting, key, row, source=reversal, ref={"price": str(share.price), **of})
    if share.deferred:
        returned = postings.fee_return(share, contract=row.contract)
        await _book(returned, f"fee_return:{part.id}", row, ref=of)


async def _book(
    posting: balanced.Posting,
    key: str,
    row: Holding,
    source: str | None = None,
    ref: dict[str, str] | None = None,
) -> None:
    await book.post(posting, key=key, contract=row.contract, holding=row.id, source=source, ref=ref)


async def _refunds(row: Holding, total_minor: int) -> list[Backing]:
    """Which charges the payer gets it back from: whatever is left on those behind this holding.

    A charge that a bank disputes bears it too: its refund waits for the bank's decision. What no
    charge can bear any more stays the payer's credit, but for what a bank has paid already.
    """
    lots = await Lot.filter(holding_id=row.id).order_by("created_at", "id")
    left, refunds = total_minor, list[Backing]()
    for funding_id in dict.fromkeys(lot.funding_id for lot in lots):
        await holdings.locked_funding(funding_id)
        found = await connection().execute_query_dict(_ROOM, [funding_id])
        part = min(left, int(found[0]["room"]) if found else 0)
        if part > 0:
            refunds.append(Backing(funding_id, part))
            left -= part
    return refunds


async def _paid_by_bank(part: ClawbackPart, row: Holding, minor: int) -> None:
    """A dispute was lost while the reversal was under way: the payer has this from the bank."""
    if not minor:
        return
    left = minor
    for lost in await connection().execute_query_dict(_LOST, [row.id]):
        paid = min(left, lost["loss_minor"])
        if paid:
            posting = postings.paid_by_bank(part.share.money(paid), payer=row.payer)
            key = f"paid_by_bank:{part.id}:{lost['id']}"
            await _book(posting, key, row, ref={"dispute": lost["id"]})
            left -= paid


def _known(funding_id: UUID | None) -> UUID:
    assert funding_id is not None, "a transfer without a charge"
    return funding_id
