"""A person elsewhere than in Paris: mails in their morning, days and times of their own."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from marketplace.accounts.models import LoginSession
from marketplace.saved_searches.models import SavedSearch
from tests.factories import accounts

if TYPE_CHECKING:
    import httpx

TORONTO, NOUMEA = "America/Toronto", "Pacific/Noumea"
EVENING = datetime(2026, 11, 30, 2, 30, tzinfo=UTC)
"""Still the day before in Montréal."""


def hour(moment: datetime, zone: str) -> int:
    return moment.astimezone(ZoneInfo(zone)).hour


async def test_a_person_in_montreal_has_their_mails_and_days_at_their_own_time(
    client: httpx.AsyncClient,
) -> None:
    who = await accounts.person()
    await accounts.log_in(client, who)
    client.cookies.set("tz", TORONTO)
    form = (await client.get("/fr/saved-searches/new?skill=invoicing")).text
    assert re.search(rf'<option value="{TORONTO}" selected', form)
    named = {"query": "skill=invoicing", "name": "Factures", "rhythm": "daily"}
    await client.post("/fr/saved-searches", data={**named, "time_zone": TORONTO})
    row = await SavedSearch.get()
    assert hour(row.next_at, TORONTO) == 8
    page = (await client.get("/fr/saved-searches")).text
    assert "<p>Une fois par jour, à 8\xa0h, heure de Toronto. " in page
    assert "Prochaine vérification" in page
    assert ", 08:00. " in page
    english = (await client.get("/en/saved-searches")).text
    assert "<p>Once a day, at 8:00, Toronto time. " in english
    await LoginSession.filter(person_id=who.id).update(created_at=EVENING)
    assert "29 nov. 2026, 21:30" in (await client.get("/fr/account/sessions")).text
    client.cookies.set("tz", "nowhere")
    assert "30 nov. 2026, 03:30" in (await client.get("/fr/account/sessions")).text


async def test_another_time_zone_moves_the_next_look_and_a_wrong_one_is_told_so(
    client: httpx.AsyncClient,
) -> None:
    await accounts.log_in(client, await accounts.person())
    named = {"query": "skill=invoicing", "name": "Factures", "rhythm": "daily"}
    row = (await client.post("/api/v1/saved-searches", json=named)).json()
    assert row["time_zone"] == "Europe/Paris"
    body = {"name": "Factures", "rhythm": "daily", "time_zone": NOUMEA}
    changed = (await client.put(f"/api/v1/saved-searches/{row['id']}", json=body)).json()
    assert hour(datetime.fromisoformat(changed["next_at"]), NOUMEA) == 8
    kept = {"name": "Autre", "rhythm": "weekly"}
    changed = (await client.put(f"/api/v1/saved-searches/{row['id']}", json=kept)).json()
    assert changed["time_zone"] == NOUMEA
    for nowhere in ("Mars/Olympus", "x" * 200):
        wrong = {**named, "query": "tool=sage", "time_zone": nowhere}
        answer = await client.post("/fr/saved-searches", data=wrong)
        assert (answer.status_code, "fuseau" in answer.text) == (422, True)
        answer = await client.post(f"/fr/saved-searches/{row['id']}", data=wrong)
        assert 'href="#f-time_zone-1"' in answer.text
