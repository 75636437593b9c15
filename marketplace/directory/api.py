"""Owns the directory's JSON routes; never a decision."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core import clock
from marketplace.directory import queries
from marketplace.directory.queries import answers, views, world
from marketplace.directory.rules import SearchMisread
from marketplace.directory.schemas import (
    CodeLabel,
    ProfileView,
    RankingView,
    SearchAnswer,
    SearchParameters,
    Suggestion,
    SuggestParameters,
    TaxonomyView,
    TermView,
)
from marketplace.web.guards import public
from marketplace.web.routing import Api
from search import taxonomy
from search.coverage import time_zones
from search.query import parse
from search.understanding import applied

api = Api("directory")
_OURS = frozenset({"lang", "understand", "tz", "nearby"})
"""Parameters that ask for more or in other words, not for other people."""


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
    pairs = [(k, v) for k, v in sent if k not in _OURS]
    wanted, problems = parse(pairs, queries.PLACES)
    if ("understand", "1") in sent:
        zone = request.query_params.get("tz", "")
        zone = zone if zone in time_zones() else "Europe/Paris"
        wanted = applied(wanted, queries.PLACES, world.VOCABULARY, zone)
    if problems:
        raise SearchMisread({problem.parameter: problem.message for problem in problems})
    locale = request.state.locale
    found = await queries.find(wanted, locale, near=("nearby", "1") in sent)
    return Response(answers.written(found, locale), media_type="application/json")


@api.get("/ranking", guard=public, summary="How results are ordered")
async def ranking(request: Request) -> RankingView:
    """The published rules, weights and today's turns."""
    del request
    return views.published(clock.today("UTC"))


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


@api.get("/suggest", guard=public, summary="Suggestions while typing")
async def suggest(request: Request, query: SuggestParameters) -> list[Suggestion]:
    """Skills, tools, places and people for `q`, from two letters on."""
    return await queries.suggest(query.q, request.state.locale)
