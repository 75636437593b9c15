"""Owns the shapes of invoices and mandates at the edge, in and out."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from marketplace.core.fields import Clean
from marketplace.core.i18n import _, gettext
from marketplace.invoicing.rules.drafting import why
from marketplace.invoicing.rules.papers import Kind, Paper
from marketplace.invoicing.rules.states import Status

if TYPE_CHECKING:
    from marketplace.invoicing.models import BillingMandate, Invoice, SellerDetails
    from marketplace.invoicing.rules.mandate import Mandate
    from marketplace.invoicing.rules.reporting import SellerYear

NOT_AGREED = _("Tick the box to give the mandate.")


class In(BaseModel):
    """Input: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MandateDraft(In):
    """Consent to exactly the text whose hash is sent."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    agree: Annotated[bool, Field(validate_default=True)] = False

    @field_validator("agree")
    @classmethod
    def _agreed(cls, value: bool) -> bool:
        if not value:
            raise PydanticCustomError("not_agreed", NOT_AGREED)
        return value


class ContestDraft(In):
    """What is wrong with the invoice; printed on the credit note."""

    reason: Annotated[
        str, Clean, StringConstraints(strip_whitespace=True, min_length=5, max_length=300)
    ]


class OwnInvoiceDraft(In):
    """A document that its seller issued itself: its number there, and its day."""

    number: Annotated[
        str, Clean, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)
    ]
    issued_on: date


class SellerDraft(In):
    """What tax offices ask of a seller; names and birth are a person's alone.

    `tin` is the tax number, `tin_country` who gave it (ISO 3166-1).
    """

    first_name: Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    last_name: Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    birth_date: date | None = None
    birth_town: Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    birth_country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    tin: Annotated[
        str, Clean, StringConstraints(strip_whitespace=True, min_length=3, max_length=40)
    ]
    tin_country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]

    @field_validator("birth_date", mode="before")
    @classmethod
    def _nothing(cls, value: object) -> object:
        return value or None


class InvoiceQuery(BaseModel):
    """Which invoices: of a year, of a contract, a page of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: Annotated[int, Field(ge=2000, le=2200)] | None = None
    contract: UUID | None = None
    cursor: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Out(BaseModel):
    """Output: frozen."""

    model_config = ConfigDict(frozen=True)


class AmountView(Out):
    """An amount in minor units."""

    minor: int
    currency: str


class InvoiceView(Out):
    """An invoice or credit note. `waits_for` says why there is no number yet.

    `own_number`: its seller issued it outside, on `issued_on`; there is no file of it here.
    """

    id: UUID
    number: str | None
    own_number: str | None
    type: Literal["380", "381", "386", "389"]
    kind: Kind
    status: Status
    waits_for: str
    contract: UUID
    seller: str
    buyer: str
    net: AmountView
    vat: AmountView
    rounding: AmountView
    total: AmountView
    issued_on: date | None
    corrects: UUID | None
    reason: str
    contest_until: datetime | None
    contested_at: datetime | None
    pdf: bool
    xml: bool

    @classmethod
    def of(cls, row: Invoice, operator: str, locale: str) -> InvoiceView:
        """From its row with the sides at hand."""
        return cls(
            id=row.id,
            number=row.number,
            own_number=row.own_number,
            type=row.paper.value,
            kind=row.kind,
            status=row.status,
            waits_for=gettext(why(row.code), locale) if row.code else "",
            contract=row.contract_id,
            seller=row.seller.display_name if row.seller else operator,
            buyer=row.buyer.display_name,
            net=AmountView(minor=row.net_minor, currency=row.currency),
            vat=AmountView(minor=row.vat_minor, currency=row.currency),
            rounding=AmountView(minor=row.rounding_minor, currency=row.currency),
            total=AmountView(minor=row.total.minor, currency=row.currency),
            issued_on=row.issued_on,
            corrects=row.corrects_id,
            reason=gettext(row.reason, locale) if row.reason else "",
            contest_until=row.contest_until,
            contested_at=row.contested_at,
            pdf=row.pdf_sha256 is not None,
            xml=row.xml_sha256 is not None,
        )


class InvoiceList(Out):
    """A page of invoices, the newest first."""

    items: list[InvoiceView]
    next: UUID | None


class FindingView(Out):
    """A rule that a file breaks."""

    rules: str
    id: str
    text: str


class MandateView(Out):
    """The mandate's text in force and whether it is signed."""

    version: int
    language: str
    title: str
    articles: list[dict[str, str]]
    consent: str
    sha256: str
    signed_at: datetime | None
    signed_by: str
    waiting: int

    @classmethod
    def of(cls, text: Mandate, signed: BillingMandate | None, waiting: int) -> MandateView:
        """The text as it would be signed, and the one in force."""
        return cls(
            version=text.version,
            language=text.language,
            title=text.title,
            articles=[
                {"id": each.id, "title": each.title, "text": each.text} for each in text.articles
            ],
            consent=text.consent,
            sha256=text.sha256,
            signed_at=signed.signed_at if signed else None,
            signed_by=signed.person.name if signed else "",
            waiting=waiting,
        )


class SellerDetailsView(Out):
    """What is kept of a seller for tax offices; empty while nothing is."""

    first_name: str = ""
    last_name: str = ""
    birth_date: date | None = None
    birth_town: str = ""
    birth_country: str = ""
    tin: str = ""
    tin_country: str = ""
    updated_at: datetime | None = None

    @classmethod
    def of(cls, row: SellerDetails | None) -> SellerDetailsView:
        """From its row, if there is one."""
        if row is None:
            return cls()
        return cls.model_validate({name: getattr(row, name) for name in cls.model_fields})


class QuarterView(Out):
    """Three months, in minor units; `consideration` is what was paid or credited, fees taken off.

    `outside_minor` of it was paid outside, as both sides confirmed.
    """

    quarter: int
    consideration_minor: int
    price_minor: int
    vat_minor: int
    fees_minor: int
    outside_minor: int
    activities: int


class SellerYearView(Out):
    """A seller's year in one currency."""

    currency: str
    quarters: list[QuarterView]

    @classmethod
    def of(cls, year: SellerYear) -> SellerYearView:
        """From the figures."""
        quarters = [
            QuarterView(
                quarter=number,
                consideration_minor=each.consideration_minor,
                price_minor=each.price_minor,
                vat_minor=each.vat_minor,
                fees_minor=each.fees_minor,
                outside_minor=each.outside_minor,
                activities=each.activities,
            )
            for number, each in year.quarters.items()
        ]
        return cls(currency=year.currency, quarters=quarters)


class YearView(Out):
    """What a party earned in a year, and the report that tells a tax office of it."""

    party: UUID
    year: int
    reported_as: str
    figures: list[SellerYearView]


PAPER_NAMES = {
    Paper.INVOICE: _("Invoice"),
    Paper.SELF_BILLED: _("Invoice"),
    Paper.CREDIT_NOTE: _("Credit note"),
    Paper.ADVANCE: _("Invoice for a payment on account"),
}
KIND_NAMES = {
    Kind.WORK: _("Work"),
    Kind.CLIENT_FEE: _("Platform fee"),
    Kind.ASSISTANT_FEE: _("Platform commission"),
}
