"""Owns the reads of a pack: its lots, uses and what is left of them; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts.rules.terms import (
    FlatFeeTerms,
    PackUnit,
)
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.work.models import (
    PackDraw,
    PackLot,
    PackUse,
    Unit,
)
from marketplace.work.rules import HELD, Status, UnitKind, packs

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer
from marketplace.work.queries.units import agreed, unit


@dataclass(frozen=True)
class Pack:
    """A pack's lots and uses, and what of them covers what as things stand.

    `lots` carry their units; `uses` are those that count, `drawn` what was covered and paid.
    """

    unit: PackUnit
    terms: FlatFeeTerms
    lots: list[PackLot]
    uses: list[PackUse]
    drawn: list[PackDraw]
    today: date

    def lot(self, lot: PackLot) -> packs.Lot:
        """A lot as the rules see it, after what was drawn from it."""
        days = {use.id: use.used_on for use in self.uses}
        late = sum(
            draw.quantity
            for draw in self.drawn
            if draw.lot_id == lot.unit_id and days[draw.use_id] > lot.unit.ends_on
        )
        return packs.Lot(
            key=lot.unit_id,
            size=lot.size,
            gone=lot.gone,
            covers_from=lot.covers_from,
            ends_on=lot.unit.ends_on,
            usable_until=lot.usable_until,
            rolls=max(lot.rollover - late, 0),
        )

    def draws(self, uses: list[PackUse]) -> list[packs.Draw]:
        """What open lots would cover of these uses now."""
        done: dict[UUID, int] = {}
        for draw in self.drawn:
            done[draw.use_id] = done.get(draw.use_id, 0) + draw.quantity
        wanted = [packs.Use(u.id, u.used_on, u.quantity - done.get(u.id, 0)) for u in uses]
        return packs.draws([self.lot(lot) for lot in self.open], wanted)

    @property
    def open(self) -> list[PackLot]:
        """The lots whose money is held."""
        return [lot for lot in self.lots if lot.unit.status in HELD]

    @cached_property
    def pending(self) -> list[packs.Draw]:
        """What is covered but not approved yet."""
        return self.draws(self.uses)

    def left(self, lot: PackLot) -> int:
        """What of an open lot no recorded use needs."""
        return self.lot(lot).left - sum(d.quantity for d in self.pending if d.lot == lot.unit_id)

    def used(self, lot: PackLot) -> int:
        """What of a lot recorded uses took, approved or not."""
        return lot.used + sum(d.quantity for d in self.pending if d.lot == lot.unit_id)

    def lapses(self, lot: PackLot) -> list[tuple[date, int]]:
        """After which days how much of an open lot lapses, if it is not used."""
        seen = self.lot(lot)
        late = {use.id for use in self.uses if use.used_on > seen.ends_on}
        taken = sum(d.quantity for d in self.pending if d.lot == seen.key and d.use in late)
        return packs.lapses(seen, self.left(lot), max(seen.rolls - taken, 0))

    @property
    def available(self) -> int:
        """What can be used today."""
        return sum(
            quantity
            for lot in self.open
            if lot.covers_from <= self.today
            for day, quantity in self.lapses(lot)
            if day >= self.today
        )

    def covered(self, use: PackUse) -> int:
        """What of a use is covered by a paid pack."""
        paid = sum(draw.quantity for draw in self.drawn if draw.use_id == use.id)
        return paid + sum(draw.quantity for draw in self.pending if draw.use == use.id)

    def price_of(self, unit_id: UUID) -> int:
        """What approving a period's uses pays, before tax, in minor units."""
        mine = {use.id for use in self.uses if use.unit_id == unit_id}
        return sum(
            packs.worth(
                lot.unit.price_minor,
                lot.size,
                lot.gone,
                sum(d.quantity for d in self.pending if d.lot == lot.unit_id and d.use in mine),
            )
            for lot in self.open
        )

    def covered_in(self, unit_id: UUID) -> int:
        """What of a period's uses is covered."""
        return sum(self.covered(use) for use in self.uses if use.unit_id == unit_id)

    @property
    def recorded(self) -> int:
        """What was used in all, covered or not."""
        return sum(use.quantity for use in self.uses)

    @property
    def current(self) -> PackLot | None:
        """The newest period under way whose money is held and whose uses are not settled."""
        running = HELD - {Status.ROLLED}
        periods = [
            lot
            for lot in self.open
            if lot.unit.kind is UnitKind.PERIOD
            and lot.unit.status in running
            and lot.unit.starts_on <= self.today
        ]
        return periods[-1] if periods else None

    @property
    def may_order(self) -> bool:
        """Whether a further pack can be bought: one needs a period to belong to."""
        return self.current is not None

    @property
    def uncovered(self) -> int:
        """What was used beyond all packs: payable only from a further one."""
        return sum(use.quantity - self.covered(use) for use in self.uses)


async def pack(contract_id: UUID) -> Pack | None:
    """How a contract's pack stands; None when it is none. Guard the contract before."""
    contract, agreement = await agreed(contract_id)
    terms = agreement.terms
    if not isinstance(terms, FlatFeeTerms) or terms.pack is None:
        return None
    lots = await PackLot.filter(unit__contract_id=contract_id).prefetch_related("unit__contract")
    lots.sort(key=lambda lot: (lot.unit.starts_on, lot.unit.position))
    gone = {
        lot.unit_id
        for lot in lots
        if lot.reviewed_at is None and lot.unit.status is Status.CANCELLED
    }
    uses = await PackUse.filter(unit__contract_id=contract_id).order_by("used_on", "created_at")
    drawn = await PackDraw.filter(lot_id__in=[lot.unit_id for lot in lots])
    return Pack(
        unit=terms.pack,
        terms=terms,
        lots=lots,
        uses=[use for use in uses if use.unit_id not in gone],
        drawn=drawn,
        today=clock.today(contract.time_zone),
    )


async def pack_use(viewer: Viewer, use_id: UUID) -> tuple[Unit, PackUse]:
    """A use with its period, for one of the parties. Raises NotFound."""
    found = await PackUse.get_or_none(pk=use_id)
    if found is None:
        raise NotFound
    return await unit(viewer, found.unit_id), found
