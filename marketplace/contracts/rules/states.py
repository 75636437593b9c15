"""Owns the life of a contract as one table: who may take which step; never writes a row."""

from __future__ import annotations

from enum import StrEnum

from marketplace.core.errors import Conflict
from marketplace.core.i18n import _


class Kind(StrEnum):
    """How the work is paid."""

    HOURLY = "hourly"
    FLAT_FEE = "flat_fee"
    PROJECT = "project"


class Status(StrEnum):
    """Where a contract stands. `SENT` waits for the assistant, `COUNTERED` for the business."""

    DRAFT = "draft"
    SENT = "sent"
    COUNTERED = "countered"
    SIGNED_BY_BUSINESS = "signed_by_business"
    SIGNED_BY_ASSISTANT = "signed_by_assistant"
    SIGNED = "signed"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"


class Actor(StrEnum):
    """Who takes a step. `SYSTEM` is a job, the ledger, or another feature."""

    BUSINESS = "business"
    ASSISTANT = "assistant"
    SYSTEM = "system"

    @property
    def other(self) -> Actor:
        """The other side of the table."""
        return Actor.ASSISTANT if self is Actor.BUSINESS else Actor.BUSINESS


class Action(StrEnum):
    """The steps that change a contract's status."""

    SEND = "send"
    COUNTER = "counter"
    SIGN = "sign"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    ACTIVATE = "activate"
    COMPLETE = "complete"
    CANCEL = "cancel"


class Rail(StrEnum):
    """How the price reaches the assistant: fixed in the agreement that both sign.

    `held`: work starts once the payment provider holds the money, approval releases it.
    `recorded`: where Stripe cannot pay out, the business pays directly; each payment is recorded by
    the business and confirmed by the assistant. Nothing is held and the platform takes no fee.
    """

    HELD = "held"
    RECORDED = "recorded"


class SigningOrder(StrEnum):
    """Whether one side has to sign before the other."""

    ANY = "any"
    BUSINESS_FIRST = "business_first"
    ASSISTANT_FIRST = "assistant_first"


_B, _A, _S = Actor.BUSINESS, Actor.ASSISTANT, Actor.SYSTEM

# The whole machine. A step that is not in this table does not exist.
STEPS: dict[tuple[Status, Action, Actor], Status] = {
    (Status.DRAFT, Action.SEND, _B): Status.SENT,
    (Status.DRAFT, Action.WITHDRAW, _B): Status.CANCELLED,
    (Status.SENT, Action.COUNTER, _A): Status.COUNTERED,
    (Status.SENT, Action.SIGN, _B): Status.SIGNED_BY_BUSINESS,
    (Status.SENT, Action.SIGN, _A): Status.SIGNED_BY_ASSISTANT,
    (Status.SENT, Action.DECLINE, _A): Status.DECLINED,
    (Status.SENT, Action.WITHDRAW, _B): Status.CANCELLED,
    (Status.SENT, Action.EXPIRE, _S): Status.EXPIRED,
    (Status.COUNTERED, Action.COUNTER, _B): Status.SENT,
    (Status.COUNTERED, Action.SIGN, _B): Status.SIGNED_BY_BUSINESS,
    (Status.COUNTERED, Action.SIGN, _A): Status.SIGNED_BY_ASSISTANT,
    (Status.COUNTERED, Action.DECLINE, _A): Status.DECLINED,
    (Status.COUNTERED, Action.WITHDRAW, _B): Status.CANCELLED,
    (Status.COUNTERED, Action.EXPIRE, _S): Status.EXPIRED,
    (Status.SIGNED_BY_BUSINESS, Action.COUNTER, _A): Status.COUNTERED,
    (Status.SIGNED_BY_BUSINESS, Action.SIGN, _A): Status.SIGNED,
    (Status.SIGNED_BY_BUSINESS, Action.DECLINE, _A): Status.DECLINED,
    (Status.SIGNED_BY_BUSINESS, Action.WITHDRAW, _B): Status.CANCELLED,
    (Status.SIGNED_BY_BUSINESS, Action.EXPIRE, _S): Status.EXPIRED,
    (Status.SIGNED_BY_ASSISTANT, Action.COUNTER, _B): Status.SENT,
    (Status.SIGNED_BY_ASSISTANT, Action.SIGN, _B): Status.SIGNED,
    (Status.SIGNED_BY_ASSISTANT, Action.DECLINE, _A): Status.DECLINED,
    (Status.SIGNED_BY_ASSISTANT, Action.WITHDRAW, _B): Status.CANCELLED,
    (Status.SIGNED_BY_ASSISTANT, Action.EXPIRE, _S): Status.EXPIRED,
    (Status.SIGNED, Action.ACTIVATE, _S): Status.ACTIVE,
    (Status.SIGNED, Action.CANCEL, _B): Status.CANCELLED,
    (Status.SIGNED, Action.CANCEL, _A): Status.CANCELLED,
    (Status.SIGNED, Action.CANCEL, _S): Status.CANCELLED,
    (Status.ACTIVE, Action.COMPLETE, _S): Status.COMPLETED,
    (Status.ACTIVE, Action.CANCEL, _B): Status.CANCELLED,
    (Status.ACTIVE, Action.CANCEL, _A): Status.CANCELLED,
    (Status.ACTIVE, Action.CANCEL, _S): Status.CANCELLED,
}

TRANSITIONS: dict[Status, frozenset[Status]] = {
    status: frozenset(target for (source, _, _), target in STEPS.items() if source is status)
    for status in Status
}

# Statuses in which an offer is on the table: it may be signed, changed, refused or run out.
OPEN = frozenset(
    {Status.SENT, Status.COUNTERED, Status.SIGNED_BY_BUSINESS, Status.SIGNED_BY_ASSISTANT}
)
ENDED = frozenset(status for status, targets in TRANSITIONS.items() if not targets)

# Who has to act next; an ended or running contract waits for nobody here.
TURN: dict[Status, Actor] = {
    Status.DRAFT: Actor.BUSINESS,
    Status.SENT: Actor.ASSISTANT,
    Status.COUNTERED: Actor.BUSINESS,
    Status.SIGNED_BY_BUSINESS: Actor.ASSISTANT,
    Status.SIGNED_BY_ASSISTANT: Actor.BUSINESS,
    Status.SIGNED: Actor.BUSINESS,
}


class NoticeIn(StrEnum):
    """In which days a notice is counted; business days are those of the contract's clocks."""

    DAYS = "days"
    BUSINESS_DAYS = "business_days"


class TrialEnd(StrEnum):
    """What happens when a start-up phase is over and nobody ended the contract."""

    CONTINUE = "continue"
    END = "end"


OFFER_DAYS = 14
NOTICE_DAYS_MAX = 180
TRIAL_DAYS_DEFAULT, TRIAL_DAYS_MAX = 10, 90  # the operator's settings allow fewer
TRIAL_MINUTES_MAX = 60 * 60
PAY_DAYS = 30  # a recorded payment falls due so long after the approval
REVIEW_DAYS_MIN, REVIEW_DAYS_DEFAULT, REVIEW_DAYS_MAX = 3, 7, 14


class IllegalStep(Conflict):
    """This step does not exist from the contract's present status for this side."""

    message = _("This contract is no longer at that stage. Reload the page to see where it stands.")


class SignedOutOfOrder(Conflict):
    """The contract says the other side signs first."""

    message = _("The other side signs first. We will write to you when it is your turn.")


class StaleContract(Conflict):
    """Somebody changed the contract after this page, document or code was made."""

    message = _("This contract changed in the meantime. Reload the page and read the new version.")


def target(status: Status, action: Action, actor: Actor) -> Status:
    """Where the step leads. Raises IllegalStep when the table has no such step."""
    try:
        return STEPS[status, action, actor]
    except KeyError:
        raise IllegalStep from None


def actions_for(status: Status, actor: Actor) -> frozenset[Action]:
    """What this side may do now."""
    return frozenset(action for (at, action, who) in STEPS if at is status and who is actor)


def has_signed(status: Status, actor: Actor) -> bool:
    """Whether this side's consent to the present version stands."""
    if status is Status.SIGNED_BY_BUSINESS:
        return actor is Actor.BUSINESS
    if status is Status.SIGNED_BY_ASSISTANT:
        return actor is Actor.ASSISTANT
    return status in {Status.SIGNED, Status.ACTIVE, Status.COMPLETED}


def may_sign(status: Status, actor: Actor, order: SigningOrder) -> bool:
    """Whether the table and the agreed order let this side sign now."""
    if Action.SIGN not in actions_for(status, actor):
        return False
    first = {
        SigningOrder.BUSINESS_FIRST: Actor.BUSINESS,
        SigningOrder.ASSISTANT_FIRST: Actor.ASSISTANT,
    }.get(order)
    return first is None or first is actor or has_signed(status, first)
