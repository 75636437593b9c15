"""Owns the mails about a bank's dispute to both sides of the contract; never changes any state."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.core import mail, once
from marketplace.core.i18n import _, format_money, gettext
from marketplace.disputes.rules import decided_by, reason
from marketplace.parties import queries as parties
from payments import explorer
from payments.facts import DisputeClosed, DisputeOpened, SurplusDecided, SurplusDisputed

if TYPE_CHECKING:
    from marketplace.accounts.models import Person
    from marketplace.contracts.models import Contract

_OPENED = {
    "business": _(
        "Your bank took back %(amount)s that you paid for “%(title)s”. Its reason: %(reason)s "
        "What is held of it is frozen. If this is a mistake, tell your bank, and us what happened."
    ),
    "assistant": _(
        "The client’s bank took back %(amount)s that was paid for “%(title)s”. Its reason: "
        "%(reason)s What is held of it is frozen. Tell us what happened: it goes to the bank."
    ),
}
_WON = {
    "business": _(
        "Your bank turned the dispute down: %(amount)s stays paid for “%(title)s”. This dispute "
        "freezes nothing any more."
    ),
    "assistant": _(
        "The bank decided for the contract “%(title)s”: %(amount)s is back. This dispute freezes "
        "nothing any more."
    ),
}
_LOST = {
    "business": _(
        "The bank decided to give you %(amount)s back for “%(title)s”. What was held of it is gone."
    ),
    "assistant": _(
        "The bank decided to give the client %(amount)s back for “%(title)s”. What was held of it "
        "is gone. What you were paid stays yours unless a named person here decides otherwise "
        "and tells you why."
    ),
}
# What was paid beyond what was asked for: it is the client's, and no work waits for it.
_SURPLUS_OPENED = {
    "business": _(
        "Your bank took back %(amount)s that had been paid twice for “%(title)s”. Its reason: "
        "%(reason)s Nothing that is held stands on it, and the work goes on."
    ),
    "assistant": _(
        "The client’s bank took back %(amount)s that had been paid twice for “%(title)s”. Its "
        "reason: %(reason)s Nothing that is held stands on it, and the work goes on."
    ),
}
_SURPLUS_WON = {
    "business": _(
        "Your bank turned the dispute down: %(amount)s that had been paid twice for “%(title)s” "
        "is your credit with us, and we send it back to you."
    ),
    "assistant": _(
        "The client’s bank turned the dispute down: %(amount)s that had been paid twice for "
        "“%(title)s” is the client’s credit with us. Nothing changes for you."
    ),
}
_SURPLUS_LOST = {
    "business": _(
        "The bank decided to give you back %(amount)s that had been paid twice for “%(title)s”. "
        "Nothing changes for the work."
    ),
    "assistant": _(
        "The bank decided to give the client back %(amount)s that had been paid twice for "
        "“%(title)s”. Nothing changes for you."
    ),
}
_DECIDED = {
    "business": (_("Your bank gave you the payment back"), _("Your bank turned the dispute down")),
    "assistant": (_("The client has the payment back"), _("The disputed payment is back")),
}
"""Subjects by side: the dispute was lost, or won."""


async def on_opened(fact: DisputeOpened | SurplusDisputed) -> None:
    """At once: both sides hear what happened and what they can do.

    Once, though each part of the contract that the payment stands behind is news of its own.
    """
    if not await once.first(f"dispute:{fact.dispute}:told_opened"):
        return
    lines = _SURPLUS_OPENED if isinstance(fact, SurplusDisputed) else _OPENED
    for side, line in lines.items():
        await _write(fact, side, _("A bank took a payment back"), line, why=reason(fact.reason))


async def on_closed(fact: DisputeClosed | SurplusDecided) -> None:
    """At once: both sides hear what the bank decided; once, as above."""
    if not await once.first(f"dispute:{fact.dispute}:told_closed"):
        return
    lines = _WON if fact.won else _LOST
    if isinstance(fact, SurplusDecided):
        lines = _SURPLUS_WON if fact.won else _SURPLUS_LOST
    for side, line in lines.items():
        await _write(fact, side, _DECIDED[side][fact.won], line)


async def recovered(dispute: explorer.DisputeView) -> None:
    """In a command: the assistant hears who decided that they bear a loss, why, and what leaves."""
    contract = await contracts.by_id(UUID(dispute.contract))
    decision = (await explorer.recoveries(dispute.id))[-1]
    line = _(
        "%(who)s decided that you bear %(price)s, before tax and fees, of the payment for "
        "“%(title)s” that the bank gave back to the client. The reason: “%(why)s”. %(net)s of "
        "what was released to you is taken back; what cannot be is set off against what you are "
        "paid next."
    )
    for member in await parties.people(contract.assistant_id):
        person = member.person
        params = {
            "who": decided_by(decision.decided_by),
            "price": format_money(decision.price, person.locale),
            "net": format_money(decision.net, person.locale),
            "why": decision.reason,
            "title": contract.title,
        }
        await _send(contract, person, _("Decided: you bear a part of a lost dispute"), line, params)


async def _write(
    fact: DisputeOpened | DisputeClosed | SurplusDisputed | SurplusDecided,
    side: str,
    subject: str,
    line: str,
    why: str = "",
) -> None:
    contract = await contracts.by_id(UUID(fact.contract))
    party = contract.business_id if side == "business" else contract.assistant_id
    for member in await parties.people(party):
        person = member.person
        params = {
            "title": contract.title,
            "amount": format_money(fact.amount, person.locale),
            "reason": gettext(why, person.locale) if why else "",
        }
        await _send(contract, person, subject, line, params)


async def _send(
    contract: Contract, person: Person, subject: str, line: str, params: dict[str, str]
) -> None:
    await mail.send(
        "dispute_news",
        to=person.email,
        locale=person.locale,
        name=person.name,
        subject=gettext(subject, person.locale),
        line=gettext(line, person.locale, **params),
        path=f"/contracts/{contract.id}/disputes",
    )
