"""What people type for an amount is read exactly, or refused beside its field; never a fault."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from marketplace.core.fields import Price


class Bill(BaseModel):
    price: Price


@pytest.mark.parametrize(
    ("text", "minor"),
    [("35", 3500), ("35,5", 3550), ("1 234,50 €", 123450), ("0.10", 10), (",5", 50), ("7,", 700),
     ("35,500", 3550), ("+3", 300)],
)  # fmt: skip
def test_an_amount_as_people_write_it(text: str, minor: int) -> None:
    assert Bill.model_validate({"price": text}).price == minor


@pytest.mark.parametrize(
    "text",
    ["", "-", ",", "abc", "1,234", "1.2.3", "-0,01", "NaN", "sNaN", "-inf", "1e999999", "1e200000",
     "9" * 5000, "0x10", "1_000", "\u0663"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Bill.model_validate({"price": text})
