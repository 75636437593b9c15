"""Owns what became true about money, as frozen records.

Never says what anybody should do about it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from payments.money import Money

CONVERTED: Final = "currency_converted"
"""The reason of a payment that arrived in another currency and is on its way back."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is true from the moment the transaction it arrives in commits."""


@dataclass(frozen=True, slots=True)
class HoldingFact(Fact):
    """A fact about one holding; all references are the caller's own."""

    holding: str
    contract: str
    payer: str
    payee: str


@dataclass(frozen=True, slots=True)
class FundsSecured(HoldingFact):
    """A payment arrived.

    `price` is this payment's part ex VAT, `held` with the assistant's VAT, `charged` all of it;
    `available_price` is the price ex VAT that the holding now covers in total.
    """

    funding_id: UUID
    price: Money
    held: Money
    charged: Money
    available_price: Money


@dataclass(frozen=True, slots=True)
class FundingProcessing(HoldingFact):
    """The bank takes days to confirm (SEPA debit): not money yet."""

    funding_id: UUID


@dataclass(frozen=True, slots=True)
class FundingFailed(HoldingFact):
    """The payment was refused.

    `reason` is Stripe's decline or error code, `authentication_required` when the bank wants its
    customer present, `no_saved_card`, `expired`, or CONVERTED. The payer may try again:
    `start_checkout` opens the page on which the payer, being there, can answer the bank. `late`: it
    was under way for days (a direct debit), so its payer is long gone and has to be told.
    """

    funding_id: UUID
    reason: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class PaymentConverted(HoldingFact):
    """Stripe changed a payment into another currency, so it cannot be held and goes straight back.

    An operator has said that we have a balance in this currency (config.settles), and we have not.
    """

    amount: Money


@dataclass(frozen=True, slots=True)
class FundsReleased(HoldingFact):
    """Held funds became the payee's.

    `net` is what will be transferred, less `set_off`, which pays an earlier debt of the payee's.
    """

    key: str
    price: Money
    held: Money
    net: Money
    assistant_fee: Money
    assistant_fee_vat: Money
    client_fee: Money
    client_fee_vat: Money
    set_off: Money | None = None


@dataclass(frozen=True, slots=True)
class FundsRefunded(HoldingFact):
    """Held funds became the payer's again.

    `returned` includes the client fee of that part; the card follows.
    """

    key: str
    price: Money
    held: Money
    returned: Money


@dataclass(frozen=True, slots=True)
class FundsCarried(HoldingFact):
    """Held funds moved on to another holding of the same contract (`holding` -> `target`)."""

    key: str
    target: str
    price: Money
    held: Money


@dataclass(frozen=True, slots=True)
class TipReleased(HoldingFact):
    """A tip was paid and is the payee's at once. `net` is what will be transferred."""

    funding_id: UUID
    price: Money
    net: Money
    charged: Money


@dataclass(frozen=True, slots=True)
class ClawbackSettled(HoldingFact):
    """A part of a clawback is done.

    `net` came back from the payee, or became the payee's debt with us (`as_debt`); `returned` is
    now the payer's again, fee included if it goes back (zero when it covers a lost dispute).
    """

    key: str
    net: Money
    returned: Money
    as_debt: bool


@dataclass(frozen=True, slots=True)
class TransferSent(HoldingFact):
    """A transfer reached the payee's Stripe balance (or will, once the charge is available)."""

    movement_id: UUID
    cause: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundSent(HoldingFact):
    """A refund left for the payer's card or account."""

    movement_id: UUID
    cause: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundFailed(HoldingFact):
    """A refund came back; the amount is the payer's credit with us.

    `escrow.resend_refund` tries again.
    """

    movement_id: UUID
    cause: str
    amount: Money


@dataclass(frozen=True, slots=True)
class MovementParked(HoldingFact):
    """A transfer or refund was refused for good or too often; an operator has to look.

    `disputed`: it is a refund of a charge whose dispute was won, or lost for less, and Stripe does
    not refund it all the same; it stays the payer's credit.
    """

    movement_id: UUID
    cause: str
    amount: Money
    reason: str
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class PayeeChanged(Fact):
    """A payee's ability to be paid changed: none, onboarding, restricted or active."""

    payee: str
    status: str


@dataclass(frozen=True, slots=True)
class PayeeVerified(Fact):
    """Stripe knows who a payee is and asks for nothing more; `verified` false: no longer.

    A payee may be paid for months while Stripe still asks for a document.
    """

    payee: str
    verified: bool


@dataclass(frozen=True, slots=True)
class BankRefused(Fact):
    """The payee's own bank sent a payout back; the amount is on the payee's Stripe balance.

    `code` is Stripe's failure code. Stripe pays out again once the bank details are corrected.
    """

    payee: str
    amount: Money
    code: str


@dataclass(frozen=True, slots=True)
class DisputeOpened(HoldingFact):
    """The payer's bank took a charge back for now. The holding is frozen."""

    dispute: str
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class SurplusDisputed(HoldingFact):
    """The payer's bank took back what was paid beyond what was asked for; nothing held is touched.

    `holding` is what it was paid for.
    """

    dispute: str
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class SurplusDecided(HoldingFact):
    """The bank decided about what was paid beyond what was asked for.

    When won, it is the payer's credit again; when lost, they have it back from their bank.
    """

    dispute: str
    amount: Money
    won: bool


@dataclass(frozen=True, slots=True)
class DisputeClosed(HoldingFact):
    """The bank decided.

    When lost, what was still held is gone; what was released stays released.
    """

    dispute: str
    amount: Money
    won: bool


OnFact = Callable[[Fact], Awaitable[None]]
"""Applies a fact inside the transaction in which it became true; raising undoes both."""
