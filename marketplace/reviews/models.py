"""Owns the tables of rounds, reviews (final once sent, by trigger) and reports of reviews."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.contracts.rules.states import Actor
from marketplace.core.grounds import Ground
from marketplace.core.ids import new_id
from marketplace.reviews.rules import CRITERIA, Occasion

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.parties.models import Party


class ReviewRound(Model):
    """The days in which both sides of a contract may review each other.

    `worked_until` is the last day of the work that is reviewed. Nobody reads any review before
    `revealed_at`: both are in, or the time is over. `void`: by then all that had been released was
    given back, so nothing of the round is shown or counts. `given_back_at`: that happened later, so
    it is said with each review, and none is silenced by it.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name=False, on_delete=fields.RESTRICT
    )
    contract_id: UUID
    occasion: Occasion = fields.CharEnumField(Occasion, max_length=10)
    worked_until: date = fields.DateField()
    opened_at: datetime = fields.DatetimeField()
    closes_at: datetime = fields.DatetimeField()
    reminded_at: datetime | None = fields.DatetimeField(null=True)
    revealed_at: datetime | None = fields.DatetimeField(null=True)
    void: bool = fields.BooleanField(default=False)
    given_back_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "review_round"
        unique_together = (("contract", "occasion"),)


class ContractReview(Model):
    """What one side says of the other: a draft until `sent_at`, then final.

    Marks are 1 to 5; those of the other side's criteria are null. `again`: would work with them
    again (business). `named` false: its author's account is gone. Hidden for a Ground.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    round: fields.ForeignKeyRelation[ReviewRound] = fields.ForeignKeyField(
        "relais.ReviewRound", related_name=False, on_delete=fields.RESTRICT
    )
    round_id: UUID
    side: Actor = fields.CharEnumField(Actor, max_length=10)
    author: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name=False, on_delete=fields.RESTRICT
    )
    author_id: UUID
    about: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name=False, on_delete=fields.RESTRICT
    )
    about_id: UUID
    quality: int | None = fields.SmallIntField(null=True)
    communication: int = fields.SmallIntField()
    deadlines: int | None = fields.SmallIntField(null=True)
    briefs: int | None = fields.SmallIntField(null=True)
    payment: int | None = fields.SmallIntField(null=True)
    again: bool | None = fields.BooleanField(null=True)
    text: str = fields.TextField(default="")
    language: str = fields.TextField()
    named: bool = fields.BooleanField(default=True)
    written_at: datetime = fields.DatetimeField()
    sent_at: datetime | None = fields.DatetimeField(null=True)
    reply: str = fields.TextField(default="")
    reply_language: str = fields.TextField(default="")
    replied_at: datetime | None = fields.DatetimeField(null=True)
    hidden_at: datetime | None = fields.DatetimeField(null=True)
    hidden_for: Ground | str = fields.TextField(default="")

    class Meta:
        table = "contract_review"
        unique_together = (("round", "side"),)

    @property
    def marks(self) -> dict[str, int]:
        """The marks by criterion."""
        return {name: getattr(self, name) for name in CRITERIA[self.side]}


class ReviewReport(Model):
    """Somebody holds that a review is unlawful; `hidden` is what was decided."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    review: fields.ForeignKeyRelation[ContractReview] = fields.ForeignKeyField(
        "relais.ContractReview", related_name=False, on_delete=fields.RESTRICT
    )
    review_id: UUID
    ground: Ground = fields.CharEnumField(Ground, max_length=20)
    said: str = fields.TextField()
    email: str = fields.TextField(default="")
    locale: str = fields.TextField()
    created_at: datetime = fields.DatetimeField()
    hidden: bool | None = fields.BooleanField(null=True)
    decided_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "review_report"
