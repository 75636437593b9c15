"""Owns the life of a comparison with Stripe, and what may be tried again; never writes a row."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from marketplace.core.errors import Conflict
from marketplace.core.i18n import _


class RunStatus(StrEnum):
    """Where a comparison stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


TRANSITIONS: Final[dict[RunStatus, frozenset[RunStatus]]] = {
    # Failed without running: its job was lost, with a restored backup for instance.
    RunStatus.QUEUED: frozenset({RunStatus.RUNNING, RunStatus.FAILED}),
    # Running again: the worker that ran it was killed, and its job came back.
    RunStatus.RUNNING: frozenset({RunStatus.RUNNING, RunStatus.DONE, RunStatus.FAILED}),
    RunStatus.DONE: frozenset(),
    RunStatus.FAILED: frozenset(),
}
UNDER_WAY: Final = (RunStatus.QUEUED, RunStatus.RUNNING)


class Side(StrEnum):
    """Who has a line."""

    STRIPE = "stripe"
    BOOKS = "books"


class Act(StrEnum):
    """What an operator does by hand."""

    RETRY_MOVEMENT = "retry_movement"
    RETRY_NEWS = "retry_news"
    RETRY_JOB = "retry_job"
    RETRY_JOBS = "retry_jobs"
    RECONCILE = "reconcile"
    RESEND_REFUND = "resend_refund"
    OWE_INSTEAD = "owe_instead"
    ANSWER_DISPUTE = "answer_dispute"
    CONCEDE_DISPUTE = "concede_dispute"
    RECOVER_DISPUTE = "recover_dispute"
    PAY_OUT = "pay_out"
    SEND_CREDIT = "send_credit"
    RENEW_HOLD = "renew_hold"
    SET_ASIDE = "set_aside"
    PUT_BACK = "put_back"
    PAID_BY_HAND = "paid_by_hand"
    TAKE_BACK = "take_back"
    RETRY_INVOICE = "retry_invoice"
    REBUILD_INDEX = "rebuild_index"
    SUSPEND = "suspend"
    LIFT = "lift"
    RESET_FACTOR = "reset_factor"
    HIDE_REVIEW = "hide_review"
    KEEP_REVIEW = "keep_review"
    SHOW_REVIEW = "show_review"
    TAKE_DOWN_REFERENCE = "take_down_reference"
    PUT_BACK_REFERENCE = "put_back_reference"
    KEEP_REFERENCE = "keep_reference"


class NotParked(Conflict):
    """Only what is parked can be tried again; the rest is tried by itself."""

    message = _("This is not parked: it is done, or will be tried again by itself.")


class NotWaiting(Conflict):
    """Only a refund that waits for a person can be sent by one."""

    message = _("This refund does not wait for you: it left, or leaves by itself.")


class RunUnderWay(Conflict):
    """A comparison is queued or running."""

    message = _("A comparison is under way. Its result will show here.")
