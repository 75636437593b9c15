"""Owns telling operators what is set wrong at Stripe, by mail; never sets anything there.

Nobody else would notice: payments come in, and only later money is missing or news never arrives.
Each is told once a day until it is mended; deploy/README.md ("At Stripe") says what to set.
"""

from __future__ import annotations

from marketplace.admin.service.alerts import tell
from marketplace.core import jobs, once
from marketplace.core.db import command
from marketplace.core.i18n import _
from payments import errors, treasury
from payments.sweep import Swept


@jobs.periodic("*/10 * * * *", "admin.look_at_stripe")
async def look(timestamp: int) -> None:  # noqa: ARG001 - the tick's own time is not needed
    """Ask Stripe whether it leaves the held money where it is. Its silence is told elsewhere."""
    try:
        interval = await treasury.automatic_payouts()
    except errors.StripeProblem:
        return
    if interval:
        await _on_automatic_payouts(interval)


@command
async def _on_automatic_payouts(interval: str) -> None:
    if await once.first(once.today("stripe pays out")):
        await tell(
            _("Stripe pays the held money out to your bank"),
            _(
                "The payout schedule of your own Stripe account is not manual. The money held for "
                "contracts leaves it, and later refunds and payouts to assistants fail. Open this "
                "address, set the payout schedule to manual, then look at what has left already."
            ),
            "/operator/treasury",
            [(f"dashboard.stripe.com/settings/payouts · {interval}", None)],
        )


@command
async def on_refused_news(kind: str) -> None:
    """Stripe signed it, and it is no thin event: its destination sends whole objects."""
    if await once.first(once.today(once.NEWS_REFUSED)):
        await tell(
            _("News from Stripe is refused"),
            _(
                "An event destination at Stripe sends whole objects (snapshots). Make one with "
                "thin events in its place, or payments stay under way until the night."
            ),
            "/operator/inbox",
            [(kind or "dashboard.stripe.com/webhooks", None)],
        )


@command
async def on_swept(found: Swept) -> None:
    """The nightly reading found news that no webhook had brought long after its time."""
    if found.late_events and await once.first(once.today("stripe news late")):
        await tell(
            _("News from Stripe does not arrive"),
            _(
                "It was read from Stripe’s list at night instead, and nothing is lost. If this "
                "server was running, look at the event destinations at Stripe: their address, "
                "their events, and whether each one’s secret is in STRIPE_WEBHOOK_SECRETS."
            ),
            "/operator/inbox",
            [(f"dashboard.stripe.com/webhooks · {found.late_events}", None)],
        )
