"""Owns the arithmetic of a price: fees, VAT lines, shares of a held amount.

Never reads or writes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from payments.money import Money, half_up


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """The percentages of a contract in basis points, fixed when it is signed.

    `supplier_vat_bps` is the assistant's own VAT on the price; the two `*_fee_vat_bps` are our VAT
    on our fees.
    """

    client_bps: int = 500
    assistant_bps: int = 500
    client_fee_vat_bps: int = 0
    assistant_fee_vat_bps: int = 0
    supplier_vat_bps: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is not int or not 0 <= value <= 5_000:
                raise ValueError(f"{field.name} must be between 0 and 5000 basis points")

    def as_json(self) -> dict[str, int]:
        """The terms as stored in a contract."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, int]) -> FeeTerms:
        """The terms as stored in a contract."""
        return cls(**values)


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

    Each fee rounded half-up to the minor unit, VAT computed on the rounded fee.
    """
    if price.minor < 0:
        raise ValueError("a price is not negative")
    price_vat = price.basis_points(terms.supplier_vat_bps)
    client_fee = price.basis_points(terms.client_bps)
    client_fee_vat = client_fee.basis_points(terms.client_fee_vat_bps)
    assistant_fee = price.basis_points(terms.assistant_bps)
    assistant_fee_vat = assistant_fee.basis_points(terms.assistant_fee_vat_bps)
    held = price + price_vat
    # Only below a few cents can rounding make the fees exceed the price; then the fee gives way.
    assistant_fee = min(assistant_fee, held, key=lambda m: m.minor)
    assistant_fee_vat = min(assistant_fee_vat, held - assistant_fee, key=lambda m: m.minor)
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


def take(pool: Share, price_minor: int) -> Share:
    """The lines that go with a part of what is left of a holding.

    Proportional, and the last part takes the rest.

    Held money splits by largest remainder between fee, VAT on the fee and net, so nothing is ever
    negative, no cent is lost and the takings of any sequence sum exactly to what was funded.
    """
    if not 0 < price_minor <= pool.price:
        raise ValueError("a part is more than nothing and at most what is left")
    price_vat = half_up(pool.price_vat * price_minor, pool.price)
    held = Money(price_minor + price_vat, pool.currency)
    fee, fee_vat, _ = held.allocate((pool.assistant_fee, pool.assistant_fee_vat, pool.net))
    return Share(
        pool.currency,
        price_minor,
        price_vat,
        half_up(pool.client_fee * price_minor, pool.price),
        half_up(pool.client_fee_vat * price_minor, pool.price),
        fee.minor,
        fee_vat.minor,
    )
