"""Owns what goes with a part of held money, line by line, and what is left. Never reads or writes.

Every sequence of parts takes exactly what was paid; every part is taxed as its own invoice says.
"""

from __future__ import annotations

from dataclasses import replace

from payments.fees import FeeTerms, Rates, Share, fitting, net_of, tax_on
from payments.money import Money, half_up


def take(pool: Share, price_minor: int, terms: FeeTerms | None = None) -> Share:
    """The lines that go with a part of what is left of a holding; the last part takes the rest.

    Each tax is that of its own line, as an invoice has to say it (EN 16931, BR-S-09), so parts do
    not always sum to the tax of the whole. What the payer paid is all that there is: a cent that
    fits neither stays in the last part, as the rounding of its invoice (BT-114); the client fee's
    base gives way to it where it can. The payee's fee is taken out of held money, so its tax
    always fits. Without `terms` (money held before they were kept) everything is proportional.
    """
    if not 0 < price_minor <= pool.price:
        raise ValueError("a part is more than nothing and at most what is left")
    if terms is None:
        return _proportional(pool, price_minor)
    price = pool.money(price_minor)
    price_vat = _tax_part(price, pool.price, pool.price_vat, terms.supplier_vat_ppm)
    if price_minor == pool.price:
        client_fee = net_of(pool.money(pool.deferred), terms.client_fee_vat_ppm)
        client_fee_vat = pool.deferred - client_fee.minor
    else:
        client_fee = pool.money(half_up(pool.client_fee * price_minor, pool.price))
        client_fee_vat = _tax_part(
            client_fee, pool.client_fee, pool.client_fee_vat, terms.client_fee_vat_ppm
        )
    fee, fee_vat = fitting(
        pool.money(half_up(pool.assistant_fee * price_minor, pool.price)),
        pool.money(price_minor + price_vat),
        terms.assistant_fee_vat_ppm,
    )
    return Share(
        pool.currency,
        price_minor,
        price_vat,
        client_fee.minor,
        client_fee_vat,
        fee.minor,
        fee_vat.minor,
    )


def left_of(pool: Share, share: Share, terms: FeeTerms | None = None) -> Share:
    """What is left of a holding after a part; the tax on the payee's fee is that of its rest."""
    rest = pool.minus(share)
    if not rest.price:
        assert (rest.held, rest.deferred) == (0, 0), "the last part takes all there is"
        return Share(pool.currency)
    if terms is None:
        return rest
    fee, fee_vat = fitting(
        rest.money(max(rest.assistant_fee, 0)), rest.money(rest.held), terms.assistant_fee_vat_ppm
    )
    return replace(rest, assistant_fee=fee.minor, assistant_fee_vat=fee_vat.minor)


def _proportional(pool: Share, price_minor: int) -> Share:
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


def _tax_part(part: Money, net: int, tax: int, rates: Rates) -> int:
    """The tax on a part of `net`, of which `tax` was collected; the last part takes the rest.

    The part's own, unless what is left would be more than a cent away from its own then.
    """
    if part.minor == net:
        return tax
    rest = tax - tax_on(Money(net - part.minor, part.currency), rates).minor
    fits = min(max(tax_on(part, rates).minor, rest - 1), rest + 1)
    return min(max(fits, 0), tax)
