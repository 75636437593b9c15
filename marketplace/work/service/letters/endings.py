"""Owns the mails about an early end: proposed, and done."""

from __future__ import annotations

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Rail
from marketplace.core.db import command
from marketplace.core.i18n import _
from marketplace.work import queries
from marketplace.work.events import (
    ContractEnded,
    EndingProposed,
)
from marketplace.work.models import Ending, PartPayment
from marketplace.work.rules import Status
from marketplace.work.service.letters.writing import ASSISTANT, BUSINESS, write
from payments.money import Money


@command
async def on_ending_proposed(event: EndingProposed) -> None:
    """The other side reads that an end is proposed; not once that was withdrawn."""
    contract = await contracts.by_id(event.contract_id)
    ending = await Ending.get_or_none(contract_id=contract.id, done_at=None)
    if ending is None:
        return
    other = ASSISTANT if ending.side == BUSINESS else BUSINESS
    await write(
        contract, other, _("An end is proposed: %(title)s"),
        _("The other side proposes to end the contract. You can agree, or talk about it first."),
        f"/contracts/{contract.id}/work",
    )  # fmt: skip


@command
async def on_ended(event: ContractEnded) -> None:
    """Both sides read that it is over."""
    contract = await contracts.by_id(event.contract_id)
    units = await queries.of_contract(contract.id)
    ended = [unit for unit in units if unit.status is Status.CANCELLED]
    before = PartPayment.filter(unit_id__in=[unit.id for unit in ended], paid_at__isnull=False)
    kept = sum(unit.paid_minor for unit in ended) - sum(
        [part.price_minor for part in await before]  # paid long ago
    )
    said = _("The contract has ended. What was held for unfinished work goes back to the client.")
    if contract.rail is Rail.RECORDED:
        said = _("The contract has ended. Its page says what is still to be paid and confirmed.")
    elif any(unit.owed_minor is not None for unit in units):
        said = _(
            "The contract has ended. A bank disputes a payment of it: what is held of that payment "
            "stays frozen until the bank has decided. The contract's page says where the rest goes."
        )
    elif kept:
        said = _(
            "The contract has ended. Of what was held for unfinished work, %(kept)s before tax go "
            "to the assistant; the rest goes back to the client."
        )
    for side in (BUSINESS, ASSISTANT):
        await write(
            contract, side, _("Contract ended: %(title)s"), said, f"/contracts/{contract.id}/work",
            kept=Money(kept, contract.currency),
        )  # fmt: skip
