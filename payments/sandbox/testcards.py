"""The test cards and test bank accounts, and what each of them does.

Never accepts any other number: a real card typed by mistake is refused before it is kept.
"""

from __future__ import annotations

from enum import StrEnum


class Behaviour(StrEnum):
    """What a payment method does when it is charged."""

    OK = "ok"
    OK_AVAILABLE = "ok_available"
    SCA_UNLESS_SETUP = "sca_unless_setup"
    SCA_ALWAYS = "sca_always"
    GENERIC_DECLINE = "generic_decline"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    LOST_CARD = "lost_card"
    EXPIRED_CARD = "expired_card"
    INCORRECT_CVC = "incorrect_cvc"
    PROCESSING_ERROR = "processing_error"
    CHARGE_FAILS = "charge_fails"
    DISPUTE = "dispute"
    REFUND_FAILS = "refund_fails"
    REFUND_PENDING = "refund_pending"
    SLOW = "slow"
    FAILS = "fails"
    FAILS_SLOWLY = "fails_slowly"
    BANK_DAYS = "bank_days"


# docs.stripe.com/testing; 9995, 2500003155, 2760003184, 0259, 5126, 7726: to confirm on Stripe.
CARDS: dict[str, Behaviour] = {
    "4242424242424242": Behaviour.OK,
    "4000000000000077": Behaviour.OK_AVAILABLE,
    "4000002500003155": Behaviour.SCA_UNLESS_SETUP,
    "4000002760003184": Behaviour.SCA_ALWAYS,
    "4000000000000002": Behaviour.GENERIC_DECLINE,
    "4000000000009995": Behaviour.INSUFFICIENT_FUNDS,
    "4000000000009987": Behaviour.LOST_CARD,
    "4000000000000069": Behaviour.EXPIRED_CARD,
    "4000000000000127": Behaviour.INCORRECT_CVC,
    "4000000000000119": Behaviour.PROCESSING_ERROR,
    "4000000000000341": Behaviour.CHARGE_FAILS,
    "4000000000000259": Behaviour.DISPUTE,
    "4000000000005126": Behaviour.REFUND_FAILS,
    "4000000000007726": Behaviour.REFUND_PENDING,
    "5555555555554444": Behaviour.OK,
    "378282246310005": Behaviour.OK,
    "4000008260000000": Behaviour.OK,
    "4000001240000000": Behaviour.OK,
}

# Where a card was issued, when not in France: its fee depends on it.
COUNTRIES = {"4000008260000000": "GB", "4000001240000000": "CA"}

IBANS: dict[str, Behaviour] = {
    "AT611904300234573201": Behaviour.OK,
    "AT321904300235473204": Behaviour.SLOW,
    "AT861904300235473202": Behaviour.FAILS,
    "AT051904300235473205": Behaviour.FAILS_SLOWLY,
    "AT591904300235473203": Behaviour.DISPUTE,
    "FR1420041010050500013M02606": Behaviour.BANK_DAYS,
}

MAGIC: dict[str, str] = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_gb": "4000008260000000",
    "pm_card_ca": "4000001240000000",
    "pm_card_bypassPending": "4000000000000077",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedLostCard": "4000000000009987",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_refundFail": "4000000000005126",
    "pm_card_pendingRefund": "4000000000007726",
    "tok_visa": "4242424242424242",
    "tok_bypassPending": "4000000000000077",
}

# behaviour -> (error code, decline code)
DECLINES: dict[Behaviour, tuple[str, str | None]] = {
    Behaviour.GENERIC_DECLINE: ("card_declined", "generic_decline"),
    Behaviour.CHARGE_FAILS: ("card_declined", "generic_decline"),
    Behaviour.INSUFFICIENT_FUNDS: ("card_declined", "insufficient_funds"),
    Behaviour.LOST_CARD: ("card_declined", "lost_card"),
    Behaviour.EXPIRED_CARD: ("expired_card", "expired_card"),
    Behaviour.INCORRECT_CVC: ("incorrect_cvc", "incorrect_cvc"),
    Behaviour.PROCESSING_ERROR: ("processing_error", "processing_error"),
}

MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a moment.",
    "authentication_required": (
        "Your card was declined. This transaction requires authentication."
    ),
    "payment_intent_authentication_failure": ("We are unable to authenticate your payment method."),
}


def brand_of(number: str) -> str:
    """The network a card number belongs to, in the API's spelling."""
    return {"4": "visa", "5": "mastercard", "3": "amex"}.get(number[:1], "unknown")
