"""Owns telling operators, by mail, what cannot wait until one looks; never repairs anything.

Each cause is told once, in the command that makes it known; what only time makes wrong is looked
for by `watch`.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from marketplace.accounts import queries as people
from marketplace.contracts import queries as contracts
from marketplace.contracts.events import ContractChanged, ContractSigned
from marketplace.core import clock, mail, once
from marketplace.core.db import command
from marketplace.core.i18n import _, format_money, gettext
from marketplace.invoicing.events import InvoiceHeld
from marketplace.invoicing.rules.states import Status, state_of
from marketplace.parties import queries as parties
from marketplace.references import queries as references
from marketplace.references.events import ReferenceDisowned, ReferenceReported
from marketplace.reviews import queries as reviews
from marketplace.reviews.events import ReviewReported
from payments.facts import (
    DisputeOpened,
    MovementParked,
    PaymentConverted,
    RefundFailed,
    SurplusDisputed,
)
from payments.money import Money


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
    if await first(f"comparison:{clock.today('UTC').isoformat()}"):
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
    if not fact.disputed and not await first(f"parked:{code}:{clock.now():%Y-%m-%dT%H}"):
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
    if await first(f"dispute:{fact.dispute}"):
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
    if paper is None or not await first(f"import:{contract.id}:{event.version}"):
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
    if row is None or not await first(f"reference:{row.id}"):
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
async def on_reference_reported(event: ReferenceReported) -> None:
    """At once: whoever reported it was told that a person reads it and decides."""
    report = await references.reports.report(event.report_id)
    if report and report.decided_at is None and await first(f"reference report:{report.id}"):
        row = report.reference
        await tell(
            _("A reference was reported"),
            _("Somebody holds that it breaks the law. Read it, and take it down or let it stand."),
            f"/operator/references/{row.id}",
            [(f"{row.name} → {row.party.display_name}", None)],
        )


@command
async def on_review_reported(event: ReviewReported) -> None:
    """At once: whoever reported it was told that a person reads it and decides."""
    report = await reviews.report(event.report_id)
    if report.decided_at is None and await first(f"report:{report.id}"):
        row = report.review
        await tell(
            _("A review was reported"),
            _("Somebody holds that it breaks the law. Read it, and hide it or let it stand."),
            f"/operator/reviews/{row.id}",
            [(f"{row.author.display_name} → {row.about.display_name}", None)],
        )


async def first(what: str) -> bool:
    """In a command: whether this is told for the first time."""
    return await once.first(f"alert:{what}")
