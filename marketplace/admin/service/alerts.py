"""Owns telling operators, by mail, what cannot wait until one looks; never repairs anything.

Each cause is told once. What a command makes known is told in that command; what only time makes
wrong (a movement Stripe never confirmed, parked news, failed jobs) is looked for every ten minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from marketplace.accounts import queries as people
from marketplace.admin.queries import overview
from marketplace.contracts import queries as contracts
from marketplace.contracts.events import ContractChanged, ContractSigned
from marketplace.core import clock, jobs, mail, once
from marketplace.core.db import command
from marketplace.core.i18n import _, format_money, gettext
from marketplace.core.settings import settings
from marketplace.invoicing.events import InvoiceHeld
from marketplace.invoicing.rules.states import Status, state_of
from marketplace.parties import queries as parties
from marketplace.references import queries as references
from marketplace.references.events import ReferenceDisowned
from marketplace.reviews import queries as reviews
from marketplace.reviews.events import ReviewReported
from marketplace.sealing import service as sealing
from payments import explorer
from payments.facts import (
    DisputeOpened,
    MovementParked,
    PaymentConverted,
    RefundFailed,
    SurplusDisputed,
)
from payments.money import Money

UNCONFIRMED_AFTER: Final = timedelta(hours=1)
"""Money that left for Stripe longer ago than this and is not confirmed alarms."""
BACKUP_AFTER: Final = timedelta(days=2)
"""A backup (deploy/backup) is made every night; one night may fail."""

SEAL: Final = {
    sealing.watch.Trouble.MISSING: (
        _("There is no seal"),
        _("Contracts that both sides have signed wait for their sealed file until you make one."),
    ),
    sealing.watch.Trouble.OLD: (
        _("The seal’s key is two years old"),
        _("Make a new one. What the old one sealed stays valid."),
    ),
    sealing.watch.Trouble.LIST: (
        _("The list of revoked seals ends soon"),
        _("After that, programs that check a sealed contract may not believe it. Renew the list."),
    ),
}


async def tell(
    subject: str, line: str, path: str, details: Sequence[tuple[str, Money | None]]
) -> None:
    """In a command: one mail to every operator, in their language."""
    for person in await people.operators():
        await mail.send(
            "operator_alert",
            to=person.email,
            locale=person.locale,
            name=person.name,
            subject=gettext(subject, person.locale),
            line=gettext(line, person.locale),
            path=path,
            details=[
                f"{name} · {format_money(amount, person.locale)}" if amount else name
                for name, amount in details
            ],
        )


async def books_differ(run_id: UUID, differences: list[tuple[str, Money]]) -> None:
    """In a command: the books and Stripe disagree; each line is named with its difference."""
    await tell(
        _("The books and Stripe differ"),
        _("The comparison found these objects on which the two sides disagree."),
        f"/operator/reconciliation/{run_id}",
        differences,
    )


async def books_not_compared(run_id: UUID, failure: str) -> None:
    """In a command: a comparison came to no end, and a difference would stay unseen. Once a day."""
    if await _first(f"comparison:{clock.today('UTC').isoformat()}"):
        await tell(
            _("The books could not be compared with Stripe"),
            _("Until this is mended, nobody would see that they differ."),
            f"/operator/reconciliation/{run_id}",
            [(failure, None)],
        )


async def on_movement_parked(fact: MovementParked) -> None:
    """At once: a transfer, refund or reversal was given up until somebody looks.

    Once an hour for each reason of Stripe's, as one outage parks many.
    """
    line = _(
        "Stripe refused it too often. Nothing is lost: it waits until you try it again. Others "
        "that are parked for the same reason within the hour are listed there, without a mail of "
        "their own."
    )
    code = fact.reason.partition(" ")[0]
    if not fact.disputed and not await _first(f"parked:{code}:{clock.now():%Y-%m-%dT%H}"):
        return
    if fact.disputed:
        line = _(
            "The dispute is decided, but Stripe no longer refunds this payment. The amount stays "
            "the client’s credit: send it once Stripe allows it, or pay it another way."
        )
    await tell(
        _("A movement of money is parked"),
        line,
        f"/operator/movements/{fact.movement_id}",
        [(fact.reason, fact.amount)],
    )


async def on_refund_failed(fact: RefundFailed) -> None:
    """At once: the client's bank sent a refund back; only a person can send it again."""
    contract = await contracts.by_id(UUID(fact.contract))
    await tell(
        _("A refund came back"),
        _(
            "The client’s bank sent it back, and the client was told. The amount is their credit "
            "with us: they can have it sent again, or tell us that the card or account works."
        ),
        f"/operator/movements/{fact.movement_id}",
        [(f"{contract.number} · {contract.title}", fact.amount)],
    )


async def on_payment_converted(fact: PaymentConverted) -> None:
    """At once: payments in this currency come and go until the settings agree with Stripe."""
    await tell(
        _("Stripe converts payments"),
        _(
            "A payment was converted into another currency, so it is on its way back to the "
            "client. Add a bank account in this currency at Stripe, or take it out of "
            "RELAIS_SETTLEMENT_CURRENCIES."
        ),
        f"/operator/ledger/contracts/{fact.contract}",
        [(fact.amount.currency, fact.amount)],
    )


async def on_dispute_opened(fact: DisputeOpened | SurplusDisputed) -> None:
    """At once: a bank took a charge back; the answer has a deadline."""
    line = _("What is held behind it is frozen. The evidence must reach the bank in time.")
    if isinstance(fact, SurplusDisputed):
        line = _("It had been paid twice, and nothing is held behind it. Accept it, or answer.")
    if await _first(f"dispute:{fact.dispute}"):
        await tell(
            _("A bank took a payment back"),
            line,
            f"/operator/disputes/{fact.dispute}",
            [(fact.reason, fact.amount)],
        )


@command
async def on_invoice_held(event: InvoiceHeld) -> None:
    """A document is parked: only a person can say what is wrong with it."""
    if state_of(event.code) is Status.PARKED:
        await tell(
            _("An invoice is parked"),
            _("It does not leave until somebody has looked. Nobody’s payout waits for it."),
            "/operator/invoices",
            [(str(event.invoice_id), None)],
        )


@command
async def on_contract_signed(event: ContractSigned | ContractChanged) -> None:
    """An imported contract, which pays no fees, begins or has other terms: nobody else looks."""
    contract = await contracts.by_id(event.contract_id)
    paper = contract.paper
    if paper is None or not await _first(f"import:{contract.id}:{event.version}"):
        return
    subject = _("An imported contract begins without fees")
    if isinstance(event, ContractChanged):
        subject = _("An imported contract without fees has changed")
    sides = [await parties.by_id(each) for each in (contract.business_id, contract.assistant_id)]
    await tell(
        subject,
        _("Look at it if these two may have met here, or if it has become another contract."),
        f"/operator/ledger/contracts/{contract.id}",
        [
            (" · ".join([contract.number, *(each.display_name for each in sides)]), None),
            (f"{paper.file_name} · {paper.signed_on.isoformat()}", None),
        ],
    )


@command
async def on_reference_disowned(event: ReferenceDisowned) -> None:
    """Somebody whom an assistant named as their client does not know them: a slip, or a lie."""
    row = await references.disowned(event.reference_id)
    if row is None or not await _first(f"reference:{row.id}"):
        return
    await tell(
        _("Somebody does not know an assistant"),
        _(
            "An assistant asked them for a reference, as a former client. They are not asked by "
            "this assistant again. Look at it if it happens more than once."
        ),
        f"/operator/people/{row.asked_by_id}" if row.asked_by_id else "/operator/people",
        [(f"{row.party.display_name} · {row.domain}", None)],
    )


@command
async def on_review_reported(event: ReviewReported) -> None:
    """At once: whoever reported it was told that a person reads it and decides."""
    report = await reviews.report(event.report_id)
    if report.decided_at is None and await _first(f"report:{report.id}"):
        row = report.review
        await tell(
            _("A review was reported"),
            _("Somebody holds that it breaks the law. Read it, and hide it or let it stand."),
            f"/operator/reviews/{row.id}",
            [(f"{row.author.display_name} → {row.about.display_name}", None)],
        )


@jobs.periodic("*/10 * * * *", "admin.look_for_alarms")
async def look(timestamp: int) -> None:  # noqa: ARG001 - the tick's own time is not needed
    """Tell what waits too long: money without an answer, news and jobs that were given up."""
    await _late_movements()
    await _parked_news()
    await _failed_jobs()
    await _old_backup()
    await _seal()


@command
async def _late_movements() -> None:
    late = await explorer.unconfirmed(clock.now() - UNCONFIRMED_AFTER)
    fresh = [each for each in late if await _first(f"movement:{each.id}")]
    if fresh:
        await tell(
            _("Stripe does not confirm a movement of money"),
            _("These left more than an hour ago. They are tried again by themselves, once each."),
            "/operator/movements",
            [(each.kind, each.amount) for each in fresh],
        )


@command
async def _parked_news() -> None:
    parked = await explorer.news(status=explorer.PARKED)
    fresh = [each for each in parked if await _first(f"news:{each.id}:{each.attempts}")]
    if fresh:
        await tell(
            _("News from Stripe is parked"),
            _("It could not be applied. Look at the reason, then try it again."),
            "/operator/inbox?status=parked",
            [(f"{each.type} {each.object or ''}", None) for each in fresh],
        )


@command
async def _failed_jobs() -> None:
    """Once a day for each kind, as one cause often fails many."""
    day = clock.today("UTC").isoformat()
    fresh = [
        each for each in await overview.failed_lately() if await _first(f"jobs:{each.task}:{day}")
    ]
    if fresh:
        await tell(
            _("Jobs have failed"),
            _("They rest now. Once the cause is gone, try all of a kind again at once."),
            "/operator/jobs",
            [(f"{each.task} · {each.failed}", None) for each in fresh],
        )


@command
async def _old_backup() -> None:
    """Once for each pause. Without any backup this is for production alone."""
    made = await once.done_at("backup")
    if made is None and not settings().production:
        return
    since = made or await overview.born_at()
    if clock.now() - since > BACKUP_AFTER and await _first(f"backup:{since.isoformat()}"):
        await tell(
            _("There is no fresh backup"),
            _("Look at the timer that runs deploy/backup, and whether the disk is full."),
            "/operator",
            [(f"deploy/backup · {made:%Y-%m-%d %H:%M} UTC", None)] if made else [],
        )


@command
async def _seal() -> None:
    """Once a month: without a seal contracts wait, with an old one their proof is weaker."""
    found = await asyncio.to_thread(sealing.watch.trouble)
    if found and await _first(f"seal:{found.name}:{clock.now():%Y-%m}"):
        await tell(*SEAL[found], "/operator", [(found.value, None)])


async def _first(what: str) -> bool:
    return await once.first(f"alert:{what}")
