"""Who can contract with whom: every pair of status, client's country and kind."""

from __future__ import annotations

import pytest

from marketplace.jurisdictions import queries as jurisdictions

EUROPE = {"FR", "MC", "BE", "LU", "DE", "ES", "PT", "IT", "NL", "IE"}
TABLE = [
    (place.code, status.code, number)
    for place in jurisdictions.all()
    for status in place.tax_statuses
    for number in (False, True)
]


def expected(code: str, status: str, number: bool, country: str, kind: str) -> tuple[bool, str]:
    """The table in other words than the code's."""
    seller = code[:2]
    same = seller == country or {seller, country} == {"FR", "MC"}
    if status == "portage":
        return same and kind == "business", "C5"
    if kind == "consumer":
        charges = status in {"vat_registered", "registered"} or (same and status == "lut")
        if same:
            return True, "C6" if charges else "C6s"
        return True, "C7" if charges and seller in EUROPE else "C7s"
    if same:
        return True, "C1"
    if seller not in EUROPE:
        return True, "C4"
    if country not in EUROPE:
        return True, "C3"
    return number, "C2" if number else "C2n"


@pytest.mark.parametrize(("code", "status", "number"), TABLE)
def test_each_client_of_each_status_has_its_answer_rule_and_date(
    code: str, status: str, number: bool
) -> None:
    found = jurisdictions.can_contract_with(status, code, has_vat_number=number)
    assert len(found) == 2 * len(jurisdictions.countries())
    for each in found:
        assert (each.allowed, each.rule) == expected(code, status, number, each.country, each.kind)
        assert each.as_of
        assert each.token == f"{each.country}:{each.kind}"
    allowed = [each.token for each in found if each.allowed]
    assert [*jurisdictions.contract_tokens(status, code, has_vat_number=number)] == allowed


def test_who_charges_no_vat_is_not_said_to_charge_private_persons_any() -> None:
    """The profile says of a French exempt business "Ne facture pas la TVA" right above."""
    found = jurisdictions.can_contract_with("franchise", "FR", has_vat_number=True)
    rules = {each.rule for each in found if each.kind == "consumer"}
    assert rules == {"C6s", "C7s"}
    for code in rules:
        assert "oui, sans TVA" in jurisdictions.rulebook().rule(code).text("fr")


def test_every_rule_is_of_use_and_stands_in_the_rulebook() -> None:
    used = {
        each.rule
        for code, status, number in TABLE
        for each in jurisdictions.can_contract_with(status, code, has_vat_number=number)
    }
    written = {each.code for each in jurisdictions.rulebook().rules if each.code[0] == "C"}
    assert used == written
