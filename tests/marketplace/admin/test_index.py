"""The operator sees how the search index is, and has it rebuilt without a shell on the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.directory import service as directory
from tests.factories import accounts, admin
from tests.marketplace.directory import people

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs
    from tests.fixtures.services import Server

REBUILD = "/en/operator/index/rebuild"


async def test_the_operator_rebuilds_the_index_and_follows_it(
    search_engine: Server, client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    lost = await people.publish("lost")
    await people.publish("kept")
    await run_jobs()
    index = directory.administration()
    assert index
    await index.delete([str(lost.id)], wait=True)
    await accounts.log_in(client, await admin.operator())

    async def overview() -> dict[str, object]:
        answer = (await client.get("/api/v1/operator/overview")).json()
        assert answer["search"] in {"ok", "indexing"}
        return {name[7:]: value for name, value in answer.items() if name.startswith("search_")}

    before = await overview()
    assert (before["documents"], before["rebuilding"], before["jobs_waiting"]) == (1, False, 0)
    assert (await client.post(REBUILD, data={"reason": " "})).status_code == 422
    asked = await client.post(REBUILD, data={"reason": "A profile is not found."})
    assert asked.status_code == 303
    assert (await overview())["rebuilding"] is True
    page = (await client.get("/en/operator")).text
    assert "A rebuild is queued" in page
    assert "Rebuild the index" not in page
    twice = await client.post("/fr/operator/index/rebuild", data={"reason": "Encore."})
    assert twice.status_code == 409
    await run_jobs()
    after = await overview()
    assert after == {**before, "documents": 2}
    page = (await client.get("/en/operator")).text
    assert "Rebuild the index" in page
    assert "Search index rebuilt" in (await client.get("/en/operator/log")).text
