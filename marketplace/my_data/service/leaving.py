"""Owns how an account goes, and says truly beforehand what goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Person
from marketplace.accounts.service import factors, profile
from marketplace.billing.queries import recorded
from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Rail, Status
from marketplace.core.db import command, lock
from marketplace.core.errors import NotFound
from marketplace.invoicing.queries import invoices as invoicing
from marketplace.invoicing.service import collecting
from marketplace.my_data.rules import Farewell, NotYet, Obstacle, PartyLeft, Reason
from marketplace.parties import queries as parties
from marketplace.parties.models import Party
from marketplace.work import queries as work
from marketplace.work.rules import KEPT
from payments import explorer

if TYPE_CHECKING:
    from marketplace.my_data.schemas import DeletionDraft

OVER = {Status.COMPLETED, Status.CANCELLED, Status.DECLINED, Status.EXPIRED}


class _Rehearsed(Exception):
    def __init__(self, person: bool, left: frozenset[UUID]) -> None:
        self.person, self.left = person, left
        super().__init__()


async def farewell(person_id: UUID) -> Farewell:
    """What would happen if the account went now: found by letting it go and rolling that back."""
    await _call_for_invoices(person_id)
    obstacles = await _obstacles(person_id)
    mine = await parties.for_person(person_id)
    alone = {each.id for each in await parties.alone_with(person_id)}
    person, left = True, frozenset[UUID]()
    if not any(each.reason is Reason.LAST_OWNER for each in obstacles):
        try:
            await _rehearse(person_id, alone)
        except _Rehearsed as found:
            person, left = found.person, found.left
    shown = [
        PartyLeft(
            each.party.id,
            each.party.display_name,
            each.party.kind.value,
            shared=each.party.id not in alone,
            stays=each.party.id in left,
            contracts=len(await contracts.of_party(each.party.id)),
        )
        for each in mine
    ]
    return Farewell(obstacles, tuple(shown), person)


@command
async def _rehearse(person_id: UUID, alone: set[UUID]) -> None:
    await profile.remove(person_id)
    left = frozenset([each for each in alone if await _is_there(each)])
    try:
        await accounts.person(person_id)
    except NotFound:
        raise _Rehearsed(False, left) from None
    raise _Rehearsed(True, left)


async def _is_there(party_id: UUID) -> bool:
    try:
        await parties.by_id(party_id)
    except NotFound:
        return False
    return True


async def leave(person: Person, draft: DeletionDraft, session: str) -> None:
    """Erase the account. Raises NotYet, and what `factors.prove` raises."""
    await factors.prove(person, draft.password, factors.given(draft, session))
    await _call_for_invoices(person.id)
    await _leave(person.id)


async def _call_for_invoices(person_id: UUID) -> None:
    """Notice work that was paid or approved a moment ago and has no document yet."""
    for party in await parties.alone_with(person_id):
        for contract in await contracts.of_party(party.id):
            if contract.assistant_id == party.id:
                await collecting.of_contract(contract.id)


@command
async def _leave(person_id: UUID) -> None:
    for party in sorted(await parties.alone_with(person_id), key=lambda each: each.id):
        await lock(Party, party.id)  # nobody offers or joins meanwhile
    if await _obstacles(person_id):
        raise NotYet
    await profile.remove(person_id)


async def _obstacles(person_id: UUID) -> tuple[Obstacle, ...]:
    found: list[Obstacle] = []
    alone = {each.id for each in await parties.alone_with(person_id)}
    for mine in await parties.for_person(person_id):
        if mine.party.id in alone:
            found += await _unsettled(mine.party)
        elif mine.role is parties.Role.OWNER and not await parties.stood_for(
            mine.party_id, without=mine.id
        ):
            path = f"/parties/{mine.party.id}/members"
            found.append(Obstacle(Reason.LAST_OWNER, mine.party.display_name, path))
    return tuple(found)


async def _unsettled(party: Party) -> list[Obstacle]:
    found = [
        Obstacle(Reason.CONTRACT, party.display_name, f"/contracts/{each.id}", each.number)
        for each in await contracts.of_party(party.id)
        if each.status not in OVER
    ]
    if await explorer.unfinished(str(party.id)):
        found.append(Obstacle(Reason.MONEY, party.display_name, "/contracts"))
    found += await _recorded(party)
    if await invoicing.unfinished(party):  # nobody could add what they lack any more
        found.append(Obstacle(Reason.INVOICES, party.display_name, "/invoices"))
    return found


async def _recorded(party: Party) -> list[Obstacle]:
    """What is left of contracts that are over and whose payments are only recorded.

    Nothing is held of them, so no ledger knows. Changes that were asked for block nobody: nothing
    says when they come.
    """
    found: list[Obstacle] = []
    for contract in await contracts.of_party(party.id):
        if contract.rail is not Rail.RECORDED or contract.status not in OVER:
            continue
        units = await work.of_contract(contract.id)
        path = f"/contracts/{contract.id}/work"
        if any(unit.status in KEPT for unit in units):
            found.append(Obstacle(Reason.REVIEW, party.display_name, path, contract.number))
        if contract.business_id == party.id and await recorded.owed(units):
            found.append(Obstacle(Reason.UNPAID, party.display_name, path, contract.number))
    return found
