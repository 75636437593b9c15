"""Owns the mail of contracts: to whom, in which words; never changes a contract."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from marketplace.contracts.models import (
    Contract,
    ContractChange,
    ContractSeal,
    ContractVersion,
)
from marketplace.contracts.rules.access import party_of
from marketplace.contracts.rules.changes import ChangeStatus
from marketplace.contracts.rules.states import Action, Actor
from marketplace.core import mail
from marketplace.core.i18n import _
from marketplace.parties import queries as parties

# (subject, what happened, what to do, button); %(other)s is the other side, %(title)s the contract.
OFFER = (
    _("%(other)s offers you a contract: %(title)s"),
    _("%(other)s sent you an offer."),
    _("Read it, then sign it, change it or decline it. It stays open until %(until)s."),
    _("Read the offer"),
)
REVISED = (
    _("%(other)s changed the terms: %(title)s"),
    _("%(other)s proposes other terms. Consents given to the version before no longer count."),
    _("Compare the versions, then sign, change or decline. It stays open until %(until)s."),
    _("See the changes"),
)
YOUR_TURN = (
    _("%(other)s signed, now it is your turn: %(title)s"),
    _("%(other)s signed the contract."),
    _("Read it and sign it. It stays open until %(until)s."),
    _("Read and sign"),
)
CHANGE_YOUR_TURN = (
    _("%(other)s signed the change, now it is your turn: %(title)s"),
    _("%(other)s signed the change of the contract."),
    _("Compare old and new, then sign or decline. It can be signed until %(until)s."),
    _("See the change"),
)
ENDED = {
    "declined": (
        _("%(other)s declined: %(title)s"),
        _("%(other)s declined the offer."),
        _("Nothing is owed by either side."),
        _("See the contract"),
    ),
    "withdrawn": (
        _("%(other)s withdrew its offer: %(title)s"),
        _("%(other)s withdrew its offer."),
        _("Nothing is owed by either side."),
        _("See the contract"),
    ),
    "expired": (
        _("The offer has run out: %(title)s"),
        _("The offer between you and %(other)s was not signed in time."),
        _("Nothing is owed by either side. A new offer can be made at any time."),
        _("See the contract"),
    ),
}
CHANGE = (
    _("%(other)s proposes a change of the contract: %(title)s"),
    _("%(other)s proposes to change the contract. Everything else stays as it is."),
    _("Compare old and new, then sign or decline. It counts once both of you have signed."),
    _("See the change"),
)
TAX_CHANGE = (
    _("The VAT of your contract has changed: %(title)s"),
    _("The VAT between you and %(other)s is no longer the one that your contract says."),
    _("Read the change and sign it, both of you. Until then no new funds are held."),
    _("See the change"),
)
CHANGE_CLOSED = {
    ChangeStatus.DECLINED: (
        _("%(other)s declined the change: %(title)s"),
        _("%(other)s declined the change of the contract."),
        _("The contract goes on as it was."),
        _("Open the contract"),
    ),
    ChangeStatus.WITHDRAWN: (
        _("%(other)s withdrew the change: %(title)s"),
        _("%(other)s withdrew its proposal to change the contract."),
        _("The contract goes on as it was."),
        _("Open the contract"),
    ),
}
CHANGE_SIGNED = (
    _("Change signed by both: %(title)s"),
    _("You and %(other)s signed the change of the contract. Your copy is ready to download."),
    _("It counts from now on. What is held already keeps its terms."),
    _("Open the contract"),
)
SIGNED = (
    _("Signed by both: %(title)s"),
    _("You and %(other)s signed the contract. Your copy is ready to download."),
    _("Work starts once the funds are held."),
    _("Open the contract"),
)


async def offer_on_table(contract: Contract, action: Action, by: Actor) -> None:
    """Tell the side that has to answer."""
    words = OFFER if action is Action.SEND else REVISED
    await _tell(contract, (party_of(by.other, contract),), words)


async def your_turn_to_sign(contract: Contract, side: Actor, change: ContractChange | None) -> None:
    """Tell the side whose signature is missing, under the contract or under a change of it."""
    words = CHANGE_YOUR_TURN if change else YOUR_TURN
    until = change.expires_at if change else None
    await _tell(contract, (party_of(side, contract),), words, until=until)


async def change_on_table(contract: Contract, change: ContractChange, by: Actor) -> None:
    """Tell the other side, or both, that a change waits for signatures."""
    if by is Actor.SYSTEM:
        both = (contract.business_id, contract.assistant_id)
        await _tell(contract, both, TAX_CHANGE, reason=change.reason)
        return
    await _tell(contract, (party_of(by.other, contract),), CHANGE, reason=change.reason)


async def change_closed(contract: Contract, change: ContractChange, side: Actor) -> None:
    """Tell this side that the other one declined or withdrew, and why."""
    words = CHANGE_CLOSED[change.status]
    await _tell(contract, (party_of(side, contract),), words, reason=change.answer)


async def offer_ended(contract: Contract, how: str, party_ids: Iterable[UUID]) -> None:
    """Tell these parties that there will be no contract; `how` is a key of ENDED."""
    await _tell(contract, party_ids, ENDED[how])


async def signed(contract: Contract, version: ContractVersion, seal: ContractSeal) -> None:
    """Send both sides the link to the sealed file and its fingerprint."""
    both = (contract.business_id, contract.assistant_id)
    changed = await ContractChange.exists(version_id=version.id)
    await _tell(contract, both, CHANGE_SIGNED if changed else SIGNED, version=version, seal=seal)


async def _tell(
    contract: Contract,
    party_ids: Iterable[UUID],
    words: tuple[str, str, str, str],
    *,
    version: ContractVersion | None = None,
    seal: ContractSeal | None = None,
    reason: str = "",
    until: datetime | None = None,
) -> None:
    sides = {
        contract.business_id: await parties.by_id(contract.business_id),
        contract.assistant_id: await parties.by_id(contract.assistant_id),
    }
    for party_id in party_ids:
        (other,) = (party for key, party in sides.items() if key != party_id)
        for membership in await parties.people(party_id):
            person = membership.person
            await mail.send(
                "contracts_notice",
                to=person.email,
                locale=person.locale,
                name=person.name,
                other=other.display_name,
                contract=contract,
                version=version,
                seal=seal,
                reason=reason,
                until=until or contract.expires_at,
                subject=words[0],
                happened=words[1],
                advice=words[2],
                button=words[3],
            )
