"""Owns how a contract's schedules travel between forms and drafts; never validates an offer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Final, Literal

from babel import Locale
from pydantic import BeforeValidator, Field
from starlette.datastructures import FormData

from marketplace.contracts.models import Contract
from marketplace.contracts.rules.schedule_words import DATA_EXAMPLES
from marketplace.contracts.rules.schedules import (
    KPI_BOUNDS,
    LINES_MAX,
    DataProcessing,
    DataTool,
    Entries,
    Kpi,
    KpiKey,
    Purpose,
    lines_of,
)
from marketplace.contracts.schemas import In
from marketplace.core.i18n import LOCALES, _, gettext
from marketplace.core.ids import slugify
from marketplace.places import queries as places
from marketplace.web.forms import Form, validate

TOOL_LINE: Final = re.compile(r"^(?P<name>.+?)\s*[,;(]\s*(?P<country>[^,;()]+?)\)?$")
KPI_FIELD: Final = "kpi_"


@cache
def _countries() -> dict[str, str]:
    """What people write for a country, as a slug, to its ISO code."""
    found: dict[str, str] = {}
    for locale in LOCALES:
        for code, name in Locale(locale).territories.items():
            if len(code) == 2 and code.isalpha():
                found |= {slugify(name): code, code.lower(): code}
    return found | {"usa": "US", "etats-unis": "US", "uk": "GB"}


def _tools(value: object) -> object:
    """Lines such as `Gmail, États-Unis` or `Pennylane (FR)` as tools. Raises ValueError."""
    found = []
    lines = lines_of(value)
    for line in lines if isinstance(lines, list) else ():
        match = TOOL_LINE.match(line)
        country = _countries().get(slugify(match["country"])) if match else None
        if match is None or country is None:
            raise ValueError(_("Write each tool with its country, such as: Gmail, United States."))
        found.append(DataTool(name=match["name"], country=country))
    return tuple(found)


class DataForm(In):
    """The schedule on personal data as people fill it in."""

    handles_data: Literal["yes"]
    data_purpose: Purpose
    data_kinds: Entries
    data_people: Entries
    data_tools: Annotated[
        tuple[DataTool, ...], Field(max_length=LINES_MAX), BeforeValidator(_tools)
    ] = ()


class KpiForm(In):
    """The targets people set; an empty one is not agreed. Satisfaction in tenths of a point."""

    kpi_first_response: Annotated[int | None, Field(ge=5, le=2880)] = None
    kpi_on_time: Annotated[int | None, Field(ge=50, le=100)] = None
    kpi_corrections: Annotated[int | None, Field(ge=0, le=50)] = None
    kpi_satisfaction: Annotated[float | None, Field(ge=1, le=5)] = None


def read(data: FormData) -> tuple[dict[str, Any], dict[str, str]]:
    """The draft's fields `personal_data` and `kpis`, and what is wrong, by the form's fields.

    A form that does not ask leaves both as they are.
    """
    if "handles_data" not in data:
        return {}, {}
    wrong: dict[str, str] = {}
    processing = None
    if data.get("handles_data") == "yes":
        filled, form = validate(DataForm, data)
        wrong |= form.errors
        if filled is not None:
            processing = DataProcessing(
                purpose=filled.data_purpose,
                data=filled.data_kinds,
                people=filled.data_people,
                tools=filled.data_tools,
            )
    kpis, found = read_kpis(data)
    wrong |= found
    return {"personal_data": processing, "kpis": kpis, "data_answered": True}, wrong


def read_kpis(data: FormData) -> tuple[tuple[Kpi, ...], dict[str, str]]:
    """The service targets of a form, and what is wrong, by field."""
    targets, form = validate(KpiForm, data)
    return (() if targets is None else tuple(_kpis(targets))), form.errors


def _kpis(targets: KpiForm) -> list[Kpi]:
    found = []
    for key in KpiKey:
        value = getattr(targets, KPI_FIELD + key.value)
        if value is not None:
            tenths = key is KpiKey.SATISFACTION
            found.append(Kpi(key=key, target=round(value * 10) if tenths else value))
    return found


def values(
    stored: Mapping[str, Any] | None, kpis: list[dict[str, Any]], locale: str
) -> dict[str, Any]:
    """The stored schedules as initial values of the form; examples where none is stored yet."""
    found: dict[str, Any] = {
        KPI_FIELD + each["key"]: each["target"] / 10
        if each["key"] == KpiKey.SATISFACTION
        else each["target"]
        for each in kpis
    }
    if stored is None:
        examples = {name: gettext(text, locale) for name, text in DATA_EXAMPLES.items()}
        return found | examples
    return found | {
        "handles_data": "yes",
        "data_purpose": stored["purpose"],
        "data_kinds": "\n".join(stored["data"]),
        "data_people": "\n".join(stored["people"]),
        "data_tools": "\n".join(
            f"{tool['name']}, {places.country_name(tool['country'], locale)}"
            for tool in stored["tools"]
        ),
    }


def bounds() -> dict[str, tuple[int, int]]:
    """The least and the most a target can be, by the form's field."""
    return {KPI_FIELD + key.value: value for key, value in KPI_BOUNDS.items()}


def with_schedules(form: Form, data: FormData) -> dict[str, Any]:
    """Read the schedules and put what is wrong beside the fields of `form`."""
    found, wrong = read(data)
    form.errors |= wrong
    return found


def declared(contract: Contract, form: Form, data: FormData) -> dict[str, Any]:
    """The same, but of an imported contract nothing: its schedules are its own."""
    return {} if contract.imported else with_schedules(form, data)
