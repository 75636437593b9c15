"""Owns putting a change of a signed contract before both sides: reckoned, written, on the table.

Its paper is an amendment, rendered before the command opens. What is held already is asked of
`held`, which is installed at start (work); the signature that makes the change count asks again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from marketplace.contracts import queries
from marketplace.contracts.models import Contract, ContractChange
from marketplace.contracts.rules.access import Acting, party_of, side_of
from marketplace.contracts.rules.amendment_paper import Standing
from marketplace.contracts.rules.amendments import amended, too_long
from marketplace.contracts.rules.changes import (
    CHANGEABLE_IN,
    TAX_HAS_CHANGED,
    CapNotRaised,
    ChangeOpen,
    NothingChanged,
    taxed_too_late,
    with_cap,
    with_fees,
)
from marketplace.contracts.rules.evidence import NO_TRACE, Trace
from marketplace.contracts.rules.states import (
    OFFER_DAYS,
    IllegalStep,
    Kind,
    Rail,
    StaleContract,
    Status,
)
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.rules.wishes import ChangeRefused, Wish
from marketplace.contracts.service import changes, documents, taxes
from marketplace.core import clock
from marketplace.core.i18n import _
from marketplace.core.settings import settings
from marketplace.parties import queries as parties

if TYPE_CHECKING:
    from marketplace.contracts.schemas import CapDraft, ChangeDraft


class Held(Protocol):
    """Who knows which parts of a contract keep their terms."""

    async def refuse_held(self, contract: Contract, before: Agreement, after: Agreement) -> None:
        """Raise Invalid, by field, where a change touches one."""

    async def freedom(self, contract: Contract) -> dict[int, str]:
        """By the number of each part what may change: `free`, `date` (its due date), `fixed`."""


_asked: list[Held] = []


def ask_what_is_held(held: Held) -> None:
    """Install who is asked; once a process, at its start."""
    _asked[:] = [held]


async def freedom(contract: Contract) -> dict[int, str]:
    """By the number of each part what may change: `free`, `date` (its due date), `fixed`."""
    return await _asked[0].freedom(contract)


async def propose(
    viewer: Acting, contract_id: UUID, draft: ChangeDraft, *, trace: Trace = NO_TRACE
) -> ContractChange:
    """Put a change of a contract that both signed before both sides.

    Raises IllegalStep unless it runs or waits for its first money, ChangeOpen, StaleContract,
    ChangeRefused and NothingChanged by field, what `refuse_held` raises for parts that are held,
    NotFound.
    """
    contract = await _changeable(viewer, contract_id)
    if draft.version is not None and draft.version != contract.version:
        raise StaleContract
    before = queries.agreement(contract)
    wish = Wish.model_validate(draft.model_dump(exclude={"reason", "version"}))
    begun = contract.status is Status.ACTIVE
    wanted = amended(before, wish, clock.today(contract.time_zone), begun=begun)
    if wanted == before and not await taxes.differs(contract):
        raise NothingChanged({"form": NothingChanged.message})
    wrong = too_long(before, wanted, settings().hold_refuse_days)
    if wrong:
        raise ChangeRefused(wrong)
    decided = await taxes.of_contract(contract)
    agreed = _taxed(before, wanted, decided)
    if agreed.fees != before.fees and contract.rail is Rail.RECORDED:
        raise ChangeRefused({"form": TAX_HAS_CHANGED})
    await _asked[0].refuse_held(contract, before, agreed)
    return await _table(viewer, contract, agreed, decided, draft.reason, trace)


async def propose_tax(contract: Contract, decided: taxes.Taxes, reason: str) -> None:
    """Put nothing but the tax of the day before both sides, in nobody's name.

    Raises what keeps a change from being proposed now.
    """
    before = queries.agreement(contract)
    agreed = _taxed(before, before, decided)
    await _asked[0].refuse_held(contract, before, agreed)
    await _table(None, contract, agreed, decided, reason, NO_TRACE)


async def propose_cap(
    viewer: Acting, contract_id: UUID, draft: CapDraft, *, trace: Trace = NO_TRACE
) -> ContractChange:
    """Put a higher weekly cap before both sides, for the present week as well.

    Raises IllegalStep unless the contract runs by the hour, ChangeOpen, CapNotRaised, NotFound.
    """
    contract = await _changeable(viewer, contract_id)
    if contract.kind is not Kind.HOURLY or contract.status is not Status.ACTIVE:
        raise IllegalStep
    today = clock.today(contract.time_zone)
    if contract.trial_minutes and contract.trial_until and today <= contract.trial_until:
        message = _("In a start-up phase counted in hours the hours stay as agreed.")
        raise CapNotRaised({"minutes": message})
    before = queries.agreement(contract)
    decided = await taxes.of_contract(contract)
    agreed = _taxed(before, with_cap(before, draft.minutes, draft.weeks, today), decided)
    if taxed_too_late(before, agreed, today):
        raise CapNotRaised({"minutes": TAX_HAS_CHANGED})
    return await _table(viewer, contract, agreed, decided, draft.reason, trace)


async def _changeable(viewer: Acting, contract_id: UUID) -> Contract:
    contract = await queries.get(viewer, contract_id)
    if contract.status not in CHANGEABLE_IN:
        raise IllegalStep
    if await queries.open_change(contract.id):
        raise ChangeOpen
    return contract


def _taxed(before: Agreement, wanted: Agreement, decided: taxes.Taxes) -> Agreement:
    """The wanted agreement with the VAT of the day; our shares stay as they were signed."""
    fixed = documents.fee_terms(decided, before.fees.client_bps, before.fees.assistant_bps)
    return with_fees(wanted, fixed)


async def _table(
    viewer: Acting | None,
    contract: Contract,
    agreed: Agreement,
    decided: taxes.Taxes,
    reason: str,
    trace: Trace,
) -> ContractChange:
    by = "" if viewer is None else await _name(viewer, contract)
    today = clock.today(contract.time_zone)
    assert contract.signed_at is not None
    standing = Standing(
        version=contract.version,
        agreement=queries.agreement(contract),
        signed_on=queries.local_day(contract, contract.signed_at),
        proposed_on=today,
        expires_on=today + timedelta(days=OFFER_DAYS),
        by=by,
        reason=reason,
    )
    number = (await queries.versions(contract.id))[0].number + 1
    frozen = await documents.freeze(contract, agreed, number, decided, standing)
    return await changes.put(
        viewer, contract, agreed, frozen, number=number, standing=standing, trace=trace
    )


async def _name(viewer: Acting, contract: Contract) -> str:
    return (await parties.by_id(party_of(side_of(viewer, contract), contract))).display_name
