"""Owns the arithmetic of a price: fees, VAT lines, the lines of a payment for it.

Never reads or writes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from payments.money import Money, half_up

Rates = tuple[int, ...]
"""The taxes on one amount, each in parts per million and each rounded on its own."""

_MILLION: Final = 1_000_000
_RATE_MAX: Final = 500_000
# Until rates were kept exactly, terms held the sum of the taxes in basis points. The only rate of
# our data that did not fit is Quebec's, whose paper has always named both taxes.
_PPM_OF_BPS: Final = 100
_ROUNDED: Final[Mapping[int, Rates]] = {1_498: (50_000, 99_750)}


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """The percentages of a contract, fixed when it is signed.

    Our shares are in basis points, taxes exactly: `supplier_vat_ppm` are the assistant's own on
    the price, the two `*_fee_vat_ppm` ours on our fees. No tax is an empty tuple.
    """

    client_bps: int = 500
    assistant_bps: int = 500
    client_fee_vat_ppm: Rates = ()
    assistant_fee_vat_ppm: Rates = ()
    supplier_vat_ppm: Rates = ()

    def __post_init__(self) -> None:
        for name in ("client_bps", "assistant_bps"):
            value = getattr(self, name)
            if type(value) is not int or not 0 <= value <= 5_000:
                raise ValueError(f"{name} must be between 0 and 5000 basis points")
        for name in ("client_fee_vat_ppm", "assistant_fee_vat_ppm", "supplier_vat_ppm"):
            rates = getattr(self, name)
            if any(type(rate) is not int or rate <= 0 for rate in rates) or sum(rates) > _RATE_MAX:
                raise ValueError(f"{name} must be between 0 and 500000 parts per million")

    def as_json(self) -> dict[str, Any]:
        """The terms as stored in a contract."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> FeeTerms:
        """The terms as stored in a contract, also as they were stored before rates were exact."""
        return cls(**dict(_exact(name, value) for name, value in values.items()))


def _exact(name: str, value: Any) -> tuple[str, Any]:
    if name.endswith("_vat_bps"):
        rates = _ROUNDED.get(value) or ((value * _PPM_OF_BPS,) if value else ())
        return name.removesuffix("bps") + "ppm", rates
    return name, tuple(value) if name.endswith("_ppm") else value


def tax_on(net: Money, rates: Iterable[int]) -> Money:
    """The taxes on an amount, each rounded half-up to the minor unit.

    So the Excise Tax Act asks it (R.S.C. 1985, c. E-15, s. 165.2) and Revenu Québec for its own
    tax, which is computed on the price without the other.
    """
    return Money.sum((net.times(rate, _MILLION) for rate in rates), net.currency)


def net_of(paid: Money, rates: Rates) -> Money:
    """The price in an amount paid with its taxes; the nearest one where none fits exactly."""
    about = half_up(paid.minor * _MILLION, _MILLION + sum(rates))
    for minor in (about, about - 1, about + 1):
        price = Money(minor, paid.currency)
        if price + tax_on(price, rates) == paid:
            return price
    return Money(about, paid.currency)


@dataclass(frozen=True, slots=True)
class Quote:
    """What each side pays and gets for one price.

    `held = price + price_vat` is what waits for approval; `client_total = held + client_fee +
    client_fee_vat`; `assistant_net = held - assistant_fee - assistant_fee_vat`.
    """

    price: Money
    price_vat: Money
    held: Money
    client_fee: Money
    client_fee_vat: Money
    client_total: Money
    assistant_fee: Money
    assistant_fee_vat: Money
    assistant_net: Money


def quote(price: Money, terms: FeeTerms) -> Quote:
    """Every line of a price (ex VAT).

    Each fee rounded half-up to the minor unit, each tax computed on the rounded fee.
    """
    if price.minor < 0:
        raise ValueError("a price is not negative")
    price_vat = tax_on(price, terms.supplier_vat_ppm)
    client_fee = price.basis_points(terms.client_bps)
    client_fee_vat = tax_on(client_fee, terms.client_fee_vat_ppm)
    held = price + price_vat
    assistant_fee, assistant_fee_vat = fitting(
        price.basis_points(terms.assistant_bps), held, terms.assistant_fee_vat_ppm
    )
    return Quote(
        price=price,
        price_vat=price_vat,
        held=held,
        client_fee=client_fee,
        client_fee_vat=client_fee_vat,
        client_total=held + client_fee + client_fee_vat,
        assistant_fee=assistant_fee,
        assistant_fee_vat=assistant_fee_vat,
        assistant_net=held - assistant_fee - assistant_fee_vat,
    )


@dataclass(frozen=True, slots=True)
class Share:
    """The lines of a part of held money, in minor units of one currency.

    What a funding brings, what a release takes.
    """

    currency: str
    price: int = 0
    price_vat: int = 0
    client_fee: int = 0
    client_fee_vat: int = 0
    assistant_fee: int = 0
    assistant_fee_vat: int = 0

    @classmethod
    def of(cls, lines: Quote) -> Share:
        """The lines of a quote."""
        return cls(
            lines.price.currency,
            lines.price.minor,
            lines.price_vat.minor,
            lines.client_fee.minor,
            lines.client_fee_vat.minor,
            lines.assistant_fee.minor,
            lines.assistant_fee_vat.minor,
        )

    @property
    def held(self) -> int:
        """Price and the assistant's VAT."""
        return self.price + self.price_vat

    @property
    def deferred(self) -> int:
        """The client fee and its VAT."""
        return self.client_fee + self.client_fee_vat

    @property
    def total(self) -> int:
        """What the client paid for this share."""
        return self.held + self.deferred

    @property
    def commission(self) -> int:
        """The assistant's fee and its VAT."""
        return self.assistant_fee + self.assistant_fee_vat

    @property
    def net(self) -> int:
        """What the payee gets."""
        return self.held - self.commission

    def amounts(self) -> tuple[int, int, int, int, int, int]:
        """Every line, in the order of the fields."""
        return (
            self.price,
            self.price_vat,
            self.client_fee,
            self.client_fee_vat,
            self.assistant_fee,
            self.assistant_fee_vat,
        )

    def plus(self, other: Share) -> Share:
        """Line by line."""
        return self._combine(other, 1)

    def minus(self, other: Share) -> Share:
        """Line by line."""
        return self._combine(other, -1)

    def _combine(self, other: Share, sign: int) -> Share:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} meets {other.currency}")
        pairs = zip(self.amounts(), other.amounts(), strict=True)
        return Share(self.currency, *(mine + sign * theirs for mine, theirs in pairs))

    def money(self, minor: int) -> Money:
        """An amount in this share's currency."""
        return Money(minor, self.currency)

    @property
    def quote(self) -> Quote:
        """The same lines with their sums, as people read them."""
        return Quote(
            price=self.money(self.price),
            price_vat=self.money(self.price_vat),
            held=self.money(self.held),
            client_fee=self.money(self.client_fee),
            client_fee_vat=self.money(self.client_fee_vat),
            client_total=self.money(self.total),
            assistant_fee=self.money(self.assistant_fee),
            assistant_fee_vat=self.money(self.assistant_fee_vat),
            assistant_net=self.money(self.net),
        )


def next_part(already: Money, part: Money, terms: FeeTerms) -> Share:
    """The lines of a further part of one price.

    The parts' lines sum to the quote of the whole, to the minor unit.
    """
    share = Share.of(quote(already + part, terms)).minus(Share.of(quote(already, terms)))
    fits = min(share.amounts()) >= 0 and share.net >= 0
    return share if fits else Share.of(quote(part, terms))


def fitting(fee: Money, held: Money, rates: Rates) -> tuple[Money, Money]:
    """The fee and its tax; below a few cents they can exceed the price: then the fee gives way."""
    for minor in range(fee.minor, 0, -1):
        lower = Money(minor, fee.currency)
        tax = tax_on(lower, rates)
        if lower + tax <= held:
            return lower, tax
    return Money.zero(fee.currency), Money.zero(fee.currency)
