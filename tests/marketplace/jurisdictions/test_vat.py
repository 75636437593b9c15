"""The VAT decision on services between businesses, our fee's VAT, and who can contract."""

from dataclasses import dataclass
from datetime import date

import pytest

from marketplace.jurisdictions import queries as jurisdictions

TODAY = date(2026, 11, 23)


@dataclass
class Party:
    jurisdiction: str
    tax_status: str = "vat_registered"
    vat_number: str = ""
    subdivision: str = ""


# seller, buyer -> category, rate in ppm, rule, something the mention says, what blocks
CASES = [
    ("registered at home", Party("FR"), Party("FR"), "S", 200_000, "R1", "", ()),
    ("franchise at home", Party("FR", "franchise"), Party("FR"), "E", 0, "R1s", "293 B", ()),
    ("to Belgium with numbers", Party("FR", "franchise", "FR1"), Party("BE", vat_number="BE1"), "AE", 0, "R2", "Autoliquidation", ()),
    ("to Germany without own number", Party("FR", "franchise"), Party("DE", vat_number="DE1"), "AE", 0, "R2", "Autoliquidation", ("supplier_vat_number",)),
    ("to Germany, no buyer's number", Party("FR"), Party("DE"), "S", 200_000, "R3", "", ()),
    ("to Switzerland", Party("FR"), Party("CH"), "O", 0, "R4", "art. 44", ()),
    ("to the United States", Party("FR", "franchise"), Party("US", "no_vat"), "O", 0, "R4", "art. 44", ()),
    ("to Monaco, one territory", Party("FR"), Party("MC"), "S", 200_000, "R1", "", ()),
    ("from Monaco to Belgium", Party("MC", vat_number="FR1"), Party("BE", vat_number="BE1"), "AE", 0, "R2", "Autoliquidation", ()),
    ("Belgian franchise at home", Party("BE", "franchise"), Party("BE"), "E", 0, "R1s", "franchise", ()),
    ("Belgium to France", Party("BE", vat_number="BE1"), Party("FR", vat_number="FR1"), "AE", 0, "R2", "Autoliquidation", ()),
    ("Luxembourg franchise at home", Party("LU", "franchise"), Party("LU"), "E", 0, "R1s", "article 57", ()),
    ("Kleinunternehmer to France", Party("DE", "kleinunternehmer", "DE1"), Party("FR", vat_number="FR1"), "AE", 0, "R2", "Autoliquidation", ()),
    ("Spain to Great Britain", Party("ES"), Party("GB"), "O", 0, "R4", "art. 44", ()),
    ("British at home", Party("GB"), Party("GB"), "S", 200_000, "R10", "", ()),
    ("British to France", Party("GB"), Party("FR"), "O", 0, "R12", "autoliquidation par le preneur", ()),
    ("Swiss at home", Party("CH"), Party("CH"), "S", 81_000, "R10", "", ()),
    ("Quebec to Ontario", Party("CA-QC", "registered"), Party("CA-ON"), "S", 130_000, "R9", "", ()),
    ("Ontario to Quebec", Party("CA-ON", "registered"), Party("CA-QC"), "S", 149_750, "R9", "", ()),
    ("federal to Manitoba", Party("CA", "registered"), Party("CA", subdivision="CA-MB"), "S", 50_000, "R9", "", ()),
    ("Quebec small supplier to France", Party("CA-QC", "small_supplier"), Party("FR"), "O", 0, "R7", "petit fournisseur", ()),
    ("Quebec registered to France", Party("CA-QC", "registered"), Party("FR"), "Z", 0, "R8", "détaxée", ()),
    ("Senegal unregistered to France", Party("SN", "cgu"), Party("FR"), "O", 0, "R11", "autoliquidation par le preneur", ()),
    ("Moroccan at home", Party("MA"), Party("MA"), "S", 200_000, "R10", "", ()),
    ("Indian LUT to France", Party("IN", "lut"), Party("FR"), "Z", 0, "R12", "LUT", ()),
    ("American to anyone", Party("US", "no_vat"), Party("FR"), "O", 0, "R6", "Sans TVA", ()),
    ("Irish below the threshold at home", Party("IE", "unregistered"), Party("IE"), "O", 0, "R1s", "non immatriculé", ()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("seller", "buyer", "category", "ppm", "rule", "words", "blocks"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_a_service_is_taxed_as_the_table_says(
    seller: Party,
    buyer: Party,
    category: str,
    ppm: int,
    rule: str,
    words: str,
    blocks: tuple[str, ...],
) -> None:
    decision = jurisdictions.vat_on_services(seller, buyer, TODAY)
    assert (decision.category.value, decision.rate_ppm, decision.rule) == (category, ppm, rule)
    assert words in decision.mention_fr
    assert bool(decision.mention_fr) == bool(decision.mention_en)
    assert decision.blocks == blocks


def test_every_pair_of_statuses_has_a_decision() -> None:
    for seller in jurisdictions.all():
        for status in seller.tax_statuses:
            for buyer in jurisdictions.all():
                for number in ("", "X"):
                    decision = jurisdictions.vat_on_services(
                        Party(seller.code, status.code, number),
                        Party(buyer.code, vat_number=number),
                        TODAY,
                    )
                    assert decision.rule
                    assert (decision.rate_ppm > 0) == (decision.category.value == "S")
                    assert decision.category.value == "S" or decision.mention_en


def test_quebec_is_exact_in_parts_per_million_and_rounded_in_basis_points() -> None:
    decision = jurisdictions.vat_on_services(Party("CA-QC", "registered"), Party("CA-QC"), TODAY)
    assert (decision.rate_ppm, decision.rate_bps) == (149_750, 1498)
    assert [tax.name for tax in decision.taxes] == ["TPS/GST", "TVQ/QST"]


@pytest.mark.parametrize(
    ("customer", "bps"),
    [
        (Party("FR", "franchise"), 2000),
        (Party("FR", vat_number="FR1"), 2000),
        (Party("MC"), 2000),
        (Party("BE", vat_number="BE1"), 0),
        (Party("DE", "kleinunternehmer"), 2000),
        (Party("MG"), 0),
        (Party("CH"), 0),
        (Party("GB"), 0),
    ],
)
def test_vat_on_our_fee(customer: Party, bps: int) -> None:
    assert jurisdictions.platform_fee_vat_bps(customer) == bps


def test_who_can_contract_with_whom_names_its_rule() -> None:
    def rules(status: str, code: str, *, number: bool = False) -> dict[str, tuple[bool, str]]:
        found = jurisdictions.can_contract_with(status, code, has_vat_number=number)
        return {each.country: (each.allowed, each.rule) for each in found}

    micro = rules("franchise", "FR")
    assert micro["FR"] == (True, "C1")
    assert micro["MC"] == (True, "C1")
    assert micro["BE"] == (False, "C2n")
    assert micro["CH"] == (True, "C3")
    assert rules("franchise", "FR", number=True)["BE"] == (True, "C2")
    assert rules("portage", "FR")["BE"] == (False, "C5")
    assert rules("unregistered", "MG")["FR"] == (True, "C4")
    assert rules("small_supplier", "CA-QC")["CA"] == (True, "C1")
    tokens = jurisdictions.contract_tokens("franchise", "FR")
    assert "FR:business" in tokens
    assert "DE:business" not in tokens


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(jurisdictions.UnknownJurisdiction):
        jurisdictions.get("XX")
    assert jurisdictions.find("XX") is None
