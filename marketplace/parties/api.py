"""Owns the JSON routes of parties and their teams; never decides."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.accounts.schemas import ProofDraft
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries, service
from marketplace.parties.schemas import (
    CheckView,
    InvitationDraft,
    InvitationLink,
    InvitationView,
    MemberView,
    MyPartyView,
    OpenInvitationView,
    PartyDraft,
    PartyView,
    RoleDraft,
    SignatoryDraft,
    TeamView,
)
from marketplace.web.guards import in_person, public, signed_in, viewer
from marketplace.web.routing import Api

READ = "parties:read"
WRITE = "parties:write"

api = Api("parties")


@api.get("/parties", guard=signed_in, scope=READ)
async def mine(request: Request) -> list[MyPartyView]:
    """List the businesses and assistants you act for."""
    found = await queries.for_person(viewer(request).person_id)
    return [MyPartyView(role=each.role, party=PartyView.of(each.party)) for each in found]


@api.post("/parties", guard=signed_in, scope=WRITE, status=201, idempotent=True, errors=(422,))
async def create(request: Request, body: PartyDraft) -> PartyView:
    """Create a business or an assistant that you own."""
    return PartyView.of(await service.create(viewer(request), body))


@api.get("/parties/{id:uuid}", guard=signed_in, scope=READ, errors=(404,))
async def show(request: Request, id: UUID) -> PartyView:
    """Read one of your parties."""
    return PartyView.of(await queries.get(viewer(request), id))


@api.put("/parties/{id:uuid}", guard=signed_in, scope=WRITE, errors=(403, 404, 409, 422))
async def update(request: Request, id: UUID, body: PartyDraft) -> PartyView:
    """Replace the legal identity of a party you own."""
    return PartyView.of(await service.update(viewer(request), id, body))


@api.get("/parties/{id:uuid}/checks", guard=signed_in, scope=READ, errors=(404,))
async def checks(request: Request, id: UUID) -> list[CheckView]:
    """Read what VIES and Sirene say of the party's numbers."""
    party = await queries.get(viewer(request), id)
    return [CheckView.of(each) for each in await jurisdictions.checked(party)]


@api.post(
    "/parties/{id:uuid}/checks",
    guard=signed_in, scope=WRITE, status=202, idempotent=True, errors=(404, 429),
)  # fmt: skip
async def check(request: Request, id: UUID) -> None:
    """Have the party's numbers checked again; read the answers a little later."""
    await service.checks.ask_again(viewer(request), id)


@api.get("/parties/{id:uuid}/members", guard=signed_in, scope=READ, errors=(404,))
async def team(request: Request, id: UUID) -> TeamView:
    """List who acts for a party and who is invited to."""
    members = await queries.members(viewer(request), id)
    waiting = await queries.open_invitations(viewer(request), id)
    signing = await queries.delegations(viewer(request), id)
    return TeamView(
        members=[
            MemberView.of(
                each, signing[each.person_id].capacity if each.person_id in signing else None
            )
            for each in members
        ],
        invitations=[InvitationView.of(each) for each in waiting],
    )


@api.post(
    "/parties/{id:uuid}/invitations",
    guard=signed_in, scope=WRITE, status=201, idempotent=True, errors=(403, 404, 409, 422, 429),
)  # fmt: skip
async def invite(request: Request, id: UUID, body: InvitationDraft) -> InvitationView:
    """Invite somebody by e-mail to act for a party you own; an owner only in person."""
    return InvitationView.of(await service.invite(viewer(request), id, body))


@api.delete(
    "/parties/{id:uuid}/invitations/{invitation_id:uuid}",
    guard=signed_in, scope=WRITE, errors=(403, 404, 409),
)  # fmt: skip
async def withdraw(request: Request, id: UUID, invitation_id: UUID) -> None:
    """Withdraw an invitation."""
    await service.withdraw_invitation(viewer(request), id, invitation_id)


@api.post("/invitations/open", guard=public, errors=(404,))
async def invitation(_request: Request, body: InvitationLink) -> OpenInvitationView:
    """What an invitation is about, before it is accepted."""
    return OpenInvitationView.of(await queries.invitation(body.token))


@api.post(
    "/invitations/accept",
    guard=signed_in, scope=WRITE, status=201, idempotent=True, errors=(403, 404, 409),
)  # fmt: skip
async def accept(request: Request, body: InvitationLink) -> MyPartyView:
    """Accept an invitation sent to your address."""
    membership = await service.accept_invitation(viewer(request), body.token)
    party = await queries.by_id(membership.party_id)
    return MyPartyView(role=membership.role, party=PartyView.of(party))


@api.patch(
    "/parties/{id:uuid}/members/{person_id:uuid}",
    guard=in_person, scope=WRITE, errors=(403, 404, 409, 422, 429),
)  # fmt: skip
async def change_role(request: Request, id: UUID, person_id: UUID, body: RoleDraft) -> None:
    """Give a member another role; never with an API token."""
    await service.change_role(viewer(request), id, person_id, body)


@api.put(
    "/parties/{id:uuid}/members/{person_id:uuid}/signing",
    guard=in_person, scope=WRITE, errors=(403, 404, 409, 422, 429),
)  # fmt: skip
async def let_sign(request: Request, id: UUID, person_id: UUID, body: SignatoryDraft) -> None:
    """Let a member sign for a party you own, in a capacity that the contract names."""
    await service.let_sign(viewer(request), id, person_id, body)


@api.delete(
    "/parties/{id:uuid}/members/{person_id:uuid}/signing",
    guard=signed_in, scope=WRITE, errors=(403, 404),
)  # fmt: skip
async def stop_signing(request: Request, id: UUID, person_id: UUID) -> None:
    """Take a delegation back; what was signed under it stays signed."""
    await service.stop_signing(viewer(request), id, person_id)


@api.delete(
    "/parties/{id:uuid}/members/{person_id:uuid}",
    guard=signed_in, scope=WRITE, errors=(403, 404, 409, 422, 429),
)  # fmt: skip
async def remove(
    request: Request, id: UUID, person_id: UUID, body: ProofDraft | None = None
) -> None:
    """End a membership, an owner's only in person; never that of the last owner."""
    await service.remove_member(viewer(request), id, person_id, body)
