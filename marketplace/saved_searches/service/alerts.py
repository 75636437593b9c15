"""Owns the mails of saved searches: one tick looks at every search whose time has come.

A look asks the index outside any transaction; then one command takes down what is told and queues
the mail. However often or late it runs, each change is told once, and nothing is sent without news.
"""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from marketplace.accounts import queries as accounts
from marketplace.core import batches, clock, jobs, mail
from marketplace.core.db import command, lock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.settings import settings
from marketplace.saved_searches import queries
from marketplace.saved_searches.models import SavedSearch, Told
from marketplace.saved_searches.queries.news import News
from marketplace.saved_searches.rules import (
    MARGIN,
    SETTLE,
    TOLD_MAX,
    Rhythm,
    following,
    stop_token,
)
from search.errors import SearchRefused, SearchUnavailable

log = logging.getLogger("relais.saved_searches")


@jobs.periodic("* * * * *", "saved_searches.tick")
async def tick(timestamp: int) -> None:
    """Look for news of every search that is due; those the index kept waiting come again."""
    del timestamp
    now = clock.now()

    async def found(beyond: UUID, limit: int) -> list[UUID]:
        return await queries.due(now, beyond, limit)

    await batches.work_off("saved_searches.look", found, look, at_once=2)


async def look(search_id: UUID) -> None:
    """Look for news of one search and mail it, if it is still due."""
    row = await SavedSearch.get_or_none(pk=search_id)
    now = clock.now()
    if row is None or row.paused_at is not None or row.next_at > now:
        return
    until = now - SETTLE if row.rhythm is Rhythm.AT_ONCE else now
    since = max(row.begins_at, row.looked_until - MARGIN)
    person = await accounts.person(row.person_id)
    try:
        news = await queries.fresh(row, person.locale, since, until)
    except (SearchUnavailable, SearchRefused) as away:
        log.warning("search is away, a saved search waits: %s", away)
        return
    except Invalid:  # a filter that no longer exists: its page says so, too
        await _give_up(row.id)
        return
    await _tell(row, news, until)


@command
async def _tell(seen: SavedSearch, news: list[News], until: datetime) -> None:
    try:
        row = await lock(SavedSearch, seen.id)
    except NotFound:
        return
    if row.paused_at is not None or row.looked_until != seen.looked_until:
        return  # stopped meanwhile, or another look was first
    now = clock.now()
    for each in news:
        await Told.update_or_create(
            {"mark": each.mark, "told_at": now}, saved_search_id=row.id, profile_id=each.profile_id
        )
    row.looked_until = max(row.looked_until, until)
    row.next_at = following(row.rhythm, now, row.time_zone, sent=bool(news))
    if news:
        row.last_sent_at = now
        await _send(row, news)
    await row.save(update_fields=["looked_until", "next_at", "last_sent_at"])


@command
async def _give_up(search_id: UUID) -> None:
    """Tell once that nothing will come: whoever waits for a mail opens no page."""
    row = await SavedSearch.select_for_update().get_or_none(pk=search_id)
    if row is None or row.paused_at is not None:
        return
    row.paused_at = clock.now()
    await row.save(update_fields=["paused_at"])
    person = await accounts.person(row.person_id)
    await mail.send(
        "saved_search_broken",
        to=person.email,
        locale=person.locale,
        search=row.name,
        manage_link=f"{settings().base_url}/{person.locale}/saved-searches",
    )


async def _send(row: SavedSearch, news: list[News]) -> None:
    """In the language of the account, whatever it was when the search was saved."""
    person = await accounts.person(row.person_id)
    base = f"{settings().base_url}/{person.locale}"
    stop = f"{base}/saved-searches/stop?token={stop_token(row.id, settings().secret_key)}"
    await mail.send(
        "saved_search",
        to=person.email,
        locale=person.locale,
        unsubscribe=stop,
        search=row.name,
        news=news[:TOLD_MAX],
        count=len(news),
        more=max(0, len(news) - TOLD_MAX),
        search_link=f"{base}/assistants" + (f"?{row.query}" if row.query else ""),
        manage_link=f"{base}/saved-searches",
        stop_link=stop,
    )
