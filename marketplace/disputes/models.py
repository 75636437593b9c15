"""Owns the table of what the sides told about a dispute; never decides anything."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.accounts.models import Person
from marketplace.contracts.models import Contract
from marketplace.core.ids import new_id


class DisputeAccount(Model):
    """One side's account of what happened, for the bank to read."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    dispute: str = fields.TextField()
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name=False, on_delete=fields.RESTRICT
    )
    contract_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name=False, on_delete=fields.RESTRICT
    )
    person_id: UUID
    side: str = fields.TextField()
    text: str = fields.TextField()
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "dispute_account"
