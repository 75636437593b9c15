"""Owns the tables of mandates, series of numbers and invoices; never decides anything.

An issued invoice and a signed mandate are final by database trigger; a series goes on by one.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.core.ids import new_id
from marketplace.invoicing.rules.papers import Kind, Paper
from marketplace.invoicing.rules.states import CONTEST_DAYS, Status
from payments.money import Money

ANNULS = "contest:"
"""Begins the cause of the credit note of a contest."""

if TYPE_CHECKING:
    from marketplace.accounts.models import Person
    from marketplace.contracts.models import Contract
    from marketplace.parties.models import Party


class BillingMandate(Model):
    """An assistant's mandate to issue invoices in its name: the text as shown, who agreed, when."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    party: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name="billing_mandates", on_delete=fields.RESTRICT
    )
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="billing_mandates", on_delete=fields.RESTRICT
    )
    party_id: UUID
    person_id: UUID
    version: int = fields.IntField()
    language: str = fields.CharField(max_length=2)
    text: str = fields.TextField()
    text_sha256: str = fields.TextField()
    consent: str = fields.TextField()
    ip: str | None = fields.TextField(null=True)
    user_agent: str | None = fields.TextField(null=True)
    signed_at: datetime = fields.DatetimeField()
    revoked_at: datetime | None = fields.DatetimeField(null=True)
    revoked_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="revoked_mandates", on_delete=fields.RESTRICT, null=True
    )
    revoked_by_id: UUID | None

    class Meta:
        table = "billing_mandate"


class InvoiceSeries(Model):
    """The numbers of one issuer: "platform" or the id of an assistant's party."""

    id: int = fields.IntField(primary_key=True, generated=True)
    issuer: str = fields.CharField(max_length=40, unique=True)
    last_number: int = fields.IntField(default=0)

    class Meta:
        table = "invoice_series"


class Invoice(Model):
    """An invoice or credit note, from the moment the ledger calls for it.

    `cause` is the key of the ledger's transaction, or of the contest; `seller` None is the
    platform. `code` says why it waits (rules.drafting.WHY), `findings` which rules it breaks.
    `document` is what is printed, `decision` the VAT decision, `report` what the gate said.
    Until it is issued `vat_minor` is what was collected; then the tax due on the net amount, and
    `rounding_minor` what was collected beyond or short of that. `own_number`: its seller issued it
    outside, under this number and on `issued_on`.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    cause: str = fields.TextField()
    kind: Kind = fields.CharEnumField(Kind, max_length=20)
    paper: Paper = fields.CharEnumField(Paper, max_length=3)
    status: Status = fields.CharEnumField(Status, max_length=20, default=Status.DUE)
    code: str = fields.TextField(default="")
    findings: Any = fields.JSONField(default=list)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name="invoices", on_delete=fields.RESTRICT
    )
    contract_id: UUID
    holding: str = fields.TextField()
    seller: fields.ForeignKeyNullableRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name="invoices_sent", on_delete=fields.RESTRICT, null=True
    )
    seller_id: UUID | None
    buyer: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name="invoices_received", on_delete=fields.RESTRICT
    )
    buyer_id: UUID
    currency: str = fields.CharField(max_length=3)
    net_minor: int = fields.BigIntField()
    vat_minor: int = fields.BigIntField()
    rounding_minor: int = fields.BigIntField(default=0)
    earned_at: datetime = fields.DatetimeField()
    corrects: fields.ForeignKeyNullableRelation[Invoice] = fields.ForeignKeyField(
        "relais.Invoice", related_name="corrections", on_delete=fields.RESTRICT, null=True
    )
    corrects_id: UUID | None
    reason: str = fields.TextField(default="")
    created_at: datetime = fields.DatetimeField()
    series: fields.ForeignKeyNullableRelation[InvoiceSeries] = fields.ForeignKeyField(
        "relais.InvoiceSeries", related_name="invoices", on_delete=fields.RESTRICT, null=True
    )
    series_id: int | None
    serial: int | None = fields.IntField(null=True)
    number: str | None = fields.TextField(null=True)
    own_number: str | None = fields.TextField(null=True)
    issued_on: date | None = fields.DateField(null=True)
    issued_at: datetime | None = fields.DatetimeField(null=True)
    document: Any = fields.JSONField(null=True)
    decision: Any = fields.JSONField(null=True)
    mandate: fields.ForeignKeyNullableRelation[BillingMandate] = fields.ForeignKeyField(
        "relais.BillingMandate", related_name="invoices", on_delete=fields.RESTRICT, null=True
    )
    mandate_id: UUID | None
    report: Any = fields.JSONField(null=True)
    xml_sha256: str | None = fields.TextField(null=True)
    ubl_sha256: str | None = fields.TextField(null=True)
    pdf_sha256: str | None = fields.TextField(null=True)
    told_code: str = fields.TextField(default="")
    contested_at: datetime | None = fields.DatetimeField(null=True)
    contested_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="contested_invoices", on_delete=fields.RESTRICT, null=True
    )
    contested_by_id: UUID | None
    handed_over_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "invoice"

    @property
    def net(self) -> Money:
        """Before tax."""
        return Money(self.net_minor, self.currency)

    @property
    def vat(self) -> Money:
        """The tax."""
        return Money(self.vat_minor, self.currency)

    @property
    def total(self) -> Money:
        """With tax, as paid; on a credit note what is given back."""
        return Money(self.net_minor + self.vat_minor + self.rounding_minor, self.currency)

    @property
    def credit(self) -> bool:
        """Whether it gives back."""
        return self.paper is Paper.CREDIT_NOTE

    @property
    def annuls(self) -> bool:
        """Whether it takes a contested invoice back on paper alone: no money moves."""
        return self.cause.startswith(ANNULS)

    @property
    def contest_until(self) -> datetime | None:
        """Until when a side may contest it."""
        return self.issued_at + timedelta(days=CONTEST_DAYS) if self.issued_at else None


class SellerDetails(Model):
    """What tax offices want to know of an assistant (DAC7 and its like). `tin`: the tax number.

    First name, last name and birth are a person's; a company has none.
    """

    party: fields.OneToOneRelation[Party] = fields.OneToOneField(
        "relais.Party",
        related_name="seller_details",
        on_delete=fields.RESTRICT,
        primary_key=True,
    )
    party_id: UUID
    first_name: str = fields.TextField(default="")
    last_name: str = fields.TextField(default="")
    birth_date: date | None = fields.DateField(null=True)
    birth_town: str = fields.TextField(default="")
    birth_country: str = fields.TextField(default="")
    tin: str = fields.TextField()
    tin_country: str = fields.TextField()
    updated_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="seller_details", on_delete=fields.RESTRICT
    )
    updated_by_id: UUID
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "seller_details"
