"""Owns who is in the demo: logins, mix of countries, and how an assistant is drawn from a seed.

Pure and deterministic: the same number gives the same assistant on every machine, whatever was
drawn before. Never touches a database.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from marketplace.core.ids import slugify
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.places import queries as places
from marketplace.places.rules import City
from marketplace.profiles.rules.states import Engagement

if TYPE_CHECKING:
    from collections.abc import Iterable

PASSWORD: Final = "relais-demo-2026"  # noqa: S105 - printed at start, refused in production
LOGINS: Final = (
    ("business (Paris)", "entreprise@demo.relais.example"),
    ("assistant (Lyon)", "assistante@demo.relais.example"),
    ("operator", "exploitant@demo.relais.example"),
)
STAR: Final = 0  # the drawn assistant behind the demo's assistant login, who lives where it says
STAR_HOME: Final = ("FR", "lyon")
NAMESPACE: Final = UUID("6f1f2b1e-5f0e-4a52-9d0b-4b1f6f5f7d11")
DATA: Final = Path(__file__).parent / "data"

# How many of each 300 assistants live where: jurisdiction -> share.
MIX: Final = {
    "FR": 190, "BE": 22, "CA-QC": 18, "CH": 10, "MA": 8, "GB": 6, "TN": 6, "LU": 5, "SN": 5,
    "MG": 5, "PH": 5, "ES": 4, "PT": 4, "MU": 4, "IE": 3, "DE": 3, "MC": 2,
}  # fmt: skip
ASSISTANTS: Final = sum(MIX.values())
PORTAGE: Final = "portage"  # a French legal form and the tax status that goes with it
CONTRACTED: Final = 120
"""So many of the first ones may have contracts."""

NATIVE: Final = {
    "GB": "en", "IE": "en", "PH": "en", "DE": "de", "ES": "es", "PT": "pt", "MA": "ar", "TN": "ar",
    "MG": "mg", "SN": "wo",
}  # fmt: skip
# Price level beside France, in hundredths; rates are quoted in a currency that can be held.
LEVEL: Final = {
    "CH": 170, "LU": 125, "MC": 125, "GB": 105, "CA-QC": 115, "IE": 110, "MA": 60, "TN": 55,
    "SN": 55, "MG": 45, "MU": 60, "PH": 45, "ES": 85, "PT": 80,
}  # fmt: skip
CURRENCY: Final = {"CH": "CHF", "GB": "GBP", "CA-QC": "CAD", "PH": "USD"}
WEEKS: Final = (
    ((range(5), 540, 1020),),
    ((range(5), 480, 720), (range(5), 780, 1080)),
    ((range(5), 540, 780),),
    ((range(5), 480, 1200),),
    ((range(6), 540, 1080),),
    ((range(1, 5), 510, 990),),
    ((range(5), 780, 1260),),
    ((range(7), 600, 1140),),
)


@dataclass(frozen=True)
class Sketch:
    """An assistant as drawn, before any table. Times in minutes, prices in minor units.

    `available_in` are days until they are free to begin, None for now.
    """

    number: int
    name: str
    slug: str
    email: str
    jurisdiction: str
    legal_form: str
    tax_status: str
    registration: str
    city: City
    locale: str
    headline: dict[str, str]
    text: dict[str, str]
    skills: tuple[tuple[str, int, int], ...]
    tools: tuple[str, ...]
    languages: tuple[tuple[str, str], ...]
    engagement: tuple[str, ...]
    currency: str
    rate_minor: int
    minimum_minor: int
    packages: tuple[tuple[dict[str, list[str]], int], ...]
    hours_week: int
    available_in: int | None
    coverage: tuple[tuple[int, int, int], ...]
    days_ago: int

    def key(self, table: str) -> UUID:
        """The id of this assistant's row in `table`: the same at every seeding."""
        return uuid5(NAMESPACE, f"{table}:{self.number}")

    @property
    def taxed_part(self) -> str:
        """The part of the country that is taxed otherwise, where the town lies in one (Réunion)."""
        parts = {each.code for each in jurisdictions.get(self.jurisdiction).territories}
        return self.city.region if self.city.region in parts else ""


@lru_cache(maxsize=8)
def words(name: str) -> Any:
    """A data file: trades, names or phrases."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def _towns(country: str, jurisdiction: str) -> tuple[list[City], list[int]]:
    region = jurisdiction if "-" in jurisdiction else None
    found = [city for city in places.cities(country) if region in (None, city.region)]
    return found, [city.population for city in found]


def _home(number: int) -> City | None:
    return places.city(STAR_HOME[1]) if number == STAR else None


def _luhn(digits: str) -> str:
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def registration(jurisdiction: str, draw: random.Random) -> str:
    """A well-formed number of nobody: SIRET in France, BCE in Belgium, RCI in Monaco."""
    if jurisdiction == "MC":
        return f"{draw.randrange(10, 27)}S{draw.randrange(10_000, 99_999)}"
    if jurisdiction == "FR":
        siren = "9" + "".join(str(draw.randrange(10)) for _ in range(7))
        siren += _luhn(siren)
        office = siren + "0001"
        return office + _luhn(office)
    if jurisdiction == "BE":
        base = draw.randrange(2_000_000, 9_999_999)
        return f"0{base}{97 - base % 97:02d}"
    return ""


def vat_number(jurisdiction: str, tax_status: str, registered: str) -> str:
    """The VAT number that goes with a registration in Belgium, or in France of who charges VAT."""
    if jurisdiction == "BE":
        return f"BE{registered}"
    if jurisdiction == "FR" and jurisdictions.charges_vat(jurisdiction, tax_status):
        siren = registered[:9]
        return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"
    return ""


def _jurisdiction(number: int) -> str:
    place = random.Random(f"place:{number // ASSISTANTS}").sample(  # noqa: S311 - a demo
        [code for code, share in MIX.items() for _ in range(share)], ASSISTANTS
    )
    if number < ASSISTANTS:  # the mix stays: somebody late changes places with the star
        late = max(each for each, code in enumerate(place) if code == STAR_HOME[0])
        place[STAR], place[late] = place[late], place[STAR]
    return place[number % ASSISTANTS]


def _spoken(code: str, skills: Iterable[str], draw: random.Random) -> tuple[tuple[str, str], ...]:
    """The languages of a place, and those somebody translates from and into."""
    known = dict(_languages(code, draw))
    for skill in skills:
        if skill.startswith("translation-"):
            known |= {each: max(known.get(each, ""), "C1") for each in skill.split("-")[1:]}
    return tuple(known.items())


def _languages(code: str, draw: random.Random) -> tuple[tuple[str, str], ...]:
    native = NATIVE.get(code, "fr")
    known = {native: "C2"}
    if native != "fr":
        known["fr"] = draw.choice(["B2", "C1", "C1", "C2"])
    if native != "en" and draw.random() < 0.55:
        known["en"] = draw.choice(["B1", "B2", "B2", "C1", "C2"])
    if code in {"LU", "CH", "BE"}:
        known[{"LU": "de", "CH": "de", "BE": "nl"}[code]] = draw.choice(["B1", "B2", "C1"])
    if draw.random() < 0.18:
        known.setdefault(
            draw.choice(["es", "it", "de", "pt", "ar"]), draw.choice(["A2", "B1", "B2"])
        )
    return tuple(known.items())


def _text(trade: dict[str, Any], years: int, lang: str, draw: random.Random) -> str:
    opener = {
        "fr": f"{years} ans d'expérience, dont une bonne part à distance.",
        "en": f"{years} years of experience, much of it remote.",
    }[lang]
    lines = trade["lines"][lang]
    closers = draw.sample(words("phrases")[lang], 2)
    middle = draw.sample(lines, len(lines))
    return "\n\n".join([f"{opener} {middle[0]}", " ".join(middle[1:]), " ".join(closers)])


def _form(code: str, status: str, number: int) -> str:
    """In business in person, as most are; one in six otherwise, with a number of the same kind."""
    draw = random.Random(f"form:{number}")  # noqa: S311 - a demo
    usual, *_others = forms = jurisdictions.legal_forms(code)
    if status == PORTAGE:
        return PORTAGE
    if number < CONTRACTED or draw.randrange(6):
        return usual.code
    kind = usual.registration.kind
    return draw.choice(
        [one.code for one in forms if one.registration.kind == kind and one.code != PORTAGE]
    )


def _available_in(number: int) -> int | None:
    """Of those without contracts two in ten are free in some weeks, one in some days."""
    draw = random.Random(f"free:{number}")  # noqa: S311 - a demo
    busy = draw.randrange(10) if number >= CONTRACTED else 0
    return draw.randint(10, 70) if busy > 7 else draw.randint(2, 6) if busy == 7 else None


def draw_assistant(number: int) -> Sketch:
    """The assistant `number` (from 0)."""
    draw = random.Random(f"assistant:{number}")  # noqa: S311 - a demo, not a secret
    code = _jurisdiction(number)
    country = code.split("-", 1)[0]
    trades = words("trades")
    trade = trades[number % len(trades)] if number < len(trades) else draw.choice(trades)
    other = draw.choice(trades)
    names = words("names")[code]
    name = f"{draw.choice(names['first']).replace('_', ' ')} {draw.choice(names['last'])}"
    towns, weights = _towns(country, code)
    status = draw.choices(
        [each.code for each in jurisdictions.tax_statuses(code)],
        [6, 3, 1][: len(jurisdictions.tax_statuses(code))],
    )[0]
    if status == PORTAGE and number < CONTRACTED:
        status = "vat_registered"  # an umbrella company would be the contract's party
    low, high = trade["rate_eur"]
    rate = draw.randint(low, high) * LEVEL.get(code, 100) // 100
    years = draw.randint(2, 24)
    skills = list(dict.fromkeys([*trade["skills"], *draw.sample(other["skills"], 2)]))
    own_tools = draw.sample(trade["tools"], min(4, len(trade["tools"])))
    tools = list(dict.fromkeys([*own_tools, *draw.sample(other["tools"], 1)]))
    languages = _spoken(code, skills, draw)
    english = dict(languages).get("en", "A1") >= "B2"
    headlines = draw.randrange(len(trade["headlines"]["fr"]))
    kinds = [each.value for each in Engagement]
    package = draw.choice(words("phrases")["packages"])
    offer = (package, rate * 100 * package["hours"] * 95 // 100)
    week = draw.choice(WEEKS)
    drawn = Sketch(
        number=number,
        name=name,
        slug=slugify(f"{name} {number + 1}"),
        email=f"{slugify(name)}.{number + 1}@demo.relais.example",
        jurisdiction=code,
        legal_form=_form(code, status, number),
        tax_status=status,
        registration=registration(code, draw),
        city=_home(number) or draw.choices(towns, weights)[0],
        locale="fr" if dict(languages).get("fr", "A1") >= "C1" else "en",
        headline={lang: trade["headlines"][lang][headlines] for lang in ("fr", "en")},
        text={
            "fr": _text(trade, years, "fr", draw),
            "en": _text(trade, years, "en", draw) if english else "",
        },
        skills=tuple(
            (each, draw.randint(1, 3), min(years, draw.randint(1, 15))) for each in skills
        ),
        tools=tuple(tools),
        languages=languages,
        engagement=tuple(sorted(draw.sample(kinds, draw.choice([1, 2, 3, 3])))),
        currency=CURRENCY.get(code, "EUR"),
        rate_minor=rate * 100,
        minimum_minor=rate * 100 * draw.choice([4, 5, 8]),
        packages=(offer,) if draw.random() < 0.6 else (),
        hours_week=draw.choice([8, 10, 15, 20, 25, 30, 35]),
        available_in=_available_in(number),
        coverage=tuple((day, start, end) for days, start, end in week for day in days),
        days_ago=draw.randint(2, 700),
    )
    # Whoever works for a flat fee says for which: without it no public profile may be changed.
    flat = Engagement.FLAT_FEE in drawn.engagement
    return replace(drawn, packages=(offer,)) if flat else drawn
