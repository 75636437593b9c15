"""Owns what can go wrong with money, as named errors. Never formats a page or an HTTP answer."""

from __future__ import annotations


class PaymentsError(Exception):
    """Any refusal of this package.

    `message` is an English msgid; `params` fill its named places.
    """

    message = "The payment could not be processed."

    def __init__(self, detail: str = "", **params: str | int) -> None:
        super().__init__(detail or self.message)
        self.params = params


class NotConfigured(PaymentsError):
    """`configure` was not called."""

    message = "Payments are not configured."


class UnknownHolding(PaymentsError):
    """No funds were ever asked for under this reference."""

    message = "There are no held funds under this reference."


class UnknownFunding(PaymentsError):
    """No such payment request, or it was cancelled."""

    message = "This payment is not known."


class FundingUnderWay(PaymentsError):
    """Another amount for the same holding is being paid right now."""

    message = "A payment for this is already under way."


class AlreadyFunded(PaymentsError):
    """The payment request was paid."""

    message = "This has already been paid."


class PaymentProcessing(PaymentsError):
    """The payer has paid; the bank has not confirmed yet."""

    message = "The payment is being processed."


class InsufficientFunds(PaymentsError):
    """More was asked for than is held."""

    message = "There are not enough held funds."


class HoldingFrozen(PaymentsError):
    """A bank dispute is open on the charge behind these funds."""

    message = "These funds are frozen by a bank dispute."


class UnknownMethod(PaymentsError):
    """This is no saved means of payment of this payer, or not one that can be the default."""


class HoldTooLong(PaymentsError):
    """The money would have to be held longer than may be promised. `days` is the limit."""

    message = "The money would be held for too long. Choose an earlier date or smaller parts."


class NothingReleased(PaymentsError):
    """More was to come back than was released and not taken back yet."""

    message = "Less than that was paid out."


class NotReturned(PaymentsError):
    """Only a refund that the payer's bank sent back can be sent again."""

    message = "This refund did not come back."


class NotLeaving(PaymentsError):
    """Only a transfer that has surely not left, and that waits or was set aside, is decided on."""

    message = (
        "This transfer is on its way, or one of its tries had no answer. Try it again first: what "
        "was executed at Stripe is found, never paid twice."
    )


class TermsMismatch(PaymentsError):
    """Parties or currency differ from those the holding was opened with."""

    message = "The parties or the currency do not match the held funds."


class NotSettled(PaymentsError):
    """Stripe would convert payments in this currency: it is refused before any money moves."""

    message = "Payments in this currency cannot be held."


class PayeeUnknown(PaymentsError):
    """`ensure_payee` was never called for this payee."""

    message = "Payouts have not been set up yet."


class LedgerRefused(PaymentsError):
    """The database refused a posting: unbalanced, malformed or out of order."""


class KeyReused(LedgerRefused):
    """One business key came with two different postings: a bug in the caller, never retried."""


class Overdraft(LedgerRefused, InsufficientFunds):
    """An account that must not go below zero would have."""


class InsideTransaction(PaymentsError):
    """Stripe was about to be called while a database transaction is open: a bug in the caller."""


class OutsideTransaction(PaymentsError):
    """A write of money was attempted outside a command: a bug in the caller."""


class NotYet(PaymentsError):
    """A precondition of this news is missing; it will be applied later."""


class StripeProblem(PaymentsError):
    """Stripe did not do what was asked. `code` is Stripe's, for operators."""

    message = "The payment service refused the request."

    def __init__(self, detail: str = "", *, code: str = "") -> None:
        super().__init__(detail)
        self.code = code


class StripeRefused(StripeProblem):
    """A definite no: nothing was executed."""


class CardDeclined(StripeRefused):
    """The bank said no; `code` is the decline code."""

    message = "The card was declined."


class AuthenticationRequired(CardDeclined):
    """The bank wants the card holder present."""

    message = "The bank asks for a confirmation by the card holder."


class PayeeNotReady(StripeRefused):
    """The payee's account cannot receive transfers yet."""


class AmountRefused(StripeRefused):
    """Stripe takes no payment of this amount: it is below its least or above its most."""

    message = (
        "The payment service takes no payment of this amount. Nothing was charged. Agree on "
        "another amount for this part."
    )


class IdempotencyConflict(StripeRefused):
    """The key was used with other parameters."""


class StripeUnavailable(StripeProblem):
    """No answer, or an answer that leaves open whether it was executed.

    Ask again under the same key.
    """

    message = "The payment service does not answer. Please try again in a moment."


class StripeAway(StripeUnavailable):
    """Nothing was asked at all: Stripe has not answered lately, or something must happen first."""


class KeyRefused(StripeUnavailable):
    """Stripe does not know our key: an operator mends that, and meanwhile the money waits."""


class StripeFailed(StripeUnavailable):
    """Stripe answered with a fault of its own; it may repeat that answer to this key for ever."""


class BadSignature(PaymentsError):
    """A webhook that Stripe did not sign, or not recently."""
