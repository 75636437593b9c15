"""Owns what stands on an invoice: who, what, tax, sums. Amounts are minor units of one currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from marketplace.jurisdictions.rules import Category
from payments.money import Money


class Kind(StrEnum):
    """What is invoiced: the assistant's work, or one of the platform's two fees."""

    WORK = "work"
    CLIENT_FEE = "client_fee"
    ASSISTANT_FEE = "assistant_fee"


class Paper(StrEnum):
    """The document's code in UNTDID 1001.

    380 is ours: issued in the seller's name by a third party under its mandate. 389 is for a
    customer that issues its supplier's invoice itself. 386 is for what is paid on account, before
    the work is handed in.
    """

    INVOICE = "380"
    CREDIT_NOTE = "381"
    ADVANCE = "386"
    SELF_BILLED = "389"


@dataclass(frozen=True, slots=True)
class Identity:
    """A side as the paper names it on its day. Empty text means "none".

    `form` are words, `register` and `vat_register` the numbers' labels. `own_id` is our own number
    for it, printed in the XML where no official one may be. `qst_number` is that of Quebec's tax,
    beside the number of the federal one.
    """

    name: str
    jurisdiction: str
    country: str
    country_name: str
    own_id: str
    form: str = ""
    address: tuple[str, ...] = ()
    postcode: str = ""
    town: str = ""
    register: str = ""
    registration: str = ""
    vat_register: str = ""
    vat_number: str = ""
    qst_number: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line before tax; `detail` says how the amount came about (hours, rate, period)."""

    text: str
    net_minor: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One tax on the whole; the rate in parts per million."""

    name: str
    rate_ppm: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """An invoice that this one corrects, or comes after."""

    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Outside:
    """Paid by the buyer directly, past the platform: until when, and what is confirmed of it.

    `paid_on` is the day of the last payment once the whole is paid.
    """

    due_on: date
    paid_minor: int
    paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """The whole document. Everything a reader or a program sees of it comes from here.

    Amounts are positive on a credit note too: its type says the direction. `number` is "" until
    it is taken from the series. `behalf` names who issues in the seller's name ("" the seller
    itself); `paid_on` is when the held funds paid it, unless it is paid `outside`; `late` is the
    interest on late payment that both signed, in the words of their contract. `rounding_minor` is
    what the parts of a larger sum leave of a cent: paid, and neither price nor tax (BT-114).
    `annuls`: a credit note on paper alone, without money. `before` are the invoices of the same
    price that its last one names, some of them on account (`after_advances`).
    """

    paper: Paper
    kind: Kind
    number: str
    issued_on: date
    language: str
    currency: str
    seller: Identity
    buyer: Identity
    lines: tuple[Line, ...]
    taxes: tuple[TaxLine, ...]
    category: Category
    mention: str
    vatex: str
    starts_on: date
    ends_on: date
    paid_on: date
    contract: str
    behalf: str = ""
    corrects: tuple[Earlier, ...] = ()
    reason: str = ""
    outside: Outside | None = None
    late: str = ""
    rounding_minor: int = 0
    annuls: bool = False
    before: tuple[Earlier, ...] = ()
    after_advances: bool = False

    @property
    def net(self) -> Money:
        """The sum of the lines, before tax."""
        return Money(sum(line.net_minor for line in self.lines), self.currency)

    @property
    def vat(self) -> Money:
        """The sum of the taxes."""
        return Money(sum(tax.amount_minor for tax in self.taxes), self.currency)

    @property
    def total(self) -> Money:
        """The sum with tax."""
        return self.net + self.vat

    @property
    def rounding(self) -> Money:
        """What was paid beyond the total, or (negative) short of it, by rounding."""
        return Money(self.rounding_minor, self.currency)

    @property
    def due(self) -> Money:
        """All that is paid for it, or given back."""
        return self.total + self.rounding

    @property
    def paid(self) -> Money:
        """What of it was paid when it was made."""
        return self.due if self.outside is None else Money(self.outside.paid_minor, self.currency)

    @property
    def left(self) -> Money:
        """What is still to be paid."""
        return self.due - self.paid

    @property
    def electronic(self) -> bool:
        """Whether EN 16931 can say it: one tax at most (Quebec has two), cents at most."""
        return len(self.taxes) <= 1 and self.net.exponent <= 2

    @property
    def french(self) -> bool:
        """Whether the French rules for approved platforms apply: both sides are in France."""
        return self.seller.country == self.buyer.country == "FR"

    @property
    def belgian(self) -> bool:
        """Whether a Peppol UBL file is due: both sides in Belgium (law of 6 February 2024)."""
        return self.seller.country == self.buyer.country == "BE"
