"""Owns the JSON routes of the jurisdictions and of the gazetteer's towns; never decides."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from marketplace.jurisdictions import queries
from marketplace.jurisdictions.schemas import Jurisdiction, Rulebook
from marketplace.places import queries as places
from marketplace.web.guards import public
from marketplace.web.routing import Api

api = Api("jurisdictions")


class JurisdictionLine(BaseModel):
    """A jurisdiction in the list."""

    model_config = ConfigDict(frozen=True)

    code: str
    country: str
    name_fr: str
    name_en: str
    currency: str
    payable: bool


class TownQuery(BaseModel):
    """The beginning of a town's name, and perhaps its country (ISO 3166-1)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, Field(min_length=2, max_length=100)]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class TownView(BaseModel):
    """A town of the gazetteer (GeoNames, CC BY 4.0)."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    slug: str
    name_fr: str
    name_en: str
    country: str
    region: str
    lat: float
    lng: float
    time_zone: str


@api.get("/jurisdictions", guard=public)
async def index(_request: Request) -> list[JurisdictionLine]:
    """List the jurisdictions we know."""
    return [
        JurisdictionLine(
            code=each.code,
            country=each.country,
            name_fr=each.name_fr,
            name_en=each.name_en,
            currency=each.currency,
            payable=each.payable.value,
        )
        for each in queries.all()
    ]


@api.get("/jurisdictions/rules", guard=public)
async def rules(_request: Request) -> Rulebook:
    """Read what each rule id of a decision stands for, with its source and date."""
    return queries.rulebook()


@api.get("/jurisdictions/{code}", guard=public, errors=(404,))
async def show(_request: Request, code: str) -> Jurisdiction:
    """Read every fact of a jurisdiction with its sources; not legal or tax advice."""
    return queries.get(code)


@api.get("/towns", guard=public, errors=(422,))
async def towns(_request: Request, query: TownQuery) -> list[TownView]:
    """Find towns by the beginning of their name."""
    found = places.cities_matching(query.q, query.country, query.limit)
    return [TownView.model_validate(each) for each in found]
