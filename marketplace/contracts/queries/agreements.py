"""Owns the reading of contracts; never writes.

Functions with `viewer` first raise NotFound for a contract that is not the viewer's; the others
are for commands and jobs that have checked already.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from tortoise.expressions import Q

from marketplace.contracts.models import (
    Contract,
    ContractSignature,
    ContractVersion,
    EvidenceEvent,
    SigningCode,
)
from marketplace.contracts.rules import calendar
from marketplace.contracts.rules import evidence as chain
from marketplace.contracts.rules.access import Acting, side_of
from marketplace.contracts.rules.independence import Found, signs
from marketplace.contracts.rules.offers import OfferIncomplete
from marketplace.contracts.rules.signing import CODE_TRIES_MAX
from marketplace.contracts.rules.states import OPEN, TURN, Actor, Kind, Rail, Status
from marketplace.contracts.rules.terms import (
    Agreement,
)
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.i18n import _
from payments.fees import FeeTerms

__all__ = ["Actor", "Contract", "Status", "agreement", "by_id", "fee_terms", "for_viewer", "get"]

INTEGER_END = 2**31  # of the column
AGREED = (
    "title scope currency language starts_on ends_on notice_days notice_in trial_days "
    "trial_minutes trial_then review_days time_zone signing_order rail personal_data kpis imported "
    "terms fees clocks"
).split()


async def get(viewer: Acting, contract_id: UUID) -> Contract:
    """A contract the viewer stands on a side of, with both parties. Raises NotFound.

    The assistant never sees a draft, nor an offer withdrawn before it was sent.
    """
    contract = await by_id(contract_id)
    if side_of(viewer, contract) is Actor.ASSISTANT and contract.version == 0:
        raise NotFound
    return contract


async def by_id(contract_id: UUID) -> Contract:
    """The contract with both parties, whoever asks. Raises NotFound."""
    contract = await Contract.get_or_none(pk=contract_id).select_related("business", "assistant")
    if contract is None:
        raise NotFound
    return contract


async def for_viewer(
    viewer: Acting,
    *,
    side: Actor | None = None,
    status: Status | None = None,
    cursor: UUID | None = None,
    limit: int = 20,
) -> tuple[list[Contract], UUID | None]:
    """The viewer's contracts, newest first, and the cursor of the next page (None at the end)."""
    mine = list(viewer.party_ids)
    given = Q(business_id__in=mine)
    taken = Q(assistant_id__in=mine, version__gt=0)
    which = {Actor.BUSINESS: given, Actor.ASSISTANT: taken}.get(side or Actor.SYSTEM, given | taken)
    found = Contract.filter(which)
    if status is not None:
        found = found.filter(status=status)
    if cursor is not None:
        found = found.filter(id__lt=cursor)
    rows = await found.order_by("-id").limit(limit + 1).prefetch_related("business", "assistant")
    more = len(rows) > limit
    return rows[:limit], rows[limit - 1].id if more else None


async def businesses_by_the_hour() -> list[UUID]:
    """The businesses whose saved card pays weeks of a running contract."""
    found = Contract.filter(kind=Kind.HOURLY, rail=Rail.HELD, status=Status.ACTIVE)
    rows = await found.order_by("business_id").distinct().values_list("business_id")
    return [row[0] for row in rows]


async def assistants_at_work(beyond: UUID, limit: int) -> list[UUID]:
    """The assistants who ever signed a contract, by id: `limit` of them beyond one."""
    found = Contract.filter(assistant_id__gt=beyond, signed_at__isnull=False)
    rows = await found.order_by("assistant_id").distinct().limit(limit).values_list("assistant_id")
    return [row[0] for row in rows]


async def running(beyond: UUID, limit: int) -> list[UUID]:
    """The contracts that are signed and not over, by id: `limit` of them beyond one."""
    rows = Contract.filter(id__gt=beyond, status__in=[Status.SIGNED.value, Status.ACTIVE.value])
    return [row.id for row in await rows.order_by("id").limit(limit).only("id")]


async def between(contract: Contract, since: datetime) -> list[Contract]:
    """Everything the two sides of a contract signed with each other that was not over by then."""
    rows = Contract.filter(
        Q(ended_at=None) | Q(ended_at__gte=since),
        business_id=contract.business_id,
        assistant_id=contract.assistant_id,
        signed_at__isnull=False,
    )
    return await rows.order_by("id")


async def running_hourly(business_id: UUID) -> list[Contract]:
    """The hourly contracts whose weeks this business's saved card pays, oldest first."""
    return await Contract.filter(
        business_id=business_id, kind=Kind.HOURLY, rail=Rail.HELD, status=Status.ACTIVE
    ).order_by("id")


async def waiting_for(viewer: Acting) -> int:
    """How many offers wait for the viewer's answer or signature."""
    mine = list(viewer.party_ids)
    on_business = [s for s, who in TURN.items() if who is Actor.BUSINESS and s in OPEN]
    on_assistant = [s for s, who in TURN.items() if who is Actor.ASSISTANT and s in OPEN]
    return await Contract.filter(
        Q(business_id__in=mine, status__in=on_business)
        | Q(assistant_id__in=mine, status__in=on_assistant)
    ).count()


def agreement(contract: Contract) -> Agreement:
    """What the contract says now. Raises OfferIncomplete naming the fields still missing."""
    values = {name: getattr(contract, name) for name in AGREED}
    try:
        return Agreement.model_validate(values)
    except ValidationError as error:
        fields = {str(each["loc"][0]) if each["loc"] else "ends_on" for each in error.errors()}
        raise OfferIncomplete({name: _("Please fill this in.") for name in fields}) from None


def independence(contract: Contract) -> tuple[Found, ...]:
    """The signs of disguised employment in what the contract says; none while it is incomplete."""
    try:
        return independence_of(agreement(contract))
    except OfferIncomplete:
        return ()


def independence_of(agreed: Agreement, on: date | None = None) -> tuple[Found, ...]:
    """The signs of disguised employment in this text, for the weeks from that of `on` (today)."""
    return signs(agreed, monday_of(on or clock.today(agreed.time_zone)))


def independence_then(version: ContractVersion) -> tuple[Found, ...]:
    """The signs in the text of a frozen version, as on the day it was made."""
    agreed = Agreement.model_validate(version.agreement)
    return independence_of(agreed, version.created_at.astimezone(ZoneInfo(agreed.time_zone)).date())


def notice_end(contract: Contract, now: datetime) -> datetime:
    """When a notice given now has run out, in the days that the contract counts it in."""
    counted, place = contract.notice_in, contract.rhythm.country
    return calendar.notice_end(now, contract.notice_days, counted, place, contract.time_zone)


def fee_terms(contract: Contract) -> FeeTerms:
    """The fees and VAT rates fixed with the contract's present version."""
    return FeeTerms.from_json(contract.fees)


async def versions(contract_id: UUID) -> list[ContractVersion]:
    """All frozen versions, newest first, with who made them."""
    return (
        await ContractVersion.filter(contract_id=contract_id)
        .order_by("-number")
        .prefetch_related("made_by")
    )


async def current_version(contract: Contract) -> ContractVersion | None:
    """The version on the table; None before the first sending."""
    return await ContractVersion.get_or_none(contract_id=contract.id, number=contract.version)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


async def version(contract_id: UUID, number: int) -> ContractVersion:
    """One version by number. Raises NotFound."""
    if not 0 < number < INTEGER_END:
        raise NotFound
    found = await ContractVersion.get_or_none(contract_id=contract_id, number=number)
    if found is None:
        raise NotFound
    return found


async def signatures(contract: Contract) -> list[ContractSignature]:
    """The consents that stand: those given to the version on the table."""
    return (
        await ContractSignature.filter(contract_id=contract.id, version__number=contract.version)
        .order_by("signed_at")
        .prefetch_related("person", "party")
    )


async def every_signature(contract_id: UUID) -> list[ContractSignature]:
    """The consents ever given, to whatever version, in their order."""
    return (
        await ContractSignature.filter(contract_id=contract_id)
        .order_by("signed_at", "id")
        .prefetch_related("person", "party")
    )


async def evidence(contract_id: UUID) -> list[EvidenceEvent]:
    """The whole chain in order."""
    return await EvidenceEvent.filter(contract_id=contract_id).order_by("seq")


async def french_delivered(version: ContractVersion, person_id: UUID) -> bool:
    """Whether this person has received the French version that comes before this paper."""
    return await EvidenceEvent.exists(
        contract_id=version.contract_id,
        person_id=person_id,
        event="french_delivered",
        file_sha256=version.french_sha256,
    )


def link(row: EvidenceEvent) -> chain.Link:
    """A stored event as it was hashed."""
    return chain.Link(
        contract=str(row.contract_id),
        seq=row.seq,
        at=chain.stamp(row.at),
        actor=row.actor,
        person=str(row.person_id) if row.person_id else None,
        event=row.event,
        file_sha256=row.file_sha256,
        ip=row.ip,
        user_agent=row.user_agent,
        session=row.session,
        details=row.details,
        prev=row.prev_hash,
    )


def broken_at(rows: Iterable[EvidenceEvent]) -> int | None:
    """Where the chain breaks, None when it is sound."""
    return chain.broken_at((link(row), row.hash) for row in rows)


async def code_is_live(contract_id: UUID, person_id: UUID, file_sha256: str) -> bool:
    """Whether the person holds a code for this file that can still be used."""
    return await SigningCode.exists(
        contract_id=contract_id,
        person_id=person_id,
        file_sha256=file_sha256,
        used_at=None,
        expires_at__gt=clock.now(),
        tries__lt=CODE_TRIES_MAX,
    )
