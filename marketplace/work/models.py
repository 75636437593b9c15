"""Owns the tables of work: units, deliveries, hours, timers, endings; never decides anything."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise import fields
from tortoise.models import Model

from marketplace.core.ids import new_id
from marketplace.work import rules
from marketplace.work.rules import EntryState, Status, UnitKind

if TYPE_CHECKING:
    from marketplace.accounts.models import Person
    from marketplace.contracts.models import Contract


class Unit(Model):
    """One part of a contract. `price_minor` is before tax; for a week it is the cap's price.

    `paid_minor` is what of the price was approved and released; `pays_at` is when a release under
    the security hold is transferred. `trial`: this one part is the whole start-up phase, in hours.
    `held_version` is the version of the contract under which its money was asked for (or, where
    payments are only recorded, the first of it approved): a later change leaves it alone.
    `cap_minutes` of a week are what its price pays for; `raised_minutes` is a signed higher cap
    whose difference is not held yet, `raise_tried` the one for which the saved card was tried.
    `owed_minor` of a part that ended while a bank disputed its held money is what of it the
    assistant gets once the bank has decided, None when nothing waits for that.
    The held money itself is known to the ledger only, under the unit's id. Where payments are
    only recorded, `paid_minor` is approved and due, and `paid_at` is when both sides had said
    that it was paid.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name="units", on_delete=fields.RESTRICT
    )
    contract_id: UUID
    kind: UnitKind = fields.CharEnumField(UnitKind, max_length=20)
    position: int = fields.IntField()
    title: str = fields.TextField(default="")
    criteria: Any = fields.JSONField(default=list)
    price_minor: int = fields.BigIntField()
    currency: str = fields.CharField(max_length=3)
    starts_on: date = fields.DateField()
    ends_on: date = fields.DateField()
    trial: bool = fields.BooleanField(default=False)
    cap_minutes: int | None = fields.IntField(null=True)
    raised_minutes: int | None = fields.IntField(null=True)
    raise_tried: int | None = fields.IntField(null=True)
    status: Status = fields.CharEnumField(Status, max_length=20, default=Status.PLANNED)
    funded_at: datetime | None = fields.DatetimeField(null=True)
    submitted_at: datetime | None = fields.DatetimeField(null=True)
    review_until: datetime | None = fields.DatetimeField(null=True)
    decided_at: datetime | None = fields.DatetimeField(null=True)
    paid_minor: int = fields.BigIntField(default=0)
    pays_at: datetime | None = fields.DatetimeField(null=True)
    paid_at: datetime | None = fields.DatetimeField(null=True)
    pay_reminders: int = fields.IntField(default=0)
    owed_minor: int | None = fields.BigIntField(null=True)
    hold_told: int = fields.IntField(default=0)
    held_version: int | None = fields.IntField(null=True)
    reminders_sent: int = fields.IntField(default=0)
    prefund_tried_at: datetime | None = fields.DatetimeField(null=True)
    created_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "unit"
        unique_together = (("contract", "position"),)

    @property
    def answer_by(self) -> datetime | None:
        """The last minute of the review, as people say a deadline: 23:59, not 00:00."""
        return self.review_until - timedelta(minutes=1) if self.review_until else None

    def reminder(self, days: int) -> str:
        """What the mail `days` before silence approves is about: the proof that it was sent."""
        until = self.review_until
        return f"review:{self.id}:{until:%Y%m%d%H%M}:{days}" if until else ""

    @property
    def changes_mail(self) -> str:
        """What the mail is about that says until when changes are to be handed in."""
        until = self.review_until
        return f"changes:{self.id}:{until:%Y%m%d%H%M}" if until else ""

    def edit_until(self, contract: Contract) -> datetime:
        """When the hours of this week can no longer be changed."""
        return rules.edit_deadline(self.ends_on, contract.time_zone, contract.rhythm)

    def paid_on(self, contract: Contract, hold_days: int = 0) -> date | None:
        """The day on which the money leaves at the latest, in the contract's time zone.

        While the work is not approved: when silence approves it, and after the security hold.
        None when that is not known yet.
        """
        zone = contract.time_zone
        if self.pays_at is not None:
            return self.pays_at.astimezone(ZoneInfo(zone)).date()
        day = rules.paid_on(self.kind, self.ends_on, self.review_until, zone, contract.rhythm)
        return day + timedelta(days=hold_days) if day else None


class Delivery(Model):
    """What the assistant handed in for a unit, and what the business said of it."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "relais.Unit", related_name="deliveries", on_delete=fields.RESTRICT
    )
    unit_id: UUID
    number: int = fields.IntField()
    note: str = fields.TextField()
    links: Any = fields.JSONField(default=list)
    submitted_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="deliveries", on_delete=fields.RESTRICT, null=True
    )
    submitted_by_id: UUID | None
    submitted_at: datetime = fields.DatetimeField()
    decision: str = fields.CharField(max_length=20, default="")
    decision_note: str = fields.TextField(default="")
    criteria_cited: Any = fields.JSONField(default=list)
    decided_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="decisions", on_delete=fields.RESTRICT, null=True
    )
    decided_by_id: UUID | None
    decided_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "delivery"
        unique_together = (("unit", "number"),)


class TimeEntry(Model):
    """Minutes worked on a day of a week, with the task and a note; never a screenshot.

    A contested line carries the newest proposal, whose it is and until when the other side answers.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "relais.Unit", related_name="entries", on_delete=fields.RESTRICT
    )
    unit_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="time_entries", on_delete=fields.RESTRICT
    )
    person_id: UUID
    worked_on: date = fields.DateField()
    minutes: int = fields.IntField()
    task: str = fields.TextField()
    note: str = fields.TextField(default="")
    state: EntryState = fields.CharEnumField(EntryState, max_length=20, default=EntryState.COUNTED)
    contest_reason: str = fields.TextField(default="")
    proposed_minutes: int | None = fields.IntField(null=True)
    proposed_by: str = fields.CharField(max_length=20, default="")
    answer_until: datetime | None = fields.DatetimeField(null=True)
    agreed_minutes: int | None = fields.IntField(null=True)
    settled_at: datetime | None = fields.DatetimeField(null=True)
    created_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "time_entry"

    @property
    def counting(self) -> int:
        """The minutes that count: as entered, or as agreed after a contest."""
        return self.minutes if self.agreed_minutes is None else self.agreed_minutes

    @property
    def answer_by(self) -> datetime | None:
        """The last minute for an answer, as people say a deadline."""
        return self.answer_until - timedelta(minutes=1) if self.answer_until else None


class PackLot(Model):
    """Units of a pack that a period or a further pack pays for; the money is its unit's.

    Quantities are minutes for hours, else pieces. `rollover` of what is left after the unit's last
    day may be used until `usable_until`. `reviewed_at`: the uses of its period were approved.
    """

    unit: fields.OneToOneRelation[Unit] = fields.OneToOneField(
        "relais.Unit", related_name="lot", on_delete=fields.RESTRICT, primary_key=True
    )
    unit_id: UUID
    size: int = fields.IntField()
    rollover: int = fields.IntField()
    covers_from: date = fields.DateField()
    usable_until: date = fields.DateField()
    used: int = fields.IntField(default=0)
    returned: int = fields.IntField(default=0)
    expired: int = fields.IntField(default=0)
    reviewed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "pack_lot"

    @property
    def gone(self) -> int:
        """What is no longer there: used and paid, returned or expired."""
        return self.used + self.returned + self.expired


class PackUse(Model):
    """A use of a pack in a period: minutes or pieces, and for a call its reason and outcome."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "relais.Unit", related_name="uses", on_delete=fields.RESTRICT
    )
    unit_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="pack_uses", on_delete=fields.RESTRICT
    )
    person_id: UUID
    used_on: date = fields.DateField()
    quantity: int = fields.IntField()
    note: str = fields.TextField()
    reason: str = fields.TextField(default="")
    outcome: str = fields.TextField(default="")
    created_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "pack_use"


class PackDraw(Model):
    """What of an approved use a lot, named by its unit, covered and paid; written once."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    use: fields.ForeignKeyRelation[PackUse] = fields.ForeignKeyField(
        "relais.PackUse", related_name="draws", on_delete=fields.RESTRICT
    )
    use_id: UUID
    lot: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "relais.Unit", related_name="pack_draws", on_delete=fields.RESTRICT
    )
    lot_id: UUID
    quantity: int = fields.IntField()
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "pack_draw"


class PackNotice(Model):
    """A notice to the business that `quantity` units of a lot expire after `lapses_on`."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    lot: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "relais.Unit", related_name="pack_notices", on_delete=fields.RESTRICT
    )
    lot_id: UUID
    lapses_on: date = fields.DateField()
    number: int = fields.IntField()
    quantity: int = fields.IntField()
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "pack_notice"
        unique_together = (("lot", "lapses_on", "number"),)

    @property
    def about(self) -> str:
        """What its mail is about: the proof that it was sent."""
        return f"pack:{self.lot_id}:{self.lapses_on}:{self.number}"


class WorkTimer(Model):
    """A running timer: at most one a person. Stopping it makes lines of hours."""

    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "relais.Person", related_name="work_timer", on_delete=fields.RESTRICT, primary_key=True
    )
    person_id: UUID
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "relais.Unit", related_name="timers", on_delete=fields.RESTRICT
    )
    unit_id: UUID
    task: str = fields.TextField()
    started_at: datetime = fields.DatetimeField()

    class Meta:
        table = "work_timer"


class Pause(Model):
    """A time in which an hourly contract rests and nothing is charged; open until `ended_at`."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name="pauses", on_delete=fields.RESTRICT
    )
    contract_id: UUID
    began_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)
    resumed_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="resumed_contracts", on_delete=fields.RESTRICT, null=True
    )
    resumed_by_id: UUID | None

    class Meta:
        table = "work_pause"


class PartPayment(Model):
    """A part of a unit's price paid before the whole is approved; open until paid or refused.

    What is still open when its unit is settled was paid with the whole, or refused by its end.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "relais.Unit", related_name="part_payments", on_delete=fields.RESTRICT
    )
    unit_id: UUID
    price_minor: int = fields.BigIntField()
    note: str = fields.TextField(default="")
    asked_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="part_payments", on_delete=fields.RESTRICT
    )
    asked_by_id: UUID
    asked_at: datetime = fields.DatetimeField()
    paid_at: datetime | None = fields.DatetimeField(null=True)
    refused_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "part_payment"


class Ending(Model):
    """A proposal to end a running contract early. At most one a contract.

    `shares`: what of held units the assistant keeps, `{"unit": id, "minor": price before tax}`;
    the rest goes back. They count only when the other side agrees to `proposal_id`: proposed anew,
    the end has another one.
    """

    contract: fields.OneToOneRelation[Contract] = fields.OneToOneField(
        "relais.Contract", related_name="ending", on_delete=fields.RESTRICT, primary_key=True
    )
    contract_id: UUID
    proposal_id: UUID = fields.UUIDField(default=new_id)
    side: str = fields.CharField(max_length=20)
    reason: str = fields.TextField(default="")
    proposed_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="endings", on_delete=fields.RESTRICT
    )
    proposed_by_id: UUID
    proposed_at: datetime = fields.DatetimeField()
    effective_at: datetime = fields.DatetimeField()
    done_at: datetime | None = fields.DatetimeField(null=True)
    shares: Any = fields.JSONField(default=list)

    class Meta:
        table = "ending"
