"""What people type for an amount is read exactly, or refused beside its field; never a fault."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import FormData

from marketplace.contracts.schemas import DraftChanges
from marketplace.core.db import connection
from marketplace.core.fields import Price, TimeZone
from marketplace.core.i18n import current_locale
from marketplace.disputes.schemas import AccountDraft
from marketplace.invoicing.schemas import SellerDraft
from marketplace.parties.schemas import PartyDraft
from marketplace.profiles.schemas import AvailabilityDraft, IdentityDraft, PackageIn
from marketplace.shortlists.schemas import ListDraft
from marketplace.web.forms import validate
from marketplace.work.schemas import EntryDraft, PartDraft
from search.coverage import time_zones


class Bill(BaseModel):
    price: Price


@pytest.mark.parametrize(
    ("text", "minor"),
    [("35", 3500), ("35,5", 3550), ("1 234,50 €", 123450), ("0.10", 10), (",5", 50), ("7,", 700),
     ("+3", 300)],
)  # fmt: skip
def test_an_amount_as_people_write_it(text: str, minor: int) -> None:
    assert Bill.model_validate({"price": text}).price == minor


@pytest.mark.parametrize(
    "text",
    ["", "-", ",", "abc", "1,234", "1,000", "35,500", "1.000", "1.000,0", "1.2.3", "-0,01", "NaN", "sNaN", "-inf", "1e999999", "1e200000",
     "9" * 5000, "0x10", "1_000", "\u0663"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Bill.model_validate({"price": text})


@pytest.mark.parametrize(
    ("text", "french"), [("25", "Donnez au plus 24 h."), ("0", "Donnez au moins 1 min.")]
)
def test_a_duration_is_refused_in_the_unit_that_was_typed(text: str, french: str) -> None:
    given = FormData({"worked_on": "2026-11-23", "task": "Calls", "minutes": text})
    current_locale.set("fr")
    assert validate(EntryDraft, given)[1].errors == {
        "minutes": french.replace("4 h", "4\u00a0h").replace("1 m", "1\u00a0m")
    }


def test_an_amount_is_refused_in_the_unit_that_was_typed() -> None:
    current_locale.set("en")
    told = [
        validate(PartDraft, FormData({"price_minor": each}))[1].errors for each in ("0", "2000000")
    ]
    said = ("0.01 or more", "1,000,000 or less")
    assert told == [{"price_minor": f"Please give {each}."} for each in said]


def test_names_and_addresses_lose_control_characters() -> None:
    draft = PartyDraft.model_validate(
        {"kind": "business", "jurisdiction": "fr", "legal_name": "Atelier\x00 Dubois\x1b",
         "address_line1": "1 rue\x07 du Bac", "town": "Paris\x85"}
    )  # fmt: skip
    told = (draft.legal_name, draft.address_line1, draft.town)
    assert told == ("Atelier Dubois", "1 rue du Bac", "Paris")


@pytest.mark.parametrize(
    ("shape", "field", "others"),
    [
        (IdentityDraft, "headline_fr", {}),
        (IdentityDraft, "text_en", {}),
        (PackageIn, "name_fr", {"price_minor": 100}),
        (SellerDraft, "birth_town", {"tin": "123", "tin_country": "FR"}),
        (EntryDraft, "task", {"worked_on": "2026-11-23", "minutes": 30}),
        (AccountDraft, "text", {}),
        (ListDraft, "name", {}),
    ],
)
def test_no_text_of_a_persons_turns_the_page_around_or_breaks_a_file(
    shape: type[BaseModel], field: str, others: dict[str, object]
) -> None:
    """Word's line breaks become spaces, so that words stay apart."""
    typed = "Deux\x0bmots \u202eà l'envers\ufffe\x1b[31m\x00"
    read = shape.model_validate({field: typed, **others})
    assert getattr(read, field) == "Deux mots à l'envers[31m"


@pytest.mark.parametrize("zone", ["localtime", "Factory", "Europe/Nowhere", ""])
def test_a_zone_is_a_place_not_wherever_the_server_stands(zone: str) -> None:
    offered = TypeAdapter(TimeZone)
    assert offered.validate_python("Indian/Reunion") == "Indian/Reunion"
    with pytest.raises(ValidationError, match="time zone"):
        offered.validate_python(zone)
    with pytest.raises(ValidationError, match="time zone"):
        DraftChanges(time_zone=zone)
    with pytest.raises(ValidationError, match="time zone"):
        AvailabilityDraft(time_zone=zone)


@pytest.mark.usefixtures("database")
async def test_the_server_reckons_with_every_zone_that_people_may_name() -> None:
    known = await connection().execute_query_dict("SELECT name FROM pg_timezone_names")
    assert not time_zones() - {row["name"] for row in known}
