"""An archive holds everything about a person and nothing of anybody else's own."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from marketplace.contracts.rules.evidence import Trace
from marketplace.core import clock, files
from marketplace.core.db import connection
from marketplace.my_data import queries
from marketplace.my_data.models import DataExport
from marketplace.my_data.queries.sections import LEFT_OUT, SECTIONS, everything
from marketplace.my_data.service import exporting
from marketplace.parties.models import Membership
from marketplace.parties.rules import Role
from marketplace.work.schemas import DeliveryDraft
from marketplace.work.service import deliveries
from tests.factories import accounts as make
from tests.factories import contracts as deals
from tests.factories import invoicing, work

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

REFER = """
SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint
 WHERE contype = 'f' AND confrelid IN ('person'::regclass, 'party'::regclass, 'profile'::regclass,
       'contract'::regclass, 'unit'::regclass)"""


@pytest.mark.usefixtures("database")
async def test_no_table_about_people_is_forgotten() -> None:
    tables = {row["name"] for row in await connection().execute_query_dict(REFER)}
    named = {table for table, _which, _without in SECTIONS.values()}
    assert tables - named - set(LEFT_OUT) == set(), "name these in SECTIONS, or say why not"
    assert set(LEFT_OUT) - tables == set()


async def test_an_archive_of_one_side_of_a_contract(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    two = await deals.pair()
    contract = await deals.signed(two)
    await deals.drafted(two)
    await run_jobs()
    await make.log_in(client, two.camille)
    assert (await client.post("/fr/my-data/exports")).status_code == 303
    assert "Archive en préparation" in (await client.get("/fr/my-data")).text
    again = await client.post("/api/v1/me/exports")
    assert again.status_code == 409
    await run_jobs()
    assert (await client.post("/api/v1/me/exports")).is_success  # this one is never made
    await DataExport.filter(ready_at=None).update(created_at=clock.now() - timedelta(hours=2))
    page = (await client.get("/fr/my-data")).text
    assert ("n’a pas pu être préparée" in page, "Archive en préparation" in page) == (True, False)
    assert (await client.post("/api/v1/me/exports")).is_success
    known = (await client.get("/api/v1/me/exports")).json()
    assert [each["failed"] for each in known] == [False, True, False]
    await DataExport.filter(ready_at=None).delete()
    (row,) = (await client.get("/api/v1/me/exports")).json()
    answer = await client.get(f"/fr/my-data/exports/{row['id']}.zip")
    assert len(answer.content) == row["bytes"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        names, found = file.namelist(), json.loads(file.read("data.json"))
        sealed = file.read(f"papers/contracts/{contract.number}-v1-sealed.pdf")
        about = file.read("README.txt").decode()
    assert about.startswith("Tout ce que")
    assert sealed.startswith(b"%PDF")
    assert f"papers/contracts/{contract.number}-v1.pdf" in names
    assert found["person"][0]["email"] == two.camille.email
    assert [each["number"] for each in found["contracts"]] == [contract.number]  # no draft
    assert {each["id"] for each in found["parties"]} == {str(two.assistant.id)}
    (mine,) = found["signatures"]
    assert mine["typed_name"] == two.camille.name
    assert "ip" in mine
    assert found["signatures_of_my_side"] == []
    text = json.dumps(found)
    assert "password_hash" not in text
    assert "token_hash" not in text
    assert two.claire.email not in text
    # On disk it is closed; nobody else gets it; after a week it is gone.
    kept = queries.place((await DataExport.get()).file_sha256 or "")
    assert b"data.json" not in kept.read_bytes()
    # One made before archives were closed in pieces is read as well.
    kept.unlink()
    files.keep(answer.content, queries.place, queries.PURPOSE)
    older = await client.get(f"/api/v1/me/exports/{row['id']}/file")
    assert older.content == answer.content
    await make.log_in(client, two.claire)
    assert (await client.get(f"/fr/my-data/exports/{row['id']}.zip")).status_code == 404
    clock.advance(8 * 86_400)
    await make.log_in(client, two.camille)
    assert (await client.get(f"/api/v1/me/exports/{row['id']}/file")).status_code == 404


async def test_an_archive_whose_worker_died_before_its_row_knew_it_goes_too(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    two = await deals.pair()
    await make.log_in(client, two.camille)
    await client.post("/fr/my-data/exports")
    await run_jobs()
    kept = queries.place((await DataExport.get()).file_sha256 or "")
    orphan = kept.with_name("0" * 64)
    orphan.write_bytes(b"closed")
    clock.advance(6 * 86_400)
    await exporting.upkeep(0)
    await run_jobs()
    assert kept.exists()
    assert orphan.exists()
    clock.advance(2 * 86_400)
    await exporting.upkeep(0)
    await run_jobs()
    assert not kept.exists()
    assert not orphan.exists()


@pytest.mark.usefixtures("application")
async def test_a_colleague_reads_that_somebody_signed_and_not_from_where() -> None:
    two = await deals.pair()
    contract = await deals.signed(two)
    colleague = await make.person()
    await Membership.create(
        party=two.business, person=colleague, role=Role.MEMBER, created_at=clock.now()
    )
    found = await everything(colleague.id)
    assert found["signatures"] == []
    (seen,) = found["signatures_of_my_side"]
    assert (seen["contract_id"], seen["person_id"]) == (str(contract.id), str(two.claire.id))
    assert not {"ip", "user_agent"} & set(seen)
    (own,) = (await everything(two.claire.id))["signatures"]
    assert {"ip", "user_agent"} < set(own)


@pytest.mark.usefixtures("application")
async def test_a_colleague_reads_that_a_mandate_was_given_and_not_from_where() -> None:
    people = await work.pair()
    await invoicing.mandated(people, trace=Trace("203.0.113.7", "Lynx", "x"))
    owner, colleague = people.assistant.person, await make.person()
    await Membership.create(
        party_id=people.assistant_id, person=colleague, role=Role.MEMBER, created_at=clock.now()
    )
    found = await everything(colleague.id)
    assert found["invoicing_mandates"] == []
    (seen,) = found["invoicing_mandates_of_my_side"]
    assert (seen["version"], seen["person_id"]) == (2, str(owner.id))
    assert "203.0.113.7" not in json.dumps(found)
    assert not {"ip", "user_agent"} & set(seen)
    found = await everything(owner.id)
    assert found["invoicing_mandates_of_my_side"] == []
    (own,) = found["invoicing_mandates"]
    assert (own["ip"], own["user_agent"]) == ("203.0.113.7", "Lynx")


@pytest.mark.usefixtures("stripe_sandbox", "application")
async def test_why_a_bank_refused_is_told_to_its_customer_alone(run_jobs: RunJobs) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 10000), trial_days=0)
    assert await work.pay(contract) == "funded"
    assert await work.pay(contract, 2, work.DECLINED) != "funded"
    unit = await work.unit(contract)
    await deliveries.submit(people.assistant, unit.id, DeliveryDraft(note="Done"))
    await deliveries.approve(people.business, unit.id)
    await run_jobs()
    client = await everything(people.business.person_id)
    theirs = await everything(people.assistant.person_id)
    (reason,) = [each["failure"] for each in client["payments"] if each["failure"]]
    assert reason == "generic_decline"
    assert client["payments_of_the_other_side"] == []
    assert theirs["payments"] == []
    assert len(theirs["payments_of_the_other_side"]) == len(client["payments"]) == 2
    (sent,), (seen,) = theirs["movements"], client["movements_of_the_other_side"]
    assert (sent["kind"], sent["id"]) == ("transfer", seen["id"])
    assert theirs["movements_of_the_other_side"] == client["movements"] == []
    assert "failure" in sent
    for each in [*theirs["payments_of_the_other_side"], seen]:
        assert not {"failure", "charge", "attempts", "attempt", "locale"} & set(each)
