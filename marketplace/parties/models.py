"""Owns the tables of parties and who acts for them; never decides who may (see service)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.core.ids import new_id
from marketplace.parties.rules import PartyKind, Role

if TYPE_CHECKING:
    from marketplace.accounts.models import Person


class Party(Model):
    """A legal identity that signs contracts. Empty text means "not given".

    `jurisdiction` is a code of marketplace.jurisdictions (FR, CA-QC); `country` its ISO 3166-1
    code; `subdivision` an ISO 3166-2 code where the tax depends on it (CA-MB, US-TX), else "".
    `qst_number` is that of Quebec's own tax, where a party in Canada has one; `lut_number` (ARN)
    and `sac_code` are those of who exports from India under a letter of undertaking.
    Numbers are stored as their registers write them without blanks (552008443, FR40303265045).
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    kind: PartyKind = fields.CharEnumField(PartyKind, max_length=10)
    display_name: str = fields.CharField(max_length=120)
    legal_name: str = fields.CharField(max_length=200)
    jurisdiction: str = fields.CharField(max_length=8)
    subdivision: str = fields.CharField(max_length=8, default="")
    legal_form: str = fields.CharField(max_length=40, default="")
    registration_number: str = fields.CharField(max_length=40, default="")
    tax_status: str = fields.CharField(max_length=40, default="")
    vat_number: str = fields.CharField(max_length=24, default="")
    qst_number: str = fields.CharField(max_length=24, default="")
    lut_number: str = fields.CharField(max_length=24, default="")
    sac_code: str = fields.CharField(max_length=8, default="")
    address_line1: str = fields.CharField(max_length=160, default="")
    address_line2: str = fields.CharField(max_length=160, default="")
    postcode: str = fields.CharField(max_length=16, default="")
    town: str = fields.CharField(max_length=100, default="")
    country: str = fields.CharField(max_length=2)
    representative_name: str = fields.CharField(max_length=120, default="")
    representative_title: str = fields.CharField(max_length=120, default="")
    created_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "party"

    def __str__(self) -> str:
        return self.display_name


class Membership(Model):
    """A person who acts for a party."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    party: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name="memberships", on_delete=fields.RESTRICT
    )
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="memberships", on_delete=fields.RESTRICT
    )
    party_id: UUID
    person_id: UUID
    role: Role = fields.CharEnumField(Role, max_length=10)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "membership"


class PartyInvitation(Model):
    """An open door for one e-mail address; only the hash of its link is kept."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    party: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name="invitations", on_delete=fields.RESTRICT
    )
    invited_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="invitations_sent", on_delete=fields.RESTRICT
    )
    accepted_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person",
        related_name="invitations_accepted",
        on_delete=fields.RESTRICT,
        null=True,
    )
    party_id: UUID
    invited_by_id: UUID
    accepted_by_id: UUID | None
    email: str = fields.CharField(max_length=320)
    role: Role = fields.CharEnumField(Role, max_length=10)
    token_hash: str = fields.CharField(max_length=64)
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    accepted_at: datetime | None = fields.DatetimeField(null=True)
    revoked_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "party_invitation"


class SigningDelegation(Model):
    """A member who may sign contracts for a party, in which capacity, until it is taken back."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    party: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name="delegations", on_delete=fields.RESTRICT
    )
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="delegations", on_delete=fields.RESTRICT
    )
    granted_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="delegations_granted", on_delete=fields.RESTRICT
    )
    party_id: UUID
    person_id: UUID
    granted_by_id: UUID
    capacity: str = fields.TextField()
    granted_at: datetime = fields.DatetimeField()
    revoked_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "signing_delegation"
