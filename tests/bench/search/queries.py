"""Owns what is asked: forty kinds of searches as people and programs make them; asks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import orjson

from marketplace.core import clock
from marketplace.directory.queries import PLACES, placenames
from search import plan
from search.applying import applied
from search.query import SearchQuery, canonical, parse

if TYPE_CHECKING:
    from datetime import date

HOST: Final = "127.0.0.1"
ZONE: Final = "Europe/Paris"
KINDS: Final = {
    "everyone": "",
    "a trade, French": "q=standardiste",
    "a trade, English": "q=virtual receptionist",
    "a typo": "q=standadriste",
    "a feminine form": "q=assistante administrative",
    "a colloquial need": "q=relance impayés",
    "a brand": "q=pennylane",
    "a trade and a brand": "q=aide comptable pennylane",
    "an abbreviation": "q=sav shopify",
    "a sentence": "q=je cherche quelqu'un pour trier mes mails",
    "a person": "q=camille",
    "the start of a word": "q=fact",
    "two trades": "q=facturation téléphone",
    "a skill": "skill=invoicing",
    "two skills": "skill=invoicing&skill=bookkeeping",
    "a tool": "tool=sage",
    "a language and level": "speaks=en:C1",
    "two languages": "speaks=en:B2&speaks=fr:C1",
    "a country": "country=BE",
    "two countries": "country=FR&country=BE",
    "a region": "region=FR-OCC",
    "a town": "city=lyon",
    "around a town": "near=lyon&within_km=50",
    "a trade around a town": "q=secrétaire&near=toulouse&within_km=100",
    "nearest first": "near=nantes&within_km=50&sort=distance",
    "a jurisdiction": "jurisdiction=FR",
    "no VAT charged": "charges_vat=0",
    "can contract with me": "can_contract_with=FR:business",
    "a kind of contract": "engagement=project",
    "a price": "rate_min=2000&rate_max=3500",
    "a price in another currency": "rate_max=4000&currency=CHF",
    "office hours": "covers=mon-fri@09:00-17:00@Europe/Paris",
    "evenings elsewhere": "covers=mon-fri@18:00-20:00@America/Toronto",
    "hours a week": "available_hours=20",
    "payable, verified skills": "payable=1&skill=virtual-receptionist",
    "cheapest first": "q=comptable&sort=rate",
    "newest first": "sort=newest",
    "a later page": "q=assistant&page=7",
    "fifty a page": "skill=email-triage&per_page=50",
    "all of it": "q=standardiste&speaks=en:B2&country=FR&engagement=hourly&rate_max=3500"
    "&covers=mon-fri@09:00-12:00@Europe/Paris&payable=1",
}


def understood(text: str, *, facets: bool) -> SearchQuery:
    """The search behind parameters, with what its words say made into filters as the page does."""
    pairs = [(k, v) for k, _eq, v in (pair.partition("=") for pair in text.split("&")) if k]
    query, problems = parse(pairs, PLACES)
    assert not problems, problems
    query = applied(query, PLACES, placenames.VOCABULARY, ZONE)
    return query.changed(facets=facets, page=query.page)


def kinds(*, facets: bool) -> dict[str, SearchQuery]:
    """Every kind by its name; without facets they are the light queries."""
    return {name: understood(text, facets=facets) for name, text in KINDS.items()}


def today() -> date:
    """The day the product would use."""
    return clock.today("UTC")


def raw(query: SearchQuery, index: str, port: int, key: str) -> bytes:
    """The request that asks Meilisearch itself for the same answer, in one multi-search."""
    body = orjson.dumps({"queries": plan.opening(query, index, today())[0]})
    head = (
        f"POST /multi-search HTTP/1.1\r\nHost: {HOST}:{port}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nAccept-Encoding: identity\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def api(query: SearchQuery, port: int) -> bytes:
    """The same search of our JSON API."""
    return _get(f"/api/v1/assistants?{_written(query)}&lang=fr", port)


def page(query: SearchQuery, port: int) -> bytes:
    """The same search as a page in French."""
    return _get(f"/fr/assistants?{_written(query)}".rstrip("?"), port)


def _written(query: SearchQuery) -> str:
    return urlencode(canonical(query), safe=":@,/")


def _get(path: str, port: int) -> bytes:
    head = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nAccept-Encoding: identity\r\n\r\n"
    return head.replace("?&", "?").encode()
