"""Owns the tables of people and their ways in; never decides anything."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.core.ids import new_id


class Person(Model):
    """Someone with an account. `email` is stored normalised (`rules.normal_email`).

    `recovery_codes` are hashes of what replaces the second factor, once each. `suspended_for` is
    the reason that a suspended person was told.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    email: str = fields.CharField(max_length=320, unique=True)
    name: str = fields.CharField(max_length=120)
    locale: str = fields.CharField(max_length=2)
    password_hash: str | None = fields.TextField(null=True)
    email_verified_at: datetime | None = fields.DatetimeField(null=True)
    is_operator: bool = fields.BooleanField(default=False)
    recovery_codes: Any = fields.JSONField(default=list)
    suspended_at: datetime | None = fields.DatetimeField(null=True)
    suspended_for: str = fields.TextField(default="")
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "person"


class LoginSession(Model):
    """A browser that is signed in. Only the hash of its cookie is kept."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="sessions", on_delete=fields.RESTRICT
    )
    person_id: UUID
    token_hash: str = fields.CharField(max_length=64, unique=True)
    ip: str = fields.TextField()
    agent: str = fields.TextField()
    created_at: datetime = fields.DatetimeField()
    last_seen_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    revoked_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "login_session"


class EmailToken(Model):
    """A single-use link sent to `email`. `payload` is what following it will write."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="email_tokens", on_delete=fields.RESTRICT
    )
    person_id: UUID
    purpose: str = fields.CharField(max_length=10)
    email: str = fields.CharField(max_length=320)
    token_hash: str = fields.CharField(max_length=64, unique=True)
    payload: Any = fields.JSONField()
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "email_token"


class ApiToken(Model):
    """A personal API token. Only its hash is kept; `ending` helps people to tell tokens apart."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="api_tokens", on_delete=fields.RESTRICT
    )
    person_id: UUID
    name: str = fields.CharField(max_length=120)
    token_hash: str = fields.CharField(max_length=64, unique=True)
    ending: str = fields.CharField(max_length=4)
    scopes: list[str] = fields.JSONField()
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime | None = fields.DatetimeField(null=True)
    last_used_at: datetime | None = fields.DatetimeField(null=True)
    revoked_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "api_token"


class Identity(Model):
    """A person as an OpenID provider knows them: issuer and subject, never the address."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="identities", on_delete=fields.RESTRICT
    )
    person_id: UUID
    issuer: str = fields.TextField()
    subject: str = fields.TextField()
    provider: str = fields.CharField(max_length=32)
    email: str | None = fields.CharField(max_length=320, null=True)
    created_at: datetime = fields.DatetimeField()
    last_used_at: datetime = fields.DatetimeField()

    class Meta:
        table = "identity"
        unique_together = (("issuer", "subject"),)


class SignInAttempt(Model):
    """A visit to an OpenID provider under way, bound to the browser that began it."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    state_hash: str = fields.CharField(max_length=64, unique=True)
    browser_hash: str = fields.CharField(max_length=64)
    provider: str = fields.CharField(max_length=32)
    nonce: str = fields.TextField()
    code_verifier: str = fields.TextField()
    locale: str = fields.CharField(max_length=2)
    next_path: str = fields.TextField()
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="attempts", on_delete=fields.RESTRICT, null=True
    )
    person_id: UUID | None
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()

    class Meta:
        table = "sign_in_attempt"


class Authenticator(Model):
    """An app that makes one-time codes. `secret` is encrypted.

    `last_step` is the half-minute of the last code used: none serves twice. Until `confirmed_at`
    it can be seen and confirmed in the session of `session_hash` only.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "relais.Person", related_name="authenticator", on_delete=fields.RESTRICT
    )
    person_id: UUID
    secret: str = fields.TextField()
    last_step: int = fields.BigIntField(default=0)
    session_hash: str = fields.CharField(max_length=64, default="")
    created_at: datetime = fields.DatetimeField()
    confirmed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "authenticator"


class Passkey(Model):
    """A device's key pair for this site (W3C WebAuthn): only its public half is known here.

    `credential_id` is the device's own name for it, in base64url.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="passkeys", on_delete=fields.RESTRICT
    )
    person_id: UUID
    name: str = fields.TextField()
    credential_id: str = fields.CharField(max_length=2000, unique=True)
    public_key: bytes = fields.BinaryField()
    sign_count: int = fields.BigIntField(default=0)
    created_at: datetime = fields.DatetimeField()
    last_used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "passkey"


class PasskeyChallenge(Model):
    """What a device is to answer: once, soon, in this session, for this purpose."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="passkey_challenges", on_delete=fields.RESTRICT
    )
    person_id: UUID
    session_hash: str = fields.CharField(max_length=64)
    purpose: str = fields.TextField()
    about: str = fields.TextField(default="")
    challenge: str = fields.CharField(max_length=64, unique=True)
    expires_at: datetime = fields.DatetimeField()

    class Meta:
        table = "passkey_challenge"
