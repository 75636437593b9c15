"""Owns signatures: who may sign what now, and the consent; never changes what is signed."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from uuid import UUID

from marketplace.accounts import queries as accounts
from marketplace.accounts.service import factors
from marketplace.contracts import queries
from marketplace.contracts.events import ContractSigned
from marketplace.contracts.models import Contract, ContractSignature, ContractVersion, SigningCode
from marketplace.contracts.rules import signing as rules
from marketplace.contracts.rules.access import Acting, party_of, side_of
from marketplace.contracts.rules.evidence import NO_TRACE, Trace
from marketplace.contracts.rules.offers import OfferExpired
from marketplace.contracts.rules.states import (
    Action,
    Actor,
    IllegalStep,
    SignedOutOfOrder,
    StaleContract,
    Status,
    may_sign,
    target,
)
from marketplace.contracts.schemas import SignDraft
from marketplace.contracts.service import (
    changes,
    codes,
    documents,
    evidence,
    french,
    notices,
    papers,
    signers,
    taxes,
)
from marketplace.contracts.service.lifecycle import move_to
from marketplace.core import clock, events, jobs
from marketplace.core.db import command, lock
from marketplace.core.errors import NotFound, RelaisError
from marketplace.parties import queries as parties


@command
async def request_code(
    viewer: Acting, contract_id: UUID, file_sha256: str, *, trace: Trace = NO_TRACE
) -> SigningCode:
    """Send a one-time code to the signer's own address; earlier codes end.

    Raises NotFound, IllegalStep, SignedOutOfOrder, StaleContract, OfferExpired, SameSigner,
    TooManyCodes, TaxUnsettled, TaxChanged, PartyInactive, FrenchFirst.
    """
    contract = await lock(Contract, contract_id)
    side = side_of(viewer, contract)
    await _signable(viewer, contract, side, file_sha256)
    person = await accounts.person(viewer.person_id)
    return await codes.send(contract, side, person, file_sha256, trace)


async def _signable(
    viewer: Acting, contract: Contract, side: Actor, file_sha256: str
) -> ContractVersion:
    """The version on the table, if this person may sign exactly this file now."""
    version = await queries.on_table(contract)
    if version is None:
        raise NotFound
    await taxes.refuse_unsettled(contract, version.number)
    await french.refuse_early(viewer, version)
    change = await queries.open_change(contract.id)
    if change is not None:
        if version.file_sha256 != file_sha256:
            raise StaleContract
        if await ContractSignature.exists(version_id=version.id, person_id=viewer.person_id):
            raise rules.SameSigner
        if not await changes.may_sign(viewer, contract, change, side):
            raise IllegalStep
        await parties.signatory(viewer.person_id, party_of(side, contract))
        return version
    target(contract.status, Action.SIGN, side)
    if contract.expires_at is not None and contract.expires_at <= clock.now():
        raise OfferExpired
    if not may_sign(contract.status, side, contract.signing_order):
        raise SignedOutOfOrder
    if version.file_sha256 != file_sha256:
        raise StaleContract
    if await ContractSignature.exists(version_id=version.id, person_id=viewer.person_id):
        raise rules.SameSigner
    await parties.signatory(viewer.person_id, party_of(side, contract))
    return version


async def sign(
    viewer: Acting,
    contract_id: UUID,
    draft: SignDraft,
    *,
    locale: str,
    trace: Trace = NO_TRACE,
) -> Contract:
    """Give this side's consent to exactly this file; with the second one the contract is signed.

    `locale` is the language in which the consent sentence was shown. Raises what `request_code`
    raises, CodeWrong, CodeSpent, NameMismatch, WishMissing, Invalid for a missing or wrong code of
    the app.
    """
    await _refuse_damaged(viewer, contract_id)
    factor = await accounts.has_second_factor(viewer.person_id)
    async with factors.counted(viewer.person_id) if factor else nullcontext():
        outcome = await _sign(viewer, contract_id, draft, locale, trace)
        if isinstance(outcome, RelaisError):
            raise outcome
    return outcome


async def _refuse_damaged(viewer: Acting, contract_id: UUID) -> None:
    """Nobody signs a file that is not the one frozen. Raises FileDamaged."""
    contract = await queries.get(viewer, contract_id)
    version = await queries.on_table(contract)
    if version is not None:
        await documents.read(version.file_sha256)
        await papers.read(contract)


@command
async def _sign(
    viewer: Acting, contract_id: UUID, draft: SignDraft, locale: str, trace: Trace
) -> Contract | RelaisError:
    """Returns a refusal instead of raising it where the try has to be counted."""
    contract = await lock(Contract, contract_id)
    side = side_of(viewer, contract)
    version = await _signable(viewer, contract, side, draft.file_sha256)
    person = await accounts.person(viewer.person_id)
    if not rules.same_name(draft.typed_name, person.name):
        raise rules.NameMismatch({"typed_name": rules.NameMismatch.message})
    wished = french.wish(version, draft.english_wish, locale)
    refusal = await codes.spend(contract, side, person, draft, trace)
    if refusal is not None:
        return refusal
    # Raises, and then the code above stays unused.
    factor = await signers.second_factor(person.id, viewer.session_token, draft)
    who = await signers.signatory(person, party_of(side, contract), contract.language, draft)
    consent = rules.consent(contract.number, version.number, contract.paper, locale)
    signature = await ContractSignature.create(
        contract_id=contract.id,
        version_id=version.id,
        person_id=person.id,
        party_id=party_of(side, contract),
        side=side.value,
        typed_name=draft.typed_name,
        capacity=who.capacity,
        consent=consent,
        consent_sha256=hashlib.sha256(consent.encode()).hexdigest(),
        locale=locale,
        file_sha256=version.file_sha256,
        ip=trace.ip,
        user_agent=trace.user_agent,
        signed_at=clock.now(),
    )
    how = (
        who.as_evidence()
        | factor
        | wished
        | await signers.pages_shown(contract, version, side, person.id, trace)
    )
    await _after_consent(contract, version, side, signature, how, trace)
    return contract


async def _after_consent(
    contract: Contract,
    version: ContractVersion,
    side: Actor,
    signature: ContractSignature,
    how: dict[str, str],
    trace: Trace,
) -> None:
    change = await queries.open_change(contract.id)
    done = change is None and target(contract.status, Action.SIGN, side) is Status.SIGNED
    if change is None:
        when = {"signed_at": signature.signed_at} if done else {}
        await move_to(contract, Action.SIGN, side, **when)
    await evidence.append(
        contract,
        "signed",
        side,
        person_id=signature.person_id,
        file_sha256=version.file_sha256,
        trace=trace,
        details={
            **how,
            "name": signature.typed_name,
            "consent": signature.consent,
            "consent_sha256": signature.consent_sha256,
            "locale": signature.locale,
            "version": str(version.number),
        },
    )
    if change is not None:
        done = await changes.consented(contract, change)
    if not done:
        await notices.your_turn_to_sign(contract, side.other, change)
        return
    await evidence.append(
        contract,
        "completed_signing",
        Actor.SYSTEM,
        file_sha256=version.file_sha256,
        details={"version": str(version.number)},
    )
    if change is None:
        await events.record(ContractSigned(contract.id, version.number))
    await jobs.defer("contracts.finalise", contract=contract.id, version=version.number)
