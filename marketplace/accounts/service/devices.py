"""Owns the conversation with a device that holds a passkey (W3C WebAuthn); never decides what for.

A challenge serves once, soon, in the session it was made in and for what it was made for. The
device must have recognised its owner (user verification): a stolen key alone proves nothing.
"""

from __future__ import annotations

import ipaddress
import json
import secrets
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from marketplace.accounts.models import Passkey, PasskeyChallenge, Person
from marketplace.accounts.rules import PasskeyWrong, Proves
from marketplace.core import clock
from marketplace.core.ids import hash_token
from marketplace.core.settings import settings

LIFE: Final = timedelta(minutes=10)
CHALLENGE_BYTES: Final = 32


def available() -> bool:
    """Whether this site can have passkeys: browsers give them to names only, never to numbers."""
    try:
        ipaddress.ip_address(_host())
    except ValueError:
        return True
    return False


def _host() -> str:
    return urlsplit(settings().base_url).hostname or ""


def _origin() -> str:
    parts = urlsplit(settings().base_url)
    return f"{parts.scheme}://{parts.netloc}"


async def to_add(person: Person, session: str) -> str:
    """What a browser needs to make a passkey, as JSON."""
    challenge = await _challenge(person.id, session, Proves.ADD, "")
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=settings().site_name,
        user_id=person.id.bytes,
        user_name=person.email,
        user_display_name=person.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=await _known(person.id),
    )
    return options_to_json(options)


async def to_prove(person_id: UUID, session: str, purpose: Proves, about: str = "") -> str:
    """What a browser needs to use one of the person's passkeys, as JSON; "" without any."""
    known = await _known(person_id)
    if not known or not available():
        return ""
    options = webauthn.generate_authentication_options(
        rp_id=_host(),
        challenge=await _challenge(person_id, session, purpose, about),
        allow_credentials=known,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


async def _known(person_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    rows = await Passkey.filter(person_id=person_id).order_by("id")
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id)) for row in rows]


async def _challenge(person_id: UUID, session: str, purpose: Proves, about: str) -> bytes:
    """The unused challenge of this page, while it has half its life left; else a new one.

    So a page that is shown again and again, as after wrong codes, leaves no row each time.
    """
    what: dict[str, Any] = {
        "person_id": person_id,
        "session_hash": hash_token(session),
        "purpose": purpose.value,
        "about": about,
    }
    now = clock.now()
    waiting = await PasskeyChallenge.filter(**what, expires_at__gt=now + LIFE / 2).first()
    if waiting is not None:
        return base64url_to_bytes(waiting.challenge)
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    await PasskeyChallenge.create(
        **what, challenge=bytes_to_base64url(challenge), expires_at=now + LIFE
    )
    return challenge


async def made(person_id: UUID, session: str, answer: str) -> dict[str, Any]:
    """In a command: the columns of the passkey that a device made. Raises PasskeyWrong."""
    said, challenge = await _spent(person_id, session, Proves.ADD, "", answer)
    try:
        found = webauthn.verify_registration_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except Exception as error:  # the library has a dozen ways to say no to a hostile answer
        raise PasskeyWrong from error
    return {
        "credential_id": bytes_to_base64url(found.credential_id),
        "public_key": found.credential_public_key,
        "sign_count": found.sign_count,
    }


async def proven(person_id: UUID, session: str, purpose: Proves, about: str, answer: str) -> None:
    """In a command: one of the person's devices answered this challenge. Raises PasskeyWrong."""
    said, challenge = await _spent(person_id, session, purpose, about, answer)
    known = Passkey.filter(person_id=person_id, credential_id=said["rawId"])
    row = await known.select_for_update().first()
    if row is None:
        raise PasskeyWrong
    try:
        found = webauthn.verify_authentication_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        raise PasskeyWrong from error
    row.sign_count, row.last_used_at = found.new_sign_count, clock.now()
    await row.save(update_fields=["sign_count", "last_used_at"])


async def _spent(
    person_id: UUID, session: str, purpose: Proves, about: str, answer: str
) -> tuple[dict[str, Any], bytes]:
    """The answer as it was sent and the challenge it names, used up. Raises PasskeyWrong."""
    try:
        said = json.loads(answer)
        client = json.loads(base64url_to_bytes(said["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(client["challenge"])
        # Written anew: decoding passes over what the database would not take.
        said["rawId"] = bytes_to_base64url(base64url_to_bytes(said["rawId"]))
    except Exception as error:
        raise PasskeyWrong from error
    gone = await PasskeyChallenge.filter(
        person_id=person_id,
        session_hash=hash_token(session),
        purpose=purpose.value,
        about=about,
        challenge=bytes_to_base64url(challenge),
        expires_at__gt=clock.now(),
    ).delete()
    if not gone:
        raise PasskeyWrong
    return said, challenge
