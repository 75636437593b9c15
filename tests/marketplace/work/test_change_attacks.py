"""Attacks on a change of a running contract, its pages and its sealed paper."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract, ContractSeal
from marketplace.contracts.rules.changes import ChangeOpen, NoChange
from marketplace.contracts.rules.signing import SameSigner
from marketplace.contracts.rules.states import IllegalStep, StaleContract
from marketplace.contracts.schemas import ChangeDraft, SignDraft
from marketplace.contracts.service import amending, changes, documents, signing
from marketplace.core.errors import NotFound, RelaisError
from marketplace.sealing import service as sealing
from marketplace.sealing.rules.inspection import inspect
from marketplace.work.rules import AlreadyEnding
from marketplace.work.schemas import EndingDraft
from marketplace.work.service import endings
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
NOTICE = ChangeDraft(notice_days=30, reason="We plan ahead")


async def running() -> tuple[work.Pair, Contract]:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 30000), trial_days=0)
    assert await work.pay(contract) == "funded"
    return people, await Contract.get(pk=contract.id)


async def test_wrong_signers_old_papers_and_strangers_are_refused() -> None:
    people, contract = await running()
    other, _foreign = await running()
    with pytest.raises(StaleContract):  # read before another version counted
        stale = NOTICE.model_copy(update={"version": contract.version + 1})
        await amending.propose(people.business, contract.id, stale)
    with pytest.raises(NotFound):
        await amending.propose(other.business, contract.id, NOTICE)
    first = await amending.propose(people.business, contract.id, NOTICE)
    old = first.version.file_sha256
    with pytest.raises(ChangeOpen):
        await amending.propose(people.assistant, contract.id, NOTICE)
    for stranger in (other.business, other.assistant):
        with pytest.raises(NotFound):
            await signing.request_code(stranger, contract.id, old)
        with pytest.raises(NotFound):
            await changes.answer(stranger, contract.id)
    with pytest.raises(StaleContract):  # the contract's own paper is no change
        standing = await contracts.version(contract.id, 1)
        await signing.request_code(people.assistant, contract.id, standing.file_sha256)
    code = await work.code(people.assistant, contract.id, old)
    declined = await changes.answer(people.assistant, contract.id, "Too long")
    assert (declined.status, declined.answer) == ("declined", "Too long")
    second = await amending.propose(people.business, contract.id, ChangeDraft(notice_days=20))
    draft = SignDraft(
        file_sha256=old, consent=True, typed_name=people.assistant.person.name, code=code
    )
    with pytest.raises(StaleContract):  # a code for the declined paper, after another proposal
        await signing.sign(people.assistant, contract.id, draft, locale="fr")
    await work.consent(people.business, contract)
    with pytest.raises(SameSigner):
        await work.consent(people.business, contract)
    await endings.propose(people.business, contract.id, EndingDraft())
    with pytest.raises(AlreadyEnding):  # an end is proposed meanwhile: nothing else changes
        await work.consent(people.assistant, contract)
    await endings.withdraw(people.business, contract.id)
    await work.consent(people.assistant, contract)
    with pytest.raises(NoChange):
        await changes.answer(people.assistant, contract.id)
    with pytest.raises((StaleContract, IllegalStep)):
        await signing.request_code(people.assistant, contract.id, second.version.file_sha256)
    contract = await Contract.get(pk=contract.id)
    assert (contract.version, contract.notice_days) == (3, 20)


async def test_two_tabs_sign_once() -> None:
    people, contract = await running()
    change = await amending.propose(people.business, contract.id, NOTICE)
    await work.consent(people.business, contract)
    sha256 = change.version.file_sha256
    draft = SignDraft(
        file_sha256=sha256,
        consent=True,
        typed_name=people.assistant.person.name,
        code=await work.code(people.assistant, contract.id, sha256),
    )
    tabs = [signing.sign(people.assistant, contract.id, draft, locale="fr") for _ in range(2)]
    outcome = await asyncio.gather(*tabs, return_exceptions=True)
    assert sorted(isinstance(each, RelaisError) for each in outcome) == [False, True]
    events = [each.event for each in await contracts.evidence(contract.id)]
    assert events.count("signed") == 4
    assert events.count("completed_signing") == 2


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_pages_and_the_sealed_paper_of_a_change(
    client: httpx.AsyncClient, run_jobs: RunJobs, lang: str
) -> None:
    people, contract = await running()
    at = f"/{lang}/contracts/{contract.id}"
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    page = await client.get(f"{at}/change")
    assert page.status_code == 200
    assert 'name="milestones-1-drop"' in page.text
    assert 'name="milestones-0-drop"' not in page.text  # held
    row = {"title": "Part 2", "due_on": "2020-01-01", "price": "x", "criteria": "Proofread"}
    typed = {f"milestones-1-{name}": value for name, value in row.items()}
    refused = await client.post(f"{at}/change", data=typed | {"milestones-1-part": "2"})
    assert refused.status_code == 422
    unchanged = await client.post(f"{at}/change", data={"notice_days": contract.notice_days})
    assert unchanged.status_code == 422
    more = await client.post(f"{at}/change", data={"add": "milestone"})
    assert more.status_code == 200
    sent = await client.post(f"{at}/change", data={"notice_days": "30", "reason": "We plan"})
    assert sent.headers["location"].endswith("/sign")
    await accounts.log_in(client, people.assistant.person)
    for path in ("", "/change", "/sign"):
        shown = (await client.get(at + path)).text
        assert "We plan" in shown
        assert "30" in shown
    for who in (people.business, people.assistant):
        await work.consent(who, contract)
    await run_jobs()
    change = (await contracts.changes(contract.id))[0]
    seal = await ContractSeal.get(version_id=change.version_id)
    content = await documents.read(seal.file_sha256)
    report = await asyncio.to_thread(inspect, content, sealing.keys.trust())
    assert report.ok
    assert content.startswith(await documents.read(change.version.file_sha256))
    assert report.sha256 == seal.file_sha256
    api = f"/api/v1/contracts/{contract.id}"
    verdict = await client.post("/api/v1/verify", json={"sha256": seal.file_sha256})
    assert verdict.status_code == 200
    assert contract.number in verdict.text
    parts = (await client.get(f"{api}/changes/freedom")).json()["parts"]
    assert parts == [{"part": 1, "may": "date"}, {"part": 2, "may": "free"}]
    made = await client.post(f"{api}/change-orders", json={"title": "Another title"})
    assert (made.status_code, made.json()["differences"][0][0]) == (201, "title")
    mails = [accounts.text_of(m) for m in accounts.mailbox(people.business.person.email)]
    assert any("Avenant signé par les deux" in text or "avenant" in text for text in mails)
