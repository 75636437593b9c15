"""Owns telling profiles how quickly their people answer offers; never judges anybody."""

from __future__ import annotations

from uuid import UUID

from marketplace.contracts import queries
from marketplace.contracts.events import ContractSigned, OfferCountered, OfferDeclined
from marketplace.contracts.rules import answers
from marketplace.contracts.rules.states import Actor
from marketplace.core import batches, clock, jobs
from marketplace.profiles import queries as known
from marketplace.profiles import service as profiles


async def on_answered(event: OfferCountered | OfferDeclined | ContractSigned) -> None:
    """Reaction: measure anew whoever has answered."""
    if isinstance(event, OfferCountered) and event.by != Actor.ASSISTANT:
        return
    await measure((await queries.by_id(event.contract_id)).assistant_id)


async def measure(assistant_id: UUID | str) -> None:
    """Tell a party's profile the usual time to a first answer, or that it is not known."""
    party = UUID(str(assistant_id))
    waits = await queries.waits(party, clock.now() - answers.WINDOW)
    await profiles.note_response(party, answers.usual_minutes(waits), len(waits))


@jobs.periodic("50 3 * * *", "contracts.measure_answers")
async def measure_all(timestamp: int) -> None:
    """Every night: offers that ran out, and those that are too old to count."""
    del timestamp
    offered = await queries.offered(clock.now() - answers.WINDOW)
    parties = {*offered, *await known.measured()}
    await batches.each("contracts.measure", sorted(parties), measure)
