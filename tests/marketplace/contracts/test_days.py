"""The days that forms offer are those of the place, not of the machine or of Paris."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import httpx

from marketplace.core import clock
from tests.factories import accounts
from tests.factories import contracts as make

PARIS = ZoneInfo("Europe/Paris")


def tomorrow_at(hour: int) -> None:
    """Go to this hour of tomorrow in Paris."""
    day = clock.today() + timedelta(days=1)
    at = datetime.combine(day, time(hour), PARIS)
    clock.advance((at - clock.now()).total_seconds())


async def bound(client: httpx.AsyncClient, page: str, name: str, which: str) -> str:
    """The first or last day a field of a page offers."""
    field = re.search(rf'<input[^>]* name="{name}"[^>]*>', (await client.get(page)).text)
    found = field and re.search(rf'{which}="([^"]*)"', field[0])
    assert found, (page, name)
    return found[1]


async def test_a_contract_may_begin_today_where_it_is_kept(client: httpx.AsyncClient) -> None:
    two = await make.pair()
    draft = await make.drafted(two, time_zone="America/Toronto")
    await accounts.log_in(client, two.claire)
    tomorrow_at(1)
    here = clock.today("America/Toronto")
    assert here < clock.today(), "there it is the evening before"
    page = f"/fr/contracts/{draft.id}/edit/scope"
    assert await bound(client, page, "starts_on", "min") == here.isoformat()


async def test_what_was_signed_today_far_in_the_east_can_be_brought(
    client: httpx.AsyncClient,
) -> None:
    two = await make.pair()
    tomorrow_at(13)
    there = clock.today("Pacific/Kiritimati")
    assert there > clock.today(), "there it is the day after already"
    for person, page in ((two.claire, "import"), (two.camille, "import/assistant")):
        await accounts.log_in(client, person)
        latest = await bound(client, f"/fr/contracts/{page}", "signed_on", "max")
        assert latest == there.isoformat()
