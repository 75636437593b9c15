"""Owns the JSON operations of packs: what is left, uses, further packs."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.core.errors import NotFound
from marketplace.web.guards import viewer
from marketplace.web.paging import Page, PageQuery, cut
from marketplace.work import queries
from marketplace.work.api.router import own
from marketplace.work.api.units import view
from marketplace.work.models import PackUse, Unit
from marketplace.work.schemas import (
    LapseView,
    LotView,
    PackView,
    UnitView,
    UseChange,
    UseDraft,
    UseView,
)
from marketplace.work.service import packs


def pack_view(found: queries.Pack) -> PackView:
    """A pack as the API shows it."""
    return PackView(
        counts=found.unit,
        available=found.available,
        uncovered=found.uncovered,
        lots=[
            LotView(
                unit_id=lot.unit_id,
                size=lot.size,
                used=found.used(lot),
                returned=lot.returned,
                expired=lot.expired,
                left=found.left(lot) if lot in found.open else 0,
                usable_until=lot.usable_until,
                lapses=[
                    LapseView(day=day, quantity=quantity)
                    for day, quantity in (found.lapses(lot) if lot in found.open else ())
                ],
            )
            for lot in found.lots
        ],
    )


async def _use_view(use: PackUse) -> UseView:
    unit = await Unit.get(pk=use.unit_id)
    found = await queries.pack(unit.contract_id)
    assert found is not None
    names = set(UseView.model_fields) - {"covered"}
    return UseView(covered=found.covered(use), **{name: getattr(use, name) for name in names})


@own.read("/contracts/{contract_id:uuid}/pack")
async def pack(request: Request, contract_id: UUID) -> PackView:
    """What of a contract's pack is used, left, rolled over and not covered."""
    room = await queries.room(viewer(request), contract_id)
    found = await queries.pack(room.contract.id)
    if found is None:
        raise NotFound
    return pack_view(found)


@own.make("/contracts/{contract_id:uuid}/top-ups")
async def order_pack(request: Request, contract_id: UUID) -> UnitView:
    """Order one more pack in the open period, to be funded before it counts (business)."""
    unit = await packs.order(viewer(request), contract_id)
    return await view(await queries.unit(viewer(request), unit.id))


@own.read("/units/{unit_id:uuid}/uses")
async def list_uses(request: Request, unit_id: UUID, query: PageQuery) -> Page[UseView]:
    """The recorded uses of a pack in a period, in the order of days."""
    unit = await queries.unit(viewer(request), unit_id)
    state = await queries.pack(unit.contract_id)
    if state is None:
        return Page(items=[], next=None)
    rows = [use for use in state.uses if use.unit_id == unit_id]
    found, after = cut(
        rows, query, lambda row: f"{row.used_on} {row.created_at:%Y%m%d%H%M%S%f} {row.id}"
    )
    names = set(UseView.model_fields) - {"covered"}
    return Page(
        items=[
            UseView(covered=state.covered(use), **{name: getattr(use, name) for name in names})
            for use in found
        ],
        next=after,
    )


@own.make("/units/{unit_id:uuid}/uses")
async def record_use(request: Request, unit_id: UUID, body: UseDraft) -> UseView:
    """Record a use of the pack in a paid period (assistant)."""
    return await _use_view(await packs.record(viewer(request), unit_id, body))


@own.change("/uses/{use_id:uuid}")
async def correct_use(request: Request, use_id: UUID, body: UseChange) -> UseView:
    """Correct a use while the record of its period is open (assistant)."""
    return await _use_view(await packs.correct(viewer(request), use_id, body, body.seen_at))


@own.remove("/uses/{use_id:uuid}")
async def strike_use(request: Request, use_id: UUID) -> None:
    """Take a use out while the record of its period is open (assistant)."""
    await packs.strike(viewer(request), use_id)
