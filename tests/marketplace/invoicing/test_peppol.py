"""Belgian invoices in UBL pass what Peppol BIS asks; what it refuses is refused here."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import pytest

from marketplace.invoicing.rules import peppol
from marketplace.invoicing.service import files, gate
from tests.factories.invoicing import DAY, Side, paper
from tests.marketplace.invoicing.test_papers import (
    BALANCE,
    BE,
    BE_SMALL,
    CREDIT,
    ON_ACCOUNT,
    one_process,
)

__all__ = ["one_process"]


@pytest.mark.parametrize("seller", [BE, BE_SMALL], ids=["with VAT", "small"])
async def test_belgium_gets_ubl_that_passes_its_rules(seller: Side) -> None:
    late = {"paid_on": DAY - timedelta(days=40)}
    for changed in (
        {},
        CREDIT,
        late,
        {"language": "en"},
        {"rounding_minor": -1},
        ON_ACCOUNT,
        BALANCE,
    ):
        document, _ = paper(seller, BE, **changed)
        assert document.belgian
        said = await gate.check_ubl(files.ubl(document))
        assert said.failures == ()
        assert said.passed
        assert said.fired["ubl"] > 40
        assert said.fired["peppol"] > 80


# What is put where in a Belgian file, and the rule that finds it: the official rules of
# release 3.0.19 refuse each of them, too (the last for what is inside).
UNFIT: Final = (
    ("R001", r"<cbc:ProfileID>.*?</cbc:ProfileID>", ""),
    ("R007", "billing:01:1.0", "billing:1:1.0"),
    ("R002", "<cbc:Note>", "<cbc:Note>more</cbc:Note><cbc:Note>"),
    ("R003", r"<cbc:BuyerReference>.*?</cbc:BuyerReference>", ""),
    ("R004", "#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", ""),
    ("R008", "<cbc:CityName>Lille", "<cbc:CityName> "),
    ("R010", r"(<cac:AccountingCustomerParty>\s*<cac:Party>)\s*<cbc:Endp.*?</cbc:EndpointID>", r"\1"),
    ("R020", r"(<cac:AccountingSupplierParty>\s*<cac:Party>)\s*<cbc:Endp.*?</cbc:EndpointID>", r"\1"),
    ("R051", '<cbc:PriceAmount currencyID="EUR">', '<cbc:PriceAmount currencyID="USD">'),
    ("R053", r"(<cac:TaxTotal>.*?</cac:TaxTotal>)", r"\1\1"),
    ("R054", "<cac:TaxTotal>",
     '<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">1</cbc:TaxAmount></cac:TaxTotal><cac:TaxTotal>'),
    ("R061", r"(<cbc:PaymentMeansCode[^>]*>)68", r"\g<1>59"),
    ("R120", 'unitCode="C62">1<', 'unitCode="C62">2<'),
    ("P0100", ">380<", ">389<"),
    ("P0104-P0111", "<cbc:Percent>",
     "<cbc:TaxExemptionReasonCode>VATEX-EU-AE</cbc:TaxExemptionReasonCode><cbc:Percent>"),
    ("F001", "<cbc:IssueDate>2026-11-23", "<cbc:IssueDate>2026-11-23Z"),
    ("CL008", 'EndpointID schemeID="0208"', 'EndpointID schemeID="0000"'),
    ("R043", 'schemeID="0208">0428759497', 'schemeID="0208">0428759498'),
    ("R043", 'schemeID="0208">0428759497', 'schemeID="0208">428759497'),
    ("UNWRITTEN", "<cac:TaxTotal>", "<cac:AllowanceCharge/><cac:TaxTotal>"),
)  # fmt: skip


async def test_what_peppol_refuses_is_refused_here() -> None:
    document, _ = paper(BE, BE)
    whole = files.ubl(document).decode()
    for rule, there, instead in UNFIT:
        wrong = re.sub(there, instead, whole, count=1, flags=re.DOTALL)
        assert wrong != whole, rule
        broken, looked = peppol.check(wrong.encode())
        assert [name.rpartition("EN16931-")[2].rpartition("PEPPOL-")[2].removeprefix("COMMON-")
                for name, _says in broken if "R008" not in name or rule == "R008"] == [rule]  # fmt: skip
        assert looked > 60
    # EN 16931 has nothing against this one: Peppol alone closes the gate.
    said = await gate.check_ubl(re.sub(*UNFIT[3][1:], whole, flags=re.DOTALL).encode())
    assert [failure.rules for failure in said.failures] == ["peppol"]
    assert not said.passed
