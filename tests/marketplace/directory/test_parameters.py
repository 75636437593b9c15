"""The description of the search's parameters says what is really read."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace.developers.queries import document
from marketplace.directory.api import OURS, TYPED
from marketplace.directory.queries import PLACES, views, world
from marketplace.directory.schemas.parameters import FORMS, SuggestParameters
from search import rates
from search.parameters import MANY, READERS, Bad
from search.query import canonical, parse

ALL = {**READERS, **OURS}
DESCRIBED: dict[str, dict[str, Any]] = {
    each["name"]: each
    for each in document.document()["paths"]["/api/v1/assistants"]["get"]["parameters"]
}
ONE = {name: each["schema"].get("items", each["schema"]) for name, each in DESCRIBED.items()}


def test_every_parameter_is_described_and_may_be_repeated_as_it_says() -> None:
    assert set(DESCRIBED) == set(ALL)
    assert set(SuggestParameters.model_fields) == set(TYPED)
    assert all(each["description"] for each in DESCRIBED.values())
    several = {name for name, each in DESCRIBED.items() if each["schema"]["type"] == "array"}
    assert several == MANY
    assert set(FORMS) == set(world.FORM_LABELS)


@pytest.mark.parametrize(
    "name", sorted(name for name in ONE if {"enum", "minimum"} & set(ONE[name]))
)
def test_the_described_values_are_read_and_no_others(name: str) -> None:
    schema, read = ONE[name], ALL[name]
    low, high = schema.get("minimum"), schema.get("maximum")
    for value in [*schema.get("enum", ()), *(one for one in (low, high) if one is not None)]:
        read(str(value), PLACES)
    outside = [*(() if low is None else [low - 1]), *(() if high is None else [high + 1])]
    for value in ["zzz", "1.5", "-7", *map(str, outside)]:
        with pytest.raises(Bad):
            read(value, PLACES)


def test_bars_of_rates_are_in_the_currency_asked_for_and_each_can_be_shown() -> None:
    assert views.rate_bars("en", "EUR")[3] == ("1500-2000", "€15–€20")
    shown = [int(one.partition("-")[0]) for one, _label in views.rate_bars("en", "USD")]
    assert shown == [rates.whole(rates.convert(n * 500, "EUR", "USD"), "USD") for n in range(16)]
    for currency in rates.currencies():
        assert len(views.rate_bars("fr", currency)) == 16


@pytest.mark.parametrize("name", sorted(set(READERS) - MANY))
def test_the_described_default_is_what_a_search_is_without_it(name: str) -> None:
    default = DESCRIBED[name]["schema"].get("default")
    pairs = [] if default is None else [(name, str(default))]
    query, problems = parse([*pairs, ("near", "lyon")], PLACES)
    assert (canonical(query), problems) == ([("near", "lyon")], [])
