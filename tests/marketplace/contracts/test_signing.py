"""Signatures: the happy path and the attacks."""

from __future__ import annotations

import asyncio

import pytest

from marketplace.contracts import queries
from marketplace.contracts.models import ContractSignature, EvidenceEvent, SigningCode
from marketplace.contracts.rules import signing as rules
from marketplace.contracts.rules.offers import OfferExpired
from marketplace.contracts.rules.states import (
    IllegalStep,
    SignedOutOfOrder,
    SigningOrder,
    StaleContract,
    Status,
)
from marketplace.contracts.schemas import SignDraft
from marketplace.contracts.service import documents, offers, signing
from marketplace.core import clock
from marketplace.core.errors import NotFound, RelaisError
from marketplace.core.models import DomainEvent
from marketplace.parties.models import Membership
from marketplace.parties.rules import Role
from tests.factories import accounts
from tests.factories import contracts as make
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("application")


def consent(sha256: str, code: str, name: str = "Camille Martin") -> SignDraft:
    return SignDraft(file_sha256=sha256, consent=True, typed_name=name, code=code)


async def test_both_sign_and_the_contract_is_signed_with_a_sound_chain(run_jobs: RunJobs) -> None:
    two = await make.pair()
    offer = await make.sent(two)
    first = await make.sign_as(two.claire, offer)
    assert first.status is Status.SIGNED_BY_BUSINESS
    done = await make.sign_as(two.camille, offer)
    assert done.status is Status.SIGNED
    assert done.signed_at is not None
    assert await DomainEvent.filter(name="ContractSigned").count() == 1
    chained = await queries.evidence(offer.id)
    assert [each.event for each in chained] == [
        "sent", "code_sent", "signed", "code_sent", "signed", "completed_signing",
    ]  # fmt: skip
    assert queries.broken_at(chained) is None
    await run_jobs()
    for person in (two.claire, two.camille):
        subjects = [str(mail["Subject"]) for mail in accounts.mailbox(person.email)]
        assert any("Signé par les deux parties" in each for each in subjects), subjects


async def test_the_assistant_may_sign_first() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    assert (await make.sign_as(two.camille, offer)).status is Status.SIGNED_BY_ASSISTANT
    assert (await make.sign_as(two.claire, offer)).status is Status.SIGNED


async def test_a_set_order_holds_even_with_a_copied_link() -> None:
    two = await make.pair()
    offer = await make.sent(two, signing_order=SigningOrder.BUSINESS_FIRST)
    who, sha256 = await two.as_assistant(), await make.file_of(offer)
    with pytest.raises(SignedOutOfOrder):
        await signing.request_code(who, offer.id, sha256)
    with pytest.raises(SignedOutOfOrder):
        await signing.sign(who, offer.id, consent(sha256, "000000"), locale="fr")
    await make.sign_as(two.claire, offer)
    assert (await make.sign_as(two.camille, offer)).status is Status.SIGNED


async def test_a_stranger_with_the_link_finds_nothing() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    stranger = await make.viewer(await accounts.person(name="Sam Autre"))
    sha256 = await make.file_of(offer)
    with pytest.raises(NotFound):
        await signing.request_code(stranger, offer.id, sha256)
    with pytest.raises(NotFound):
        await signing.sign(stranger, offer.id, consent(sha256, "123456"), locale="fr")


async def test_a_code_of_one_person_does_not_serve_another() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    sha256 = await make.file_of(offer)
    await signing.request_code(await two.as_business(), offer.id, sha256)
    code = await make.code_for(two.claire)
    with pytest.raises(rules.CodeSpent):
        await signing.sign(await two.as_assistant(), offer.id, consent(sha256, code), locale="fr")


async def test_a_code_serves_once() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    await make.sign_as(two.camille, offer)
    sha256, code = await make.file_of(offer), await make.code_for(two.camille)
    with pytest.raises(IllegalStep):
        await signing.sign(await two.as_assistant(), offer.id, consent(sha256, code), locale="fr")
    assert await ContractSignature.filter(contract_id=offer.id).count() == 1


async def test_a_replayed_code_is_refused_after_new_terms() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    old, who = await make.file_of(offer), await two.as_business()
    await signing.request_code(who, offer.id, old)
    code = await make.code_for(two.claire)
    await offers.counter(await two.as_assistant(), offer.id, {"notice_days": 30})
    with pytest.raises(StaleContract):
        await signing.sign(who, offer.id, consent(old, code, "Claire Dubois"), locale="fr")
    new = await make.file_of(offer)
    with pytest.raises(rules.CodeSpent):
        await signing.sign(who, offer.id, consent(new, code, "Claire Dubois"), locale="fr")


async def test_new_terms_void_a_consent() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    await make.sign_as(two.claire, offer)
    countered = await offers.counter(await two.as_assistant(), offer.id, {"notice_days": 30})
    assert countered.status is Status.COUNTERED
    assert await queries.signatures(countered) == []
    assert "consents_voided" in [each.event for each in await queries.evidence(offer.id)]
    assert (await make.sign_as(two.camille, offer)).status is Status.SIGNED_BY_ASSISTANT


async def test_a_code_dies_after_ten_minutes() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    sha256, who = await make.file_of(offer), await two.as_assistant()
    await signing.request_code(who, offer.id, sha256)
    code = await make.code_for(two.camille)
    clock.advance(601)
    with pytest.raises(rules.CodeSpent):
        await signing.sign(who, offer.id, consent(sha256, code), locale="fr")


async def test_after_five_wrong_tries_even_the_right_code_is_refused() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    sha256, who = await make.file_of(offer), await two.as_assistant()
    await signing.request_code(who, offer.id, sha256)
    code = await make.code_for(two.camille)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _try in range(4):
        with pytest.raises(rules.CodeWrong):
            await signing.sign(who, offer.id, consent(sha256, wrong), locale="fr")
    with pytest.raises(rules.CodeSpent):
        await signing.sign(who, offer.id, consent(sha256, wrong), locale="fr")
    with pytest.raises(rules.CodeSpent):
        await signing.sign(who, offer.id, consent(sha256, code), locale="fr")
    row = await SigningCode.get(contract_id=offer.id)
    assert row.tries == 5
    assert await EvidenceEvent.filter(contract_id=offer.id, event="code_refused").count() == 5


async def test_a_new_code_ends_the_one_before() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    sha256, who = await make.file_of(offer), await two.as_assistant()
    await signing.request_code(who, offer.id, sha256)
    old = await make.code_for(two.camille)
    await signing.request_code(who, offer.id, sha256)
    new = await make.code_for(two.camille)
    if old != new:
        with pytest.raises(rules.CodeWrong):
            await signing.sign(who, offer.id, consent(sha256, old), locale="fr")
    assert (
        await signing.sign(who, offer.id, consent(sha256, new), locale="fr")
    ).status is Status.SIGNED_BY_ASSISTANT


async def test_codes_are_limited_per_hour() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    sha256, who = await make.file_of(offer), await two.as_assistant()
    for _code in range(rules.CODES_PER_HOUR_MAX):
        await signing.request_code(who, offer.id, sha256)
    with pytest.raises(rules.TooManyCodes):
        await signing.request_code(who, offer.id, sha256)


async def test_a_changed_address_makes_the_code_worthless() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    sha256, who = await make.file_of(offer), await two.as_assistant()
    await signing.request_code(who, offer.id, sha256)
    code = await make.code_for(two.camille)
    two.camille.email = "other@relais.example"
    await two.camille.save(update_fields=["email"])
    with pytest.raises(rules.CodeWrong):
        await signing.sign(who, offer.id, consent(sha256, code), locale="fr")


async def test_the_typed_name_has_to_be_the_signers() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    sha256, who = await make.file_of(offer), await two.as_assistant()
    await signing.request_code(who, offer.id, sha256)
    code = await make.code_for(two.camille)
    with pytest.raises(rules.NameMismatch):
        await signing.sign(who, offer.id, consent(sha256, code, "Claire Dubois"), locale="fr")
    done = await signing.sign(who, offer.id, consent(sha256, code, "camille  MARTIN"), locale="fr")
    assert done.status is Status.SIGNED_BY_ASSISTANT


async def test_one_person_cannot_sign_for_both_sides() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    await make.sign_as(two.camille, offer)
    await Membership.create(
        party_id=two.business.id,
        person_id=two.camille.id,
        role=Role.MEMBER,
        created_at=clock.now(),
    )
    with pytest.raises(rules.SameSigner):
        await signing.request_code(await two.as_assistant(), offer.id, await make.file_of(offer))


async def test_an_offer_that_ran_out_cannot_be_signed_even_before_the_tick() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    clock.advance(15 * 86_400)
    with pytest.raises(OfferExpired):
        await signing.request_code(await two.as_assistant(), offer.id, await make.file_of(offer))


async def test_nobody_signs_a_file_that_was_changed_on_disk() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    sha256, who = await make.file_of(offer), await two.as_assistant()
    await signing.request_code(who, offer.id, sha256)
    code = await make.code_for(two.camille)
    stored = documents.path(sha256)
    content = bytearray(stored.read_bytes())
    content[100] ^= 1
    stored.write_bytes(content)
    with pytest.raises(rules.FileDamaged):
        await signing.sign(who, offer.id, consent(sha256, code), locale="fr")
    stored.unlink()


async def test_both_sides_signing_at_the_same_moment_sign_once_each() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    sha256 = await make.file_of(offer)
    drafts = []
    for person in (two.claire, two.camille):
        who = await make.viewer(person)
        await signing.request_code(who, offer.id, sha256)
        drafts.append((who, consent(sha256, await make.code_for(person), person.name)))
    # Each in two tabs.
    results = await asyncio.gather(
        *(signing.sign(who, offer.id, draft, locale="fr") for who, draft in drafts * 2),
        return_exceptions=True,
    )
    assert sum(not isinstance(each, BaseException) for each in results) == 2
    refused = [each for each in results if isinstance(each, BaseException)]
    assert all(isinstance(each, RelaisError) for each in refused), refused
    assert (await queries.by_id(offer.id)).status is Status.SIGNED
    assert await ContractSignature.filter(contract_id=offer.id).count() == 2
    assert await DomainEvent.filter(name="ContractSigned").count() == 1
    assert queries.broken_at(await queries.evidence(offer.id)) is None
