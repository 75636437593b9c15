"""Owns contracts that an assistant brings: kept, told to the client, taken up or not.

Taken up, it is an import like any other: a draft of the client with the same file, whose sheet
both sign. Until then it is no contract, and the client may be nobody here yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from tortoise.expressions import Q

from marketplace.accounts import queries as accounts
from marketplace.contracts import queries
from marketplace.contracts.models import BroughtPaper, Contract
from marketplace.contracts.rules.imported import (
    TOLD_MAX,
    TOLD_ONE_MAX,
    TOLD_WITHIN,
    WAITING_MAX,
    WAITS,
    BroughtOver,
    ImportedPaper,
    Outcome,
    TooManyBrought,
    TooManyToday,
)
from marketplace.contracts.rules.states import Actor
from marketplace.contracts.schemas import BringStart, OfferStart
from marketplace.contracts.service import drafting, imports, papers
from marketplace.core import clock, mail
from marketplace.core.db import command, connection, lock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.i18n import _
from marketplace.parties import queries as parties
from marketplace.profiles import queries as profiles
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.states import Status

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


DECLINED = _(
    "This client declined a contract that you brought. Ask them to bring it here themselves."
)


async def bring(viewer: Viewer, start: BringStart, content: bytes, name: str) -> BroughtPaper:
    """Keep the file and tell the client by mail; the same file for the same client is told once.

    Raises Invalid, TooManyBrought, TooManyToday and what `papers.kept` raises.
    """
    profile = await _profile(viewer, start.profile)
    person = await accounts.person(viewer.person_id)
    if start.email == person.email:
        raise Invalid({"email": _("Give your client’s address, not your own.")})
    paper = await papers.kept(viewer.person_id, content, name, start.signed_on)
    return await _bring(viewer, start, profile, paper)


async def _profile(viewer: Viewer, slug: str) -> Profile:
    """The viewer's published profile, the named one when there are several."""
    listed = await profiles.of_parties(viewer)
    mine = [one for one in listed if one.status == Status.PUBLISHED]
    if slug:
        mine = [one for one in mine if one.slug == slug]
    if len(mine) != 1:
        raise Invalid({"profile": _("Choose one of your published profiles.")})
    return mine[0]


@command
async def _bring(
    viewer: Viewer, start: BringStart, profile: Profile, paper: ImportedPaper
) -> BroughtPaper:
    await papers.refuse_known(paper.file_sha256)  # and whoever brings the same file waits
    await connection().execute_query(papers.LOCK, [str(profile.party_id)])  # they are counted
    now = clock.now()
    waiting = BroughtPaper.filter(party_id=profile.party_id, outcome="", expires_at__gt=now)
    for row in await waiting:
        if row.email == start.email and row.file.file_sha256 == paper.file_sha256:
            return row
    if await waiting.count() >= WAITING_MAX:
        raise TooManyBrought
    await _refuse_bother(viewer, profile, start.email)
    kept = paper.model_copy(update={"brought_by": "assistant"})
    row = await BroughtPaper.create(
        profile_id=profile.id,
        party_id=profile.party_id,
        brought_by_id=viewer.person_id,
        email=start.email,
        kind=start.kind,
        paper=kept.model_dump(mode="json"),
        created_at=now,
        expires_at=now + WAITS,
    )
    client = await accounts.person_by_email(start.email)
    reader = client or await accounts.person(viewer.person_id)
    await _tell(row, start.email, reader.locale, declined=False)
    return row


async def _refuse_bother(viewer: Viewer, profile: Profile, email: str) -> None:
    """Whoever says no is left alone, and nobody is told more often than an assistant needs.

    Raises Invalid, TooManyToday.
    """
    now = clock.now()
    by = BroughtPaper.filter(Q(party_id=profile.party_id) | Q(brought_by_id=viewer.person_id))
    refused = await by.filter(
        email=email, outcome=Outcome.DECLINED.value, closed_at__gt=now - WAITS
    ).exists()
    if refused:
        raise Invalid({"email": DECLINED})
    told = by.filter(created_at__gt=now - TOLD_WITHIN)
    if await told.count() >= TOLD_MAX or await told.filter(email=email).count() >= TOLD_ONE_MAX:
        raise TooManyToday(int(TOLD_WITHIN.total_seconds()))


async def _tell(row: BroughtPaper, to: str, locale: str, *, declined: bool) -> None:
    party = await parties.by_id(row.party_id)
    await mail.send(
        "contracts_brought",
        to=to,
        locale=locale,
        declined=declined,
        assistant=party.display_name,
        brought=row,
        paper=row.file,
    )


async def take(viewer: Viewer, brought_id: UUID, business_id: UUID | None) -> Contract:
    """Make a draft of it, with its file, as the client. What refuses leaves it waiting.

    Raises NotFound, BroughtOver, Invalid and what `imports.begin` raises.
    """
    row, side = await queries.brought(viewer, brought_id)
    if side is not Actor.BUSINESS:
        raise NotFound
    business = await drafting.business_of(viewer, business_id)
    wanted = OfferStart(assistant=row.profile.slug, business_id=business, kind=row.kind)
    return await _take(viewer, brought_id, wanted)


@command
async def _take(viewer: Viewer, brought_id: UUID, wanted: OfferStart) -> Contract:
    row = await _waiting(brought_id)
    try:
        draft = await drafting.begin(viewer, wanted)
    except NotFound:
        gone = _("The profile of this assistant is not published any more. Ask them about it.")
        raise Invalid({"assistant": gone}) from None
    contract = await imports.put(draft.id, row.file, Actor.ASSISTANT, row.brought_by_id)
    await _close(row, Outcome.TAKEN, contract)
    return contract


@command
async def answer(viewer: Viewer, brought_id: UUID, outcome: Outcome) -> BroughtPaper:
    """The client declines it, or the assistant takes it back. Raises NotFound, BroughtOver."""
    _row, side = await queries.brought(viewer, brought_id)
    declined = side is Actor.BUSINESS
    if outcome is not (Outcome.DECLINED if declined else Outcome.WITHDRAWN):
        raise NotFound
    row = await _waiting(brought_id)
    await _close(row, outcome)
    if declined:
        person = await accounts.person(row.brought_by_id)
        if person.email_verified_at:  # else the account was closed since, and has no mailbox
            await _tell(row, person.email, person.locale, declined=True)
    return row


async def _waiting(brought_id: UUID) -> BroughtPaper:
    row = await lock(BroughtPaper, brought_id)
    if row.outcome or row.expires_at <= clock.now():
        raise BroughtOver
    return row


async def _close(row: BroughtPaper, outcome: Outcome, contract: Contract | None = None) -> None:
    row.outcome, row.closed_at = outcome.value, clock.now()
    row.contract_id = contract.id if contract else None
    await row.save(update_fields=["outcome", "closed_at", "contract_id"])
