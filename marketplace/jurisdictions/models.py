"""Owns the tables of tax facts: registers' answers, decisions, who left the small-business scheme.

`RegisterAnswer` and `TaxDecision` are append-only by database trigger: they are evidence.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.core.ids import new_id
from marketplace.jurisdictions.rules import Register, State


class RegisterAnswer(Model):
    """What a register said of a number, word for word; `reference` is its own number for it."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    register: Register = fields.CharEnumField(Register, max_length=10)
    number: str = fields.CharField(max_length=40)
    state: State = fields.CharEnumField(State, max_length=10)
    name: str = fields.TextField(default="")
    reference: str = fields.CharField(max_length=80, default="")
    said: Any = fields.JSONField(default=dict)
    asked_at: datetime = fields.DatetimeField()

    class Meta:
        table = "register_answer"


class TaxDecision(Model):
    """A VAT decision that was used, with everything it rests on.

    `subject` says for what (contract:<id>, invoice:<id>), `purpose` which supply of it (supply,
    client_fee, assistant_fee). A null party is the operator of this instance.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    subject: str = fields.CharField(max_length=60)
    purpose: str = fields.CharField(max_length=20)
    seller_id: UUID | None = fields.UUIDField(null=True)
    buyer_id: UUID | None = fields.UUIDField(null=True)
    on_day: date = fields.DateField()
    inputs: Any = fields.JSONField()
    outputs: Any = fields.JSONField()
    rule: str = fields.CharField(max_length=8)
    data_version: str = fields.CharField(max_length=40)
    decided_at: datetime = fields.DatetimeField()

    class Meta:
        table = "tax_decision"


class TaxStanding(Model):
    """From when a party's turnover ends its small-business exemption."""

    party_id: UUID = fields.UUIDField(primary_key=True)
    left_on: date = fields.DateField()
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "tax_standing"
