"""Owns the conversation with OpenID Connect providers; never decides whose account it is.

Authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636, RFC 9700),
through Authlib. No transaction is open while a provider is asked.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import httpx
from joserfc.errors import JoseError

from marketplace.accounts.models import SignInAttempt
from marketplace.accounts.rules import SIGN_IN_LIFE, SignInFailed, known_locale
from marketplace.core import clock
from marketplace.core.db import command
from marketplace.core.errors import NotFound, Unavailable
from marketplace.core.ids import hash_token, secret_token
from marketplace.core.settings import OidcProvider, settings

with warnings.catch_warnings():
    import authlib.deprecate  # noqa: F401 - sets its own filter, which ours must follow

    warnings.simplefilter("ignore")  # Authlib announces its move to httpx2; we pin httpx
    from authlib.integrations.base_client import BaseApp, OAuthError
    from authlib.integrations.base_client.async_app import AsyncOAuth2Mixin
    from authlib.integrations.base_client.async_openid import AsyncOpenIDMixin
    from authlib.integrations.httpx_client import AsyncOAuth2Client

DISCOVERY: Final = "/.well-known/openid-configuration"
# Only signatures made with the provider's own key: "none" and shared secrets are refused.
ALGORITHMS: Final = tuple("RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA".split())
TIMEOUT_SECONDS: Final = 10


class _Client(AsyncOAuth2Mixin, AsyncOpenIDMixin, BaseApp):  # type: ignore[misc]
    """Authlib's client without a web framework's session: we keep state in sign_in_attempt."""

    client_cls = AsyncOAuth2Client


@dataclass(frozen=True)
class Visit:
    """Where to send the browser, and the secret that binds the visit to it."""

    url: str
    browser_secret: str


@dataclass(frozen=True)
class Claims:
    """What the provider vouches for. `email` is not proven unless `email_verified`."""

    provider: OidcProvider
    subject: str
    email: str | None
    email_verified: bool
    name: str


def provider_named(name: str) -> OidcProvider:
    """The configured provider. Raises NotFound."""
    for provider in settings().oidc_providers:
        if provider.name == name:
            return provider
    raise NotFound


@lru_cache(maxsize=32)
def _client(issuer: str, client_id: str, client_secret: str, scopes: str) -> Any:
    return _Client(
        framework=None,
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=issuer.rstrip("/") + DISCOVERY,
        client_kwargs={
            "scope": scopes,
            "code_challenge_method": "S256",
            "timeout": TIMEOUT_SECONDS,
        },
    )


async def _ready(provider: OidcProvider) -> Any:
    """The provider's client, its metadata read and checked (Discovery 1.0 section 4.3)."""
    client = _client(provider.issuer, provider.client_id, provider.client_secret, provider.scopes)
    metadata = await client.load_server_metadata()
    if str(metadata.get("issuer", "")).rstrip("/") != provider.issuer.rstrip("/"):
        raise SignInFailed
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [
        each for each in ALGORITHMS if each in offered
    ]
    # Basic is the default every provider must have; a few offer the form field only (section 9).
    ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    basic = "client_secret_basic" in ways
    chosen = "client_secret_basic" if basic else "client_secret_post"
    client.client_kwargs["token_endpoint_auth_method"] = chosen
    return client


def _redirect_uri(provider: OidcProvider) -> str:
    return f"{settings().base_url}/sign-in/{provider.name}/callback"


async def begin(
    name: str, *, next_path: str, locale: str, person_id: UUID | None = None, again: bool = False
) -> Visit:
    """Start a visit; with `person_id` it is to connect a signed-in person. Raises Unavailable.

    `again`: the provider is to ask who it is once more (Core 1.0 section 3.1.2.1, max_age).
    """
    provider = provider_named(name)
    try:
        client = await _ready(provider)
        made = await client.create_authorization_url(
            _redirect_uri(provider), **({"max_age": 0} if again else {})
        )
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable from error
    browser_secret = secret_token()
    now = clock.now()
    await SignInAttempt.create(
        state_hash=hash_token(made["state"]),
        browser_hash=hash_token(browser_secret),
        provider=name,
        nonce=made["nonce"],
        code_verifier=made["code_verifier"],
        locale=known_locale(locale),
        next_path=next_path,
        person_id=person_id,
        created_at=now,
        expires_at=now + SIGN_IN_LIFE,
    )
    return Visit(made["url"], browser_secret)


@command
async def take_attempt(name: str, *, state: str, browser_secret: str) -> SignInAttempt:
    """The visit of this state and browser, used up. Raises SignInFailed, NotFound."""
    provider = provider_named(name)
    attempt = (
        await SignInAttempt.filter(state_hash=hash_token(state), provider=provider.name)
        .select_for_update()
        .first()
    )
    if attempt is None or attempt.browser_hash != hash_token(browser_secret):
        raise SignInFailed
    await attempt.delete()
    return attempt


async def claims(attempt: SignInAttempt, code: str) -> Claims:
    """Exchange the code and check the ID token. Raises SignInFailed, Unavailable."""
    if attempt.expires_at <= clock.now():
        raise SignInFailed
    provider = provider_named(attempt.provider)
    try:
        client = await _ready(provider)
        token = await client.fetch_access_token(
            redirect_uri=_redirect_uri(provider), code=code, code_verifier=attempt.code_verifier
        )
        found = await client.parse_id_token(
            token,
            nonce=attempt.nonce,
            claims_options={
                "iss": {"essential": True, "value": client.server_metadata["issuer"]},
                "aud": {"essential": True, "value": provider.client_id},
            },
        )
        if found is None:
            raise SignInFailed
        known = dict(found)
        if not known.get("email") and client.server_metadata.get("userinfo_endpoint"):
            more = dict(await client.userinfo(token=token))
            if more.get("sub") == known["sub"]:  # Core 1.0 section 5.3.2
                known = {**more, **known}
    except (OAuthError, JoseError, KeyError) as error:
        raise SignInFailed from error
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable from error
    return Claims(
        provider=provider,
        subject=str(known["sub"]),
        email=str(known["email"]) if known.get("email") else None,
        email_verified=known.get("email_verified") is True,
        name=str(known.get("name") or known.get("preferred_username") or ""),
    )
