"""A signed contract that the assistant brings: told to the client, taken up, declined, withdrawn."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest

from marketplace.accounts.models import Person
from marketplace.contracts import queries
from marketplace.contracts.models import BroughtPaper, Contract, ContractSignature, EvidenceEvent
from marketplace.contracts.rules.imported import (
    TOLD_MAX,
    TOLD_ONE_MAX,
    WAITING_MAX,
    BroughtOver,
    Outcome,
    TooManyBrought,
    TooManyToday,
)
from marketplace.contracts.rules.states import Kind
from marketplace.contracts.schemas import BringStart
from marketplace.contracts.service import bringing, documents, drafting, offers
from marketplace.core import clock
from marketplace.core.errors import Invalid
from tests.factories import accounts
from tests.factories import contracts as make
from tests.fixtures.application import RunJobs
from tests.marketplace.contracts.test_imported import NAME, action, changed, pdf

FORM = "/fr/contracts/import/assistant"


def form(email: str, **more: str) -> dict[str, str]:
    day = (clock.today() - timedelta(days=300)).isoformat()
    return {"email": email, "kind": "project", "signed_on": day, **more}


async def brought(
    client: httpx.AsyncClient, run_jobs: RunJobs, two: make.Pair, content: bytes
) -> str:
    """Camille brings the file, after some that cannot be brought; gives the page's address."""
    await accounts.log_in(client, two.camille)
    assert two.profile.slug in (await client.get(FORM)).text
    sent = {"file": (NAME, content, "application/pdf")}
    active = {"file": (NAME, changed(OpenAction=action("JavaScript", JS="x")), "application/pdf")}
    wrong = ((form(two.claire.email), None, "PDF"), (form(two.claire.email), active, "script"),
             (form("no address"), sent, "e-mail"), (form(two.camille.email), sent, "pas la vôtre"))  # fmt: skip
    for data, files, said in wrong:
        answer = await client.post(FORM, data=data, files=files)
        assert answer.status_code == 422
        assert said in answer.text
    assert not await BroughtPaper.exists()
    answer = await client.post(FORM, data=form(two.claire.email.upper()), files=sent)
    at = answer.headers["location"]
    assert "peut répondre" in (await client.get(at)).text
    again = await client.post(FORM, data=form(two.claire.email), files=sent)
    assert again.headers["location"] == at  # told once
    await run_jobs()
    mails = [m for m in accounts.mailbox(two.claire.email) if "apporte" in str(m["Subject"])]
    assert len(mails) == 1
    told = accounts.text_of(mails[0])
    assert at in told
    assert sha256(content).hexdigest() in told
    return at


async def test_the_client_takes_up_what_the_assistant_brings_and_both_sign_its_hash(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    two, content = await make.pair(), pdf("Contrat apporté par l’assistante.")
    stranger = await accounts.person()
    at = await brought(client, run_jobs, two, content)
    assert (await client.post(f"{at}/take", data={})).status_code == 404  # not one's own client

    await accounts.log_in(client, stranger)
    for path in ("", "/file.pdf"):
        assert (await client.get(f"{at}{path}")).status_code == 404
    for step in ("take", "decline", "withdraw"):
        assert (await client.post(f"{at}/{step}", data={})).status_code == 404

    await accounts.log_in(client, two.claire)
    assert at in (await client.get("/fr/contracts")).text
    page = await client.get(at)
    assert "Camille Martin apporte votre contrat ici" in page.text
    assert "Le reprendre" in page.text
    file = await client.get(f"{at}/file.pdf")
    assert file.content == content
    assert file.headers["content-disposition"].startswith("attachment")
    taken = await client.post(f"{at}/take", data={})
    assert re.fullmatch(r"/fr/contracts/[\w-]+/edit/scope", taken.headers["location"])
    assert (await client.post(f"{at}/take", data={})).status_code == 409
    assert "Repris" in (await client.get(at)).text
    assert at not in (await client.get("/fr/contracts")).text
    contract = await Contract.get()
    paper = contract.paper
    assert paper
    assert (paper.file_sha256, paper.brought_by) == (sha256(content).hexdigest(), "assistant")
    event = await EvidenceEvent.get(event="imported")
    assert (event.actor, event.person_id) == ("assistant", two.camille.id)

    values = {"title": "Accueil et factures", "scope": "Répondre au téléphone.", "starts_on": make.monday(),
              "terms": make.terms(Kind.PROJECT)}  # fmt: skip
    await drafting.edit(await two.as_business(), contract.id, values)
    await offers.send(await two.as_business(), contract.id)
    shown = await client.get(f"/fr/contracts/{contract.id}/sign")
    assert "Le fichier vient de l’assistance" in shown.text
    await make.sign_as(two.claire, contract)
    await make.sign_as(two.camille, contract)
    consents = [row.consent for row in await ContractSignature.all()]
    assert len(consents) == 2
    assert all(sha256(content).hexdigest() in each for each in consents)


async def test_it_is_declined_withdrawn_or_waits_too_long_and_programs_do_the_same(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    two, content = await make.pair(), pdf("Contrat apporté par programme.")
    api, sent = "/api/v1/contracts/brought", {"file": (NAME, content, "application/pdf")}
    await accounts.log_in(client, two.camille)
    fields = form(two.claire.email)
    for data, files, wrong in ((fields, None, "file"), ({**fields, "email": "x"}, sent, "email"),
                               ({**fields, "name": "x"}, sent, "name")):  # fmt: skip
        answer = await client.post(api, data=data, files=files)
        assert [one["field"] for one in answer.json()["errors"]] == [wrong], answer.text
    ids = []
    for step, who in (("withdraw", two.camille), ("decline", two.claire)):
        await accounts.log_in(client, two.camille)
        made = await client.post(api, data=fields, files=sent)
        assert made.status_code == 201, made.text
        ids.append(made.json()["id"])
        assert made.json()["paper"]["file_name"] == NAME
        assert (made.json()["side"], made.json()["open"]) == ("assistant", True)
        listed = (await client.get(api)).json()["items"]
        assert [one["id"] for one in listed] == [ids[-1]]
        other = two.camille if who is two.claire else two.claire
        await accounts.log_in(client, other)
        assert (await client.post(f"{api}/{ids[-1]}/{step}")).status_code == 404
        await accounts.log_in(client, who)
        done = await client.post(f"{api}/{ids[-1]}/{step}")
        assert done.json()["open"] is False
        assert (await client.post(f"{api}/{ids[-1]}/{step}")).status_code == 409
        assert (await client.get(f"{api}/{ids[-1]}/file")).content == content
    await run_jobs()
    told = [m for m in accounts.mailbox(two.camille.email) if "refusé" in str(m["Subject"])]
    assert len(told) == 1
    await accounts.log_in(client, two.camille)
    refused = await client.post(api, data=fields, files=sent)
    assert refused.status_code == 422  # who said no is left alone for a while
    assert [one["field"] for one in refused.json()["errors"]] == ["email"]
    for form_, said in (
        (FORM, "Ce client a refusé"),
        (FORM.replace("fr", "en"), "client declined"),
    ):
        page = await client.post(form_, data=fields, files=sent)
        assert (page.status_code, said in page.text) == (422, True)
    clock.advance(31 * 86_400)
    await accounts.log_in(client, two.camille)
    made = await client.post(api, data=fields, files=sent)
    assert made.status_code == 201, made.text
    clock.advance(31 * 86_400)
    await accounts.log_in(client, two.claire)
    assert (await client.get(api)).json()["items"] == []
    late = await client.post(f"{api}/{made.json()['id']}/take", json={})
    assert late.status_code == 409
    assert not await Contract.exists()


async def like(row: BroughtPaper, **other: Any) -> None:
    """One more of it."""
    names = "profile_id party_id brought_by_id email kind paper created_at expires_at".split()
    await BroughtPaper.create(**{name: getattr(row, name) for name in names} | other)


async def test_withdrawing_writes_to_nobody_without_end_and_the_client_reads_its_own_language(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    two, who = await make.pair(), "nobody.yet@relais.example"
    await type(two.claire).filter(pk=two.claire.id).update(locale="en")
    camille = await two.as_assistant()
    day = clock.today() - timedelta(days=300)
    start = BringStart(email=two.claire.email, kind=Kind.PROJECT, signed_on=day)
    row = await bringing.bring(camille, start, pdf("Contrat."), NAME)
    await run_jobs()
    assert "brings your contract" in str(accounts.mailbox(two.claire.email)[-1]["Subject"])

    await bringing.answer(camille, row.id, Outcome.WITHDRAWN)
    over = {"outcome": "withdrawn", "closed_at": row.created_at}
    for _ in range(TOLD_ONE_MAX - 1):
        await like(row, **over)
    with pytest.raises(TooManyToday):  # one address
        await bringing.bring(camille, start, pdf("Contrat."), NAME)
    for number in range(TOLD_MAX - TOLD_ONE_MAX):
        await like(row, email=f"c{number}@relais.example", **over)
    other = start.model_copy(update={"email": who})
    with pytest.raises(TooManyToday):  # all of them
        await bringing.bring(camille, other, pdf("Contrat."), NAME)
    await accounts.log_in(client, two.camille)
    sent = {"file": (NAME, pdf("Contrat."), "application/pdf")}
    page = await client.post(FORM, data=form(who), files=sent)
    assert (page.status_code, "assez de contrats pour une journée" in page.text) == (429, True)
    clock.advance(86_400)
    await bringing.bring(camille, other, pdf("Contrat."), NAME)
    await run_jobs()
    assert "apporte votre contrat" in str(accounts.mailbox(who)[-1]["Subject"])


@pytest.mark.usefixtures("application")
async def test_what_an_import_refuses_leaves_it_waiting() -> None:
    two = await make.pair()
    day = clock.today() - timedelta(days=300)
    start = BringStart(email=two.claire.email, kind=Kind.PROJECT, signed_on=day)
    row = await bringing.bring(await two.as_assistant(), start, pdf("Contrat de trop."), NAME)
    business = await two.as_business()
    await type(two.profile).filter(pk=two.profile.id).update(status="paused")
    with pytest.raises(Invalid):
        await bringing.take(business, row.id, None)
    with pytest.raises(Invalid):  # nor does one bring anything without a published profile
        await bringing.bring(await two.as_assistant(), start, pdf("Un autre."), NAME)
    await type(two.profile).filter(pk=two.profile.id).update(status="published")
    await make.sent(two)  # the two have met here meanwhile
    with pytest.raises(Invalid, match="already"):
        await bringing.take(business, row.id, None)
    assert (await BroughtPaper.get()).outcome == ""
    assert await documents.read(row.file.file_sha256)
    for number in range(WAITING_MAX - 1):
        await like(row, email=f"c{number}@relais.example")
    with pytest.raises(TooManyBrought):
        await bringing.bring(await two.as_assistant(), start, pdf("Encore un."), NAME)
    clock.advance(31 * 86_400)
    with pytest.raises(BroughtOver):
        await bringing.take(business, row.id, None)
    assert await queries.brought_waiting(business) == []


async def test_a_refusal_is_mailed_to_nobody_whose_account_is_closed(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    two = await make.pair()
    at = await brought(client, run_jobs, two, pdf("Contrat d'une personne partie depuis."))
    gone = "6f1f2b1e@closed.invalid"
    await Person.filter(pk=two.camille.id).update(email=gone, email_verified_at=None)
    await accounts.log_in(client, two.claire)
    assert (await client.post(f"{at}/decline", data={})).status_code == 303
    await run_jobs()
    assert not accounts.mailbox(gone)
