"""Owns the reading of the jurisdictions' data files; never decides anything.

Every file is read and checked once; a malformed one raises BadData at start, naming the entry.
"""

from __future__ import annotations

import builtins
import hashlib
import json
from datetime import date
from functools import cache
from json import JSONDecodeError
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from marketplace.core.i18n import typographic
from marketplace.core.ids import slugify
from marketplace.jurisdictions.rules import UnknownJurisdiction
from marketplace.jurisdictions.schemas import (
    Jurisdiction,
    LegalForm,
    Rulebook,
    TaxStatus,
    Territory,
)

M = TypeVar("M", bound=BaseModel)

DATA: Final = Path(__file__).parents[1] / "data"
RULEBOOK: Final = Path(__file__).parents[1] / "rulebook.json"
FIRST: Final = ("FR", "BE", "CH", "LU", "MC", "CA-QC", "CA")


class BadData(Exception):
    """A data file cannot be used, never a person's mistake; names the file and the entry."""


def _printed(found: Any, key: str = "") -> Any:
    """What a file says, its French (`fr`, `…_fr`) with the spaces at which no line may break."""
    if isinstance(found, dict):
        return {name: _printed(value, name) for name, value in found.items()}
    if isinstance(found, list):
        return [_printed(each, key) for each in found]
    french = isinstance(found, str) and (key == "fr" or key.endswith("_fr"))
    return typographic(found) if french else found


def _read(path: Path, shape: type[M]) -> M:
    try:
        said = _printed(json.loads(path.read_bytes()))
        return shape.model_validate_json(json.dumps(said))
    except JSONDecodeError as error:
        msg = f"{path.name}: {error}"
        raise BadData(msg) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        msg = f"{path.name}: {where}: {first['msg']}"
        raise BadData(msg) from error


def load(folder: Path) -> dict[str, Jurisdiction]:
    """Read every *.json of a folder. Raises BadData on the first that is wrong."""
    found: dict[str, Jurisdiction] = {}
    for path in sorted(folder.glob("*.json")):
        entry = _read(path, Jurisdiction)
        if entry.code != path.stem:
            msg = f"{path.name} describes {entry.code}"
            raise BadData(msg)
        found[entry.code] = entry
    if not found:
        msg = f"{folder} holds no jurisdiction"
        raise BadData(msg)
    return found


@cache
def known() -> dict[str, Jurisdiction]:
    """Every jurisdiction by its code."""
    return load(DATA)


@cache
def rulebook() -> Rulebook:
    """The rules that decisions name, with their sources."""
    return _read(RULEBOOK, Rulebook)


@cache
def data_version() -> str:
    """What stands for the data and rules of this build in every decision: day and a short hash."""
    digest = hashlib.sha256()
    for path in (*sorted(DATA.glob("*.json")), RULEBOOK):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{rulebook().as_of}:{digest.hexdigest()[:16]}"


def get(code: str) -> Jurisdiction:
    """The jurisdiction of a code (FR, CA-QC). Raises UnknownJurisdiction."""
    found = known().get(code)
    if found is None:
        raise UnknownJurisdiction
    return found


def find(code: str) -> Jurisdiction | None:
    """The jurisdiction of a code, or None."""
    return known().get(code)


def all(locale: str = "fr") -> list[Jurisdiction]:  # noqa: A001 - read as jurisdictions.all()
    """Every jurisdiction: the francophone ones first, then by name."""
    order = {code: place for place, code in enumerate(FIRST)}
    return sorted(
        known().values(),
        key=lambda each: (order.get(each.code, len(order)), slugify(each.name(locale))),
    )


def of_country(country: str) -> builtins.list[Jurisdiction]:
    """The jurisdictions of a country (ISO 3166-1), the whole country first."""
    return sorted((j for j in known().values() if j.country == country), key=lambda j: j.code)


def countries() -> builtins.list[str]:
    """The countries (ISO 3166-1) that we describe."""
    return sorted({each.country for each in known().values()})


def legal_forms(code: str) -> tuple[LegalForm, ...]:
    """The legal forms of a jurisdiction, sole traders first."""
    return get(code).legal_forms


def tax_statuses(code: str) -> tuple[TaxStatus, ...]:
    """The tax statuses of a jurisdiction."""
    return get(code).tax_statuses


def charges_vat(jurisdiction: str, tax_status: str) -> bool:
    """Whether invoices of this status carry VAT at home."""
    status = get(jurisdiction).tax_status(tax_status)
    return bool(status and status.charges_vat)


def payable(code: str) -> bool:
    """Whether held funds can be paid out there; otherwise payments are only recorded."""
    return get(code).payable.value


def territory(place: Jurisdiction, subdivision: str, on: date) -> Territory | None:
    """The part of a jurisdiction's country that is taxed otherwise, by its ISO 3166-2 code.

    Provinces with a file of their own (CA-QC) stand among the country's (CA) as well.
    """
    code = subdivision or (place.code if "-" in place.code else "")
    country = known().get(place.country, place)
    return country.territory(code, on) if code else None


def taxed_apart(place: Jurisdiction, subdivision: str, on: date) -> bool:
    """Whether this part levies taxes of its own, of which the country's statuses say nothing."""
    part = territory(place, subdivision, on)
    return bool(part and part.vat_territory)


def subdivision_of(jurisdiction: str, postcode: str, on: date, town: str = "") -> str:
    """The code of the part that an address lies in where the tax depends on it, else ""."""
    found = get(jurisdiction).territory_at(postcode, town, on)
    return found.code if found else ""
