"""Owns who can contract with whom: rules C1 to C7 for each pair of status and client."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.jurisdictions.rules.vat import Category, ClientKind, Side, decide_vat


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a party can contract with such clients of a country, by which rule, as of when."""

    country: str
    kind: ClientKind
    allowed: bool
    rule: str
    as_of: str

    @property
    def token(self) -> str:
        """What the directory filters on."""
        return f"{self.country}:{self.kind}"


def reach(seller: Side, buyer: Side, *, employed: bool) -> tuple[bool, str]:
    """Whether a seller can contract with such a client, and by which rule.

    C1 at home; C2 a business elsewhere in the EU, with a VAT number; C2n refused for want of one
    (it is due before the first such service); C3 a business outside the EU; C4 a business abroad,
    from outside the EU; C5 who is employed by an umbrella company contracts through it, with
    businesses at home only; C6 a private person at home, C7 one abroad, who pay the seller's VAT;
    C6s and C7s the same where the seller charges them none (see vat.decide_vat).
    """
    at_home = seller.territory == buyer.territory
    if employed:
        return at_home and buyer.business, "C5"
    if buyer.kind is ClientKind.CONSUMER:
        taxed = decide_vat(seller, buyer).category is Category.STANDARD
        return True, ("C6" if at_home else "C7") + ("" if taxed else "s")
    if at_home:
        return True, "C1"
    if not seller.in_eu:
        return True, "C4"
    if not buyer.in_eu or buyer.third_territory:
        return True, "C3"
    return (True, "C2") if seller.number.usable else (False, "C2n")
