"""Owns the tables of profiles; never decides what may be published (see rules)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.core.ids import new_id
from marketplace.profiles.rules.states import Status

if TYPE_CHECKING:
    from marketplace.parties.models import Party


class Profile(Model):
    """What an assistant offers. Empty text, null and empty lists mean "not given yet".

    `country` ISO 3166-1, `region` ISO 3166-2, `city` a gazetteer slug with its coordinates in
    degrees; `time_zone` an IANA name in which the coverage is written; `engagement` a list of
    rules.states.Engagement values; `photo` the name of a stored picture, "" for none;
    `response_minutes` the usual time to a first answer of `response_answers` offers; `reviews` how
    many can be read and `review_marks` the sum of their marks (search.rating); `version`
    grows with each change of the profile or of its parts.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    party: fields.OneToOneRelation[Party] = fields.OneToOneField(
        "relais.Party", related_name="profile", on_delete=fields.RESTRICT
    )
    party_id: UUID
    slug: str = fields.CharField(max_length=80)
    status: Status = fields.CharEnumField(Status, max_length=10, default=Status.DRAFT)
    version: int = fields.IntField(default=1)
    headline_fr: str = fields.CharField(max_length=120, default="")
    headline_en: str = fields.CharField(max_length=120, default="")
    text_fr: str = fields.TextField(default="")
    text_en: str = fields.TextField(default="")
    country: str = fields.CharField(max_length=2, default="")
    region: str = fields.CharField(max_length=8, default="")
    city: str = fields.CharField(max_length=80, default="")
    lat: float | None = fields.FloatField(null=True)
    lng: float | None = fields.FloatField(null=True)
    time_zone: str = fields.CharField(max_length=64, default="Europe/Paris")
    currency: str = fields.CharField(max_length=3, default="EUR")
    hourly_rate_minor: int | None = fields.BigIntField(null=True)
    project_minimum_minor: int | None = fields.BigIntField(null=True)
    engagement: Any = fields.JSONField(default=list)
    hours_week: int | None = fields.SmallIntField(null=True)
    available_from: date | None = fields.DateField(null=True)
    photo: str = fields.CharField(max_length=64, default="")
    response_minutes: int | None = fields.IntField(null=True)
    response_answers: int = fields.IntField(default=0)
    review_marks: int = fields.IntField(default=0)
    reviews: int = fields.IntField(default=0)
    created_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()
    published_at: datetime | None = fields.DatetimeField(null=True)

    skills: fields.ReverseRelation[ProfileSkill]
    tools: fields.ReverseRelation[ProfileTool]
    languages: fields.ReverseRelation[ProfileLanguage]
    packages: fields.ReverseRelation[ProfilePackage]
    coverage: fields.ReverseRelation[ProfileCoverage]
    proofs: fields.ReverseRelation[ProfileProof]

    class Meta:
        table = "profile"


class ProfileSkill(Model):
    """A skill of the taxonomy; `level` 1 novice, 2 confirmed, 3 expert; `years` of practice."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    profile: fields.ForeignKeyRelation[Profile] = fields.ForeignKeyField(
        "relais.Profile", related_name="skills", on_delete=fields.RESTRICT
    )
    profile_id: UUID
    code: str = fields.CharField(max_length=60)
    level: int = fields.SmallIntField()
    years: int = fields.SmallIntField(default=0)

    class Meta:
        table = "profile_skill"


class ProfileTool(Model):
    """A tool of the taxonomy."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    profile: fields.ForeignKeyRelation[Profile] = fields.ForeignKeyField(
        "relais.Profile", related_name="tools", on_delete=fields.RESTRICT
    )
    profile_id: UUID
    code: str = fields.CharField(max_length=60)

    class Meta:
        table = "profile_tool"


class ProfileLanguage(Model):
    """A spoken language: ISO 639-1 code (639-3 where there is none) and CEFR level A1 to C2."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    profile: fields.ForeignKeyRelation[Profile] = fields.ForeignKeyField(
        "relais.Profile", related_name="languages", on_delete=fields.RESTRICT
    )
    profile_id: UUID
    code: str = fields.CharField(max_length=8)
    level: str = fields.CharField(max_length=2)

    class Meta:
        table = "profile_language"


class ProfilePackage(Model):
    """A flat-fee offer in the profile's currency; one language of its texts is enough."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    profile: fields.ForeignKeyRelation[Profile] = fields.ForeignKeyField(
        "relais.Profile", related_name="packages", on_delete=fields.RESTRICT
    )
    profile_id: UUID
    position: int = fields.SmallIntField()
    name_fr: str = fields.CharField(max_length=80, default="")
    name_en: str = fields.CharField(max_length=80, default="")
    includes_fr: str = fields.CharField(max_length=600, default="")
    includes_en: str = fields.CharField(max_length=600, default="")
    price_minor: int = fields.BigIntField()

    class Meta:
        table = "profile_package"


class ProfileCoverage(Model):
    """Hours covered each week in the profile's time zone.

    Weekday 0 Monday to 6 Sunday, minutes of the day, `end_minute` excluded and up to 1440. A night
    is stored as two windows.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    profile: fields.ForeignKeyRelation[Profile] = fields.ForeignKeyField(
        "relais.Profile", related_name="coverage", on_delete=fields.RESTRICT
    )
    profile_id: UUID
    weekday: int = fields.SmallIntField()
    start_minute: int = fields.SmallIntField()
    end_minute: int = fields.SmallIntField()

    class Meta:
        table = "profile_coverage"


class ProfileProof(Model):
    """What someone else proved: "identity", "insurance" or "references", and on which day.

    `valid_until` is the last day it counts, null: until it is withdrawn. Days are those of the
    profile's time zone.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    profile: fields.ForeignKeyRelation[Profile] = fields.ForeignKeyField(
        "relais.Profile", related_name="proofs", on_delete=fields.RESTRICT
    )
    profile_id: UUID
    proof: str = fields.TextField()
    proven_on: date = fields.DateField()
    valid_until: date | None = fields.DateField(null=True)

    class Meta:
        table = "profile_proof"
        unique_together = (("profile", "proof"),)
