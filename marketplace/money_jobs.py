"""Owns the jobs by which money moves and Stripe's news are applied; what they mean, payments knows.

Payments knows neither jobs nor settings: here it is told how to be woken and what to run with.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from marketplace.admin.service import stripe_setup
from marketplace.core import batches, clock, events, jobs
from marketplace.core.db import transaction
from marketplace.core.settings import settings
from payments import inbox, metrics, movements, webhooks
from payments import sweep as stripe_lists
from payments.config import API_BASE, HoldLimits, PaymentsConfig, configure

SWEEP_BATCH = 500
SWEPT_AFTER_SECONDS = 60  # until then its own job is on its way


@jobs.task("payments.send", queue="money")
async def send_movement(movement: UUID | str) -> None:
    """Make one movement of money happen at Stripe."""
    await movements.send(UUID(str(movement)), events.on_fact, jobs.running())


@jobs.task("payments.apply", queue="money")
async def apply_event(event: UUID | str) -> None:
    """Apply one received Stripe event."""
    await inbox.apply(UUID(str(event)), events.on_fact)


@jobs.periodic("* * * * *", "payments.sweep")
async def sweep(timestamp: int) -> None:
    """Send and apply whatever is due and has no job any more (a lost worker, a restored backup)."""
    del timestamp
    late = clock.now() - timedelta(seconds=SWEPT_AFTER_SECONDS)
    await batches.each("payments.send", await movements.due(SWEEP_BATCH, late), send_movement)
    await batches.each("payments.apply", await inbox.pending(SWEEP_BATCH, late), apply_event)
    await metrics.flush()


@jobs.periodic("10 2 * * *", "payments.sweep_stripe")
async def sweep_stripe(timestamp: int) -> None:
    """Every night, before the comparison: news from Stripe that never arrived."""
    del timestamp
    await stripe_setup.on_swept(await stripe_lists.sweep())


async def _wake_movement(movement: UUID, at: datetime | None) -> None:
    await jobs.defer("payments.send", movement=movement, at=at)


async def _wake_inbox(event: UUID, at: datetime | None) -> None:
    await jobs.defer("payments.apply", event=event, at=at)


def connect() -> None:
    """Give payments its wake-up calls, its settings and our transactions."""
    movements.wake_with(_wake_movement)
    inbox.wake_with(_wake_inbox)
    webhooks.refused_with(stripe_setup.on_refused_news)
    chosen = settings()
    configure(
        PaymentsConfig(
            secret_key=chosen.stripe_secret_key,
            webhook_secrets=tuple(chosen.stripe_webhook_secrets),
            api_base=chosen.stripe_api_base or API_BASE,
            limits=HoldLimits(
                chosen.hold_warn_days, chosen.hold_refuse_days, chosen.hold_stop_days
            ),
            settles=tuple(chosen.settlement_currencies),
            clock=clock.now,
            transaction=transaction,
        )
    )
