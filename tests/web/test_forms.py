"""What a form refuses is told beside the field it was typed in, in its unit and language."""

from __future__ import annotations

import json
import typing
from typing import TYPE_CHECKING, Any

import pytest
from annotated_types import Ge, Le, Lt
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from starlette.datastructures import FormData

from marketplace import app
from marketplace.billing.schemas.tips import TipDraft
from marketplace.contracts.pages import fields
from marketplace.contracts.rules.states import Kind
from marketplace.contracts.schemas import PRICE_STEPS, ScopeStep
from marketplace.core.i18n import current_locale, translations
from marketplace.profiles.pages import steps
from marketplace.profiles.rules.publishing import Step
from marketplace.web.forms import MESSAGES, message_for, validate
from marketplace.work.schemas import DeliveryDraft

if TYPE_CHECKING:
    from collections.abc import Iterator

FRENCH = str.maketrans("\u00a0\u202f", "  ")


def _parts(annotation: Any) -> Iterator[Any]:
    """An annotation and all that stands inside it, constraints too."""
    yield annotation
    for inner in (*typing.get_args(annotation), *getattr(annotation, "__metadata__", ())):
        yield from _parts(inner)
    if isinstance(annotation, FieldInfo):
        yield from annotation.metadata


def _drafts() -> list[type[BaseModel]]:
    """Every shape that people or programs send, with the shapes inside."""
    bodies = [op.body for api in app.apis() for op in api.operations if op.body is not None]
    waiting, found = [*bodies, *PRICE_STEPS.values()], dict[type[BaseModel], None]()
    while waiting:
        for part in _parts(waiting.pop()):
            if isinstance(part, type) and issubclass(part, BaseModel) and part not in found:
                found[part] = None
                waiting += [each.annotation for each in part.model_fields.values()]
                waiting += [m for each in part.model_fields.values() for m in each.metadata]
    return sorted(found, key=lambda each: f"{each.__module__}.{each.__name__}")


DRAFTS = _drafts()


def test_no_amount_or_duration_is_bounded_in_cents_or_minutes() -> None:
    """People are told bounds as they type them: by a `Span`. Nothing is nothing in every unit."""
    plain = [
        f"{draft.__name__}.{name}"
        for draft in DRAFTS
        for name, field in draft.model_fields.items()
        if name.endswith(("_minor", "minutes"))
        and any(
            isinstance(each, Ge | Le | Lt) for each in [*_parts(field.annotation), *field.metadata]
        )
    ]
    assert len(DRAFTS) > 100
    assert not plain


NO_SUCH: tuple[Any, ...] = (
    None, 5, -5, 1.5, "", "x", "x" * 30_000, True, [], {}, ["x"], [5], [{}], "2026-02-30",
    "2026-01-01T10:00:00", "ftp://x.org", "http://", 10**30, {"kind": "x"},
)  # fmt: skip


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda each: each.__name__)
def test_every_refusal_of_a_type_has_its_words(draft: type[BaseModel]) -> None:
    french = translations("fr")._catalog
    adapter = TypeAdapter(draft)
    bodies = [json.dumps(dict.fromkeys(draft.model_fields, each)) for each in NO_SUCH]
    wordless = set()
    for body in (*bodies, "[", "null", "[]", "5"):
        try:
            adapter.validate_json(body)
        except ValidationError as error:
            for each in error.errors(include_url=False, include_input=False):
                known = (
                    each["type"] in MESSAGES or each["msg"].removeprefix("Value error, ") in french
                )
                if not known:
                    wordless.add((each["type"], message_for(each, "fr")))
    assert not wordless


def _told(kind: Kind, **typed: str) -> dict[str, str]:
    current_locale.set("fr")
    data = FormData({name.replace("_at_", "-"): value for name, value in typed.items()})
    errors = fields.read_price(kind, data, "EUR")[1].errors
    return {name: text.translate(FRENCH) for name, text in errors.items()}


def test_bounds_of_an_offer_are_told_as_they_are_typed() -> None:
    low = _told(Kind.HOURLY, rate="0,50", cap_hours="500", first_week="2027-01-04")
    assert low == {"rate": "Donnez au moins 1.", "cap_hours": "Donnez au plus 60 h."}
    high = _told(Kind.HOURLY, rate="99999999", cap_hours="0,25", first_week="2027-01-04")
    assert high == {"rate": "Donnez au plus 10 000 000.", "cap_hours": "Donnez au moins 30 min."}


def test_a_tip_and_a_profiles_rate_are_told_as_they_are_typed() -> None:
    current_locale.set("en")
    given = {"request_id": "8f4b1c1e-3a52-4c8b-9a5e-0f6f0f3f1a11", "amount_minor": "0.50"}
    assert validate(TipDraft, FormData(given))[1].errors == {
        "amount_minor": "Please give 1 or more."
    }
    rates = FormData({"currency": "EUR", "hourly_rate_minor": "20000000"})
    assert steps.read(Step.RATES, rates)[1].errors == {
        "hourly_rate_minor": "Please give €10,000,000 or less."
    }


MILESTONE = {"title": "La liste", "price": "20", "due_on": "2027-01-05", "criteria": "Complète"}


def _milestones(*rows: dict[str, str]) -> FormData:
    return FormData(
        {f"milestones-{n}-{name}": text for n, row in enumerate(rows) for name, text in row.items()}
    )


def test_a_mistake_stands_beside_its_own_row_when_another_was_emptied() -> None:
    emptied = dict.fromkeys(MILESTONE, "")
    data = _milestones(emptied, MILESTONE | {"price": ""}, emptied, MILESTONE | {"title": "La"})
    form = fields.read_price(Kind.PROJECT, data, "EUR")[1]
    assert set(form.errors) == {"milestones-1-price", "milestones-3-title"}


def test_a_short_text_is_not_taken_for_a_short_list() -> None:
    current_locale.set("fr")
    data = _milestones(MILESTONE | {"criteria": "La liste est complète\nab"})
    form = fields.read_price(Kind.PROJECT, data, "EUR")[1]
    short = "Écrivez un peu plus (au moins 3 caractères)."
    assert form.errors == {"milestones-0-criteria": short}
    scope = FormData({"title": "ab", "scope": "x" * 9000, "starts_on": "2027-01-05"})
    long = "Raccourcissez à 8000 caractères."
    assert validate(ScopeStep, scope)[1].errors == {"title": short, "scope": long}


def test_a_link_needs_no_https_and_what_is_none_is_told_at_the_field() -> None:
    current_locale.set("fr")
    typed = FormData({"note": "Voilà tout", "links": "drive.google.com/x?a=b"})
    draft, _form = validate(DeliveryDraft, typed)
    assert draft is not None
    assert [str(each) for each in draft.links] == ["https://drive.google.com/x?a=b"]
    for wrong, said in {
        "ftp://example.org": "Donnez une adresse qui commence par https:// ou http://.",
        "voir mon dossier": "Donnez l'adresse d'une page, comme https://example.org.",
        "javascript:alert(1)": "Donnez une adresse qui commence par https:// ou http://.",
    }.items():
        form = validate(DeliveryDraft, FormData({"note": "Voilà tout", "links": wrong}))[1]
        told = {
            name: text.translate(FRENCH).replace("’", "'") for name, text in form.errors.items()
        }
        assert told == {"links": said}
