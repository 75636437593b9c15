"""Owns the tables of saved searches and of what they told; never decides anything."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.core.i18n import ZONE
from marketplace.core.ids import new_id
from marketplace.saved_searches.rules import NAME_MAX, Rhythm

if TYPE_CHECKING:
    from marketplace.accounts.models import Person
    from marketplace.profiles.models import Profile


class SavedSearch(Model):
    """A search of a person. `query` is written as in its address.

    Its mails leave in the morning of `time_zone`, an IANA name.

    Changes from `begins_at` on are told; those up to `looked_until` were. It looks again at
    `next_at` unless `paused_at`.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name=False, on_delete=fields.RESTRICT
    )
    person_id: UUID
    name: str = fields.CharField(max_length=NAME_MAX)
    query: str = fields.TextField()
    locale: str = fields.CharField(max_length=2)
    rhythm: Rhythm = fields.CharEnumField(Rhythm, max_length=10)
    time_zone: str = fields.CharField(max_length=64, default=ZONE)
    begins_at: datetime = fields.DatetimeField()
    looked_until: datetime = fields.DatetimeField()
    next_at: datetime = fields.DatetimeField()
    paused_at: datetime | None = fields.DatetimeField(null=True)
    last_sent_at: datetime | None = fields.DatetimeField(null=True)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "saved_search"


class Told(Model):
    """What a search told of a profile: its mark then."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    saved_search: fields.ForeignKeyRelation[SavedSearch] = fields.ForeignKeyField(
        "relais.SavedSearch", related_name="told", on_delete=fields.RESTRICT
    )
    saved_search_id: UUID
    profile: fields.ForeignKeyRelation[Profile] = fields.ForeignKeyField(
        "relais.Profile", related_name=False, on_delete=fields.RESTRICT
    )
    profile_id: UUID
    mark: str = fields.TextField()
    told_at: datetime = fields.DatetimeField()

    class Meta:
        table = "saved_search_told"


class ProfileMark(Model):
    """When a published profile last changed in what matters; `mark` is "" while it is paused.

    `back_at`: when it last came back from a pause. `facts` tell of each of rules.ASPECTS how it
    looks and since when (Unix seconds, or null); `prices`, the newest last, since when an hour
    cost what: [Unix seconds, minor units or null, currency].
    """

    profile: fields.OneToOneRelation[Profile] = fields.OneToOneField(
        "relais.Profile", related_name=False, on_delete=fields.RESTRICT, primary_key=True
    )
    profile_id: UUID
    mark: str = fields.TextField()
    changed_at: datetime = fields.DatetimeField()
    back_at: datetime | None = fields.DatetimeField(null=True)
    facts: Any = fields.JSONField(default=dict)
    prices: Any = fields.JSONField(default=list)

    class Meta:
        table = "profile_mark"
