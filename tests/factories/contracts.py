"""Makes a business, an assistant with a published profile, and contracts between them."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from marketplace.accounts.models import Person
from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Kind
from marketplace.contracts.rules.terms import TERMS
from marketplace.contracts.schemas import SignDraft
from marketplace.contracts.service import drafting, offers, signing
from marketplace.core import clock
from marketplace.core.ids import slugify
from marketplace.core.models import OutgoingMail
from marketplace.parties.models import Membership, Party
from marketplace.parties.queries import for_person
from marketplace.parties.rules import PartyKind, Role
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.states import Status as ProfileStatus
from marketplace.web.sessions import Viewer
from tests.factories import accounts

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Pair:
    """Two people, each acting for one side."""

    claire: Person
    business: Party
    camille: Person
    assistant: Party
    profile: Profile

    async def as_business(self) -> Viewer:
        """Claire as the web layer sees her."""
        return await viewer(self.claire)

    async def as_assistant(self) -> Viewer:
        """Camille as the web layer sees them."""
        return await viewer(self.camille)


async def viewer(person: Person) -> Viewer:
    """A signed-in person with their parties."""
    found = tuple(await for_person(person.id))
    return Viewer(
        person=person,
        parties=found,
        locale=person.locale,
        via="session",
        session_token="of a browser",
    )


async def party(kind: PartyKind, owner: Person, name: str, **more: Any) -> Party:
    """A French party of this person."""
    now = clock.now()
    values: dict[str, Any] = {
        "kind": kind,
        "display_name": name,
        "legal_name": name,
        "jurisdiction": "FR",
        "country": "FR",
        "legal_form": "sas" if kind is PartyKind.BUSINESS else "sole_trader",
        "registration_number": "732829320" if kind is PartyKind.BUSINESS else "552008443",
        "tax_status": "vat_registered" if kind is PartyKind.BUSINESS else "franchise",
        "address_line1": "12 rue des Lilas",
        "postcode": "69003",
        "town": "Lyon",
        "created_at": now,
        "updated_at": now,
    }
    made = await Party.create(**(values | more))
    await Membership.create(party_id=made.id, person_id=owner.id, role=Role.OWNER, created_at=now)
    return made


async def pair(locale: str = "fr", **assistant: Any) -> Pair:
    """A business of Claire and an assistant with a published profile."""
    claire = await accounts.person(name="Claire Dubois", locale=locale)
    camille = await accounts.person(name="Camille Martin", locale=locale)
    business = await party(PartyKind.BUSINESS, claire, "Atelier Dubois")
    helper = await party(PartyKind.ASSISTANT, camille, "Camille Martin", **assistant)
    now = clock.now()
    profile = await Profile.create(
        party_id=helper.id,
        slug=f"{slugify(helper.display_name)}-{next(_numbers)}",
        status=ProfileStatus.PUBLISHED,
        headline_fr="Bras droit",
        published_at=now,
        created_at=now,
        updated_at=now,
    )
    return Pair(claire, business, camille, helper, profile)


def monday(weeks: int = 1) -> date:
    """A Monday to come."""
    today = clock.today()
    return today + timedelta(days=7 - today.weekday() + 7 * (weeks - 1))


def terms(kind: Kind) -> Any:
    """Plausible terms of each kind."""
    first = monday()
    values: dict[Kind, dict[str, Any]] = {
        Kind.HOURLY: {"rate_minor": 2850, "weekly_cap_minutes": 600, "first_week": first},
        Kind.FLAT_FEE: {
            "price_minor": 90_000, "period": "month", "periods": 3, "includes": "60 appels",
        },
        Kind.PROJECT: {
            "milestones": [
                {"title": "Audit", "price_minor": 50_000, "due_on": first + timedelta(days=14),
                 "criteria": ["Rapport remis"]},
                {"title": "Mise en place", "price_minor": 70_000,
                 "due_on": first + timedelta(days=35), "criteria": ["Tout marche", "Guide remis"]},
            ]
        },
    }  # fmt: skip
    return TERMS[kind].model_validate(values[kind])


async def drafted(two: Pair, kind: Kind = Kind.PROJECT, **more: Any) -> Contract:
    """A complete draft of the business."""
    who = await two.as_business()
    made = await drafting.draft(
        who, business_id=two.business.id, assistant_id=two.assistant.id, kind=kind
    )
    values = {
        "title": "Accueil et factures",
        "scope": "Répondre au téléphone.\nEnvoyer les factures.",
        "starts_on": monday(),
        "terms": terms(kind),
    }
    return await drafting.edit(who, made.id, values | more)


async def sent(two: Pair, kind: Kind = Kind.PROJECT, **more: Any) -> Contract:
    """An offer on the table."""
    made = await drafted(two, kind, **more)
    return await offers.send(await two.as_business(), made.id)


async def code_for(person: Person) -> str:
    """The newest signing code sent to this person."""
    mail = (
        await OutgoingMail.filter(recipient=person.email, template="contracts_code")
        .order_by("-id")
        .first()
    )
    assert mail is not None
    found = re.search(r"^\s+(\d{6})\s*$", mail.text, re.MULTILINE)
    assert found, mail.text
    return found[1]


async def file_of(contract: Contract) -> str:
    """The fingerprint on the table."""
    version = await queries.current_version(await queries.by_id(contract.id))
    assert version is not None
    return version.file_sha256


async def sign_as(person: Person, contract: Contract) -> Contract:
    """This person's signature, code and all."""
    who, sha256 = await viewer(person), await file_of(contract)
    await signing.request_code(who, contract.id, sha256)
    draft = SignDraft(
        file_sha256=sha256, consent=True, typed_name=person.name, code=await code_for(person)
    )
    return await signing.sign(who, contract.id, draft, locale=person.locale)


async def signed(two: Pair, kind: Kind = Kind.PROJECT, **more: Any) -> Contract:
    """A contract with both signatures."""
    made = await sent(two, kind, **more)
    await sign_as(two.claire, made)
    return await sign_as(two.camille, made)
