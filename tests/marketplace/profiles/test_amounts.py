"""How large an amount a profile may name: the bound follows the decimals of its currency."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from marketplace.core.i18n import current_locale
from marketplace.profiles.schemas import RatesDraft


@pytest.mark.parametrize(
    ("currency", "most", "minor", "over", "said"),
    [
        ("EUR", "10 000 000", 1_000_000_000, "10 000 000,01", "10 000 000 €"),
        ("TND", "10 000 000", 10_000_000_000, "10 000 000,001", "10 000 000 TND"),
        ("MGA", "1 000 000 000", 1_000_000_000, "1 000 000 001", "1 000 000 000 MGA"),
    ],
)
def test_an_amount_above_the_bound_is_told_in_its_own_currency(
    currency: str, most: str, minor: int, over: str, said: str
) -> None:
    current_locale.set("fr")
    draft = RatesDraft.model_validate({"currency": currency, "hourly_rate_minor": most})
    assert draft.hourly_rate_minor == minor
    package = {"name_fr": "Forfait", "price_minor": minor + 1}
    for wrong in (
        {"hourly_rate_minor": over}, {"project_minimum_minor": minor + 1}, {"packages": [package]},
    ):  # fmt: skip
        with pytest.raises(ValidationError) as refused:
            RatesDraft.model_validate({"currency": currency, **wrong})
        (error,) = refused.value.errors()
        assert error["type"] == "less_than_equal"
        plain = error["ctx"]["le"].replace("\u202f", " ").replace("\u00a0", " ")
        assert plain == said
