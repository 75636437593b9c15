"""Owns the shapes of turnover against limits."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from marketplace.billing.schemas.amounts import Amount

if TYPE_CHECKING:
    from marketplace.billing.queries.radar import Radar


class DeclaredDraft(BaseModel):
    """What was earned outside in a calendar year, before tax, as people write it ("12 000,50")."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: Annotated[int, Field(ge=2020, le=2200)]
    amount: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]


class LimitLineView(BaseModel):
    """One limit. `level` is 0, 80 or 100; `effect` next_year, at_once or null where not known."""

    code: str
    label_fr: str
    label_en: str
    limit_minor: int
    used_minor: int
    percent: int
    level: int
    effect: str | None
    verified: bool


class RadarView(BaseModel):
    """A calendar year's turnover before tax, in minor units of `currency`.

    `months` is the part made here, January first; `elsewhere` what was earned here in other
    currencies, not counted; `vat_due_from` the day on which the exemption ends.
    """

    party_id: UUID
    year: int
    currency: str
    platform_minor: int
    declared_minor: int | None
    total_minor: int
    months: list[int]
    elsewhere: list[Amount]
    limits: list[LimitLineView]
    vat_due_from: date | None

    @classmethod
    def of(cls, found: Radar) -> RadarView:
        """From what was read."""
        return cls(
            party_id=found.party.id,
            year=found.year,
            currency=found.currency,
            platform_minor=found.platform_minor,
            declared_minor=found.declared.amount_minor if found.declared else None,
            total_minor=found.total_minor,
            months=list(found.months),
            elsewhere=[Amount.of(each) for each in found.elsewhere],
            limits=[
                LimitLineView(
                    code=each.line.code,
                    label_fr=each.limit.label_fr,
                    label_en=each.limit.label_en,
                    limit_minor=each.line.limit_minor,
                    used_minor=each.line.used_minor,
                    percent=each.line.percent,
                    level=each.line.level,
                    effect=each.line.effect.value if each.line.effect else None,
                    verified=each.limit.verified,
                )
                for each in found.watched
            ],
            vat_due_from=found.ends_on,
        )
