"""Owns the table of archives that people asked for; never what is in them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.core.ids import new_id

if TYPE_CHECKING:
    from marketplace.accounts.models import Person


class DataExport(Model):
    """An archive of everything about a person. Without `ready_at` it is still being made."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="data_exports", on_delete=fields.RESTRICT
    )
    person_id: UUID
    locale: str = fields.CharField(max_length=2)
    created_at: datetime = fields.DatetimeField()
    ready_at: datetime | None = fields.DatetimeField(null=True)
    file_sha256: str | None = fields.TextField(null=True)
    file_bytes: int | None = fields.BigIntField(null=True)

    class Meta:
        table = "data_export"
