"""Owns drafts of offers: begun, edited, and what keeps one from being sent; never sends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from marketplace.contracts.models import Contract
from marketplace.contracts.rules.access import Acting, side_of
from marketplace.contracts.rules.offers import OwnOffer, problems, trial_problems
from marketplace.contracts.rules.states import Actor, IllegalStep, Kind, StaleContract, Status
from marketplace.contracts.rules.terms import CURRENCIES, Agreement
from marketplace.contracts.schemas import OfferStart
from marketplace.contracts.service import documents
from marketplace.core import clock
from marketplace.core.db import command, connection, lock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.i18n import _
from marketplace.core.settings import settings
from marketplace.parties import queries as parties
from marketplace.profiles import queries as profiles

EDITABLE = frozenset(
    "kind currency title scope starts_on ends_on time_zone notice_days notice_in trial_days "
    "trial_minutes trial_then review_days language signing_order personal_data kpis "
    "data_answered terms".split()
)


async def begin(viewer: Acting, start: OfferStart) -> Contract:
    """Begin an offer to the assistant of a published profile.

    Raises NotFound, OwnOffer, Invalid when the business has to be named.
    """
    profile = await profiles.by_slug(start.assistant)
    return await draft(
        viewer,
        business_id=await business_of(viewer, start.business_id),
        assistant_id=profile.party_id,
        kind=start.kind,
        currency=start.currency or profile.currency,
        language=start.language,
        time_zone=profile.time_zone,
    )


async def business_of(viewer: Acting, wish: UUID | None) -> UUID:
    """The viewer's business that makes an offer: the wished one, else their only one."""
    memberships = await parties.for_person(viewer.person_id)
    mine = [m.party_id for m in memberships if m.party.kind == parties.PartyKind.BUSINESS]
    if wish is not None:
        if wish not in mine:
            raise NotFound
        return wish
    if len(mine) != 1:
        raise Invalid({"business_id": _("Choose the business that makes the offer.")})
    return mine[0]


@command
async def draft(
    viewer: Acting,
    *,
    business_id: UUID,
    assistant_id: UUID,
    kind: Kind,
    currency: str = "EUR",
    language: str | None = None,
    time_zone: str = "Europe/Paris",
) -> Contract:
    """Begin an offer. Raises NotFound for a stranger's party, OwnOffer."""
    if business_id not in viewer.party_ids:
        raise NotFound
    if assistant_id in viewer.party_ids:
        raise OwnOffer
    business, assistant = await parties.by_id(business_id), await parties.by_id(assistant_id)
    if business.kind != parties.PartyKind.BUSINESS or assistant.kind != parties.PartyKind.ASSISTANT:
        raise NotFound
    now = clock.now()
    return await Contract.create(
        number=await _next_number(now),
        kind=kind,
        business_id=business_id,
        assistant_id=assistant_id,
        created_by_id=viewer.person_id,
        rail=documents.rail_of(assistant),
        currency=currency if currency in CURRENCIES else CURRENCIES[0],
        language=language or documents.default_language(business, assistant),
        time_zone=time_zone,
        created_at=now,
        updated_at=now,
    )


async def _next_number(now: datetime) -> str:
    (row,) = await connection().execute_query_dict("SELECT nextval('contract_number_seq') AS n")
    return f"RL-{now:%Y}-{row['n']:06d}"


@command
async def edit(
    viewer: Acting,
    contract_id: UUID,
    changes: Mapping[str, Any],
    lock_version: int | None = None,
) -> Contract:
    """Change fields of a draft (`EDITABLE`); another kind or currency drops the price.

    `terms` is one of rules.terms. Raises NotFound, IllegalStep once it is sent, StaleContract.
    """
    contract = await lock(Contract, contract_id)
    if side_of(viewer, contract) is not Actor.BUSINESS:
        raise NotFound
    if contract.status is not Status.DRAFT:
        raise IllegalStep
    refuse_stale(contract, lock_version)
    wanted = {name: value for name, value in changes.items() if name in EDITABLE}
    if any(wanted.get(name, getattr(contract, name)) != getattr(contract, name)
           for name in ("kind", "currency")):  # fmt: skip
        contract.terms = {}
    for name, value in wanted.items():
        setattr(contract, name, stored(value))
    if contract.terms and contract.terms["kind"] != contract.kind:
        raise Invalid({"terms": _("These terms belong to another kind of contract.")})
    if contract.starts_on and contract.ends_on and contract.ends_on < contract.starts_on:
        raise Invalid({"ends_on": _("The end comes after the start.")})
    found = _phase_problems(contract.kind, contract.trial_days, contract.trial_minutes)
    if found:
        raise Invalid(found)
    contract.lock_version += 1
    contract.updated_at = clock.now()
    await contract.save(update_fields=[*EDITABLE, "lock_version", "updated_at"])
    return contract


def stored(value: object) -> object:
    """A value as its column keeps it: what the rules hold as objects becomes JSON."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [stored(each) for each in value] if isinstance(value, tuple | list) else value


def refuse_stale(contract: Contract, lock_version: int | None) -> None:
    """Raise StaleContract where the form was drawn before a change of somebody else."""
    if lock_version is not None and lock_version != contract.lock_version:
        raise StaleContract


def problems_of(agreed: Agreement) -> dict[str, str | tuple[str, dict[str, object]]]:
    """What keeps an agreement from being sent today, under the operator's caps; by field."""
    today, chosen = clock.today(agreed.time_zone), settings()
    found = problems(agreed, today, chosen.hold_refuse_days, chosen.settlement_currencies)
    return found | _phase_problems(agreed.kind, agreed.trial_days, agreed.trial_minutes)


def _phase_problems(
    kind: Kind, days: int, minutes: int
) -> dict[str, str | tuple[str, dict[str, object]]]:
    chosen = settings()
    return trial_problems(
        kind, days, minutes, days_max=chosen.trial_days_max, hours_max=chosen.trial_hours_max
    )
