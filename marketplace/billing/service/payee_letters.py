"""Owns the mails to an assistant about whether money can reach them; never changes any state."""

from __future__ import annotations

from uuid import UUID

from marketplace.billing.rules.payees import failure
from marketplace.core import mail
from marketplace.core.i18n import _, format_money, gettext
from marketplace.parties import queries as parties
from payments.facts import BankRefused, PayeeChanged

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
        fact,
    )  # fmt: skip


async def _write(payee: str, subject: str, line: str, about: BankRefused | None = None) -> None:
    for member in await parties.people(UUID(payee)):
        person = member.person
        params = {}
        if about is not None:
            params = {
                "why": gettext(failure(about.code), person.locale),
                "amount": format_money(about.amount, person.locale),
            }
        await mail.send(
            "payee_news",
            to=person.email,
            locale=person.locale,
            name=person.name,
            subject=gettext(subject, person.locale),
            line=gettext(line, person.locale, **params),
            path=f"/payouts/{payee}",
        )
