"""Nobody reaches a profile that is not public, whatever they ask: every way in, every parameter."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core import events
from marketplace.core.db import command
from marketplace.directory.queries import finding
from marketplace.places import queries as places
from marketplace.profiles.events import ProfilePaused
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.states import Status
from search import taxonomy
from search.parameters import PARAMETERS
from tests.fixtures.application import RunJobs
from tests.marketplace.directory import people

EXAMPLES = 150
MARK = "Zyxwvut"
HIDDEN = {"paused": "zyxwvut-paused", "draft": "zyxwvut-draft"}
ODD = ["ajaccio", "FR-20R", "FR-COR", "FR", "legal-admin", "notion", MARK, MARK.lower(), "zyx"]
HOSTILE = [
    '" OR id EXISTS OR id = "', "id != 0", "status = paused", "* ", "%", "_", "\\", "'--", "{}",
    '"] OR payable IN ["true', "published_at >= 0", "\ufffc", "é" * 150, "-1", "0", "99999999999",
]  # fmt: skip
KNOWN = {
    "skill": [one.code for one in taxonomy.skills()],
    "tool": [one.code for one in taxonomy.tools()],
    "speaks": ["fr:A1", "en:C2", "co:A1"],
    "country": [one.code for one in places.countries()],
    "city": ["ajaccio", "paris"],
    "near": ["ajaccio", "41.9,8.7"],
    "within_km": ["1", "500"],
    "can_contract_with": ["FR:business", "FR:consumer"],
    "engagement": ["hourly", "flat_fee", "project"],
    "covers": ["mon-sun@00:00-24:00@Europe/Paris", "mon@09:00-10:00@Asia/Kolkata"],
    "answers_within": ["60", "4320"],
    "sort": ["relevance", "rate", "-rate", "rating", "response", "distance", "newest"],
    "facets": ["0", "1"],
    "explain": ["0", "1"],
    "page": ["1", "2", "50"],
    "per_page": ["1", "50"],
    "understand": ["1"],
    "with": [*HIDDEN.values(), "seen"],
    "slug": list(HIDDEN.values()),
    "id": ["*"],
    "filter": ["status = draft"],
}
PATHS = (
    "/api/v1/assistants",
    "/api/v1/suggest",
    "/fr/assistants",
    "/en/assistants",
    "/fr/assistants/suggest",
    "/fr/assistants/compare",
    "/fr/assistants/city/ajaccio",
    "/fr/assistants/skill/legal-admin",
    *(f"{start}/assistants/{slug}" for start in ("/api/v1", "/fr") for slug in HIDDEN.values()),
)


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """A path with any parameters: known ones with known or hostile values, and unknown ones."""
    names = st.sampled_from([*PARAMETERS, *KNOWN])
    pairs = []
    for name in draw(st.lists(names, max_size=5)):
        meant = st.sampled_from([*KNOWN.get(name, ODD), *ODD, *HOSTILE])
        pairs.append((name, draw(meant | st.text(max_size=20))))
    query = urlencode(pairs, errors="replace")
    return draw(st.sampled_from(PATHS)) + (f"?{query}" if query else "")


@pytest.fixture
async def directory(
    search_engine: object, client: httpx.AsyncClient, run_jobs: RunJobs
) -> httpx.AsyncClient:
    """One profile to be seen; a paused one that was indexed before, and a draft."""
    await people.publish("seen", name="Léa Roussel", city="paris")
    told = {"city": "ajaccio", "skills": ["legal-admin"], "tools": ["notion"], "headline": MARK}
    paused, draft = [
        await people.publish(slug, name=f"{MARK} {kind}", text=MARK, rate_minor=9999, **told)
        for kind, slug in HIDDEN.items()
    ]
    await run_jobs()
    assert MARK in (await client.get("/api/v1/assistants?city=ajaccio")).text
    await people.pause(paused)
    await _withdraw(draft)
    await run_jobs()
    return client


@command
async def _withdraw(profile: Profile) -> None:
    """As if it had never been published."""
    profile.status, profile.version = Status.DRAFT, profile.version + 1
    await profile.save()
    await events.record(ProfilePaused(profile.id, profile.version))


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(address=addresses(), away=st.booleans())
async def test_no_address_shows_or_counts_a_hidden_profile(
    directory: httpx.AsyncClient, address: str, away: bool
) -> None:
    usual = finding.connected()
    finding.connect(None if away else usual)  # the plain listing hides them as well
    try:
        answer = await directory.get(address)
        if answer.is_redirect:
            answer = await directory.get(answer.headers["location"])
    finally:
        finding.connect(usual)
    assert answer.status_code < 500
    asked = httpx.URL(address)
    said = [value for _name, value in asked.params.multi_items()]
    for kind, slug in HIDDEN.items():
        assert f"{MARK} {kind}" not in answer.text
        if slug not in asked.path and slug not in said:  # a page may repeat what was asked
            assert slug not in answer.text
    if asked.path == "/api/v1/assistants" and answer.status_code == 200:
        body = json.loads(answer.text)
        assert body["total"] <= 1
        for row in (row for rows in body["facets"].values() for row in rows):
            assert row["count"] <= 1
            assert row["selected"] or row["value"] not in {"ajaccio", "legal-admin", "notion"}
