"""Owns the mails that tell owners, and whom it concerns, who acts for a party; changes nothing.

Whoever took over one owner's account would otherwise take the whole business unnoticed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.accounts import queries as accounts
from marketplace.core import mail
from marketplace.core.settings import settings
from marketplace.parties import queries
from marketplace.parties.rules import Role

if TYPE_CHECKING:
    from marketplace.parties.events import MemberJoined, MemberLeft, RoleChanged, SigningAllowed


async def on_joined(event: MemberJoined) -> None:
    """Reaction: somebody new acts for the party."""
    await _tell("joined", event.party_id, event.person_id, None)


async def on_role_changed(event: RoleChanged) -> None:
    """Reaction: somebody became an owner, or is none any more."""
    await _tell("role", event.party_id, event.person_id, event.by_id)


async def on_signing_allowed(event: SigningAllowed) -> None:
    """Reaction: somebody may sign."""
    await _tell("signing", event.party_id, event.person_id, event.by_id)


async def on_left(event: MemberLeft) -> None:
    """Reaction: somebody left or was removed."""
    await _tell("left", event.party_id, event.person_id, event.by_id or event.person_id)


async def _tell(what: str, party_id: UUID, person_id: UUID, by_id: UUID | None) -> None:
    """In a command: write to every owner and to the person; each in their own language.

    Who no longer owns the party may have allowed people to sign: they still may, and are named.
    """
    party = await queries.by_id(party_id)
    person = await accounts.person(person_id)
    role = await queries.role_of(person_id, party_id)
    team = await queries.people(party_id)
    owners = [each.person for each in team if each.role is Role.OWNER]
    granted = [] if role is Role.OWNER else await queries.granted_by(person_id, party_id)
    signs = await queries.delegation(person_id, party_id)
    for reader in {each.id: each for each in (*owners, person)}.values():
        inside = reader.id != person_id or role is not None
        path = f"/parties/{party_id}/members" if inside else "/parties"
        await mail.send(
            "party_team",
            to=reader.email,
            locale=reader.locale,
            what=what,
            reader=reader.name,
            name=person.name,
            party=party.display_name,
            owner=role is Role.OWNER,
            by=(await accounts.person(by_id)).name if by_id else "",
            alone=by_id == person_id,
            capacity=signs.capacity if signs else "",
            granted=[f"{each.person.name} ({each.capacity})" for each in granted],
            team_link=f"{settings().base_url}/{reader.locale}{path}",
        )
