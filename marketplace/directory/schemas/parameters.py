"""Owns how the parameters of the directory are described; search.parameters reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from pydantic import BaseModel, Field

from marketplace.core.i18n import LOCALES, _
from marketplace.jurisdictions.rules.forms import FormGroup
from search.parameters import (
    HOURS_MAX,
    PER_PAGE,
    PER_PAGE_MAX,
    RATE_MAX,
    SORTS,
    TEXT_MAX,
    WITHIN_KM,
    WITHIN_KM_MAX,
)
from search.schema import ANSWERS_WITHIN, ENGAGEMENTS, PROOFS, YEARS

FORMS: Final = tuple(map(str, FormGroup))


def _one(values: Iterable[Any], about: str, default: Any = None) -> Any:
    """One of a few values."""
    return Field(default, description=about, json_schema_extra={"enum": list(values)})


def _flag(about: str, default: int | None = 0) -> Any:
    return _one((0, 1), about, default)


def _several(about: str, example: str = "", **items: Any) -> Any:
    """A parameter that may be repeated; `items` is what JSON Schema says of each."""
    schema: Any = {"items": {"type": "string", **items}}
    return Field(
        [], description=about, examples=[[example]] if example else None, json_schema_extra=schema
    )


class SearchParameters(BaseModel):
    """The parameters of a search, as search.parameters reads them, for whoever writes a call."""

    q: str | None = Field(
        None,
        max_length=TEXT_MAX,
        description=_("What you look for, in your words, French or English."),
        examples=["standardiste"],
    )
    skill: list[str] = _several(_("A skill of /api/v1/taxonomy; of several, all."))
    years: int | None = _one(YEARS, _("Years of practice, at least, in each skill asked for."))
    tool: list[str] = _several(_("A tool of /api/v1/taxonomy; of several, all."))
    speaks: list[str] = _several(
        _("A language and the least level: fr:C1 is French at C1 or better; of several, all."),
        "en:B2",
        pattern="^[a-z]{2,3}(:[ABCabc][12])?$",
    )
    country: list[str] = _several(
        _("Where they live, ISO 3166-1; of several, any."), pattern="^[A-Za-z]{2}$"
    )
    region: list[str] = _several(_("Where they live, ISO 3166-2; of several, any."))
    city: list[str] = _several(_("A town of /api/v1/towns by its slug; of several, any."))
    near: str | None = Field(
        None,
        description=_("Around a town (its slug in /api/v1/towns) or a point “lat,lon”."),
        examples=["lyon"],
    )
    within_km: int = Field(
        WITHIN_KM, ge=1, le=WITHIN_KM_MAX, description=_("How far away, in kilometres; with near.")
    )
    jurisdiction: list[str] = _several(
        _("Whose law and tax are theirs: a code of /api/v1/jurisdictions; of several, any.")
    )
    legal_form: list[str] = _several(_("Legal form, in groups; of several, any."), enum=FORMS)
    tax_status: list[str] = _several(
        _("Tax status: a code of /api/v1/jurisdictions; of several, any.")
    )
    charges_vat: int | None = _flag(_("Whether they charge VAT."), None)
    can_contract_with: list[str] = _several(
        _("Who you are: FR:business or FR:consumer; EU:business is all of the Union."),
        pattern="^[A-Za-z]{2}:(business|consumer)$",
    )
    engagement: list[str] = _several(_("Kind of contract; of several, any."), enum=ENGAGEMENTS)
    rate_min: int | None = Field(
        None,
        ge=0,
        le=RATE_MAX,
        description=_("Lowest hourly rate, in minor units (cents) of currency."),
    )
    rate_max: int | None = Field(
        None,
        ge=0,
        le=RATE_MAX,
        description=_("Highest hourly rate, in minor units (cents) of currency."),
        examples=[4000],
    )
    currency: str = Field(
        "EUR",
        pattern="^[A-Za-z]{3}$",
        description=_("Currency of the rates asked for, of rate_converted and of the rate bars."),
    )
    covers: list[str] = _several(
        _("Hours that are covered: mon-fri@08:00-18:00@Europe/Paris; of several, all.")
    )
    available_hours: int | None = Field(
        None, ge=1, le=HOURS_MAX, description=_("Hours a week, at least.")
    )
    available: int = _flag(_("1: free to begin within seven days."))
    answers_within: int | None = _one(ANSWERS_WITHIN, _("Usually answers within so many minutes."))
    verified: list[str] = _several(_("What was verified; of several, all."), enum=PROOFS)
    payable: int = _flag(_("1: can be paid through held funds."))
    sort: str = _one(SORTS, _("The order; “distance” needs a place."), SORTS[0])
    page: int = Field(1, ge=1, description=_("Which page; the first 1,000 results can be seen."))
    per_page: int = Field(PER_PAGE, ge=1, le=PER_PAGE_MAX, description=_("Profiles a page."))
    facets: int = _flag(_("0 leaves the counts out."), 1)
    towns: int = _flag(_("1 counts towns as well: thousands, a quarter of a search."))
    nearby: int = _flag(_("1 adds, where few are found, who is near what is asked."))
    explain: int = _flag(_("1 adds the parts of each rank."))
    understand: int = _flag(_("1 makes what q says into filters, told in the answer."))
    tz: str = Field(
        "Europe/Paris", description=_("Time zone of hours said in words; with understand.")
    )
    said: list[str] = _several(_("The words a filter came from: near=lyon|in Lyon."))
    lang: str | None = _one(LOCALES, _("Language of labels and texts, else by Accept-Language."))


class RankingParameters(BaseModel):
    """Whose day's turns."""

    day: date | None = Field(None, description=_("Whose turns; no day to come. Today, in UTC."))
    lang: str | None = _one(LOCALES, _("Language of labels and texts, else by Accept-Language."))


class SuggestParameters(BaseModel):
    """What was typed so far."""

    q: str = Field(
        "", max_length=TEXT_MAX, description=_("At least two letters."), examples=["fact"]
    )
    lang: str | None = _one(LOCALES, _("Language of labels and texts, else by Accept-Language."))
