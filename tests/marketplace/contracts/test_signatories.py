"""Who may sign for a side, in which capacity, and which pages they were shown."""

from __future__ import annotations

import io

import httpx
import pypdf
import pytest
from PIL import Image

from marketplace.accounts.models import Person
from marketplace.contracts import queries
from marketplace.contracts.models import Contract, ContractSignature, EvidenceEvent
from marketplace.contracts.rules.pages import spans
from marketplace.contracts.schemas import SignDraft
from marketplace.contracts.service import documents, signing
from marketplace.core import clock
from marketplace.core.i18n import current_locale
from marketplace.parties import service as parties
from marketplace.parties.models import Membership, Party, SigningDelegation
from marketplace.parties.rules import NotSignatory, OwnerSignsAnyway, OwnersOnly, Role
from marketplace.parties.schemas import SignatoryDraft
from tests.factories import accounts
from tests.factories import contracts as make
from tests.fixtures.application import RunJobs

BOSS = SignatoryDraft(capacity="Head of operations", password=accounts.PASSWORD)

pytestmark = pytest.mark.usefixtures("application")


async def colleague(two: make.Pair) -> Person:
    """A member of the business who owns nothing."""
    sam = await accounts.person(name="Sam Petit")
    await Membership.create(
        party_id=two.business.id, person_id=sam.id, role=Role.MEMBER, created_at=clock.now()
    )
    return sam


async def signed_event(contract: Contract) -> EvidenceEvent:
    return await EvidenceEvent.filter(contract_id=contract.id, event="signed").order_by("seq").get()


async def test_a_member_signs_only_by_delegation_and_the_evidence_names_it(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    two = await make.pair()
    sam, owner = await colleague(two), await two.as_business()
    offer = await make.sent(two)
    with pytest.raises(NotSignatory):
        await make.sign_as(sam, offer)
    await accounts.log_in(client, sam)
    page = await client.get(f"/en/contracts/{offer.id}/sign")
    assert "You may not sign for this party yet" in page.text
    assert "Send me the code" not in page.text
    with pytest.raises(OwnersOnly):
        await parties.let_sign(await make.viewer(sam), two.business.id, sam.id, BOSS)
    with pytest.raises(OwnerSignsAnyway):
        await parties.let_sign(owner, two.business.id, two.claire.id, BOSS)
    await accounts.log_in(client, two.claire)
    at = f"/en/parties/{two.business.id}/members"
    answer = await client.post(f"{at}/{sam.id}/signing", data=BOSS.model_dump())
    assert answer.status_code == 303
    assert "Head of operations" in (await client.get(at)).text
    await accounts.log_in(client, sam)
    page = await client.get(f"/en/contracts/{offer.id}/sign")
    assert "Send me the code" in page.text
    await make.sign_as(sam, offer)
    event = await signed_event(offer)
    assert event.details["capacity"] == "Head of operations"
    assert event.details["delegated_by"] == two.claire.name
    # What is signed stays signed; the next contract is not.
    await parties.stop_signing(owner, two.business.id, sam.id)
    await make.sign_as(two.camille, offer)
    await run_jobs()
    seal = await queries.seal_of(offer.id, 1)
    reader = pypdf.PdfReader(io.BytesIO(await documents.read(seal.file_sha256)))
    assert "Head of operations" in reader.pages[-1].extract_text()
    with pytest.raises(NotSignatory):
        await make.sign_as(sam, await make.sent(two))


async def test_a_delegation_taken_back_between_code_and_signature_counts() -> None:
    two = await make.pair()
    sam, owner = await colleague(two), await two.as_business()
    offer = await make.sent(two)
    await parties.let_sign(owner, two.business.id, sam.id, BOSS)
    who, sha256 = await make.viewer(sam), await make.file_of(offer)
    await signing.request_code(who, offer.id, sha256)
    draft = SignDraft(
        file_sha256=sha256, consent=True, typed_name=sam.name, code=await make.code_for(sam)
    )
    await parties.remove_member(owner, two.business.id, sam.id)
    with pytest.raises(Exception, match=r"cannot find|may not sign"):
        await signing.sign(who, offer.id, draft, locale="fr")
    assert await ContractSignature.all().count() == 0
    assert await SigningDelegation.filter(revoked_at=None).count() == 0


async def test_an_owner_signs_in_the_capacity_of_the_papers_or_another_one() -> None:
    two = await make.pair()
    two.business.representative_name = "claire dubois"
    two.business.representative_title = "Présidente"
    await two.business.save()
    offer = await make.sent(two)
    await make.sign_as(two.claire, offer)
    assert (await signed_event(offer)).details["capacity"] == "Présidente"
    who, sha256 = await two.as_assistant(), await make.file_of(offer)
    await signing.request_code(who, offer.id, sha256)
    draft = SignDraft(
        file_sha256=sha256, consent=True, typed_name="Camille Martin",
        code=await make.code_for(two.camille), capacity="Indépendante",
    )  # fmt: skip
    await signing.sign(who, offer.id, draft, locale="fr")
    signatures = await queries.signatures(await queries.by_id(offer.id))
    assert [each.capacity for each in signatures] == ["Présidente", "Indépendante"]


async def test_the_pages_a_signer_was_shown_are_in_the_evidence(client: httpx.AsyncClient) -> None:
    two = await make.pair()
    offer = await make.sent(two)
    await accounts.log_in(client, two.camille)
    at = f"/fr/contracts/{offer.id}"
    form = await client.get(f"{at}/sign")
    pages = form.text.count('loading="lazy"')
    assert pages == len(
        pypdf.PdfReader(io.BytesIO(await documents.read(await make.file_of(offer)))).pages
    )
    for page in (1, 2, 2):
        answer = await client.get(f"{at}/versions/1/pages/{page}.png")
        picture = Image.open(io.BytesIO(answer.content))
        assert picture.size[0] > 800
        assert len(picture.convert("L").getcolors() or ()) > 5  # not blank
    for page in (0, pages + 1):
        assert (await client.get(f"{at}/versions/1/pages/{page}.png")).status_code == 404
    await make.sign_as(two.camille, offer)
    event = await EvidenceEvent.get(contract_id=offer.id, event="pages_shown")
    assert event.details["pages"] == "1-2"
    assert event.person_id == two.camille.id
    assert (await signed_event(offer)).details["pages"] == "1-2"
    await accounts.log_in(client, await accounts.person(name="Sam Autre"))
    assert (await client.get(f"{at}/versions/1/pages/1.png")).status_code == 404


def test_pages_are_written_as_people_write_them() -> None:
    assert spans([3, 1, 2, 2, 5]) == "1-3, 5"
    assert spans([]) == ""


async def test_the_capacity_stands_in_the_contracts_language_whoever_reads() -> None:
    two = await make.pair()
    await Party.filter(pk=two.business.id).update(representative_name="", representative_title="")
    before = current_locale.set("en")
    try:
        found = await queries.signatory(two.claire, two.business.id, "fr")
    finally:
        current_locale.reset(before)
    assert found.capacity == "représentant habilité"
