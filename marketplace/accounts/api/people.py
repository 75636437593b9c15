"""Owns the JSON operations about accounts; a program is known by a token, never a password."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.accounts import queries
from marketplace.accounts.models import LoginSession
from marketplace.accounts.rules import device_name
from marketplace.accounts.schemas import (
    Accepted,
    AddressDraft,
    EmailChangeDraft,
    IdentityView,
    LinkDraft,
    NewTokenView,
    PasswordDraft,
    PersonView,
    ProfileDraft,
    ResetDraft,
    SessionView,
    SignUpDraft,
    TokenDraft,
    TokenView,
    VerifyDraft,
)
from marketplace.accounts.service import (
    identities,
    profile,
    recovery,
    sessions,
    signup,
    tokens,
)
from marketplace.web.guards import in_person, public, signed_in, viewer
from marketplace.web.network import network
from marketplace.web.routing import Api

api = Api("accounts")
READ = "account:read"
WRITE = "account:write"


@api.post("/accounts", guard=public, status=202, idempotent=True, errors=(422, 429))
async def sign_up(request: Request, body: SignUpDraft) -> Accepted:
    """Begin an account; a link to confirm the address follows by mail."""
    await signup.sign_up(body, network=network(request))
    return Accepted()


@api.post("/accounts/verification", guard=public, idempotent=True, errors=(404, 422, 429))
async def verify_email(_request: Request, body: VerifyDraft) -> PersonView:
    """Confirm an address with the token of the mailed link and the password of the sign-up."""
    return PersonView.of((await signup.verify_email(body)).person)


@api.put("/accounts/email", guard=public, status=204, errors=(404,))
async def confirm_email(_request: Request, body: LinkDraft) -> None:
    """Make a new address the person's, with the token of the link mailed to it."""
    await profile.confirm_email_change(body.token)


@api.post(
    "/accounts/verification/resend", guard=public, status=202, idempotent=True, errors=(422, 429)
)
async def resend_verification(request: Request, body: AddressDraft) -> Accepted:
    """Send the confirmation link again, if there is anything to confirm."""
    await signup.resend(body.email, network=network(request))
    return Accepted()


@api.post("/accounts/password-reset", guard=public, status=202, idempotent=True, errors=(422, 429))
async def forgotten_password(request: Request, body: AddressDraft) -> Accepted:
    """Mail a link to choose a new password, if the address is known."""
    await recovery.forgotten(body.email, network=network(request))
    return Accepted()


@api.put("/accounts/password-reset", guard=public, errors=(404, 422))
async def reset_password(_request: Request, body: ResetDraft) -> PersonView:
    """Set a new password with the token of the mailed link; sessions and API tokens end."""
    return PersonView.of(await recovery.reset_password(body))


@api.get("/me", guard=signed_in, scope=READ, errors=(401,))
async def show_me(request: Request) -> PersonView:
    """The person whose token this is."""
    return PersonView.of(viewer(request).person)


@api.patch("/me", guard=signed_in, scope=WRITE, errors=(401, 422))
async def update_me(request: Request, body: ProfileDraft) -> PersonView:
    """Change name or language."""
    return PersonView.of(await profile.update_profile(viewer(request).person_id, body))


@api.put("/me/password", guard=in_person, scope=WRITE, errors=(401, 422, 429))
async def change_password(request: Request, body: PasswordDraft) -> None:
    """Replace the password; other sessions and all tokens end."""
    who = viewer(request)
    await recovery.change_password(who.person, body, who.session_token)


@api.put("/me/email", guard=in_person, scope=WRITE, status=202, errors=(401, 422, 429))
async def change_email(request: Request, body: EmailChangeDraft) -> Accepted:
    """Mail a link to the new address; following it makes the change."""
    who = viewer(request)
    await profile.request_email_change(who.person, body, who.session_token)
    return Accepted()


@api.get("/me/identities", guard=signed_in, scope=READ, errors=(401,))
async def list_identities(request: Request) -> list[IdentityView]:
    """The connected sign-in providers; connecting one takes a browser."""
    rows = await queries.identities(viewer(request).person_id)
    return [IdentityView.model_validate(row) for row in rows]


@api.delete("/me/identities/{identity_id}", guard=in_person, scope=WRITE, errors=(401, 404, 409))
async def disconnect_identity(request: Request, identity_id: UUID) -> None:
    """Remove a sign-in provider, unless it is the only way in."""
    await identities.disconnect(viewer(request).person_id, identity_id)


def _session_view(row: LoginSession) -> SessionView:
    fields = {name: getattr(row, name) for name in SessionView.model_fields if name != "device"}
    return SessionView(**fields, device=device_name(row.agent))


@api.get("/me/sessions", guard=signed_in, scope=READ, errors=(401,))
async def list_sessions(request: Request) -> list[SessionView]:
    """The browsers that are logged in."""
    return [_session_view(row) for row in await queries.sessions(viewer(request).person_id)]


@api.delete("/me/sessions", guard=signed_in, scope=WRITE, errors=(401,))
async def revoke_sessions(request: Request) -> None:
    """Log every browser out and end every API token."""
    await sessions.revoke_all(viewer(request).person_id)


@api.delete("/me/sessions/{session_id}", guard=signed_in, scope=WRITE, errors=(401, 404))
async def revoke_session(request: Request, session_id: UUID) -> None:
    """Log one browser out."""
    await sessions.revoke_session(viewer(request).person_id, session_id)


@api.get("/me/tokens", guard=signed_in, scope=READ, errors=(401,))
async def list_tokens(request: Request) -> list[TokenView]:
    """The API tokens, without their secrets."""
    rows = await queries.api_tokens(viewer(request).person_id)
    return [TokenView.model_validate(row) for row in rows]


@api.post("/me/tokens", guard=in_person, scope=WRITE, status=201, errors=(401, 403, 409, 422))
async def create_token(request: Request, body: TokenDraft) -> NewTokenView:
    """Make a token; its secret is shown this once."""
    who = viewer(request)
    row, secret = await tokens.ask_token(who.person, body, who.session_token)
    return NewTokenView(**TokenView.model_validate(row).model_dump(), secret=secret)


@api.delete("/me/tokens/{token_id}", guard=signed_in, scope=WRITE, errors=(401, 404))
async def revoke_token(request: Request, token_id: UUID) -> None:
    """Make a token useless."""
    await tokens.revoke_token(viewer(request).person_id, token_id)
