"""Owns the pages of no feature: home, how it works, theme, robots. Never touches data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from xml.sax.saxutils import escape

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from marketplace.accounts.rules import safe_next
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.i18n import LOCALES, gettext
from marketplace.core.settings import settings
from marketplace.directory.queries import crawled, finding
from marketplace.exposure.rules import KEPT_DAYS as EXPOSURE_DAYS
from marketplace.home import queries
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.references.rules.states import ADDRESS_KEPT, YEARS
from marketplace.shortlists.rules.lists import KEPT_DAYS
from marketplace.web.errors import locale_of
from marketplace.web.forms import Form, blank
from marketplace.web.guards import development, public
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from search import taxonomy
from search.query import SearchQuery

YEAR_SECONDS: Final = 365 * 86_400
HOUR: Final = {"cache-control": "public, max-age=3600"}
FRONT_SKILLS: Final = (
    "virtual-receptionist", "executive-assistant", "email-triage", "calendar-management",
    "invoicing", "pre-accounting", "data-entry", "project-management",
    "customer-support", "social-media", "medical-secretary", "automation",
)  # fmt: skip
SITEMAP: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
INDEXED: Final = ("/", "/how-it-works", "/assistants", "/legal", "/privacy", "/terms")

pages = Pages("home")


@dataclass(frozen=True)
class Speciality:
    """A skill on the front page: code, name in the locale, icon of its group, how many offer it."""

    code: str
    label: str
    icon: str
    count: int


def specialities(locale: str, counts: dict[str, int]) -> list[Speciality]:
    """The skills people look for first, in the order of the page."""
    icons = {group.code: group.icon for group in taxonomy.groups()}
    found = (taxonomy.term(code) for code in FRONT_SKILLS)
    return [
        Speciality(term.code, term.label(locale), icons[term.group], counts.get(term.code, 0))
        for term in found
        if term is not None
    ]


async def skill_counts() -> dict[str, int]:
    """How many published profiles offer each skill; nothing while search is away or busy."""
    return (await finding.counts(SearchQuery(per_page=1))).get("skill", {})


@pages.get("/", guard=public, localised=False)
async def root(request: Request) -> Response:
    """Lead to the language chosen before, else to the browser's."""
    answer = RedirectResponse(f"/{locale_of(request)}/", 302)
    answer.headers["vary"] = "Accept-Language, Cookie"
    return answer


@pages.get("/", guard=public)
async def home(request: Request) -> Response:
    """The home page; its language is remembered for the next visit to the root."""
    locale = request.state.locale
    shown = specialities(locale, await skill_counts())
    answer = render(request, "home/home.html", specialities=shown)
    _remember(answer, "relais_lang", locale)
    return answer


@pages.get("/how-it-works", guard=public)
async def how_it_works(request: Request) -> Response:
    """Contracts, held funds, fees and what happens when things go wrong."""
    return _about(request, "how_it_works", places=jurisdictions.all(request.state.locale))


def _about(request: Request, name: str, **more: Any) -> Response:
    locale = request.state.locale
    return render(request, f"home/{name}.html", **queries.about(locale), **more)


@pages.get("/legal", guard=public)
async def legal(request: Request) -> Response:
    """Who runs, publishes and hosts this site."""
    return _about(request, "legal", added=queries.added("legal", request.state.locale))


@pages.get("/privacy", guard=public)
async def privacy(request: Request) -> Response:
    """What is kept, why, how long, who receives it, and what people may ask for."""
    locale = request.state.locale
    found = queries.added("privacy", locale)
    return _about(
        request, "privacy", added=found, list_days=KEPT_DAYS, reference_years=YEARS,
        reference_days=ADDRESS_KEPT.days, exposure_days=EXPOSURE_DAYS,
    )  # fmt: skip


@pages.get("/terms", guard=public)
async def terms(request: Request) -> Response:
    """What applies between people and the operator: the host's own words, else the software's."""
    return _about(request, "terms", added=queries.added("terms", request.state.locale))


@pages.post("/theme", guard=public, localised=False)
async def theme(request: Request) -> Response:
    """Keep the chosen colours in a cookie and return to the page the person came from."""
    form = await request.form(max_files=0, max_fields=10)
    chosen = str(form.get("theme", ""))
    answer = RedirectResponse(safe_next(str(form.get("back", "")), "/"), 303)
    if chosen in {"light", "dark"}:
        _remember(answer, "theme", chosen)
    else:
        answer.delete_cookie("theme")
    return answer


def _remember(answer: Response, name: str, choice: str) -> None:
    secure = settings().secure_cookies
    answer.set_cookie(name, choice, max_age=YEAR_SECONDS, samesite="lax", secure=secure)


@pages.get("/robots.txt", guard=public, localised=False)
async def robots(_request: Request) -> Response:
    """What crawlers may read: the public pages, not every combination of filters."""
    lines = ["User-agent: *"]
    for locale in LOCALES:
        lines += [f"Disallow: /{locale}/assistants?*&", f"Disallow: /{locale}/contracts"]
    lines += ["Disallow: /api/", "Disallow: /dev/", f"Sitemap: {settings().base_url}/sitemap.xml"]
    return PlainTextResponse("\n".join(lines) + "\n", headers=HOUR)


@pages.get("/sitemap.xml", guard=public, localised=False)
async def sitemap(_request: Request) -> Response:
    """The files that name the pages worth indexing (sitemaps.org)."""
    names = ["pages", *(f"profiles-{part}" for part in range(1, await crawled.parts() + 1))]
    base = escape(settings().base_url)
    listed = "".join(f"<sitemap><loc>{base}/sitemaps/{n}.xml</loc></sitemap>" for n in names)
    return _xml(f"<sitemapindex {SITEMAP}>{listed}</sitemapindex>")


@pages.get("/sitemaps/pages.xml", guard=public, localised=False)
async def sitemap_of_pages(_request: Request) -> Response:
    """The pages about this site, of skills, and of towns where somebody is."""
    return _addresses([*INDEXED, *await crawled.landing_pages()])


@pages.get("/sitemaps/profiles-{part:int}.xml", guard=public, localised=False)
async def sitemap_of_profiles(request: Request) -> Response:
    """A part of the published profiles."""
    part = request.path_params["part"]
    if not 0 < part <= await crawled.parts():
        raise NotFound
    return _addresses(await crawled.people(part))


def _addresses(paths: list[str]) -> Response:
    """Pages by their paths, each with its other language (hreflang)."""
    base = escape(settings().base_url)
    entries = []
    for path in map(escape, paths):
        twins = "".join(
            f'<xhtml:link rel="alternate" hreflang="{each}" href="{base}/{each}{path}"/>'
            for each in LOCALES
        )
        entries += [f"<url><loc>{base}/{each}{path}</loc>{twins}</url>" for each in LOCALES]
    also = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    return _xml(f"<urlset {SITEMAP} {also}>{''.join(entries)}</urlset>")


def _xml(text: str) -> Response:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return Response(f"{head}{text}\n", media_type="application/xml", headers=HOUR)


@pages.get("/dev/components", guard=development)
async def components(request: Request) -> Response:
    """Every component of the front end, filled and refused, for looking at and for tests."""
    filled = blank(
        {"title": "Suivi des factures", "rate": "35,50", "skills": ["invoicing", "data"]}
    )
    typed = FormData(
        [("email", "lea@"), ("rate", "abc"), ("skills", "invoicing"), ("kind", "flat")]
    )
    wrong = {name: gettext("Please fill this in.") for name in ("title", "kind", "skills", "agree")}
    wrong |= {"email": gettext("This does not have the expected form."), "hours": wrong["title"]}
    refused = Form(data=typed, errors=wrong, submitted=True)
    monday = clock.today() - timedelta(days=clock.today().weekday())
    week = [monday + timedelta(days=n) for n in range(7)]
    return render(request, "dev/components.html", form=filled, bad=refused, week=week)
