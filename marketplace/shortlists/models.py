"""Owns the tables of shortlists, their entries and their reviews; never decides anything."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.core.ids import new_id
from marketplace.shortlists.rules.lists import NAME_MAX

if TYPE_CHECKING:
    from marketplace.accounts.models import Person
    from marketplace.parties.models import Party
    from marketplace.profiles.models import Profile


class Shortlist(Model):
    """Kept by exactly one of: a business, a person, a browser (`visitor`, hash of its secret).

    `made_by`: who of a team made it, and of an entry `kept_by` who put it there.
    `link_hash` belongs to the read-only link, None without one; `link_notes`: it shows notes too.
    `criteria` are the texts of a blind review, open since `blind_at`.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    party: fields.ForeignKeyNullableRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    party_id: UUID | None
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    person_id: UUID | None
    made_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    made_by_id: UUID | None
    visitor: str | None = fields.TextField(null=True)
    name: str = fields.CharField(max_length=NAME_MAX)
    link_hash: str | None = fields.TextField(null=True)
    link_notes: bool = fields.BooleanField(default=False)
    criteria: Any = fields.JSONField(default=list)
    blind_at: datetime | None = fields.DatetimeField(null=True)
    created_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()

    entries: fields.ReverseRelation[Entry]
    reviews: fields.ReverseRelation[Review]

    class Meta:
        table = "shortlist"


class Entry(Model):
    """A profile on a list; `letter` names it in a blind review, "" before."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    shortlist: fields.ForeignKeyRelation[Shortlist] = fields.ForeignKeyField(
        "relais.Shortlist", related_name="entries", on_delete=fields.RESTRICT
    )
    shortlist_id: UUID
    profile: fields.ForeignKeyRelation[Profile] = fields.ForeignKeyField(
        "relais.Profile", related_name=False, on_delete=fields.RESTRICT
    )
    profile_id: UUID
    kept_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    kept_by_id: UUID | None
    position: int = fields.IntField()
    note: str = fields.TextField(default="")
    letter: str = fields.CharField(max_length=1, default="")
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "shortlist_entry"


class Review(Model):
    """One person's scores: letter -> one of 1 to 5 for each criterion. Written once."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    shortlist: fields.ForeignKeyRelation[Shortlist] = fields.ForeignKeyField(
        "relais.Shortlist", related_name="reviews", on_delete=fields.RESTRICT
    )
    shortlist_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name=False, on_delete=fields.RESTRICT
    )
    person_id: UUID
    scores: Any = fields.JSONField()
    saved_at: datetime = fields.DatetimeField()

    class Meta:
        table = "shortlist_review"
