"""An index that followed a thousand changes holds what one built anew from the database holds."""

from __future__ import annotations

import asyncio
import json
from random import Random
from typing import Any

from meilisearch import Client

from marketplace.core import clock, events
from marketplace.core.db import command, connection
from marketplace.core.settings import settings
from marketplace.directory import service
from marketplace.parties.events import PartyChanged
from marketplace.parties.models import Party
from marketplace.places import queries as places
from marketplace.profiles.events import ProfileChanged, ProfilePaused, ProfilePublished
from marketplace.profiles.models import (
    Profile,
    ProfileCoverage,
    ProfileLanguage,
    ProfileSkill,
    ProfileTool,
)
from marketplace.profiles.rules.states import Status
from search import taxonomy
from search.schema import LEVELS
from search.sync import Administration
from tests.fixtures.application import RunJobs
from tests.marketplace.directory import people

PEOPLE = 40
EDITS = 1000
TOGETHER = 100  # jobs that several workers would take at once, in any order
TOWNS = ("paris", "lyon", "bruxelles", "montreal", "dakar", "toulouse")
TAKE = "DELETE FROM procrastinate_jobs WHERE task_name = 'directory.sync' RETURNING args"


async def documents() -> dict[str, dict[str, Any]]:
    """The whole index."""
    chosen = settings()
    index = Client(chosen.meili_url, chosen.meili_master_key).index(chosen.meili_index)
    rows = (await asyncio.to_thread(index.get_documents, {"limit": 1000})).results
    return {row.id: dict(row) for row in rows}


async def columns(profile: Profile, draw: Random) -> None:
    town = places.city(draw.choice(TOWNS))
    assert town is not None
    changes: list[dict[str, Any]] = [
        {"headline_fr": f"Titre {draw.random()}", "headline_en": draw.choice(["", "Bookkeeper"])},
        {"text_fr": "Je trie vos mails. " * draw.randint(1, 20)},
        {"hourly_rate_minor": draw.choice([None, 1500, 4200]), "currency": draw.choice("EUR CHF".split())},
        {"hours_week": draw.choice([None, 8, 35]), "engagement": draw.sample(["hourly", "project"], 1)},
        {"city": town.slug, "country": town.country, "region": town.region, "lat": town.lat,
         "lng": town.lng, "time_zone": town.time_zone},
    ]  # fmt: skip
    profile.update_from_dict(draw.choice(changes))


async def parts(profile: Profile, draw: Random) -> None:
    match draw.randrange(4):
        case 0:
            await ProfileSkill.filter(profile_id=profile.id).delete()
            for term in draw.sample(taxonomy.skills(), draw.randint(1, 4)):
                await ProfileSkill.create(
                    profile=profile, code=term.code, level=draw.randint(1, 3), years=2
                )
        case 1:
            await ProfileTool.filter(profile_id=profile.id).delete()
            for term in draw.sample(taxonomy.tools(), draw.randint(0, 3)):
                await ProfileTool.create(profile=profile, code=term.code)
        case 2:
            await ProfileLanguage.filter(profile_id=profile.id).delete()
            for code in draw.sample(["fr", "en", "es", "de"], draw.randint(1, 3)):
                level = draw.choice(LEVELS)
                await ProfileLanguage.create(profile=profile, code=code, level=level)
        case _:
            await ProfileCoverage.filter(profile_id=profile.id).delete()
            start = draw.randrange(0, 1200, 15)
            await ProfileCoverage.create(
                profile=profile,
                weekday=draw.randrange(7),
                start_minute=start,
                end_minute=start + 240,
            )


@command
async def edit(profile_id: Any, draw: Random) -> None:
    """One change as its owner or the owner of its party could make it."""
    profile = await Profile.get(pk=profile_id).prefetch_related("party")
    dice = draw.random()
    if dice < 0.15:
        profile.party.display_name = f"Nom {draw.randrange(1000)}"
        profile.party.legal_form = draw.choice(["sole_trader", "sas", "association"])
        profile.party.tax_status = draw.choice(["franchise", "vat_registered"])
        await profile.party.save()
        await events.record(PartyChanged(profile.party_id))
        return
    profile.version += 1
    profile.updated_at = clock.now()
    news: type[ProfileChanged | ProfilePaused | ProfilePublished] = ProfileChanged
    if dice < 0.3:
        shown = profile.status is Status.PUBLISHED
        profile.status = Status.PAUSED if shown else Status.PUBLISHED
        news = ProfilePaused if shown else ProfilePublished
    else:
        await (columns if dice < 0.65 else parts)(profile, draw)
    await profile.save()
    await events.record(news(profile.id, profile.version))


async def test_a_thousand_changes_one_by_one_equal_an_index_built_anew(
    index: Administration, run_jobs: RunJobs
) -> None:
    draw = Random(4)
    made = [await people.publish(f"p-{n}", city=draw.choice(TOWNS)) for n in range(PEOPLE)]
    await run_jobs()
    for number in range(EDITS):
        await edit(draw.choice(made).id, draw)
        if number % TOGETHER == TOGETHER - 1:
            rows = await connection().execute_query_dict(TAKE)
            draw.shuffle(rows)
            sent = [json.loads(row["args"]) for row in rows]
            await asyncio.gather(*(service.sync(**args) for args in sent))
    followed = await documents()
    assert 0 < len(followed) < PEOPLE
    assert await service.reindex() == len(followed)
    assert await documents() == followed
    assert await Party.all().count() == PEOPLE
    del index
