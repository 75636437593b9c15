"""Owns the mails about whether money can reach an assistant; never changes any state."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from marketplace.billing.rules.payees import failure
from marketplace.core import mail
from marketplace.core.i18n import _, format_money, gettext
from marketplace.parties import queries as parties
from payments.facts import BankRefused, PayeeChanged
from payments.money import Money

_CHANGED = {
    "active": (
        _("You can be paid"),
        _("Your identity and bank details are in order. What was released before leaves now."),
    ),
    "restricted": (
        _("Your payouts are on hold"),
        _("Stripe needs something from you before more money can reach you. What is released "
          "meanwhile waits for you, and leaves by itself once it is done."),
    ),
}  # fmt: skip


async def on_payee_changed(fact: PayeeChanged) -> None:
    """At once: payouts became possible, or are on hold."""
    if fact.status in _CHANGED:
        subject, line = _CHANGED[fact.status]
        await _write(fact.payee, subject, line)


async def on_bank_refused(fact: BankRefused) -> None:
    """At once: their bank sent a payout back, and what to do about it."""
    await _write(
        fact.payee,
        _("Your bank sent a payout back"),
        _("%(why)s Nothing is lost: %(amount)s is on your Stripe balance and is paid out again "
          "once you have corrected your bank details."),
        why=lambda locale: gettext(failure(fact.code), locale),
        amount=_said(fact.amount),
    )  # fmt: skip


async def on_set_aside(payee: str, amount: Money, reason: str) -> None:
    """In a command: an operator took a transfer that cannot reach them out of the queue."""
    await _write(
        payee,
        _("A payout cannot reach you through Stripe"),
        _("%(amount)s could not be sent to your Stripe account, so we no longer try. The money "
          "stays yours, and we keep it for you. The reason: “%(reason)s” Write to us, so that we "
          "can find another way to pay you."),
        amount=_said(amount), reason=reason,
    )  # fmt: skip


async def on_put_back(payee: str, amount: Money, reason: str) -> None:
    """In a command: it is tried again."""
    await _write(
        payee,
        _("A payout is tried again"),
        _("%(amount)s that could not be sent leaves for your Stripe account as soon as Stripe "
          "allows it. The reason: “%(reason)s”"),
        amount=_said(amount), reason=reason,
    )  # fmt: skip


async def on_paid_by_hand(payee: str, amount: Money, reference: str, reason: str) -> None:
    """In a command: an operator paid it from our own bank."""
    await _write(
        payee,
        _("We have paid you without Stripe"),
        _("%(amount)s that could not be sent to your Stripe account was paid from our own bank. "
          "You find it under this reference: %(reference)s. A note: “%(reason)s”"),
        amount=_said(amount), reference=reference, reason=reason,
    )  # fmt: skip


async def on_taken_back(payee: str, amount: Money, reason: str) -> None:
    """In a command: an operator gave it back to the client."""
    await _write(
        payee,
        _("A payment goes back to your client"),
        _("%(amount)s could not be paid out to you, and goes back to the client who had paid it. "
          "The reason: “%(reason)s”"),
        amount=_said(amount), reason=reason,
    )  # fmt: skip


async def on_money_back(payer: str, contract: str) -> None:
    """In a command: the client hears of it, not of the reason, which concerns the payee alone."""
    await _write(
        payer,
        _("Money comes back to you"),
        _("What you had paid for an approved part could not be paid out to the assistant. It "
          "comes back to you the way you paid it, with the service fee."),
        f"/contracts/{contract}/statement",
    )  # fmt: skip


def _said(amount: Money) -> Callable[[str], str]:
    return lambda locale: format_money(amount, locale)


async def _write(
    party: str, subject: str, line: str, path: str = "", **params: str | Callable[[str], str]
) -> None:
    """A mail to everybody of a party; what depends on the language is asked for theirs."""
    for member in await parties.people(UUID(party)):
        person = member.person
        said = {
            name: each if isinstance(each, str) else each(person.locale)
            for name, each in params.items()
        }
        await mail.send(
            "payee_news",
            to=person.email,
            locale=person.locale,
            name=person.name,
            subject=gettext(subject, person.locale),
            line=gettext(line, person.locale, **said),
            path=path or f"/payouts/{party}",
        )
