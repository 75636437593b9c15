"""Owns the demo's businesses, its operator and the people behind them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from uuid import UUID, uuid5

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import command
from marketplace.demo.rules import LOGINS, NAMESPACE, registration, vat_number, words
from marketplace.demo.service.people import password_hash
from marketplace.parties.models import Membership, Party
from marketplace.parties.rules import PartyKind, Role
from marketplace.places import queries as places


def key(what: str, name: str) -> UUID:
    """The id of a demo row, the same at every seeding."""
    return uuid5(NAMESPACE, f"{what}:{name}")


async def fill(progress: Callable[[int, int, str], None]) -> None:
    """Write the businesses that are not there yet, and the operator."""
    found = words("businesses")
    secret = await password_hash()
    await _operator(secret)
    for done, business in enumerate(found, start=1):
        await _business(business, done, secret)
        progress(done, len(found), "Businesses")


@command
async def _operator(secret: str) -> None:
    email = LOGINS[2][1]
    made = {
        "email": email,
        "name": "Camille Exploitant",
        "locale": "fr",
        "password_hash": secret,
        "email_verified_at": clock.now(),
        "is_operator": True,
        "created_at": clock.now(),
    }
    await Person.get_or_create(made, id=key("person", email))


@command
async def _business(business: dict[str, str], number: int, secret: str) -> None:
    now = clock.now()
    town = places.city(business["city"])
    email = LOGINS[0][1] if number == 1 else f"contact{number}@demo.relais.example"
    person, _ = await Person.get_or_create(
        {
            "email": email,
            "name": business["owner"],
            "locale": business["locale"],
            "password_hash": secret,
            "email_verified_at": now,
            "is_operator": False,
            "created_at": now,
        },
        id=key("person", business["name"]),
    )
    code = business["jurisdiction"]
    registered = registration(code, Random(f"business:{number}"))  # noqa: S311
    party, _ = await Party.get_or_create(
        {
            "kind": PartyKind.BUSINESS,
            "display_name": business["name"],
            "legal_name": business["name"],
            "jurisdiction": code,
            "legal_form": business["form"],
            "registration_number": registered,
            "tax_status": business["tax"],
            "vat_number": vat_number(code, business["tax"], registered),
            "address_line1": f"{number * 3} place du Marché",
            "town": town.name(business["locale"]) if town else "",
            "country": code.split("-", 1)[0],
            "representative_name": business["owner"],
            "created_at": now,
            "updated_at": now,
        },
        id=key("party", business["name"]),
    )
    await Membership.get_or_create(
        {"role": Role.OWNER, "created_at": now}, party_id=party.id, person_id=person.id
    )
