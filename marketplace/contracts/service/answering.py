"""Owns telling profiles how quickly their people answer offers; never judges anybody."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from marketplace.contracts import queries
from marketplace.contracts.events import ContractSigned, OfferCountered, OfferDeclined
from marketplace.contracts.rules import answers
from marketplace.contracts.rules.states import Actor
from marketplace.core import batches, clock, jobs
from marketplace.profiles import service as profiles

AGEING = timedelta(days=2)
"""An offer older than the window must still be looked at once, to be forgotten."""


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
    since = clock.now() - answers.WINDOW - AGEING
    await batches.each("contracts.measure", await queries.offered(since), measure)
