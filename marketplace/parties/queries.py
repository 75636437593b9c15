"""Owns the reading of parties and memberships; never writes.

Functions with `viewer` first check who asks and raise NotFound for what is not theirs; the others
are for other features' commands and jobs, which have checked already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from tortoise.expressions import Q

from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.ids import hash_token
from marketplace.parties.models import Membership, Party, PartyInvitation, SigningDelegation
from marketplace.parties.rules import NotSignatory, OwnersOnly, PartyKind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.web.sessions import Viewer

__all__ = ["Membership", "Party", "PartyInvitation", "PartyKind", "Role"]


async def for_person(person_id: UUID) -> list[Membership]:
    """The person's memberships with their party at hand, oldest first."""
    return await Membership.filter(person_id=person_id).prefetch_related("party").order_by("id")


async def get(viewer: Viewer, party_id: UUID) -> Party:
    """A party the viewer acts for. Raises NotFound."""
    viewer.require(party_id)
    return await by_id(party_id)


async def by_id(party_id: UUID) -> Party:
    """The party, whoever asks. Raises NotFound."""
    party = await Party.get_or_none(pk=party_id)
    if party is None:
        raise NotFound
    return party


async def by_ids(party_ids: Iterable[UUID]) -> dict[UUID, Party]:
    """Many parties at once, whoever asks; those that are not there are left out."""
    return {row.id: row async for row in Party.filter(id__in=list(party_ids))}


async def role_of(person_id: UUID, party_id: UUID) -> Role | None:
    """What the person is to the party, None if nothing."""
    found = await Membership.get_or_none(party_id=party_id, person_id=person_id)
    return found.role if found else None


async def require_owner(viewer: Viewer, party_id: UUID) -> None:
    """Raise NotFound for a stranger, OwnersOnly for a mere member."""
    role = await role_of(viewer.person_id, party_id)
    if role is None:
        raise NotFound
    if role is not Role.OWNER:
        raise OwnersOnly


async def signatory(person_id: UUID, party_id: UUID) -> SigningDelegation | None:
    """The delegation under which the person signs for the party; None for an owner.

    The delegation comes with who granted it. Raises NotFound for a stranger, NotSignatory.
    """
    role = await role_of(person_id, party_id)
    if role is None:
        raise NotFound
    if role is Role.OWNER:
        return None
    found = (
        await SigningDelegation.filter(party_id=party_id, person_id=person_id, revoked_at=None)
        .prefetch_related("granted_by")
        .first()
    )
    if found is None:
        raise NotSignatory
    return found


async def delegation(person_id: UUID, party_id: UUID) -> SigningDelegation | None:
    """The delegation that the person holds for the party, whoever asks."""
    return await SigningDelegation.get_or_none(
        party_id=party_id, person_id=person_id, revoked_at=None
    )


async def granted_by(person_id: UUID, party_id: UUID) -> list[SigningDelegation]:
    """The delegations of the party in force that this person gave, with who holds them."""
    given = SigningDelegation.filter(party_id=party_id, granted_by_id=person_id, revoked_at=None)
    return await given.prefetch_related("person").order_by("granted_at")


async def delegations(viewer: Viewer, party_id: UUID) -> dict[UUID, SigningDelegation]:
    """Who may sign for a party of the viewer without owning it, by person."""
    viewer.require(party_id)
    found = await SigningDelegation.filter(party_id=party_id, revoked_at=None)
    return {each.person_id: each for each in found}


async def members(viewer: Viewer, party_id: UUID) -> list[Membership]:
    """Who acts for a party of the viewer, with the person at hand, owners first."""
    viewer.require(party_id)
    return await people(party_id)


async def people(party_id: UUID) -> list[Membership]:
    """Who acts for the party, with the person at hand, owners first, whoever asks."""
    found = await Membership.filter(party_id=party_id).prefetch_related("person").order_by("id")
    return sorted(found, key=lambda membership: membership.role is not Role.OWNER)


async def left_alone(person_id: UUID) -> list[UUID]:
    """The parties the person owns with no other owner who may log in."""
    owners = Membership.filter(role=Role.OWNER)
    mine = await owners.filter(person_id=person_id).values_list("party_id", flat=True)
    others = owners.filter(party_id__in=mine, person__suspended_at=None).exclude(
        person_id=person_id
    )
    kept = set(await others.values_list("party_id", flat=True))
    return [UUID(str(each)) for each in mine if each not in kept]


async def stood_for(party_id: UUID, without: UUID | None = None) -> bool:
    """Whether an owner of the party may log in, other than the one of a membership left out."""
    owners = Membership.filter(party_id=party_id, role=Role.OWNER, person__suspended_at=None)
    return await (owners.exclude(id=without) if without else owners).exists()


async def open_invitations(viewer: Viewer, party_id: UUID) -> list[PartyInvitation]:
    """Invitations of a party of the viewer that wait for an answer."""
    viewer.require(party_id)
    return await PartyInvitation.filter(
        party_id=party_id,
        accepted_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=clock.now(),
    ).order_by("id")


async def invited(party_id: UUID) -> list[str]:
    """The addresses with an open invitation to act for the party, whoever asks."""
    waiting = PartyInvitation.filter(
        party_id=party_id, accepted_at=None, revoked_at=None, expires_at__gt=clock.now()
    )
    return [one.email for one in await waiting]


async def waiting_for(viewer: Viewer) -> list[PartyInvitation]:
    """Invitations mailed to the viewer's own proven address that wait, with their party."""
    if viewer.person.email_verified_at is None:
        return []
    return await PartyInvitation.filter(
        email=viewer.person.email,
        accepted_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=clock.now(),
    ).prefetch_related("party")


async def invitation(token: str) -> PartyInvitation:
    """The invitation behind a link, with party and inviter, open or not. Raises NotFound."""
    found = await PartyInvitation.get_or_none(token_hash=hash_token(token)).prefetch_related(
        "party", "invited_by"
    )
    if found is None:
        raise NotFound
    return found


async def with_numbers(numbers: list[str]) -> list[Party]:
    """The parties that carry one of these registration or VAT numbers, for operators and jobs."""
    return await Party.filter(
        Q(vat_number__in=numbers) | Q(registration_number__in=numbers)
    ).order_by("id")


async def alone_with(person_id: UUID) -> list[Party]:
    """The parties that nobody but this person acts for, oldest first."""
    mine = await for_person(person_id)
    shared = Membership.filter(party_id__in=[each.party_id for each in mine])
    rows = await shared.exclude(person_id=person_id)
    others = {each.party_id for each in rows}
    return [each.party for each in mine if each.party_id not in others]
