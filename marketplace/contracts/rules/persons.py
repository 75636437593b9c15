"""Owns when other details are another legal person than the one a contract names; pure.

A company is its registration: under another form it stays who it is (in France: Code civil, art.
1844-3), under another number it is another company. A person's own business is that person, who may
move and take another name or number, except in France, where one SIREN is given for life (INSEE,
definition of the SIREN); a company in its place is somebody else. What was not given may be added.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is in law: `country` ISO 3166-1, `company`: not a person's own business."""

    country: str
    company: bool
    registration: str


def _number(person: Person) -> str:
    """Of a French number who it is, not where: a SIRET is the SIREN and five digits of a place."""
    return person.registration[:9] if person.country == "FR" else person.registration


def another(named: Person, now: Person) -> str:
    """The field that makes it another legal person than the named one; "" when it is the same."""
    if named.company is not now.company:
        return "legal_form"
    if not named.registration or _number(named) == _number(now):
        return ""
    for_life = named.country == now.country == "FR"
    return "registration_number" if named.company or for_life else ""
