"""A made-up directory: three people at home in each skill, with others, tools, places, hours."""

from __future__ import annotations

from datetime import date
from functools import cache
from random import Random
from typing import Any, Final

from search import coverage, taxonomy
from search.schema import AssistantDocument, Spoken

TODAY: Final = date(2026, 11, 23)
EACH = 3
PLACES: dict[str, tuple[str, str, tuple[float, float]]] = {
    "paris": ("FR", "FR-IDF", (48.8566, 2.3522)),
    "lyon": ("FR", "FR-ARA", (45.7640, 4.8357)),
    "toulouse": ("FR", "FR-OCC", (43.6045, 1.4440)),
    "villeurbanne": ("FR", "FR-ARA", (45.7719, 4.8902)),
    "bruxelles": ("BE", "BE-BRU", (50.8503, 4.3517)),
    "londres": ("GB", "GB-LND", (51.5074, -0.1278)),
    "montreal": ("CA", "CA-QC", (45.5019, -73.5674)),
}
NAMES = {"bruxelles": ("Bruxelles", "Brussels"), "londres": ("Londres", "London")}
ZONES = {"GB": "Europe/London", "CA": "America/Toronto", "BE": "Europe/Brussels"}
JURISDICTIONS = {"CA": "CA-QC"}
FIRST = "Camille Karim Louise Yanis Chloé Hugo Nadia Thomas Fatou Adrien Inès Mehdi".split()
LAST = "Vasseur Benali Lefèvre Diallo Moreau Garnier Haddad Perrin Traoré Lemoine Caron".split()
SPOKEN = (
    (Spoken("fr", "C2"),),
    (Spoken("fr", "C2"), Spoken("en", "C1")),
    (Spoken("en", "C2"), Spoken("fr", "B1")),
    (Spoken("fr", "C2"), Spoken("es", "B2")),
    (Spoken("de", "C2"), Spoken("fr", "C1"), Spoken("en", "B2")),
)
WEEKS = (
    ("office", [(d * 1440 + 540, d * 1440 + 1080) for d in range(5)]),
    ("long", [(d * 1440 + 480, d * 1440 + 1200) for d in range(6)]),
    ("mornings", [(d * 1440 + 480, d * 1440 + 720) for d in range(5)]),
    ("night", [(d * 1440, d * 1440 + 360) for d in range(7)]),
)
SENTENCES_FR = (
    "Je reprends vos dossiers en retard et vous retrouvez vos vendredis.",
    "Un point de dix minutes chaque lundi, des comptes rendus écrits, aucune surprise.",
    "Dix ans de métier dans des entreprises de toutes tailles.",
)
SENTENCES_EN = (
    "I take over late files and give you your Fridays back.",
    "A ten-minute check-in every Monday, written notes, no surprises.",
)


@cache
def people() -> list[AssistantDocument]:
    """Deterministic documents; the first skill of a person is the one they are best at."""
    skills = taxonomy.skills()
    tools = taxonomy.tools()
    groups: dict[str, list[str]] = {}
    for skill in skills:
        groups.setdefault(skill.group, []).append(skill.code)
    found = []
    for n in range(len(skills) * EACH):
        skill = skills[n % len(skills)]
        dice = Random(n)
        siblings = [code for code in groups[skill.group] if code != skill.code]
        far = [one.code for one in dice.sample(skills, 2)]
        own_tools = [tool.code for tool in tools if tool.group == skill.group]
        near = dice.sample(siblings, 2)
        picked = tuple(dict.fromkeys((skill.code, *near, *far)))
        kit = dice.sample(own_tools, min(2, len(own_tools)))
        kit += [one.code for one in dice.sample(tools, 4)]
        slug = list(PLACES)[n % len(PLACES)]
        country, region, (lat, lng) = PLACES[slug]
        found.append(
            AssistantDocument(
                id=f"p{n}",
                slug=f"p{n}",
                version=1,
                name=f"{FIRST[n % len(FIRST)]} {LAST[n % len(LAST)]}",
                headline_fr=f"{skill.fr} à distance",
                headline_en=f"Remote {skill.en.lower()}" if n % 2 else "",
                bio_fr=SENTENCES_FR[n % len(SENTENCES_FR)],
                bio_en=SENTENCES_EN[n % len(SENTENCES_EN)] if n % 2 else "",
                skills=picked,
                skill_years=tuple((n + 3 * at) % 12 for at in range(len(picked))),
                available_on=TODAY.toordinal() + (n % 5) * 4 if n % 2 else 0,
                tools=tuple(dict.fromkeys(kit)),
                spoken=SPOKEN[n % len(SPOKEN)],
                country=country,
                region=region,
                city=slug,
                city_names=NAMES.get(slug, (slug.title(),)),
                lat=lat,
                lng=lng,
                jurisdiction=JURISDICTIONS.get(country, country),
                legal_form=("sole_trader", "company", "sole_trader", "umbrella")[n % 4],
                tax_status="franchise" if n % 3 else "vat_registered",
                charges_vat=not n % 3,
                can_contract_with=("FR:business",) if n % 4 else ("FR:business", "FR:consumer"),
                payable=country != "CA",
                engagement=(("hourly",), ("hourly", "project"), ("flat_fee",))[n % 3],
                rate_minor=1500 + (n * 173) % 4500,
                currency="GBP" if country == "GB" else "EUR",
                coverage=coverage.quarters(WEEKS[n % len(WEEKS)][1]),
                time_zone=ZONES.get(country, "Europe/Paris"),
                hours_week=8 + n % 30,
                verified=(("identity",), ("identity", "business"), ())[n % 3],
                published_at=1_700_000_000 + n,
                updated_at=1_700_000_000 + n,
            )
        )
    return found


def person(hit: dict[str, Any]) -> AssistantDocument:
    """Who was found."""
    return _by_id()[hit["id"]]


@cache
def _by_id() -> dict[str, AssistantDocument]:
    return {one.id: one for one in people()}
