"""The page and operations of a contract's papers: each side sees and does what is its own."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import httpx
import pytest
from PIL import Image
from tortoise.exceptions import IntegrityError, OperationalError

from marketplace.contracts.rules.states import Actor
from marketplace.contracts.service import lifecycle
from marketplace.core import clock, vault
from marketplace.core.db import connection
from marketplace.core.errors import NotFound, TooManyRequests
from marketplace.core.i18n import format_date
from marketplace.vigilance import queries, rules, service
from marketplace.vigilance.models import ComplianceDocument
from marketplace.vigilance.queries.files import path as kept_at
from marketplace.vigilance.queries.files import read
from marketplace.vigilance.rules import FileRefused, Verdict
from marketplace.vigilance.schemas import CheckDraft
from marketplace.vigilance.service.files import close_all
from marketplace.vigilance.service.handing import DAILY
from marketplace.web import ratelimit
from tests.factories import accounts, papers, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("application")
CODE = "urssaf_vigilance"


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "JPEG")
    return out.getvalue()


async def test_a_certificate_goes_from_the_assistant_to_the_client_and_back(
    client: httpx.AsyncClient,
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(600_000))
    at = f"/fr/contracts/{contract.id}/documents"
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    data = {"number": "7K4P", "issued_on": yesterday}

    await accounts.log_in(client, people.assistant.person)
    assert at in (await client.get(f"/fr/contracts/{contract.id}/work")).text
    for wrong, said in (
        ({"files": {"file": ("a.pdf", b"MZ\x90", "application/pdf")}}, "illisible"),
        ({"files": {"file": ("a.pdf", b"", "application/pdf")}}, "Choisissez le fichier"),
        ({"data": data | {"number": ""}}, "Ce champ est à remplir."),
        ({"data": data | {"issued_on": "9999-12-31"}}, "encore à venir"),
        ({"data": data | {"issued_on": "2020-01-01"}}, "plus de 6 mois"),
        ({"data": data | {"issued_on": "hier"}}, "2026-12-31"),
    ):
        sent: dict[str, Any] = {
            "data": data,
            "files": {"file": ("a.pdf", papers.PDF, "application/pdf")},
        } | wrong
        answer = await client.post(f"{at}/{CODE}", **sent)
        assert answer.status_code == 422
        assert said in answer.text
    files = {"file": ("scan.jpg", photo(), "image/jpeg")}
    for _twice in range(2):
        assert (await client.post(f"{at}/{CODE}", data=data, files=files)).status_code == 303
    row = await ComplianceDocument.get(code=CODE)
    assert (row.media_type, row.number) == ("image/jpeg", "7K4P")
    check = f"{at}/{row.id}/checks"
    assert (await client.post(check, data={"verdict": "passed"})).status_code == 403

    await accounts.log_in(client, people.business.person)
    page = (await client.get(at)).text
    assert "7K4P" in page
    assert "verification-attestation" in page
    file = await client.get(f"{at}/{row.id}/file")
    assert file.content == photo()
    assert file.headers["content-disposition"].startswith("attachment")
    told = await client.get(f"{at.replace('/fr/', '/api/v1/')}/{row.id}/file")
    assert told.headers["content-disposition"] == file.headers["content-disposition"]
    assert (await client.post(check, data={"verdict": "failed"})).status_code == 422
    assert (await client.post(check, data={"verdict": "passed"})).status_code == 303
    assert people.business.person.name in (await client.get(at)).text
    refusal = {"verdict": "failed", "note": "Illisible"}
    assert (await client.post(check, data=refusal)).status_code == 303
    await accounts.log_in(client, people.assistant.person)
    again = await client.post(f"{at}/{CODE}", data=data, files=files)
    assert again.status_code == 422
    assert "pas pu accepter" in again.text
    await accounts.log_in(client, people.business.person)
    assert (await client.post(check, data={"verdict": "passed"})).status_code == 303
    assert (await client.post(f"{at}/{CODE}", data=data, files=files)).status_code == 403
    listed = (await client.get(f"/api/v1/contracts/{contract.id}/documents")).json()["items"]
    assert listed[0]["code"] == CODE
    assert listed[0]["state"] == "valid"
    assert listed[0]["checks"][0]["verdict"] == "passed"

    await accounts.log_in(client, await accounts.person())
    for path in (at, f"{at}/{row.id}/file"):
        assert (await client.get(path)).status_code == 404
    assert (await client.post(check, data={"verdict": "passed"})).status_code == 404


async def test_insurance_counts_until_the_day_on_its_certificate_and_no_longer_than_a_year(
    client: httpx.AsyncClient,
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20_000))
    at = f"/fr/contracts/{contract.id}/documents"
    await accounts.log_in(client, people.assistant.person)
    assert 'name="valid_until"' in (await client.get(at)).text
    issued = clock.today() - timedelta(days=1)
    files = {"file": ("scan.jpg", photo(), "image/jpeg")}

    async def sent(end: str) -> httpx.Response:
        data = {"number": "7K4P", "issued_on": issued.isoformat(), "valid_until": end}
        return await client.post(f"{at}/rc_pro", data=data, files=files)

    for wrong, said in (
        ("", "à remplir"),
        ((issued - timedelta(days=9)).isoformat(), "précède la date"),
        (issued.isoformat(), "n’est plus valable"),
    ):
        answer = await sent(wrong)
        assert (answer.status_code, said in answer.text) == (422, True)
    soon, late = (clock.today() + timedelta(days=days) for days in (40, 4_000))
    for end, until in ((soon, soon), (late, rules.valid_until(issued, 12))):
        assert (await sent(end.isoformat())).status_code == 303
        assert await ComplianceDocument.exists(code="rc_pro", valid_until=until)


async def test_what_was_typed_is_there_again_when_too_much_is_handed_in(
    client: httpx.AsyncClient,
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(600_000))
    await accounts.log_in(client, people.assistant.person)
    at = f"/fr/contracts/{contract.id}/documents/{CODE}"
    data = {"number": "7K4P-AGAIN", "issued_on": clock.today().isoformat()}
    for _each in range(100):
        answer = await client.post(at, data=data, files={"file": ("a.pdf", b"no", "text/plain")})
        assert "7K4P-AGAIN" in answer.text
        if answer.status_code == 429:
            return
        assert answer.status_code == 422
    pytest.fail("nothing was refused")


async def test_papers_of_one_assistant_have_a_bound_a_day_however_many_hand_them_in() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(600_000))
    for _each in range(DAILY):  # by colleagues
        await ratelimit.hit(f"papers:{people.assistant_id}", per_minute=DAILY / 1440, burst=DAILY)
    with pytest.raises(TooManyRequests):
        await papers.hand_in(people.assistant, contract)
    clock.advance(86_400)
    await papers.hand_in(people.assistant, contract)


async def test_a_client_whose_contract_does_not_call_for_it_reads_nothing(
    client: httpx.AsyncClient,
) -> None:
    people, other = await work.pair(), await work.pair()
    large = await work.signed(people, work.project(600_000))
    row = await papers.hand_in(people.assistant, large)
    mixed = work.Pair(other.business, people.assistant, other.business_id, people.assistant_id)
    small = await work.signed(mixed, work.project(20_000))
    await accounts.log_in(client, other.business.person)
    at = f"/fr/contracts/{small.id}/documents"
    assert row.number not in (await client.get(at)).text
    assert (await client.get(f"{at}/{row.id}/file")).status_code == 404
    listed = (await client.get(f"/api/v1/contracts/{small.id}/documents")).json()["items"]
    assert (listed[0]["state"], listed[0]["current"], listed[0]["history"]) == ("later", None, [])
    # the next large contract of the assistant needs no second upload
    again = await work.signed(mixed, work.project(500_000))
    listed = (await client.get(f"/api/v1/contracts/{again.id}/documents")).json()["items"]
    assert (listed[0]["state"], listed[0]["current"]["number"]) == ("valid", row.number)


async def test_what_was_called_for_once_stays_with_the_client_when_the_total_falls(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.pair()
    large = await work.signed(people, work.project(480_000))
    small = await work.signed(people, work.project(20_000))
    await run_jobs()  # together they call for it, and both contracts ask
    row = await papers.hand_in(people.assistant, large)
    await lifecycle.cancel(large.id, Actor.BUSINESS, "It ends")
    clock.advance(370 * 86_400)
    await accounts.log_in(client, people.business.person)
    at = f"/contracts/{small.id}/documents"
    listed = (await client.get(f"/api/v1{at}")).json()["items"]
    assert (listed[0]["state"], listed[0]["history"][0]["number"]) == ("later", row.number)
    assert (await client.get(f"/fr{at}/{row.id}/file")).content == papers.PDF


async def test_what_a_client_refused_stays_refused_when_it_is_handed_in_with_another(
    client: httpx.AsyncClient,
) -> None:
    people, other = await work.pair(), await work.pair()
    contract = await work.signed(people, work.project(600_000))
    mixed = work.Pair(other.business, people.assistant, other.business_id, people.assistant_id)
    elsewhere = await work.signed(mixed, work.project(600_000))
    row = await papers.hand_in(people.assistant, contract)
    refusal = CheckDraft(verdict=Verdict.FAILED, note="Code inconnu")
    await service.check(people.business, contract.id, row.id, refusal)
    again = await papers.hand_in(people.assistant, elsewhere)
    await accounts.log_in(client, people.business.person)
    at = f"/api/v1/contracts/{contract.id}/documents"
    shown = (await client.get(at)).json()["items"][0]
    assert (shown["state"], shown["stops_funding"]) == ("refused", True)
    await accounts.log_in(client, other.business.person)
    there = f"/api/v1/contracts/{elsewhere.id}/documents"
    assert (await client.get(there)).json()["items"][0]["state"] == "valid"
    # Its word on either is its word on both.
    passed = CheckDraft(verdict=Verdict.PASSED)
    await service.check(people.business, contract.id, again.id, passed)
    await accounts.log_in(client, people.business.person)
    assert (await client.get(at)).json()["items"][0]["state"] == "valid"
    await service.check(people.business, contract.id, again.id, refusal)
    with pytest.raises(FileRefused):
        await papers.hand_in(people.assistant, contract)


async def test_the_refusal_of_a_newer_document_is_shown_named_and_can_be_taken_back(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(600_000))
    first = await papers.hand_in(people.assistant, contract)
    clock.advance(170 * 86_400)  # the first counts for some days yet
    second = await papers.hand_in(people.assistant, contract)
    refusal = CheckDraft(verdict=Verdict.FAILED, note="Code inconnu")
    await service.check(people.business, contract.id, second.id, refusal)
    await run_jobs()
    (told,) = [
        accounts.text_of(each)
        for each in accounts.mailbox(people.assistant.person.email)
        if "pas été accepté" in each["Subject"]
    ]
    assert second.valid_until is not None
    assert format_date(second.valid_until, "fr") in told
    await accounts.log_in(client, people.business.person)
    at = f"/contracts/{contract.id}/documents"

    async def shown() -> tuple[str, str]:
        found = (await client.get(f"/api/v1{at}")).json()["items"][0]
        return found["state"], found["current"]["id"]

    assert await shown() == ("expiring", str(first.id))
    page = (await client.get(f"/fr{at}")).text
    assert f"{at}/{second.id}/checks" in page.partition("<summary>Historique")[0]
    assert "Code inconnu" in page.partition("<summary>Historique")[0]
    clock.advance(20 * 86_400)
    assert await shown() == ("refused", str(second.id))  # the first is too old
    back = await client.post(f"/fr{at}/{second.id}/checks", data={"verdict": "passed"})
    assert back.status_code == 303
    assert await shown() == ("valid", str(second.id))


@pytest.mark.usefixtures("application")
async def test_a_paper_lies_closed_on_disk_also_one_that_was_kept_open() -> None:
    people = await work.pair()
    row = await papers.hand_in(people.assistant, await work.signed(people, work.project(600_000)))
    kept = kept_at(row.file_sha256)
    assert b"PDF" not in kept.read_bytes()
    kept.write_bytes(papers.PDF)
    assert await read(row) == papers.PDF
    await close_all(0)
    assert vault.is_closed(kept.read_bytes())
    assert await read(row) == papers.PDF


async def test_what_was_handed_in_is_never_changed() -> None:
    people = await work.pair()
    row = await papers.hand_in(people.assistant, await work.signed(people, work.project(600_000)))
    for change in (
        "UPDATE compliance_document SET number = 'x'",
        "DELETE FROM compliance_document",
    ):
        with pytest.raises((IntegrityError, OperationalError), match="append-only"):
            await connection().execute_query(change)
    assert (await ComplianceDocument.get(pk=row.id)).number == row.number


async def test_a_damaged_file_is_put_right_by_handing_it_in_again() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(600_000))
    row = await papers.hand_in(people.assistant, contract)
    kept_at(row.file_sha256).write_bytes(b"half a fi")
    with pytest.raises(NotFound):
        await queries.read(row)
    await papers.hand_in(people.assistant, contract)
    assert await queries.read(row) == papers.PDF
