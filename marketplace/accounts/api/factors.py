"""Owns the JSON operations about second factors: the app, passkeys; never with an API token."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.accounts import queries
from marketplace.accounts.rules import Proves
from marketplace.accounts.schemas import (
    AuthenticatorBegin,
    AuthenticatorCode,
    AuthenticatorSecret,
    AuthenticatorView,
    ChallengeDraft,
    FactorDraft,
    PasskeyAdded,
    PasskeyDraft,
    PasskeyName,
    PasskeyOptions,
    PasskeyView,
    ProofDraft,
    RecoveryCodes,
)
from marketplace.accounts.service import authenticators, devices, factors, passkeys
from marketplace.accounts.service.factors import given
from marketplace.web.guards import in_person, signed_in, viewer
from marketplace.web.routing import Api

api = Api("accounts")
READ = "account:read"
WRITE = "account:write"
CHANGE = (401, 403, 404, 409, 422, 429)


@api.get("/me/authenticator", guard=signed_in, scope=READ, errors=(401,))
async def show_authenticator(request: Request) -> AuthenticatorView:
    """Whether logging in and signing ask for a code of an app, and recovery codes left."""
    who = viewer(request)
    on = await queries.has_authenticator(who.person_id)
    return AuthenticatorView(on=on, recovery_left=len(who.person.recovery_codes))


@api.post(
    "/me/authenticator", guard=in_person, scope=WRITE, status=201,
    errors=(401, 403, 409, 422, 429),
)  # fmt: skip
async def begin_authenticator(request: Request, body: AuthenticatorBegin) -> AuthenticatorSecret:
    """Make a secret for the app; it counts once a code of it was seen."""
    proof = given(body, viewer(request).session_token)
    secret = await authenticators.begin(viewer(request).person, body.password, proof)
    return AuthenticatorSecret(secret=secret)


@api.put("/me/authenticator", guard=in_person, scope=WRITE, errors=CHANGE)
async def confirm_authenticator(request: Request, body: AuthenticatorCode) -> RecoveryCodes:
    """Turn it on with a first code of the app."""
    who = viewer(request)
    spare = await authenticators.confirm(who.person_id, who.session_token, body.code)
    return RecoveryCodes(recovery_codes=spare)


@api.delete("/me/authenticator", guard=in_person, scope=WRITE, errors=CHANGE)
async def remove_authenticator(request: Request, body: FactorDraft) -> None:
    """Turn it off with the second factor or a recovery code."""
    await authenticators.remove(
        viewer(request).person_id, given(body, viewer(request).session_token)
    )


@api.post("/me/recovery-codes", guard=in_person, scope=WRITE, status=201, errors=CHANGE)
async def renew_codes(request: Request, body: ProofDraft) -> RecoveryCodes:
    """Other recovery codes in place of those left; with your password and second factor."""
    who = viewer(request)
    proof = given(body, who.session_token)
    spare = await factors.renew_codes(who.person, body.password, proof)
    return RecoveryCodes(recovery_codes=spare)


@api.get("/me/passkeys", guard=signed_in, scope=READ, errors=(401,))
async def list_passkeys(request: Request) -> list[PasskeyView]:
    """Your passkeys."""
    rows = await queries.passkeys(viewer(request).person_id)
    return [PasskeyView.model_validate(row) for row in rows]


@api.post("/me/passkeys/challenge", guard=in_person, scope=WRITE, errors=(401, 403, 422))
async def passkey_challenge(request: Request, body: ChallengeDraft) -> PasskeyOptions:
    """Ask to use a passkey of yours, for an account setting or for signing one file."""
    who = viewer(request)
    purpose = Proves(body.purpose)
    about = body.file_sha256 if purpose is Proves.SIGN else ""
    options = await devices.to_prove(who.person_id, who.session_token, purpose, about)
    return PasskeyOptions(options=options)


@api.post("/me/passkeys/begin", guard=in_person, scope=WRITE, errors=CHANGE)
async def begin_passkey(request: Request, body: AuthenticatorBegin) -> PasskeyOptions:
    """Ask to add a passkey; with the password, and a second factor that is there already."""
    who = viewer(request)
    proof = given(body, viewer(request).session_token)
    options = await passkeys.begin(who.person, body.password, proof, who.session_token)
    return PasskeyOptions(options=options)


@api.post("/me/passkeys", guard=in_person, scope=WRITE, status=201, errors=CHANGE)
async def add_passkey(request: Request, body: PasskeyDraft) -> PasskeyAdded:
    """Keep the passkey that the browser made."""
    who = viewer(request)
    row, spare = await passkeys.add(who.person_id, who.session_token, body.name, body.passkey)
    return PasskeyAdded(**PasskeyView.model_validate(row).model_dump(), recovery_codes=spare)


@api.patch("/me/passkeys/{passkey_id:uuid}", guard=in_person, scope=WRITE, errors=CHANGE)
async def rename_passkey(request: Request, passkey_id: UUID, body: PasskeyName) -> None:
    """Call a passkey otherwise."""
    await passkeys.rename(viewer(request).person_id, passkey_id, body.name)


@api.delete("/me/passkeys/{passkey_id:uuid}", guard=in_person, scope=WRITE, errors=CHANGE)
async def remove_passkey(request: Request, passkey_id: UUID, body: FactorDraft) -> None:
    """Remove a passkey with the second factor or a recovery code."""
    await passkeys.remove(
        viewer(request).person_id, passkey_id, given(body, viewer(request).session_token)
    )
