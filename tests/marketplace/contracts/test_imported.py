"""A contract signed elsewhere: brought in, kept unchanged, confirmed by both, without fees."""

from __future__ import annotations

import hashlib
import io
import re
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import httpx
import pikepdf
import pytest
import typst

from marketplace.contracts import queries
from marketplace.contracts.models import Contract, EvidenceEvent
from marketplace.contracts.rules.imported import BYTES_MAX, MetHere, PaperKnown, PaperRefused
from marketplace.contracts.rules.signing import FileDamaged
from marketplace.contracts.rules.states import IllegalStep, Kind, Status
from marketplace.contracts.schemas import ChangeDraft
from marketplace.contracts.service import amending, documents, drafting, imports, offers
from marketplace.core import clock
from marketplace.core.errors import Invalid, NotFound
from marketplace.invoicing.models import Invoice
from marketplace.parties.rules import PartyKind
from marketplace.sealing.rules.intake import Refusal, examine
from marketplace.work.schemas import DeliveryDraft
from marketplace.work.service import deliveries
from payments.models import Funding
from tests.factories import accounts, invoicing, work
from tests.factories import contracts as make
from tests.fixtures.application import RunJobs
from tests.marketplace.contracts.test_journey import SCOPE, post, price_form, sign

NAME = "contrat signé.pdf"


@cache
def pdf(text: str = "Contrat de prestation, signé.") -> bytes:
    """A plain PDF of one page."""
    made = typst.compile(text.encode(), format="pdf")
    assert isinstance(made, bytes)
    return made


def changed(**root: Any) -> bytes:
    """The same PDF with something more in its catalogue."""
    with pikepdf.open(io.BytesIO(pdf())) as file:
        for key, value in root.items():
            file.Root[f"/{key}"] = value
        out = io.BytesIO()
        file.save(out)
    return out.getvalue()


def locked(user: str) -> bytes:
    """The same PDF, encrypted; an empty user password opens it for reading."""
    with pikepdf.open(io.BytesIO(pdf())) as file:
        out = io.BytesIO()
        file.save(out, encryption=pikepdf.Encryption(owner="owner", user=user))
    return out.getvalue()


def action(kind: str, **more: Any) -> pikepdf.Dictionary:
    """An action of this kind."""
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)


def with_file() -> bytes:
    """A PDF that carries a file."""
    with pikepdf.open(io.BytesIO(pdf())) as file:
        file.attachments["tool.exe"] = b"MZ"
        out = io.BytesIO()
        file.save(out)
    return out.getvalue()


def long() -> bytes:
    """A PDF of 301 pages."""
    with pikepdf.new() as file:
        for _ in range(301):
            file.add_blank_page()
        out = io.BytesIO()
        file.save(out)
    return out.getvalue()


def test_what_may_be_kept_and_what_may_not() -> None:
    hidden = action("GoTo", Next=pikepdf.Array([action("Launch", F="tool.exe")]))
    refused = {
        Refusal.NOT_PDF: (b"PK\x03\x04", b"", b"MZ" + pdf()),
        Refusal.UNREADABLE: (pdf()[:-200], pdf()[:300] + b"%%EOF", b"%PDF-1.7\n%%EOF"),
        Refusal.LOCKED: (locked(""), locked("secret")),
        Refusal.ACTIVE: (
            changed(OpenAction=action("JavaScript", JS="app.alert(1)")),
            changed(OpenAction=hidden),
            changed(AcroForm=pikepdf.Dictionary(XFA="<xdp/>", Fields=pikepdf.Array())),
            changed(AA=pikepdf.Dictionary(WC=action("SubmitForm", F="https://example.org"))),
        ),
        Refusal.FILES_INSIDE: (with_file(),),
        Refusal.OPENS_FILES: (
            changed(OpenAction=action("GoToR", F="//host/share.pdf", D=pikepdf.Array([0]))),
            changed(OpenAction=action("Thread", F="other.pdf")),
            changed(OpenAction=action("URI", URI="file:///etc/passwd")),
            changed(URI=pikepdf.Dictionary(Base="file:///")),
        ),
        Refusal.TOO_MANY_PAGES: (long(),),
    }
    for why, files in refused.items():
        assert {examine(each).refusal for each in files} == {why}
    for link in ("https://example.org", "MAILTO:a@example.org", "tel:+33400000000"):
        assert examine(changed(OpenAction=action("URI", URI=link))).refusal is None
    assert examine(pdf()).pages == 1


async def brought(two: make.Pair, content: bytes | None = None, **more: Any) -> Contract:
    """A complete draft with an imported file."""
    made = await make.drafted(two, **more)
    day = clock.today() - timedelta(days=300)
    return await imports.attach(await two.as_business(), made.id, content or pdf(), NAME, day)


@pytest.mark.usefixtures("application")
async def test_a_file_that_is_known_or_refused_is_not_imported() -> None:
    two = await make.pair()
    who = await two.as_business()
    day = clock.today() - timedelta(days=3)
    draft = await make.drafted(two)
    for content, error in (
        (locked(""), PaperRefused), (b"%PDF-" + b"0" * BYTES_MAX, PaperRefused),
    ):  # fmt: skip
        with pytest.raises(error):
            await imports.attach(who, draft.id, content, NAME, day)
    with pytest.raises(Invalid):
        await imports.attach(who, draft.id, pdf(), NAME, clock.today() + timedelta(days=2))
    with pytest.raises(NotFound):  # the other side, and strangers
        await imports.attach(await two.as_assistant(), draft.id, pdf(), NAME, day)
    done = await offers.send(who, (await imports.attach(who, draft.id, pdf(), NAME, day)).id)
    with pytest.raises(IllegalStep):
        await imports.attach(who, done.id, pdf("autre"), NAME, day)
    other = await make.pair()
    with pytest.raises(PaperKnown):  # the very same file by another pair
        await brought(other)
    raced = await brought(other, pdf("Contrat à deux"))
    third = await make.pair()
    slower = await brought(third, pdf("Contrat à deux"))  # both are drafts still
    await offers.send(await other.as_business(), raced.id)
    with pytest.raises(PaperKnown):
        await offers.send(await third.as_business(), slower.id)
    await offers.decline(await other.as_assistant(), raced.id)
    assert (await offers.send(await third.as_business(), slower.id)).status is Status.SENT


@pytest.mark.usefixtures("application")
async def test_contracts_made_here_and_pairs_that_met_here_pay_the_usual_fees(
    run_jobs: RunJobs,
) -> None:
    two = await make.pair()
    done = await make.signed(two)
    await run_jobs()
    frozen = await documents.read(await make.file_of(done))
    final = await documents.read((await queries.seal_of(done.id, 1)).file_sha256)
    other = await make.pair()
    for content in (frozen, final, final + b"%%EOF\n"):
        with pytest.raises(PaperRefused):
            await brought(other, content)
    with pytest.raises(MetHere):
        await brought(two)
    assert queries.fee_terms(done).client_bps > 0
    # The same people under another party are the same pair, and no newcomers.
    new = await make.party(PartyKind.BUSINESS, two.claire, "Atelier Deux")
    with pytest.raises(MetHere):
        await brought(replace(two, business=new))


def about_its_day(error: Invalid) -> bool:
    """Whether it is refused for the day on which it was signed."""
    return list(error.errors) == ["signed_on"]


@pytest.mark.usefixtures("application")
async def test_a_contract_signed_when_both_were_here_is_an_offer_and_operators_hear_of_imports(
    run_jobs: RunJobs,
) -> None:
    two = await make.pair()
    olga = await accounts.person(name="Olga", is_operator=True)
    clock.advance(3 * 86_400)
    late = await make.party(PartyKind.BUSINESS, two.claire, "Atelier Deux")
    who = await two.as_business()
    drafts = [await make.drafted(side) for side in (two, replace(two, business=late))]
    for draft in drafts:
        for days, passes in ((0, False), (2, False), (3, True)):
            day = clock.today() - timedelta(days=days)
            with nullcontext() if passes else pytest.raises(Invalid, check=about_its_day):
                await imports.attach(who, draft.id, pdf("Notre contrat"), NAME, day)
    sent = await offers.send(who, drafts[1].id)
    await make.sign_as(two.claire, sent)
    await make.sign_as(two.camille, sent)
    for _ in range(2):
        await run_jobs()
    (mail,) = accounts.mailbox(olga.email)
    assert "importé commence" in mail["Subject"]
    assert "Atelier Deux" in accounts.text_of(mail)
    assert str(sent.id) in accounts.text_of(mail)


async def test_a_contract_is_brought_in_confirmed_by_both_and_recognised(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    two, content = await make.pair(), pdf()
    sha256 = hashlib.sha256(content).hexdigest()
    base = await _written(client, two, content)
    contract = await Contract.get()
    assert contract.fees["client_bps"] == contract.fees["assistant_bps"] == 0
    assert (await client.post("/api/v1/verify", json={"sha256": sha256})).json()["match"] is False
    page = await sign(client, two.claire, base)
    await accounts.log_in(client, two.camille)
    shown = await client.get(f"{base}/sign")
    assert shown.text.count(sha256) == 2  # its panel and the clause
    answer = await client.get(f"{base}/imported.pdf")
    assert answer.content == content
    assert answer.headers["content-disposition"].startswith("attachment")
    page = await sign(client, two.camille, base)
    assert sha256 in page.text
    await run_jobs()
    seal = await queries.seal_of(contract.id, 1)
    final = await documents.read(seal.file_sha256)
    with pikepdf.open(io.BytesIO(final)) as file:
        inside = {name: spec.get_file().read_bytes() for name, spec in file.attachments.items()}
    assert inside[f"{contract.number}-imported.pdf"] == content
    assert list(inside) == sorted(inside)
    events = [event.event for event in await EvidenceEvent.all().order_by("seq")]
    assert events[0] == "imported"
    said = (await client.post("/api/v1/verify", json={"sha256": sha256})).json()
    assert (said["match"], said["imported"], said["number"]) == (True, True, contract.number)
    for tampered in (content + b"\n", content[:-1], content.replace(b"/Pages", b"/Pagez")):
        headers = {"content-type": "application/pdf"}
        found = await client.post("/api/v1/verify/file", content=tampered, headers=headers)
        assert found.json()["match"] is False
    told = await client.post("/fr/verify", files={"file": ("f.pdf", final, "application/pdf")})
    assert "correspond" in told.text
    told = await client.post("/fr/verify", files={"file": ("f.pdf", content, "application/pdf")})
    assert contract.number in told.text
    await accounts.log_in(client, await accounts.person(name="Sam Autre"))
    assert (await client.get(f"{base}/imported.pdf")).status_code == 404
    assert (await client.get(f"/api/v1/contracts/{contract.id}/imported")).status_code == 404


async def _written(client: httpx.AsyncClient, two: make.Pair, content: bytes) -> str:
    """Claire brings the file in and fills in the rest; gives the contract's address."""
    await accounts.log_in(client, two.claire)
    assert (await client.get("/fr/contracts/import")).status_code == 200
    day = (clock.today() - timedelta(days=300)).isoformat()
    form = {"assistant": f"https://relais.example/fr/assistants/{two.profile.slug}/",
            "kind": "flat_fee", "signed_on": day}  # fmt: skip
    sent = {"file": (NAME, changed(OpenAction=action("JavaScript", JS="x")), "application/pdf")}
    wrong = await client.post("/fr/contracts/import", data=form, files=sent)
    assert wrong.status_code == 422
    assert not await Contract.exists()
    sent = {"file": (NAME, content, "application/pdf")}
    nobody = await client.post(
        "/fr/contracts/import", data={**form, "assistant": "personne"}, files=sent
    )
    assert nobody.status_code == 422
    answer = await client.post("/fr/contracts/import", data=form, files=sent)
    assert answer.status_code == 303, re.sub(r"<[^>]+>|\s+", " ", answer.text)[:2000]
    base = str(answer.headers["location"]).removesuffix("/edit/scope")
    start = make.monday().isoformat()
    scope = {"title": "Accueil", "scope": SCOPE, "starts_on": start, "time_zone": "Europe/Paris"}
    conditions = {"notice_days": "14", "trial_days": "0", "review_days": "7", "language": "fr",
                  "signing_order": "any"}  # fmt: skip
    for step, values in {
        "scope": scope, "price": price_form("flat_fee"), "conditions": conditions,
    }.items():  # fmt: skip
        assert (await client.get(f"{base}/edit/{step}")).status_code == 200
        await post(client, f"{base}/edit/{step}", values)
    check = await client.get(f"{base}/edit/check")
    hidden = re.search(r'name="lock_version" value="(\d+)"', check.text)
    assert hidden, re.sub(r"<[^>]+>|\s+", " ", check.text)[:3000]
    await post(client, f"{base}/send", {"lock_version": hidden[1]})
    return base


async def test_the_same_by_programs_and_a_file_changed_on_disk(client: httpx.AsyncClient) -> None:
    # a text of its own: files are kept by their hash, and this one is damaged below
    two, content = await make.pair(), pdf("Contrat abîmé sur le disque.")
    draft = await make.drafted(two, Kind.HOURLY)
    await accounts.log_in(client, two.claire)
    at = f"/api/v1/contracts/{draft.id}/imported"
    headers = {"content-type": "application/pdf"}
    for day in ("2199-01-01", "", "hier"):
        wrong = await client.put(f"{at}?signed_on={day}", content=content, headers=headers)
        assert wrong.status_code == 422
    heavy = await client.put(
        f"{at}?signed_on=2025-01-02", content=b"0" * (BYTES_MAX + 1), headers=headers
    )
    assert heavy.status_code == 422
    answer = await client.put(
        f"{at}?signed_on=2025-01-02&name=../../ours.pdf", content=content, headers=headers
    )
    assert answer.status_code == 200, answer.text
    paper = answer.json()["imported"]
    assert (paper["file_name"], paper["pages"]) == ("ours.pdf", 1)
    given = await client.get(at)
    assert given.content == content
    assert given.headers["content-disposition"].startswith("attachment")
    sent = await client.post(f"/api/v1/contracts/{draft.id}/send", json={})
    assert sent.json()["status"] == "sent"
    documents.path(paper["file_sha256"]).write_bytes(content + b"\n")
    assert (await client.get(at)).status_code == 409
    with pytest.raises(FileDamaged):
        await make.sign_as(two.claire, await Contract.get())
    documents.keep(content)  # whoever brings these very bytes again mends the file
    assert (await client.get(at)).content == content


@pytest.mark.usefixtures("stripe_sandbox", "application")
async def test_money_and_invoices_of_an_imported_contract_go_on_as_usual_without_fees(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    await invoicing.mandated(people)
    contract = await drafting.draft(
        people.business,
        business_id=people.business_id,
        assistant_id=people.assistant_id,
        kind=Kind.PROJECT,
    )
    values = {"title": "Factures", "scope": SCOPE, "starts_on": clock.today(),
              "terms": work.project(20_000)}  # fmt: skip
    await drafting.edit(people.business, contract.id, values)
    await imports.attach(people.business, contract.id, pdf("Notre contrat"), NAME, clock.today())
    await offers.send(people.business, contract.id)
    for who in (people.business, people.assistant):
        contract = await work.consent(who, contract)
    assert contract.fees["client_bps"] == 0
    await work.pay(contract)
    part = await work.unit(contract)
    assert (await Funding.get(holding_id=str(part.id))).captured_minor == 20_000
    await run_jobs()
    olga = await accounts.person(name="Olga", is_operator=True)
    await amending.propose(people.business, contract.id, ChangeDraft(title="Tout le bureau"))
    for who in (people.business, people.assistant):
        contract = await work.consent(who, contract)
    await run_jobs()
    (mail,) = accounts.mailbox(olga.email)
    assert "importé sans frais a changé" in mail["Subject"]
    await deliveries.submit(people.assistant, part.id, DeliveryDraft(note="Fait."))
    await deliveries.approve(people.business, part.id)
    await run_jobs()
    (paper,) = await Invoice.all()
    assert (paper.kind, paper.status, paper.net_minor) == ("work", "issued", 20_000)
