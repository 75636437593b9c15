"""Owns what follows when the tax between two parties changes after both signed their contract.

A change that fixes VAT and fees anew is proposed to both, with the sentence why. New funds wait for
it (`taxes.refuse_changed`); work that is done is paid out all the same.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from tortoise.expressions import Q

from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.changes import CHANGEABLE_IN, ChangeStatus
from marketplace.contracts.rules.states import Actor, Rail
from marketplace.contracts.service import amending, documents, taxes
from marketplace.core import batches, jobs
from marketplace.core.errors import RelaisError
from marketplace.core.i18n import _, gettext
from marketplace.parties.events import PartyChanged, PartyChecked

if TYPE_CHECKING:
    from uuid import UUID

log = logging.getLogger("relais.contracts")
# An answer of a side: the next change to the same tax comes from them, even an empty one.
ANSWERED = frozenset({ChangeStatus.DECLINED, ChangeStatus.WITHDRAWN})


async def on_party(event: PartyChanged | PartyChecked) -> None:
    """Look at the signed contracts of a party whose tax status or number changed. A job."""
    mine = Q(business_id=event.party_id) | Q(assistant_id=event.party_id)
    running = Contract.filter(mine, status__in=[*CHANGEABLE_IN], rail=Rail.HELD)
    ids = cast("list[UUID]", await running.values_list("id", flat=True))
    await batches.each("another tax", ids, propose)


@jobs.periodic("35 3 * * *", "contracts.retax")
async def sweep(timestamp: int) -> None:
    """Every night: rates change by date as well, and a proposal may have run out."""
    del timestamp
    await batches.work_off("another tax", _changeable, propose)


async def _changeable(beyond: UUID, limit: int) -> list[UUID]:
    rows: Any = Contract.filter(status__in=[*CHANGEABLE_IN], rail=Rail.HELD, id__gt=beyond)
    return cast("list[UUID]", await rows.order_by("id").limit(limit).values_list("id", flat=True))


async def propose(contract_id: UUID) -> None:
    """Put the tax of today before both sides, unless that is signed, on the table or answered."""
    contract = await queries.by_id(contract_id)
    if await queries.open_change(contract.id) or not await taxes.differs(contract):
        return
    earlier = await queries.changes(contract.id)
    last = earlier[0] if earlier else None
    if last and last.side == Actor.SYSTEM and last.status in ANSWERED:
        if not await taxes.differs(contract, last.version.number):
            return  # this very tax was answered
    decided = await taxes.of_contract(contract)
    if decided.supply.blocks:  # a number is missing: its party is told on its own pages
        return
    before = await taxes.supply_of(contract, contract.version)
    language = contract.language
    words = [documents.tax_words(each, language) for each in (before, decided.supply)]
    reason = gettext(WHY_FEES, language)
    if words[0] != words[1]:
        reason = gettext(WHY, language, before=words[0], after=words[1])
    try:
        await amending.propose_tax(contract, decided, reason)
    except RelaisError as refusal:  # its end is proposed, or somebody was faster
        log.info("contract %s: no tax change now: %s", contract.number, refusal.code)


WHY = _(
    "The VAT between the two parties has changed. Before: %(before)s. From this change on: "
    "%(after)s. New funds wait for both signatures; work that is done is paid out all the same."
)
WHY_FEES = _(
    "The VAT on the platform's fees has changed. New funds wait for both signatures; work that is "
    "done is paid out all the same."
)
