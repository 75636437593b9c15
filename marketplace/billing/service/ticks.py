"""Owns the clockwork of money between people: reminders to pay outside and to confirm."""

from __future__ import annotations

from uuid import UUID

from marketplace.billing.models import RecordedPayment
from marketplace.billing.queries import recorded as queries
from marketplace.billing.rules import recorded as rules
from marketplace.billing.rules.recorded import State
from marketplace.billing.service import letters
from marketplace.contracts import queries as contracts
from marketplace.core import batches, clock, jobs
from marketplace.core.db import command, lock
from marketplace.work import queries as work
from marketplace.work.service import units
from payments import cards


@jobs.periodic("*/15 * * * *", "billing.tick")
async def tick(timestamp: int) -> None:
    """Send every reminder whose time has come. `timestamp` is procrastinate's and unused."""
    del timestamp
    await run_due()


async def run_due() -> None:
    """The same now; several reminders missed in a downtime leave as one."""
    await batches.work_off("payments to remind of", _unpaid, _remind_to_pay)
    await batches.work_off("payments to confirm", _unanswered, _remind_to_answer)


async def _unpaid(beyond: UUID, limit: int) -> list[UUID]:
    reminders = len(rules.PAY_REMINDER_DAYS)
    return await work.unpaid_outside(beyond, limit, reminders=reminders)


async def _unanswered(beyond: UUID, limit: int) -> list[UUID]:
    waiting = RecordedPayment.filter(
        id__gt=beyond, state=State.RECORDED, reminders_sent__lt=len(rules.ANSWER_REMINDER_DAYS)
    )
    return [row.id for row in await waiting.order_by("id").limit(limit).only("id")]


@jobs.periodic("30 6 * * *", "billing.cards")
async def look_at_cards(timestamp: int) -> None:
    """Tell businesses of cards that end and pay weeks. `timestamp` is procrastinate's, unused."""
    del timestamp
    await batches.each("saved cards", await contracts.businesses_by_the_hour(), _look_at_card)


async def _look_at_card(business_id: UUID) -> None:
    """Not inside a command: it asks Stripe. A card's end is told once."""
    card = await cards.saved_card(str(business_id))
    ends = cards.expires_on(card) if card else None
    if card is None or ends is None or rules.card_state(ends, clock.today()) == "ok":
        return
    if await cards.tell_once_of_expiry(str(business_id), card.id):
        await letters.card_ends(business_id, ends)


@command
async def _remind_to_pay(unit_id: UUID) -> None:
    unit = await units.locked(unit_id)
    found = await queries.record_of(unit)
    if found.due_on is None or not found.tally.left:
        return
    contract, _agreement = await work.agreed(unit.contract_id)
    today = clock.today(contract.time_zone)
    wanted = rules.reminders_due(found.due_on, today, rules.PAY_REMINDER_DAYS)
    if wanted > unit.pay_reminders:
        await units.pay_reminded(unit, wanted)
        await letters.remind_to_pay(unit_id)


@command
async def _remind_to_answer(payment_id: UUID) -> None:
    row = await lock(RecordedPayment, payment_id)
    since = row.recorded_at.date()
    wanted = rules.reminders_due(since, clock.now().date(), rules.ANSWER_REMINDER_DAYS)
    if row.state is State.RECORDED and wanted > row.reminders_sent:
        row.reminders_sent = wanted
        await row.save(update_fields=["reminders_sent"])
        await letters.ask_to_confirm(payment_id)
