"""The sealing job with a real database: made once, mailed once, public checks, public heads."""

from __future__ import annotations

import hashlib
import itertools
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from marketplace.contracts import queries
from marketplace.contracts.models import Contract, ContractSeal
from marketplace.contracts.rules.signing import ChainBroken
from marketplace.contracts.service import documents, heads, sealing
from marketplace.core import clock
from marketplace.core.models import OutgoingMail
from marketplace.sealing.service import keys
from tests.factories import accounts
from tests.factories import contracts as make
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("application")


async def sealed(run_jobs: RunJobs) -> tuple[Contract, bytes]:
    """A contract whose final file is made, and the file."""
    done = await make.signed(await make.pair())
    await run_jobs()
    seal = await queries.seal_of(done.id, 1)
    return done, await documents.read(seal.file_sha256)


async def test_signing_never_waits_and_the_file_is_made_and_mailed_once(
    run_jobs: RunJobs, client: httpx.AsyncClient
) -> None:
    two = await make.pair()
    done = await make.signed(two)
    assert await ContractSeal.all().count() == 0  # signing is over, the job has yet to run
    await run_jobs()
    seal = await queries.seal_of(done.id, 1)
    signed = await documents.read(await make.file_of(done))
    assert (await documents.read(seal.file_sha256)).startswith(signed)
    for person in (two.claire, two.camille):
        mails = [str(mail) for mail in accounts.mailbox(person.email)]
        assert sum("sealed.pdf" in each and seal.file_sha256 in each for each in mails) == 1
    letters = await OutgoingMail.filter(template="contracts_notice").count()
    await sealing.finalise(contract=str(done.id), version=1)  # the queue delivers twice
    assert await ContractSeal.all().count() == 1
    assert await OutgoingMail.filter(template="contracts_notice").count() == letters
    chained = await queries.evidence(done.id)
    assert chained[-1].event == "sealed"
    assert chained[-1].file_sha256 == seal.file_sha256
    assert queries.broken_at(chained) is None
    at = f"/fr/contracts/{done.id}"
    assert (await client.get(f"{at}/versions/1/sealed.pdf")).status_code != 200
    await accounts.log_in(client, two.camille)
    assert "sealed.pdf" in (await client.get(at)).text
    answer = await client.get(f"{at}/versions/1/sealed.pdf")
    assert hashlib.sha256(answer.content).hexdigest() == seal.file_sha256
    await accounts.log_in(client, await accounts.person(name="Sam Autre"))
    assert (await client.get(f"{at}/versions/1/sealed.pdf")).status_code == 404


async def test_a_job_that_died_before_its_record_leaves_nothing_behind(
    run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await make.signed(await make.pair())

    async def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sealing, "_record", killed)
        with pytest.raises(KeyboardInterrupt):
            await sealing.finalise(contract=str(done.id), version=1)
    assert await ContractSeal.all().count() == 0
    await run_jobs()
    assert await ContractSeal.all().count() == 1


async def test_without_a_key_contracts_wait_and_are_sealed_once_there_is_one(
    run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = await make.signed(await make.pair())

    def missing() -> Path:
        raise keys.SealMissing

    with monkeypatch.context() as patched:
        patched.setattr(keys, "ready", missing)
        await run_jobs()
    assert await ContractSeal.all().count() == 0
    clock.advance(3600)
    await sealing.seal_missing(0)
    await run_jobs()
    assert (await queries.seal_of(done.id, 1)).level == "B-B"


async def test_a_contract_signed_long_ago_gets_its_file_without_a_mail(run_jobs: RunJobs) -> None:
    done = await make.signed(await make.pair())
    clock.advance(timedelta(days=2).total_seconds())
    letters = OutgoingMail.filter(template="contracts_notice")
    before = await letters.count()
    await run_jobs()
    assert (await queries.seal_of(done.id, 1)).level == "B-B"
    assert await letters.count() == before


async def test_forged_evidence_is_never_sealed(database: str) -> None:
    done = await make.signed(await make.pair())
    owner = await asyncpg.connect(database)
    await owner.execute(
        "ALTER TABLE evidence_event DISABLE TRIGGER ALL;"
        "UPDATE evidence_event SET ip = '203.0.113.7' WHERE seq = 2"
    )
    await owner.close()
    with pytest.raises(ChainBroken):
        await sealing.finalise(contract=str(done.id), version=1)
    assert await ContractSeal.all().count() == 0


async def test_anyone_can_check_the_sealed_file(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    done, content = await sealed(run_jobs)
    page = await client.post("/fr/verify", files={"file": ("c.pdf", content)})
    assert page.status_code == 200
    for text in (
        "Le fichier correspond",
        "rien n’a été ajouté",
        done.number,
        "PAdES B-B",
        "C. D.",
        "C. M.",
        "TEST",
    ):
        assert text in page.text, text
    for private in ("Claire", "Camille", "Atelier", "relais.example"):
        assert private not in page.text
    sha256 = hashlib.sha256(content).hexdigest()
    typed = await client.post("/en/verify", data={"sha256": sha256})
    assert "This is the sealed file of contract" in typed.text
    # One changed byte in the contract: no match, and why.
    changed = bytearray(content)
    changed[200] ^= 1
    answer = await client.post(
        "/api/v1/verify/file", content=bytes(changed), headers={"content-type": "application/pdf"}
    )
    told = answer.json()
    assert told["match"] is False
    assert {"seal_broken", "prefix_changed"} <= set(told["file"]["flaws"])
    # Something added behind the seal: no match, though it begins with what we know.
    answer = await client.post("/api/v1/verify/file", content=content + b"\n%x")
    assert answer.json()["match"] is False
    assert answer.json()["file"]["flaws"] == ["changed_after"]
    assert answer.json()["file"]["contains"] == [done.number, 1]


async def test_garbage_on_the_public_page_is_never_an_error(client: httpx.AsyncClient) -> None:
    for content in (b"\x00" * 10, b"%PDF-1.7\n" + b"[" * 50_000):
        page = await client.post("/fr/verify", files={"file": ("x.pdf", content)})
        assert page.status_code == 200
        assert "Aucune correspondance" in page.text
    answers = [
        (await client.post("/api/v1/verify/file", content=b"\x00")).status_code for _try in range(5)
    ]
    assert answers == [200] * 4 + [429]  # files cost more than fingerprints
    assert (await client.post("/api/v1/verify", json={"sha256": "0" * 64})).status_code == 200


async def test_each_day_gets_a_public_head_that_anyone_can_recompute(
    client: httpx.AsyncClient, database: str
) -> None:
    done = await make.signed(await make.pair())
    first = clock.now().astimezone(UTC).date()
    clock.advance(3 * 86_400)
    await heads.publish(0)
    await heads.publish(0)
    listed = (await client.get("/api/v1/proofs")).json()["items"]
    assert [row["day"] for row in listed] == [
        (first + timedelta(days=n)).isoformat() for n in (2, 1, 0)
    ]
    for newer, older in itertools.pairwise(listed):
        assert newer["prev"] == older["head"]
    text = (await client.get(f"/proofs/{first}.txt")).text
    assert hashlib.sha256(text.encode()).hexdigest() == listed[-1]["head"]
    assert (await queries.evidence(done.id))[2].hash in text
    assert (await client.get(f"/api/v1/proofs/{first}")).json()["hashes"] == text.split()[1:]
    page = await client.get("/fr/proofs")
    assert listed[0]["head"] in page.text
    assert (await client.get("/proofs/2020-01-01.txt")).status_code == 404
    owner = await asyncpg.connect(database)
    for statement in (
        "UPDATE evidence_head SET events = 0",
        "TRUNCATE evidence_head",
        "DELETE FROM evidence_event",
        "SET session_replication_role = replica; DELETE FROM evidence_event",
        (
            "INSERT INTO evidence_event SELECT gen_random_uuid(), contract_id, person_id, 99, at, actor,"
            " event, file_sha256, ip, user_agent, session, details, prev_hash, hash"
            " FROM evidence_event WHERE seq = 2"
        ),
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await owner.execute(statement)
    await owner.close()


async def test_the_seals_page_and_its_files_are_public(client: httpx.AsyncClient) -> None:
    for lang in ("fr", "en"):
        page = await client.get(f"/{lang}/seal")
        assert page.status_code == 200
        assert keys.authority_sha256() in page.text
    assert b"BEGIN CERTIFICATE" in (await client.get("/seal/ca.pem")).content
    assert (await client.get("/seal/ca.crl")).content == keys.revoked()
    told = (await client.get("/api/v1/seal")).json()
    assert told["test"] is True
    assert told["certificates"][0]["state"] == "present"
    assert "PRIVATE" not in str(told)
