"""Owns the mail to a business whose bank returned a refund; never changes any state."""

from __future__ import annotations

from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.core.i18n import _
from marketplace.work.service.letters import BUSINESS, tell
from payments.facts import RefundFailed


async def on_refund_failed(fact: RefundFailed) -> None:
    """At once: the money is still theirs, and what they can do to get it."""
    contract = await contracts.by_id(UUID(fact.contract))
    await tell(
        contract, BUSINESS, _("Your bank sent a refund back: %(title)s"),
        _("We refunded %(amount)s to you, and your bank sent it back: the card or account you paid "
          "with may be closed. The amount stays yours. Ask your bank, then have us send it again "
          "on the page below; if it cannot be paid that way any more, answer this mail."),
        f"/payment-methods/{contract.business_id}", amount=fact.amount,
    )  # fmt: skip
