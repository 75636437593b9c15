"""Owns the mails about one part of the work: held, handed in, answered, paid in part."""

from __future__ import annotations

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Rail
from marketplace.core.db import command
from marketplace.core.i18n import _
from marketplace.work.events import (
    ChangesNotMade,
    ChangesRequested,
    PartNews,
    ReviewReminded,
    UnitFunded,
    WorkApproved,
    WorkSubmitted,
)
from marketplace.work.models import PackDraw, PartPayment, Unit
from marketplace.work.rules import Status
from marketplace.work.service.letters.writing import ASSISTANT, BUSINESS, write, write_about
from payments.money import Money

AFTER_END = _(
    "The contract is over: hand in the changes by %(until)s. After that, what is held goes back to "
    "the client."
)


async def on_funded(event: UnitFunded) -> None:
    """The assistant may start."""
    await write_about(
        event.unit_id, ASSISTANT, _("You can start: the money is held (%(title)s)"),
        _("The client has funded %(part)s. The money is held for you until the work is approved."),
    )  # fmt: skip


async def on_submitted(event: WorkSubmitted) -> None:
    """The business is to look at it; not once that is over, which may be before this runs.

    A week without hours is over at once.
    """
    unit = await Unit.get(pk=event.unit_id)
    if unit.answer_by is None or unit.status is not Status.SUBMITTED:
        return
    await write_about(
        event.unit_id, BUSINESS, _("Work to approve: %(title)s"),
        _("Your assistant has handed in %(part)s. Look at it and approve it, or say what is "
          "missing. Without an answer by %(until)s it counts as approved."),
    )  # fmt: skip


async def on_changes(event: ChangesRequested) -> None:
    """The assistant reads what is missing, and after the end of the contract until when."""
    unit = await Unit.get(pk=event.unit_id)
    lines = [_("The client has looked at %(part)s and asks for changes.")]
    if unit.review_until is not None:
        lines.append(AFTER_END)
    await write_about(
        event.unit_id, ASSISTANT, _("Changes requested: %(title)s"), *lines,
        about=unit.changes_mail,
    )  # fmt: skip


async def on_changes_not_made(event: ChangesNotMade) -> None:
    """Both read where the money goes."""
    for side in (ASSISTANT, BUSINESS):
        await write_about(
            event.unit_id, side, _("Not handed in again: %(title)s"),
            _("The changes to %(part)s were not handed in in time after the end of the contract. "
              "What was held for it goes back to the client."),
        )  # fmt: skip


async def on_approved(event: WorkApproved) -> None:
    """Both know that the money moves; where payments are only recorded, billing writes."""
    unit = await Unit.get(pk=event.unit_id)
    if (await contracts.by_id(unit.contract_id)).rail is Rail.RECORDED or not await _pays(unit):
        return
    await write_about(
        event.unit_id, ASSISTANT, _("Approved: %(title)s"),
        _("%(part)s is approved. Your money is on its way."),
    )  # fmt: skip
    if event.how == "silence":
        await write_about(
            event.unit_id, BUSINESS, _("Approved by silence: %(title)s"),
            _("The review time of %(part)s is over, so it counts as approved and has been paid."),
        )  # fmt: skip


async def _pays(unit: Unit) -> bool:
    """Whether its approval moved money: not of an empty week, or while every line is contested.

    The uses of a pack's period may be paid by lots of others.
    """
    return unit.paid_minor > 0 or await PackDraw.exists(use__unit_id=unit.id)


@command
async def on_reminder(event: ReviewReminded) -> None:
    """The business is reminded before silence approves; not once it has answered."""
    unit = await Unit.get(pk=event.unit_id)
    contract = await contracts.by_id(unit.contract_id)
    if unit.review_until is None:
        return
    await write(
        contract, BUSINESS, _("Still to approve: %(title)s"),
        _("%(part)s waits for your answer until %(until)s. Without one it counts as approved."),
        f"/units/{unit.id}", unit, about=unit.reminder(event.days),
    )  # fmt: skip


# What became of a part payment: who is told, the subject, what happened.
PART_NEWS = {
    "asked": (
        BUSINESS,
        _("A part payment is asked for: %(title)s"),
        _("Your assistant asks for %(amount)s before tax of %(part)s, before the approval. Pay it "
          "or refuse it; until then the money stays held."),
    ),
    "paid": (
        ASSISTANT,
        _("A part is paid before the approval: %(title)s"),
        _("The client has released %(amount)s before tax of %(part)s to you. The rest stays held "
          "until the approval."),
    ),
    "refused": (
        ASSISTANT,
        _("Your part payment was refused: %(title)s"),
        _("The client does not pay %(amount)s before tax of %(part)s before the approval. The "
          "money stays held for you."),
    ),
}  # fmt: skip


async def on_part(event: PartNews) -> None:
    """The business is to answer, not once it has; the assistant reads the answer."""
    part = await PartPayment.get(pk=event.part_id).prefetch_related("unit")
    if event.what == "asked" and (part.paid_at or part.refused_at):
        return
    side, subject, line = PART_NEWS[event.what]
    amount = Money(part.price_minor, part.unit.currency)
    await write_about(part.unit_id, side, subject, line, amount=amount)
