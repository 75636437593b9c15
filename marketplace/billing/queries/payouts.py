"""Owns the reads of what an assistant is paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries as parties
from marketplace.work import queries as work
from payments import payouts, statements

if TYPE_CHECKING:
    from marketplace.parties.models import Party
    from marketplace.web.sessions import Viewer
    from marketplace.work.models import Unit


@dataclass(frozen=True)
class PayeePage:
    """A party, whether it can be paid, everything it was paid, and what is to come.

    `leaving`: released, on its way or waiting for the set-up; `aside`: could not be sent and leaves
    no more by itself; `awaited`: handed in, with the day on which it is paid at the latest.
    `may_set_up`: the viewer is an owner, who says which bank.
    """

    party: Party
    payable: bool
    state: payouts.PayeeView
    statement: statements.PayeeStatement
    leaving: tuple[statements.Leaving, ...]
    aside: tuple[statements.Aside, ...]
    awaited: tuple[tuple[Unit, date], ...]
    may_set_up: bool


async def payee_page(viewer: Viewer, party_id: UUID) -> PayeePage:
    """How far a party is with being paid. Raises NotFound."""
    party = await parties.get(viewer, party_id)
    return PayeePage(
        party=party,
        payable=jurisdictions.payable(party.jurisdiction),
        state=await payouts.payee_status(str(party.id)),
        statement=await statements.payee_statement(str(party.id)),
        leaving=await statements.leaving(str(party.id)),
        aside=await statements.aside(str(party.id)),
        awaited=await _awaited(party.id),
        may_set_up=await parties.role_of(viewer.person_id, party.id) is parties.Role.OWNER,
    )


async def _awaited(party_id: UUID) -> tuple[tuple[Unit, date], ...]:
    found = []
    for unit in await work.in_review(party_id):
        day = unit.paid_on(unit.contract, await work.hold_days(unit.contract))
        if day is not None:
            found.append((unit, day))
    return tuple(found)
