"""Owns the life of a round: opened where money was released, reminded of, revealed to all at once.

By the application's clock and by what the rows say, so that it catches up after a downtime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Actor
from marketplace.core import batches, clock, events, jobs
from marketplace.core.db import command, lock
from marketplace.profiles import service as profiles
from marketplace.reviews import queries, rules
from marketplace.reviews.events import ReviewsReminded, ReviewsRevealed, RoundOpened
from marketplace.reviews.models import ContractReview, ReviewRound

if TYPE_CHECKING:
    from marketplace.contracts.events import ContractCancelled, ContractCompleted
    from payments.facts import ClawbackSettled


@jobs.periodic("*/15 * * * *", "reviews.tick")
async def tick(timestamp: int) -> None:
    """Open, remind of and reveal whatever is due. `timestamp` is procrastinate's and unused."""
    del timestamp
    await run_due()


async def run_due() -> None:
    """The same now."""
    await batches.work_off("rounds to reveal", queries.to_reveal, reveal)
    await batches.work_off("rounds to open", queries.to_open, open_round)
    await batches.work_off("rounds to remind of", queries.to_remind, remind)


async def on_contract_over(event: ContractCompleted | ContractCancelled) -> None:
    """Reaction: the two sides may review each other at once."""
    await open_round(event.contract_id)


@command
async def open_round(contract_id: UUID) -> None:
    """Let both sides review each other, if it is time, none is open and money was released."""
    contract = await lock(Contract, contract_id)
    occasion = queries.occasion_of(contract)
    if occasion is None or await queries.open_round(contract_id):
        return
    if await ReviewRound.exists(contract_id=contract_id, occasion=occasion):
        return
    if not await queries.paid(contract):
        return
    now = clock.now()
    made = await ReviewRound.create(
        contract_id=contract_id,
        occasion=occasion,
        worked_until=contracts.local_day(contract, contract.ended_at or now),
        opened_at=now,
        closes_at=rules.closes(now, contract.time_zone),
    )
    await events.record(RoundOpened(made.id))


async def on_clawback(fact: ClawbackSettled) -> None:
    """At once: what came out stays, and says from now on when all that was paid was given back.

    Else who is reviewed badly could give the money back, and be rid of it.
    """
    contract = await contracts.by_id(UUID(fact.contract))
    shown = ReviewRound.filter(
        contract_id=contract.id, revealed_at__isnull=False, void=False, given_back_at=None
    )
    if await shown.exists() and not await queries.paid(contract):
        await shown.update(given_back_at=clock.now())


@command
async def remind(round_id: UUID) -> None:
    """Have whoever has not sent a review told that the last day comes near, once."""
    row = await lock(ReviewRound, round_id)
    if row.revealed_at is not None or row.reminded_at is not None:
        return
    row.reminded_at = clock.now()
    await row.save(update_fields=["reminded_at"])
    late = row.closes_at <= row.reminded_at  # after a downtime it may be for anybody
    if not late and await queries.paid(await contracts.by_id(row.contract_id)):
        await events.record(ReviewsReminded(row.id))


@command
async def reveal(round_id: UUID) -> None:
    """Make what was sent readable once both sides have sent theirs or the time is over.

    Unless all that was released is given back by then: nobody's reviews are had for our fees.
    """
    row = await lock(ReviewRound, round_id)
    if row.revealed_at is not None:
        return
    sent = await ContractReview.filter(round_id=row.id, sent_at__isnull=False)
    now = clock.now()
    if len(sent) < len(rules.CRITERIA) and row.closes_at > now:
        return
    await ContractReview.filter(round_id=row.id, sent_at=None).delete()  # a draft is no review
    row.revealed_at = now
    row.void = not await queries.paid(await contracts.by_id(row.contract_id))
    await row.save(update_fields=["revealed_at", "void"])
    if row.void:
        return
    for each in sent:
        if each.side is Actor.BUSINESS:
            await note_rating(each.about_id)
    if sent:
        await events.record(ReviewsRevealed(row.id))


async def note_rating(party_id: UUID) -> None:
    """In a command: have the assistant's profile say what its visible reviews add up to now."""
    if await profiles.held(party_id):  # whoever counts next sees what this command wrote
        found = queries.score(await queries.of_party(party_id, Actor.BUSINESS))
        await profiles.note_rating(party_id, found.marks, found.reviews)
