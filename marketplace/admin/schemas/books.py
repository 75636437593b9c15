"""Owns the shapes of the books: what is asked of them and what the API shows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError
from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.fr import siren as sirens

from marketplace.admin.schemas.shapes import Listed, ListQuery, MinorAmount, View
from marketplace.core.i18n import _
from payments import explorer

KIND = "^(" + "|".join(explorer.KINDS) + ")?$"
Code = Annotated[str, Field(max_length=200)]
Until = Annotated[date | None, Field(lt=date(9999, 1, 1))]
RowNumber = Annotated[int | None, Field(ge=1, lt=2**63)]


class AccountQuery(ListQuery):
    """Accounts whose code begins with `prefix`; `after` is `next` of the page before."""

    prefix: Code = ""
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""
    after: Code = ""

    @property
    def place(self) -> tuple[str, str] | None:
        """The last account of the page before."""
        code, _bar, currency = self.after.rpartition("|")
        return (code, currency[:3]) if code else None


class EntryQuery(ListQuery):
    """The entries of one account; `before` is `next` of the page before."""

    account: Annotated[str, Field(min_length=1, max_length=200)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    before: RowNumber = None


class TransactionQuery(ListQuery):
    """Transactions that match everything given; days are Paris days, both included."""

    account: Code = ""
    contract: Code = ""
    kind: Annotated[str, Field(pattern=KIND)] = ""
    since: date | None = None
    until: Until = None
    before: RowNumber = None


class ExportQuery(BaseModel):
    """The days to export, Paris days, both included; everything when left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: date | None = None
    until: Until = None


class FecQuery(BaseModel):
    """A calendar year and the SIREN of the company that keeps the books."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: Annotated[int, Field(ge=2020, le=2100)]
    siren: Annotated[str, Field(max_length=20)]

    @field_validator("siren")
    @classmethod
    def _checked(cls, value: str) -> str:
        try:
            return str(sirens.validate(value))
        except WrongNumber:
            message = _("This is not a SIREN: nine digits, the last one a check digit.")
            raise PydanticCustomError("siren", message) from None


class LedgerAccountView(View):
    """An account of the books."""

    code: str
    currency: str
    kind: str
    balance: MinorAmount
    entries_count: int


class LedgerAccountPage(BaseModel):
    """A page of accounts."""

    items: list[LedgerAccountView]
    next: str | None

    @classmethod
    def of(cls, rows: list[explorer.Account], limit: int) -> LedgerAccountPage:
        """The accounts and the name of the last one when more may follow."""
        full = len(rows) == limit
        following = f"{rows[-1].code}|{rows[-1].currency}" if full else None
        return cls(items=[LedgerAccountView.of(row) for row in rows], next=following)


class LedgerEntryView(View):
    """One leg on an account, with the balance after it."""

    id: int
    transaction_id: int
    kind: str
    contract: str | None
    at: datetime
    amount: MinorAmount
    after: MinorAmount


class LedgerLineView(View):
    """One leg of a transaction."""

    code: str = Field(serialization_alias="account")
    amount: MinorAmount
    after: MinorAmount


class LedgerTransactionView(View):
    """A transaction of the books; its lines sum to zero in each currency."""

    id: int
    key: str
    kind: str
    contract: str | None
    holding: str | None
    source: str | None
    at: datetime
    lines: list[LedgerLineView]


LedgerEntryPage = Listed[LedgerEntryView, int]
LedgerTransactionPage = Listed[LedgerTransactionView, int]
