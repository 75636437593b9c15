"""Owns paying a part of a milestone or period before the whole is approved; never its approval.

The business may pay a part at any time; the assistant may ask for one, and the business answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.i18n import _
from marketplace.core.ids import new_id
from marketplace.work import queries, rules
from marketplace.work.events import PartNews
from marketplace.work.models import PartPayment, Unit
from marketplace.work.rules import BadShare, IllegalStep, NoPart, PartOpen, UnitKind
from marketplace.work.service import lots, units
from marketplace.work.service.deliveries import require_side
from marketplace.work.service.releases import release
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer
    from marketplace.work.schemas import PartDraft


@command
async def ask(viewer: Viewer, unit_id: UUID, draft: PartDraft) -> PartPayment:
    """Pay a part (business), or ask for one (assistant). Raises PartOpen, BadShare, IllegalStep."""
    shown = await queries.unit(viewer, unit_id)
    unit = await _locked(unit_id)
    part_id = new_id()
    if draft.request_id is not None:  # the same form twice is one part
        part_id = uuid5(unit_id, draft.model_dump_json())
    earlier = await PartPayment.get_or_none(pk=part_id)
    if earlier is not None:
        return earlier
    if draft.price_minor >= (await units.carried(unit)).minor:
        raise BadShare({"price_minor": _("Write less than what is held; approve to pay all.")})
    if await _open(unit_id):
        raise PartOpen
    part = await PartPayment.create(
        id=part_id,
        unit_id=unit_id,
        price_minor=draft.price_minor,
        note=draft.note,
        asked_by_id=viewer.person_id,
        asked_at=clock.now(),
    )
    if viewer.acts_for(shown.contract.business_id):
        await _pay(unit, part)
    else:
        await events.record(PartNews(part.id, "asked"))
    return part


@command
async def answer(viewer: Viewer, unit_id: UUID, part_id: UUID, *, pay: bool) -> PartPayment:
    """Pay or refuse exactly this part that was asked for (business). Raises NoPart."""
    require_side(viewer, await queries.unit(viewer, unit_id), "business")
    unit = await _locked(unit_id)
    part = await _open(unit_id)
    if part is None or part.id != part_id:
        raise NoPart
    if pay:
        await _pay(unit, part)
    else:
        part.refused_at = clock.now()
        await part.save(update_fields=["refused_at"])
        await events.record(PartNews(part.id, "refused"))
    return part


async def of_unit(unit_id: UUID) -> list[PartPayment]:
    """A unit's part payments in order. Guard the unit before."""
    return await PartPayment.filter(unit_id=unit_id).order_by("asked_at", "id")


async def _locked(unit_id: UUID) -> Unit:
    unit = await lock(Unit, unit_id)
    await unit.fetch_related("contract")
    if unit.kind is UnitKind.WEEK or unit.status not in rules.HELD or await lots.is_pack(unit):
        raise IllegalStep
    return unit


async def _open(unit_id: UUID) -> PartPayment | None:
    return await PartPayment.get_or_none(unit_id=unit_id, paid_at=None, refused_at=None)


async def _pay(unit: Unit, part: PartPayment) -> None:
    part.paid_at = clock.now()
    await part.save(update_fields=["paid_at"])
    unit.paid_minor += part.price_minor
    await unit.save(update_fields=["paid_minor"])
    await events.record(PartNews(part.id, "paid"))
    await release(unit, Money(part.price_minor, unit.currency), key=f"{unit.id}:part:{part.id}")
