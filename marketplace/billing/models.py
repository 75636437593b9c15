"""Owns the tables of recorded payments and of tips; never decides anything."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.billing.rules.recorded import Method, State
from marketplace.core.ids import new_id
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.accounts.models import Person
    from marketplace.contracts.models import Contract
    from marketplace.parties.models import Party
    from marketplace.work.models import Unit


class RecordedPayment(Model):
    """One payment outside, as the business wrote it down and the assistant answered it.

    `amount_minor` is what was paid, VAT included; `note` is the assistant's reason to dispute it.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "relais.Unit", related_name="recorded_payments", on_delete=fields.RESTRICT
    )
    unit_id: UUID
    state: State = fields.CharEnumField(State, max_length=20, default=State.RECORDED)
    amount_minor: int = fields.BigIntField()
    currency: str = fields.CharField(max_length=3)
    paid_on: date = fields.DateField()
    method: Method = fields.CharEnumField(Method, max_length=20)
    reference: str = fields.TextField(default="")
    recorded_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="recorded_payments", on_delete=fields.RESTRICT
    )
    recorded_by_id: UUID
    recorded_at: datetime = fields.DatetimeField()
    answered_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="answered_payments", on_delete=fields.RESTRICT, null=True
    )
    answered_by_id: UUID | None
    answered_at: datetime | None = fields.DatetimeField(null=True)
    note: str = fields.TextField(default="")
    reminders_sent: int = fields.IntField(default=0)

    class Meta:
        table = "recorded_payment"

    @property
    def amount(self) -> Money:
        """What was paid, VAT included."""
        return Money(self.amount_minor, self.currency)


class Tip(Model):
    """A tip or bonus of the business. Its id names its own place in the ledger.

    `amount_minor` is what the business gives and pays; the assistant's as soon as it is `paid_at`.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name="tips", on_delete=fields.RESTRICT
    )
    contract_id: UUID
    given_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="tips", on_delete=fields.RESTRICT
    )
    given_by_id: UUID
    funding_id: UUID = fields.UUIDField(unique=True)
    amount_minor: int = fields.BigIntField()
    currency: str = fields.CharField(max_length=3)
    note: str = fields.TextField(default="")
    asked_at: datetime = fields.DatetimeField()
    paid_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "tip"

    @property
    def amount(self) -> Money:
        """What the business gives."""
        return Money(self.amount_minor, self.currency)


class DeclaredTurnover(Model):
    """What an assistant says to have earned outside in a calendar year, in its own currency."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    party: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name="declared_turnovers", on_delete=fields.RESTRICT
    )
    party_id: UUID
    year: int = fields.IntField()
    amount_minor: int = fields.BigIntField()
    currency: str = fields.CharField(max_length=3)
    declared_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="declared_turnovers", on_delete=fields.RESTRICT
    )
    declared_by_id: UUID
    declared_at: datetime = fields.DatetimeField()

    class Meta:
        table = "declared_turnover"
        unique_together = (("party", "year"),)


class RadarNotice(Model):
    """That people were told of a limit reached: once for each year, limit and level."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    party: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name="radar_notices", on_delete=fields.RESTRICT
    )
    party_id: UUID
    year: int = fields.IntField()
    code: str = fields.CharField(max_length=80)
    level: int = fields.IntField()
    used_minor: int = fields.BigIntField()
    told_at: datetime = fields.DatetimeField()

    class Meta:
        table = "radar_notice"
        unique_together = (("party", "year", "code", "level"),)
