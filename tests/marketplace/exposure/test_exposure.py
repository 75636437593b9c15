"""Who is shown and kept how often: counted by day, told by groups, nothing of visitors."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.exposure import queries, service
from marketplace.exposure.rules import GROUP_LEAST, OTHERS, Group, shares
from search import ranking
from tests.factories import accounts
from tests.marketplace.directory import people

if TYPE_CHECKING:
    import httpx

SIZES = st.lists(st.integers(0, 40), max_size=10)


@given(SIZES)
def test_public_groups_are_never_small_and_nothing_is_lost_unless_all_are(
    sizes: list[int],
) -> None:
    groups = [Group(f"R{n}", size, size * 7 % 90, size % 4) for n, size in enumerate(sizes)]
    told = shares(groups, public=True)
    if sum(sizes) < GROUP_LEAST:
        assert told == []
        return
    assert all(one.profiles >= GROUP_LEAST for one in told)
    assert sum(one.shown for one in told) == sum(one.shown for one in groups)
    assert sum(one.profiles for one in told) == sum(sizes)


async def counted() -> list[dict[str, object]]:
    found: list[dict[str, object]] = await connection().execute_query_dict(
        "SELECT p.slug, e.* FROM exposure_day e JOIN profile p ON p.id = e.profile_id "
        "ORDER BY day, slug"
    )
    return found


async def test_first_pages_and_hearts_are_counted_by_day(client: httpx.AsyncClient) -> None:
    await people.publish("in-toulouse")
    await people.publish("in-lyon", city="lyon", tax_status="vat_registered")
    for path in (
        "/fr/assistants",
        "/fr/assistants",
        "/fr/assistants?city=lyon",
        "/fr/assistants?page=2",
    ):
        await client.get(path)
    await client.post("/fr/shortlists/keep", data={"slug": "in-lyon"})
    await service.flush()
    await service.flush()
    rows = {row["slug"]: (row["shown"], row["listed"]) for row in await counted()}
    assert rows == {"in-lyon": (3, 1), "in-toulouse": (2, 0)}
    clock.advance(86_400)
    await client.get("/fr/assistants")
    await service.flush()
    assert len(await counted()) == 4
    columns = set((await counted())[0]) - {"slug"}
    assert columns == {"day", "profile_id", "region", "tax_status", "shown", "listed"}
    regions = {one.code: one for one in await queries.by_region(queries.since(), public=False)}
    assert regions["FR-ARA"].shown == 4
    assert regions["FR-ARA"].rate == 0.25
    assert regions["FR-OCC"].of_profiles == 0.5


async def test_small_groups_are_told_together_in_public_and_apart_to_the_operator(
    client: httpx.AsyncClient,
) -> None:
    for number in range(GROUP_LEAST):
        await people.publish(f"many-{number}")
    await people.publish("alone", city="lyon")
    await client.get("/fr/assistants")
    await service.flush()
    public = (await client.get("/api/v1/ranking/exposure")).json()
    assert {one["code"] for one in public["regions"]} == {
        OTHERS
    }  # the one alone takes the next along
    page = (await client.get("/fr/ranking")).text
    assert "Autres, trop peu pour être montrés seuls" in page
    assert "Franchise" in page
    assert (await client.get("/fr/operator/exposure")).status_code == 303
    boss = await accounts.person(is_operator=True)
    await accounts.log_in(client, boss)
    audit = (await client.get("/api/v1/operator/exposure")).json()
    assert {one["code"] for one in audit["regions"]} == {"FR-OCC", "FR-ARA"}
    assert len(audit["most_shown"]) == GROUP_LEAST + 1
    assert "Alone" in (await client.get("/fr/operator/exposure")).text


async def test_the_public_sums_are_kept_for_minutes_and_old_days_go(
    client: httpx.AsyncClient,
) -> None:
    async def told() -> int:
        shares = (await client.get("/api/v1/ranking/exposure")).json()["tax_statuses"]
        return sum(one["shown"] for one in shares)

    for number in range(GROUP_LEAST):
        await people.publish(f"many-{number}")
    assert await told() == 0
    await client.get("/fr/assistants")
    await service.flush()
    assert await told() == 0  # anybody may ask without end: it was added up a moment ago
    clock.advance(301)
    assert await told() == GROUP_LEAST
    day = max(date.fromisoformat(str(row["day"])) for row in await counted())
    clock.advance((day + timedelta(days=60) - clock.today()).days * 86_400)
    await service.upkeep(0)
    assert len(await counted()) == GROUP_LEAST
    clock.advance(86_400)
    await service.upkeep(0)
    assert await counted() == []


async def test_an_earlier_day_shows_its_seed(client: httpx.AsyncClient) -> None:
    page = (await client.get("/fr/ranking?day=2026-01-05")).text
    assert ranking.seed_of(date(2026, 1, 5)) in page
    assert ranking.seed_of(date(2026, 1, 6)) not in page
    for wish in ("9999-01-01", "nothing"):
        today = ranking.seed_of(clock.today("UTC"))
        assert today in (await client.get(f"/fr/ranking?day={wish}")).text
