"""Owns the tables of papers, what clients said of them, reminders (append-only), and signs."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.core.ids import new_id
from marketplace.vigilance.rules import Verdict

if TYPE_CHECKING:
    from marketplace.accounts.models import Person
    from marketplace.contracts.models import Contract
    from marketplace.parties.models import Party


class ComplianceDocument(Model):
    """A paper of an assistant, with the file as it was handed in.

    `jurisdiction` and `code` name the rule that asks for it; `for_contract`: it names the
    assignment of `contract` and counts there alone. Otherwise it counts for every client whose
    country asks for it. `valid_until` is the last day on which it counts, null: it does not age.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    party: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name=False, on_delete=fields.RESTRICT
    )
    party_id: UUID
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name=False, on_delete=fields.RESTRICT
    )
    contract_id: UUID
    for_contract: bool = fields.BooleanField()
    jurisdiction: str = fields.TextField()
    code: str = fields.TextField()
    number: str = fields.TextField()
    issued_on: date = fields.DateField()
    valid_until: date | None = fields.DateField(null=True)
    file_sha256: str = fields.TextField()
    file_bytes: int = fields.IntField()
    media_type: str = fields.TextField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name=False, on_delete=fields.RESTRICT
    )
    person_id: UUID
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "compliance_document"

    @property
    def words(self) -> tuple[str, str, date, date | None]:
        """The file with what was typed of it: equal in two rows, it is the same paper twice."""
        return self.file_sha256, self.number, self.issued_on, self.valid_until


class ComplianceCheck(Model):
    """What the client of a contract said of a paper, or that it goes on without one."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name=False, on_delete=fields.RESTRICT
    )
    contract_id: UUID
    document: fields.ForeignKeyNullableRelation[ComplianceDocument] = fields.ForeignKeyField(
        "relais.ComplianceDocument", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    document_id: UUID | None
    jurisdiction: str = fields.TextField()
    code: str = fields.TextField()
    verdict: Verdict = fields.CharEnumField(Verdict, max_length=10)
    note: str = fields.TextField(default="")
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name=False, on_delete=fields.RESTRICT
    )
    person_id: UUID
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "compliance_check"


class ComplianceNotice(Model):
    """A reminder that left, once for each `stage` of a paper in a contract."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name=False, on_delete=fields.RESTRICT
    )
    contract_id: UUID
    jurisdiction: str = fields.TextField()
    code: str = fields.TextField()
    stage: str = fields.TextField()
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "compliance_notice"
        unique_together = (("contract", "jurisdiction", "code", "stage"),)


class LifeSign(Model):
    """A sign of disguised employment in a contract's life, from `found_at` until it was gone."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name=False, on_delete=fields.RESTRICT
    )
    contract_id: UUID
    code: str = fields.TextField()
    facts: Any = fields.JSONField()
    found_at: datetime = fields.DatetimeField()
    seen_at: datetime = fields.DatetimeField()
    gone_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "life_sign"
