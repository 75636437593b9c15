"""Owns the directory's JSON routes; never a decision."""

from __future__ import annotations

from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core import clock
from marketplace.core.i18n import LOCALES, _
from marketplace.directory import queries
from marketplace.directory.queries import answers, placenames, views, world
from marketplace.directory.rules import SearchMisread
from marketplace.directory.schemas import (
    CodeLabel,
    ProfileView,
    RankingView,
    SearchAnswer,
    Suggestion,
    TaxonomyView,
    TermView,
)
from marketplace.directory.schemas.parameters import (
    RankingParameters,
    SearchParameters,
    SuggestParameters,
)
from marketplace.web.guards import public
from marketplace.web.routing import Api
from search import taxonomy
from search.applying import asked
from search.parameters import Bad, Places, Reader, flag, one_of, text, time_zone
from search.query import Problem, parse, read

api = Api("directory")
_LANG: Final[dict[str, Reader]] = {"lang": one_of(LOCALES)}
OURS: Final = {**_LANG, "understand": flag, "tz": time_zone, "nearby": flag}
"""Parameters that ask for more or in other words, not for other people."""
TYPED: Final = {**_LANG, "q": text}


@api.get(
    "/assistants",
    guard=public,
    errors=(400, 503),
    summary="Search assistants",
    query=SearchParameters,
    out=SearchAnswer,
)
async def search(request: Request) -> Response:
    """Search assistants: text, filters, counts, sorting, paging."""
    sent = request.query_params.multi_items()
    ours, problems = read([pair for pair in sent if pair[0] in OURS], OURS, queries.PLACES)
    pairs = [pair for pair in sent if pair[0] not in OURS]
    if ours.get("understand"):
        zone = ours.get("tz", world.ZONE)
        wanted, misread = asked(pairs, queries.PLACES, placenames.VOCABULARY, zone)
    else:
        wanted, misread = parse(pairs, queries.PLACES)
    _refuse(problems + misread)
    locale = request.state.locale
    found = await queries.find(wanted, locale, near=ours.get("nearby", False))
    return Response(answers.written(found, locale), media_type="application/json")


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise SearchMisread({problem.parameter: problem.message for problem in problems})


def _day(value: str, _places: Places) -> date:
    """A day that has begun, in UTC."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise Bad(_("Write a day such as 2026-11-29.")) from None
    if day > clock.today("UTC"):
        raise Bad(_("This day is still to come."))
    return day


DAYS: Final[dict[str, Reader]] = {**_LANG, "day": _day}


@api.get(
    "/ranking",
    guard=public,
    errors=(400,),
    summary="How results are ordered",
    query=RankingParameters,
)
async def ranking(request: Request) -> RankingView:
    """The published rules, weights and the turns of a day, today's by default."""
    sent, problems = read(request.query_params.multi_items(), DAYS, queries.PLACES)
    _refuse(problems)
    return views.published(sent.get("day", clock.today("UTC")))


@api.get("/assistants/{slug}", guard=public, errors=(404,), summary="One assistant's profile")
async def show(request: Request, slug: str) -> ProfileView:
    """A published profile."""
    return (await queries.by_slug(slug, request.state.locale)).view


@api.get("/taxonomy", guard=public, summary="Skills and tools")
async def vocabulary(request: Request) -> TaxonomyView:
    """Skills and tools with labels, synonyms and groups."""
    locale = request.state.locale
    return TaxonomyView(
        version=taxonomy.taxonomy().version,
        groups=[CodeLabel(code=g.code, label=g.label(locale)) for g in taxonomy.groups()],
        skills=[_term(term, locale) for term in taxonomy.skills()],
        tools=[_term(term, locale) for term in taxonomy.tools()],
    )


def _term(term: taxonomy.Term, locale: str) -> TermView:
    return TermView(
        code=term.code,
        group=term.group,
        label=term.label(locale),
        label_fr=term.fr,
        label_en=term.en,
        synonyms_fr=list(term.synonyms_fr),
        synonyms_en=list(term.synonyms_en),
    )


@api.get(
    "/suggest",
    guard=public,
    errors=(400,),
    summary="Suggestions while typing",
    query=SuggestParameters,
)
async def suggest(request: Request) -> list[Suggestion]:
    """Skills, tools, places and people for `q`, from two letters on."""
    sent, problems = read(request.query_params.multi_items(), TYPED, queries.PLACES)
    _refuse(problems)
    return await queries.suggest(sent.get("q", ""), request.state.locale)
