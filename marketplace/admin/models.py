"""Owns the tables of the operator: acts and comparisons with Stripe; never decides anything."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.accounts.models import Person
from marketplace.admin.rules.runs import RunStatus, Side
from marketplace.core.ids import new_id
from payments.money import Money


class OperatorAct(Model):
    """Something an operator did by hand; the database refuses to change or remove it."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name=False, on_delete=fields.RESTRICT
    )
    person_id: UUID
    act: str = fields.TextField()
    subject: str = fields.TextField()
    before: Any = fields.JSONField()
    after: Any = fields.JSONField()
    reason: str = fields.TextField()
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "operator_act"


class ReconciliationRun(Model):
    """One comparison; without a person the night asked for it.

    `differences` are [source, currency, Stripe's minor, our minor], `totals` the same without
    a source.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    status: RunStatus = fields.CharEnumField(RunStatus)
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    person_id: UUID | None
    lines_read: int = fields.IntField(default=0)
    sources_count: int = fields.IntField(default=0)
    clean: bool | None = fields.BooleanField(null=True)
    differences: Any = fields.JSONField(default=list)
    totals: Any = fields.JSONField(default=list)
    failure: str | None = fields.TextField(null=True)
    created_at: datetime = fields.DatetimeField()
    started_at: datetime | None = fields.DatetimeField(null=True)
    finished_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "reconciliation_run"


class ReconciliationLine(Model):
    """Something that moved our balance, on one of the two sides, and whether the other has it."""

    id: int = fields.BigIntField(primary_key=True)
    run: fields.ForeignKeyRelation[ReconciliationRun] = fields.ForeignKeyField(
        "relais.ReconciliationRun", related_name=False, on_delete=fields.RESTRICT
    )
    run_id: UUID
    side: Side = fields.CharEnumField(Side)
    reference: str = fields.TextField()
    source: str = fields.TextField()
    kind: str = fields.TextField()
    amount_minor: int = fields.BigIntField()
    currency: str = fields.CharField(max_length=3)
    happened_at: datetime = fields.DatetimeField()
    matched: bool = fields.BooleanField()

    class Meta:
        table = "reconciliation_line"

    @property
    def amount(self) -> Money:
        """What it moved, minor units with currency."""
        return Money(self.amount_minor, self.currency)
