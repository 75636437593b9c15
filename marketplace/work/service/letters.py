"""Owns the mails about work: who is told what, in their language; never changes any state.

Reactions run by job after commit; each mail is queued in a command of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Rail
from marketplace.contracts.rules.terms import Agreement, FlatFeeTerms
from marketplace.contracts.rules.words import pack_units
from marketplace.core import mail
from marketplace.core.db import command
from marketplace.core.i18n import _, format_date, format_datetime, format_money, gettext
from marketplace.parties import queries as parties
from marketplace.work import queries, rules
from marketplace.work.events import (
    ChangesRequested,
    ContestSettled,
    ContractEnded,
    EndingProposed,
    HoursContested,
    PackExpiring,
    PackLapsed,
    PartNews,
    RaiseNotFunded,
    ReviewReminded,
    UnitFunded,
    WeekCovered,
    WeekNotFunded,
    WorkApproved,
    WorkPaused,
    WorkResumed,
    WorkSubmitted,
)
from marketplace.work.models import Ending, PackNotice, PartPayment, TimeEntry, Unit
from marketplace.work.rules import Status, UnitKind
from payments.facts import CONVERTED
from payments.money import Money

BUSINESS, ASSISTANT = "business", "assistant"


def name_of(unit: Unit, locale: str) -> str:
    """The unit as people call it."""
    if unit.kind is UnitKind.MILESTONE:
        return unit.title
    if unit.kind is UnitKind.TOP_UP:
        return gettext("the further pack", locale)
    if unit.kind is UnitKind.WEEK:
        day = format_date(unit.starts_on, locale)
        return gettext("the week of %(day)s", locale, day=day)
    return gettext("period %(n)s", locale, n=unit.position)


async def _write(
    contract: Contract,
    side: str,
    subject: str,
    lines: str | tuple[str, ...],
    path: str,
    unit: Unit | None = None,
    *,
    about: str = "",
    **extra: object,
) -> None:
    party = contract.business_id if side == BUSINESS else contract.assistant_id
    for member in await parties.people(party):
        person = member.person
        said = {
            name: _said(value, person.locale, contract.time_zone) for name, value in extra.items()
        }
        params: dict[str, object] = {"title": contract.title, **said}
        if unit is not None:
            params["part"] = name_of(unit, person.locale)
            if unit.answer_by is not None:
                until = format_datetime(unit.answer_by, person.locale, contract.time_zone)
                params["until"] = until
        texts = (lines,) if isinstance(lines, str) else lines
        await mail.send(
            "work_news",
            to=person.email,
            locale=person.locale,
            name=person.name,
            subject=gettext(subject, person.locale, **params),
            line=" ".join(gettext(line, person.locale, **params) for line in texts),
            path=path,
            about=about,
        )


def _said(value: object, locale: str, zone: str) -> object:
    """Amounts, days, moments and msgids of a list as the reader's language writes them."""
    if isinstance(value, datetime):
        return format_datetime(value, locale, zone)
    if isinstance(value, Money):
        return format_money(value, locale)
    if callable(value):
        return value(locale)
    return format_date(value, locale, "day") if isinstance(value, date) else value


async def tell(
    contract: Contract,
    side: str,
    subject: str,
    line: str,
    path: str,
    unit: Unit | None = None,
    **extra: object,
) -> None:
    """For other features: a mail to every person of one side, in a command. Texts are msgids."""
    await _write(contract, side, subject, line, path, unit, **extra)  # type: ignore[arg-type]


@command
async def _about(
    unit_id: UUID, side: str, subject: str, *lines: str, path: str = "", **extra: object
) -> None:
    unit = await Unit.get(pk=unit_id)
    contract = await contracts.by_id(unit.contract_id)
    path = f"/units/{unit.id}{path}"
    await _write(contract, side, subject, lines, path, unit, **extra)  # type: ignore[arg-type]


async def on_funded(event: UnitFunded) -> None:
    """The assistant may start."""
    await _about(
        event.unit_id, ASSISTANT, _("You can start: the money is held (%(title)s)"),
        _("The client has funded %(part)s. The money is held for you until the work is approved."),
    )  # fmt: skip


async def on_submitted(event: WorkSubmitted) -> None:
    """The business is to look at it; not once it has answered, which may be before this runs."""
    if (await Unit.get(pk=event.unit_id)).answer_by is None:
        return
    await _about(
        event.unit_id, BUSINESS, _("Work to approve: %(title)s"),
        _("Your assistant has handed in %(part)s. Look at it and approve it, or say what is "
          "missing. Without an answer by %(until)s it counts as approved."),
    )  # fmt: skip


async def on_changes(event: ChangesRequested) -> None:
    """The assistant reads what is missing."""
    await _about(
        event.unit_id, ASSISTANT, _("Changes requested: %(title)s"),
        _("The client has looked at %(part)s and asks for changes."),
    )  # fmt: skip


async def on_approved(event: WorkApproved) -> None:
    """Both know that the money moves; where payments are only recorded, billing writes."""
    unit = await Unit.get(pk=event.unit_id)
    if (await contracts.by_id(unit.contract_id)).rail is Rail.RECORDED:
        return
    await _about(
        event.unit_id, ASSISTANT, _("Approved: %(title)s"),
        _("%(part)s is approved. Your money is on its way."),
    )  # fmt: skip
    if event.how == "silence":
        await _about(
            event.unit_id, BUSINESS, _("Approved by silence: %(title)s"),
            _("The review time of %(part)s is over, so it counts as approved and has been paid."),
        )  # fmt: skip


@command
async def on_reminder(event: ReviewReminded) -> None:
    """The business is reminded before silence approves; not once it has answered."""
    unit = await Unit.get(pk=event.unit_id)
    contract = await contracts.by_id(unit.contract_id)
    if unit.review_until is None:
        return
    await _write(
        contract, BUSINESS, _("Still to approve: %(title)s"),
        _("%(part)s waits for your answer until %(until)s. Without one it counts as approved."),
        f"/units/{unit.id}", unit, about=unit.reminder(event.days),
    )  # fmt: skip


@command
async def on_pack_expiring(event: PackExpiring) -> None:
    """The business reads which units of a pack expire and when, if nobody uses them."""
    notice = await PackNotice.get(pk=event.notice_id).prefetch_related("lot")
    contract, agreement = await queries.agreed(notice.lot.contract_id)
    await _write(
        contract, BUSINESS, _("Part of your pack expires soon: %(title)s"),
        _("%(units)s of your pack can be used until %(day)s. After that day they expire, and their "
          "price goes to your assistant. Give your assistant something to do with them."),
        f"/contracts/{contract.id}/work", about=notice.about,
        units=_units(agreement, notice.quantity), day=notice.lapses_on,
    )  # fmt: skip


@command
async def on_pack_lapsed(event: PackLapsed) -> None:
    """Both read what became of units that can no longer be used."""
    unit = await Unit.get(pk=event.unit_id)
    contract, agreement = await queries.agreed(unit.contract_id)
    said = {
        "returned": _("%(units)s of the pack were not used. Their price goes back to the client, "
                      "with its fees and tax."),
        "expired": _("%(units)s of the pack were not used in time and have expired, after two "
                     "notices. Their price goes to the assistant."),
    }[event.how]  # fmt: skip
    for side in (BUSINESS, ASSISTANT):
        await _write(
            contract, side, _("Unused units of the pack: %(title)s"), said,
            f"/contracts/{contract.id}/work", units=_units(agreement, event.quantity),
        )  # fmt: skip


def _units(agreement: Agreement, quantity: int) -> Callable[[str], str]:
    """An amount of a pack's units, to be said in each reader's language."""
    terms = agreement.terms
    assert isinstance(terms, FlatFeeTerms)
    assert terms.pack is not None
    return partial(pack_units, terms.pack, quantity)


# What the bank said, as the client needs to know it: confirm, add a card, or use another.
REFUSALS = {
    "authentication_required": _(
        "Your bank wants you to confirm the payment for %(part)s yourself. The button leads to the "
        "payment page, where your bank asks you."
    ),
    CONVERTED: _(
        "The payment for %(part)s could not be held in the currency of the contract, so nothing of "
        "it stays with us. Please write to us: trying again does not help yet."
    ),
    rules.NO_DOCUMENT: _(
        "A document of your assistant is missing or too old, so the payment for %(part)s was not "
        "taken. Once it is there, the button leads to the payment page."
    ),
    "no_saved_card": _(
        "There is no saved card for the payment for %(part)s. The button leads to the payment page."
    ),
}
AMOUNT = _(
    "The payment service takes no payment of the amount of %(part)s, so nothing was charged. Agree "
    "on another amount with your assistant."
)
REFUSALS |= dict.fromkeys(("amount_too_small", "amount_too_large"), AMOUNT)
REFUSED = _(
    "The bank refused the payment for %(part)s. You can pay with another card: the button leads to "
    "the payment page."
)


async def on_week_not_funded(event: WeekNotFunded) -> None:
    """The client pays by hand; the assistant knows that nothing is held yet."""
    unit = await Unit.get(pk=event.unit_id).prefetch_related("contract")
    contract = unit.contract
    grace = rules.grace_deadline(unit.ends_on, contract.time_zone, contract.rhythm)
    await _about(
        event.unit_id, BUSINESS, _("Please pay the coming week: %(title)s"),
        REFUSALS.get(event.reason, REFUSED),
        _("Until %(grace)s your assistant's hours wait for it; after that they are uncovered."),
        path="/fund", grace=grace - timedelta(minutes=1),
    )  # fmt: skip
    await _about(
        event.unit_id, ASSISTANT, _("Not funded yet: %(title)s"),
        _("The money for %(part)s is not held yet. The client has been asked to pay."),
        _("Hours you enter meanwhile are kept, but covered only once the money is held. From "
          "%(grace)s on they are marked as uncovered."),
        grace=grace,
    )  # fmt: skip


async def on_raise_not_funded(event: RaiseNotFunded) -> None:
    """The client pays the difference of a higher cap by hand."""
    await _about(
        event.unit_id, BUSINESS, _("Please pay for the additional hours: %(title)s"),
        REFUSALS.get(event.reason, REFUSED),
        _("It is the difference to the higher weekly cap you both signed. The additional hours are "
          "covered once it is held."),
        path="/fund",
    )  # fmt: skip


async def on_covered(event: WeekCovered) -> None:
    """The assistant reads that hours above the old cap are covered."""
    await _about(
        event.unit_id, ASSISTANT, _("The higher cap is held: %(title)s"),
        _("The money for the higher cap of %(part)s is held. Hours up to it are covered."),
    )  # fmt: skip


@command
async def on_paused(event: WorkPaused) -> None:
    """Both read that the contract rests and costs nothing."""
    contract = await contracts.by_id(event.contract_id)
    for side in (BUSINESS, ASSISTANT):
        await _write(
            contract, side, _("Contract paused: %(title)s"),
            _("There were no hours for 30 days, so the contract is paused. Nothing is charged "
              "until the client resumes it. What was held for unused weeks goes back."),
            f"/contracts/{contract.id}/work",
        )  # fmt: skip


@command
async def on_resumed(event: WorkResumed) -> None:
    """The assistant reads that it goes on."""
    contract = await contracts.by_id(event.contract_id)
    await _write(
        contract, ASSISTANT, _("Contract resumed: %(title)s"),
        _("The client goes on with the contract. We write to you when the next week is funded."),
        f"/contracts/{contract.id}/work",
    )  # fmt: skip


@command
async def on_contested(event: HoursContested) -> None:
    """The other side reads what is proposed for one line, and until when to answer."""
    entry = await TimeEntry.get(pk=event.entry_id).prefetch_related("unit")
    contract = await contracts.by_id(entry.unit.contract_id)
    other = ASSISTANT if event.side == BUSINESS else BUSINESS
    if entry.answer_by is not None:
        await _write(
            contract, other, _("Hours contested: %(title)s"),
            _("The other side proposes %(minutes)s minutes for “%(task)s” (%(entered)s entered). "
              "Answer by the date shown with the hours; without an answer the proposal counts. "
              "All other hours are paid as usual."),
            f"/units/{entry.unit_id}", minutes=entry.proposed_minutes, task=entry.task,
            entered=entry.minutes,
        )  # fmt: skip


@command
async def on_contest_settled(event: ContestSettled) -> None:
    """Both read how a contested line ended."""
    entry = await TimeEntry.get(pk=event.entry_id).prefetch_related("unit")
    contract = await contracts.by_id(entry.unit.contract_id)
    for side in (BUSINESS, ASSISTANT):
        await _write(
            contract, side, _("Settled: %(title)s"),
            _("“%(task)s” is settled with %(minutes)s minutes."),
            f"/units/{entry.unit_id}", task=entry.task, minutes=entry.counting,
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
    await _about(part.unit_id, side, subject, line, amount=amount)


@command
async def on_ending_proposed(event: EndingProposed) -> None:
    """The other side reads that an end is proposed."""
    contract = await contracts.by_id(event.contract_id)
    ending = await Ending.get(contract_id=contract.id)
    other = ASSISTANT if ending.side == BUSINESS else BUSINESS
    await _write(
        contract, other, _("An end is proposed: %(title)s"),
        _("The other side proposes to end the contract. You can agree, or talk about it first."),
        f"/contracts/{contract.id}/work",
    )  # fmt: skip


@command
async def on_ended(event: ContractEnded) -> None:
    """Both sides read that it is over."""
    contract = await contracts.by_id(event.contract_id)
    units = await queries.of_contract(contract.id)
    kept = sum(unit.paid_minor for unit in units if unit.status is Status.CANCELLED)
    said = _("The contract has ended. What was held for unfinished work goes back to the client.")
    if contract.rail is Rail.RECORDED:
        said = _("The contract has ended. Its page says what is still to be paid and confirmed.")
    elif kept:
        said = _(
            "The contract has ended. Of what was held for unfinished work, %(kept)s before tax go "
            "to the assistant; the rest goes back to the client."
        )
    for side in (BUSINESS, ASSISTANT):
        await _write(
            contract, side, _("Contract ended: %(title)s"), said, f"/contracts/{contract.id}/work",
            kept=Money(kept, contract.currency),
        )  # fmt: skip
