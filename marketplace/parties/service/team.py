"""Owns who acts for a party: invitations, roles, departures; never the party's identity."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from marketplace.accounts.schemas import ProofDraft
from marketplace.core import clock, events, mail
from marketplace.core.db import command, lock
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import _
from marketplace.core.ids import hash_token, new_id, secret_token
from marketplace.parties import queries
from marketplace.parties.events import MemberJoined, MemberLeft, RoleChanged
from marketplace.parties.models import Membership, Party, PartyInvitation
from marketplace.parties.rules import (
    INVITATION_DAYS,
    AlreadyMember,
    InvitationOver,
    InvitedSomeoneElse,
    LastOwner,
    Role,
)
from marketplace.parties.service.signatories import forget_member, prove
from marketplace.web import ratelimit

if TYPE_CHECKING:
    from marketplace.parties.schemas import InvitationDraft, RoleDraft
    from marketplace.web.sessions import Viewer

OPEN_MAX: Final = 20


class TooManyInvitations(Conflict):
    """A party may not keep more than OPEN_MAX invitations open."""

    message = _("Too many invitations are open. Withdraw one first.")


async def invite(viewer: Viewer, party_id: UUID, draft: InvitationDraft) -> PartyInvitation:
    """Mail a single-use link to an address, replacing an earlier one to the same address.

    Raises NotFound, OwnersOnly, AlreadyMember, TooManyInvitations, TooManyRequests; for an owner
    what `factors.prove` raises.
    """
    await queries.require_owner(viewer, party_id)
    if draft.role is Role.OWNER:
        await prove(viewer, draft)
    # Mail goes to anybody's address: who withdraws and invites again may not flood a mailbox.
    await ratelimit.hit(f"invite:{viewer.person_id}", per_minute=1, burst=OPEN_MAX)
    return await _invited(viewer, party_id, draft)


@command
async def _invited(viewer: Viewer, party_id: UUID, draft: InvitationDraft) -> PartyInvitation:
    await queries.require_owner(viewer, party_id)
    party = await lock(Party, party_id)
    email = draft.email.strip().lower()
    if await Membership.filter(party_id=party_id, person__email=email).exists():
        raise AlreadyMember
    now = clock.now()
    waiting = PartyInvitation.filter(party_id=party_id, accepted_at=None, revoked_at=None)
    await waiting.filter(email=email).update(revoked_at=now)
    if await waiting.filter(expires_at__gt=now).count() >= OPEN_MAX:
        raise TooManyInvitations
    token = secret_token()
    invitation = await PartyInvitation.create(
        id=new_id(),
        party_id=party_id,
        invited_by_id=viewer.person_id,
        email=email,
        role=draft.role,
        token_hash=hash_token(token),
        created_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )
    await mail.send(
        "party_invitation",
        to=email,
        locale=viewer.locale,
        party=party.display_name,
        inviter=viewer.person.name,
        token=token,
        days=INVITATION_DAYS,
    )
    return invitation


@command
async def withdraw_invitation(viewer: Viewer, party_id: UUID, invitation_id: UUID) -> None:
    """Make an open invitation useless. Raises NotFound, OwnersOnly, InvitationOver."""
    await queries.require_owner(viewer, party_id)
    invitation = await lock(PartyInvitation, invitation_id)
    if invitation.party_id != party_id:
        raise NotFound
    if invitation.accepted_at or invitation.revoked_at:
        raise InvitationOver
    invitation.revoked_at = clock.now()
    await invitation.save(update_fields=["revoked_at"])


@command
async def accept_invitation(viewer: Viewer, token: str) -> Membership:
    """Join the party of a link. The viewer's verified address must be the invited one.

    Raises NotFound, InvitationOver, InvitedSomeoneElse, AlreadyMember.
    """
    found = await queries.invitation(token)
    party = await lock(Party, found.party_id)
    invitation = await lock(PartyInvitation, found.id)
    now = clock.now()
    if invitation.accepted_at or invitation.revoked_at or invitation.expires_at <= now:
        raise InvitationOver
    person = viewer.person
    if person.email_verified_at is None or person.email.lower() != invitation.email:
        raise InvitedSomeoneElse
    if await queries.role_of(viewer.person_id, party.id) is not None:
        raise AlreadyMember
    membership = await Membership.create(
        party_id=party.id, person_id=viewer.person_id, role=invitation.role, created_at=now
    )
    invitation.accepted_at, invitation.accepted_by_id = now, viewer.person_id
    await invitation.save(update_fields=["accepted_at", "accepted_by_id"])
    await events.record(MemberJoined(party.id, viewer.person_id))
    return membership


async def change_role(viewer: Viewer, party_id: UUID, person_id: UUID, draft: RoleDraft) -> None:
    """Give a member another role; the same one changes nothing.

    Raises NotFound, OwnersOnly, LastOwner, what `factors.prove` raises.
    """
    await queries.require_owner(viewer, party_id)
    held = await _member(party_id, person_id)
    if held.role is draft.role:
        return
    await keep_an_owner(held)  # said before anybody is asked for a proof
    await prove(viewer, draft)
    await _change_role(viewer, party_id, person_id, draft.role)


@command
async def _change_role(viewer: Viewer, party_id: UUID, person_id: UUID, role: Role) -> None:
    await queries.require_owner(viewer, party_id)
    await lock(Party, party_id)  # two owners demoting each other at once take turns here
    membership = await _member(party_id, person_id)
    if membership.role is role:
        return
    if role is Role.OWNER:
        await forget_member(party_id, person_id)
    else:
        await keep_an_owner(membership)
    membership.role = role
    await membership.save(update_fields=["role"])
    await events.record(RoleChanged(party_id, person_id, viewer.person_id))


async def remove_member(
    viewer: Viewer, party_id: UUID, person_id: UUID, draft: ProofDraft | None = None
) -> None:
    """End a membership: an owner ends anyone's, a member their own; an owner's takes a proof.

    Raises NotFound, OwnersOnly, LastOwner; for an owner's what `factors.prove` raises.
    """
    if person_id != viewer.person_id:
        await queries.require_owner(viewer, party_id)
    held = await _member(party_id, person_id)
    if held.role is Role.OWNER:
        await keep_an_owner(held)
        await prove(viewer, draft or ProofDraft())
    await _remove(viewer, party_id, person_id, held.role)


@command
async def _remove(viewer: Viewer, party_id: UUID, person_id: UUID, role: Role) -> None:
    if person_id != viewer.person_id:
        await queries.require_owner(viewer, party_id)
    await lock(Party, party_id)
    membership = await _member(party_id, person_id)
    if membership.role is not role:  # made an owner meanwhile: that takes a proof
        raise Conflict
    await keep_an_owner(membership)
    await membership.delete()
    await forget_member(party_id, person_id)
    await events.record(MemberLeft(party_id, person_id, viewer.person_id))


async def _member(party_id: UUID, person_id: UUID) -> Membership:
    membership = await Membership.get_or_none(party_id=party_id, person_id=person_id)
    if membership is None:
        raise NotFound
    return membership


async def keep_an_owner(leaving: Membership) -> None:
    """Raise LastOwner when this one may not go. Inside a command that has locked the party.

    Who is suspended cannot be in charge.
    """
    if leaving.role is not Role.OWNER:
        return
    if not await queries.stood_for(leaving.party_id, without=leaving.id):
        raise LastOwner
