"""Makes businesses, assistants and their profiles through the services people use."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.parties import queries as parties
from marketplace.parties import service
from marketplace.parties.models import Party
from marketplace.parties.schemas import PartyDraft
from marketplace.profiles import queries as profiles
from marketplace.profiles import service as profile_service
from marketplace.profiles.models import Profile
from marketplace.profiles.schemas import ProfileDraft
from marketplace.web.sessions import Viewer

SIREN = "552008443"


async def viewer(person: Person) -> Viewer:
    """The person as services meet them, in a browser."""
    memberships = await parties.for_person(person.id)
    return Viewer(
        person, tuple(memberships), person.locale, "session", session_token="of a browser"
    )


def party_draft(kind: str = "assistant", **changes: Any) -> PartyDraft:
    """A French sole trader's identity, or a French company's."""
    company = {
        "legal_form": "sas",
        "legal_name": "Durand Menuiserie SAS",
        "display_name": "Durand Menuiserie",
        "tax_status": "vat_registered",
        "vat_number": "FR40303265045",
        "representative_name": "Paul Durand",
        "representative_title": "Président",
    }
    alone = {
        "legal_form": "sole_trader",
        "legal_name": "Léa Roussel",
        "tax_status": "franchise",
    }
    common = {
        "kind": kind,
        "jurisdiction": "FR",
        "registration_number": SIREN,
        "address_line1": "12 rue des Lilas",
        "postcode": "31000",
        "town": "Toulouse",
    }
    return PartyDraft(**{**common, **(company if kind == "business" else alone), **changes})


async def party(owner: Person, kind: str = "assistant", **changes: Any) -> Party:
    """A party owned by the person; an assistant comes with a draft profile."""
    return await service.create(await viewer(owner), party_draft(kind, **changes))


def profile_draft(**changes: Any) -> ProfileDraft:
    """Everything a public profile needs; `changes` replace whole parts (rates={...})."""
    parts: dict[str, Any] = {
        "identity": {
            "headline_fr": "Standard téléphonique et agenda pour cabinets",
            "text_fr": "Douze ans d’accueil en cabinet d’avocats : appels, agenda, dossiers. "
            "Je réponds avec votre voix et je note tout.",
        },
        "skills": {
            "skills": [{"code": "virtual-receptionist", "level": 3, "years": 12}],
            "tools": ["aircall"],
        },
        "languages": {"languages": [{"code": "fr", "level": "C2"}, {"code": "en", "level": "C1"}]},
        "place": {"country": "FR", "city": "Toulouse"},
        "rates": {"currency": "EUR", "engagement": ["hourly"], "hourly_rate_minor": 3200},
        "availability": {
            "time_zone": "Europe/Paris",
            "hours_week": 20,
            "coverage": [
                {"weekday": day, "start_minute": 540, "end_minute": 1080} for day in range(5)
            ],
        },
    }
    return ProfileDraft.model_validate({**parts, **changes})


async def profile(owner: Person, *, published: bool = True, **changes: Any) -> Profile:
    """A profile of a new assistant of the person, published unless told otherwise."""
    made = await party(owner)
    who = await viewer(owner)
    begun = await profiles.of_party(made.id) or await profile_service.start(who, made.id)
    await profile_service.save_all(who, begun.id, profile_draft(**changes))
    if published:
        owner.email_verified_at = owner.email_verified_at or clock.now()
        await profile_service.publish(who, begun.id)
    return await profiles.whole(begun.id)
