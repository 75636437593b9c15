"""Owns the tables of references, of reports of them and of addresses that want none."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.core.grounds import Ground
from marketplace.core.ids import new_id
from marketplace.references.rules.states import Relation, Status

if TYPE_CHECKING:
    from marketplace.accounts.models import Person
    from marketplace.parties.models import Party
    from marketplace.profiles.models import Profile


class ClientReference(Model):
    """A request to a former client, and what they answered.

    `name`, `company`, `relation` and at first the months are the assistant's words, the rest the
    client's. `mark` is a keyed hash of the mailbox that outlives `email`; `domain` is that of the
    address, `at_company` when no free one. Months are kept as their first day, `worked_to` null
    while the two still work together; `skills` are codes. Days are those of the profile's zone;
    `counts_until` is the last one. `next_at` is when a reminder or the end of waiting is due.
    Hidden by the assistant, or taken down by an operator for a Ground.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    profile: fields.ForeignKeyRelation[Profile] = fields.ForeignKeyField(
        "relais.Profile", related_name=False, on_delete=fields.RESTRICT
    )
    party: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name=False, on_delete=fields.RESTRICT
    )
    asked_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    profile_id: UUID
    party_id: UUID
    asked_by_id: UUID | None
    email: str = fields.CharField(max_length=320)
    mark: str = fields.CharField(max_length=64)
    domain: str = fields.CharField(max_length=255)
    at_company: bool = fields.BooleanField()
    name: str = fields.CharField(max_length=80)
    company: str = fields.CharField(max_length=80)
    relation: Relation = fields.CharEnumField(Relation, max_length=10)
    worked_from: date = fields.DateField()
    worked_to: date | None = fields.DateField(null=True)
    locale: str = fields.CharField(max_length=2)
    status: Status = fields.CharEnumField(Status, max_length=10)
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    next_at: datetime | None = fields.DatetimeField(null=True)
    reminded: int = fields.SmallIntField(default=0)
    closed_at: datetime | None = fields.DatetimeField(null=True)
    answered_on: date | None = fields.DateField(null=True)
    counts_until: date | None = fields.DateField(null=True)
    skills: Any = fields.JSONField(default=list)
    again: bool | None = fields.BooleanField(null=True)
    text: str = fields.TextField(default="")
    language: str = fields.CharField(max_length=8, default="")
    show_company: bool = fields.BooleanField(default=False)
    hidden_at: datetime | None = fields.DatetimeField(null=True)
    taken_down_at: datetime | None = fields.DatetimeField(null=True)
    taken_down_for: Ground | str = fields.CharField(max_length=20, default="")

    class Meta:
        table = "client_reference"

    @property
    def mails(self) -> str:
        """What the mails to its giver are about: they are forgotten with it."""
        return f"reference:{self.id}"


class ReferenceReport(Model):
    """Somebody holds that a reference is unlawful; `taken_down` is what was decided."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    reference: fields.ForeignKeyRelation[ClientReference] = fields.ForeignKeyField(
        "relais.ClientReference", related_name=False, on_delete=fields.RESTRICT
    )
    reference_id: UUID
    ground: Ground = fields.CharEnumField(Ground, max_length=20)
    said: str = fields.TextField()
    email: str = fields.TextField(default="")
    locale: str = fields.TextField()
    created_at: datetime = fields.DatetimeField()
    taken_down: bool | None = fields.BooleanField(null=True)
    decided_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "reference_report"


class ReferenceStop(Model):
    """A mailbox, by its mark, that wants no request for a reference from anybody."""

    mark: str = fields.CharField(max_length=64, primary_key=True)
    stopped_at: datetime = fields.DatetimeField()

    class Meta:
        table = "reference_stop"
