"""The VAT decision: the 28 worked cases, and every boundary of rules R1 to R12."""

from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.settings import settings
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions.queries import (
    ClientKind,
    Need,
    NumberState,
    Scheme,
    TaxParty,
    VatDecision,
)
from marketplace.jurisdictions.rules import SENTENCES

TODAY = date(2026, 11, 23)
UNKNOWN = NumberState.INVALID


@pytest.fixture(autouse=True)
def settings_of_others() -> Iterator[None]:
    """A test's own platform is forgotten after it."""
    yield
    settings.cache_clear()


def party(jurisdiction: str, status: str = "vat_registered", number: str = "") -> TaxParty:
    return TaxParty(jurisdiction, status, number)


def consumer(jurisdiction: str, subdivision: str = "") -> TaxParty:
    return TaxParty(jurisdiction, subdivision=subdivision, kind=ClientKind.CONSUMER)


FR, MICRO = party("FR", number="FR1"), party("FR", "franchise")
US = party("US", "no_vat")

# number of the case, seller, buyer -> category, rate in ppm, rule, words, blocks, warnings
WORKED = [
    ("1 FR to FR", FR, party("FR"), "S", 200_000, "R1", "", (), ()),
    ("2 FR micro at home", MICRO, party("FR"), "E", 0, "R1s", "293 B", (), ()),
    ("3 FR micro to BE", party("FR", "franchise", "FR1"), TaxParty("BE", vat_number="BE1", number=NumberState.VALID), "AE", 0, "R2", "Autoliquidation", (), ("ec_sales_list",)),
    ("4 FR micro without number to DE", MICRO, party("DE", number="DE1"), "AE", 0, "R2", "Autoliquidation", ("supplier_vat_number",), ("ec_sales_list", "customer_vat_number_unchecked")),
    ("5 FR to DE, VIES says no", FR, TaxParty("DE", vat_number="DE1", number=UNKNOWN), "S", 200_000, "R3", "", (), ("customer_vat_number_invalid",)),
    ("6 FR to IT consumer", FR, consumer("IT"), "S", 200_000, "R3", "", (), ()),
    ("7 FR to CH", FR, party("CH"), "O", 0, "R4", "art. 44", (), ()),
    ("8 FR micro to US", MICRO, US, "O", 0, "R4", "art. 44", (), ()),
    ("9 FR to MC", FR, party("MC"), "S", 200_000, "R1", "", (), ()),
    ("10 BE franchise at home", party("BE", "franchise"), party("BE"), "E", 0, "R1s", "franchise", (), ()),
    ("11 BE to FR", party("BE", number="BE1"), party("FR", number="FR1"), "AE", 0, "R2", "Autoliquidation", (), ("ec_sales_list", "customer_vat_number_unchecked")),
    ("12 LU franchise at home", party("LU", "franchise"), party("LU"), "E", 0, "R1s", "article 57", (), ()),
    ("13 DE Kleinunternehmer to FR", party("DE", "kleinunternehmer", "DE1"), TaxParty("FR", vat_number="FR1", number=NumberState.VALID), "AE", 0, "R2", "Autoliquidation", (), ("ec_sales_list",)),
    ("14 ES to GB", party("ES"), party("GB"), "O", 0, "R4", "art. 44", (), ()),
    ("15 GB at home", party("GB"), party("GB"), "S", 200_000, "R10", "", (), ()),
    ("16 GB to FR", party("GB"), party("FR"), "O", 0, "R12", "autoliquidation par le preneur", (), ()),
    ("17 CH at home", party("CH"), party("CH"), "S", 81_000, "R10", "", (), ()),
    ("18 QC to ON", party("CA-QC", "registered"), party("CA-ON"), "S", 130_000, "R9", "", (), ()),
    ("19 ON to QC", party("CA-ON", "registered"), party("CA-QC"), "S", 149_750, "R9", "", (), ("quebec_number",)),
    ("20 QC small supplier to FR", party("CA-QC", "small_supplier"), party("FR"), "O", 0, "R7", "petit fournisseur", (), ()),
    ("21 SN to FR", party("SN", "cgu"), party("FR"), "O", 0, "R11", "autoliquidation par le preneur", (), ()),
    ("22 MA at home", party("MA"), party("MA"), "S", 200_000, "R10", "", (), ()),
    ("23 IN under LUT to FR", party("IN", "lut"), party("FR"), "Z", 0, "R12", "LUT", (), ()),
    ("28 BC at home", party("CA-BC", "registered"), party("CA-BC"), "S", 50_000, "R9", "", (), ("provincial_sales_tax",)),
]  # fmt: skip

FEES = [
    ("24 to FR micro", MICRO, "S", 200_000, "R1", ()),
    ("25 to BE, valid", TaxParty("BE", "franchise", "BE1", number=NumberState.VALID), "AE", 0, "R2", ()),
    ("26 to DE without number", party("DE", "kleinunternehmer"), "S", 200_000, "R3", ()),
    ("27 to MG", party("MG", "unregistered"), "O", 0, "R4", ()),
    ("to MC", party("MC"), "S", 200_000, "R1", ()),
    ("to Réunion", TaxParty("FR", subdivision="FR-974"), "S", 85_000, "R1", ()),
    ("to Guyane", TaxParty("FR", subdivision="FR-973"), "O", 0, "R1d", ()),
    ("to a client in CH", party("CH"), "O", 0, "R4", ()),
    ("to BE, refused by VIES", TaxParty("BE", vat_number="BE1", number=UNKNOWN), "S", 200_000, "R3", ()),
]  # fmt: skip

RUN, GUA, GUY, MAY = (TaxParty("FR", "vat_registered", "FR1", code) for code in ("FR-974", "FR-971", "FR-973", "FR-976"))  # fmt: skip
AZORES, MADEIRA = (TaxParty("PT", "vat_registered", "PT1", code) for code in ("PT-20", "PT-30"))
LIVIGNO, CAMPIONE = (TaxParty("IT", "vat_registered", "IT1", code) for code in ("IT-XLI", "IT-XCI"))
BUESINGEN, HELIGOLAND = (
    TaxParty("DE", "vat_registered", "DE1", code) for code in ("DE-XBU", "DE-XHG")
)
GUYANE_MICRO = TaxParty("FR", "franchise", subdivision="FR-973")
PROVEN = TaxParty("FR", "franchise", registration_number="552008443", proven=True)

BOUNDARIES = [
    ("mainland to Réunion", FR, RUN, "S", 85_000, "R1", "", ()),
    ("Réunion to mainland", RUN, FR, "S", 200_000, "R1", "", ()),
    ("Réunion to Guadeloupe", RUN, GUA, "S", 85_000, "R1", "", ()),
    ("mainland to Guyane", FR, GUY, "O", 0, "R1d", "art. 294", ()),
    ("mainland micro to Mayotte", MICRO, MAY, "O", 0, "R1d", "art. 294", ()),
    ("Guyane to mainland", GUY, FR, "S", 200_000, "R1", "", ()),
    ("micro of Guyane to mainland", GUYANE_MICRO, FR, "E", 0, "R1s", "293 B", ()),
    ("Guyane to a consumer of the mainland", GUY, consumer("FR"), "O", 0, "R1d", "art. 294", ()),
    ("mainland to a consumer of Réunion", FR, consumer("FR", "FR-974"), "S", 200_000, "R1", "", ()),
    ("Réunion to a consumer of the mainland", RUN, consumer("FR"), "S", 85_000, "R1", "", ()),
    ("Réunion to BE", RUN, party("BE", number="BE1"), "AE", 0, "R2", "Autoliquidation", ()),
    ("Réunion to DE without number", RUN, party("DE"), "S", 85_000, "R3", "", ()),
    ("BE to Réunion", party("BE", number="BE1"), RUN, "O", 0, "R4", "art. 44", ()),
    ("BE to Réunion without number", party("BE", number="BE1"), TaxParty("FR", subdivision="FR-974"), "O", 0, "R4", "art. 44", ()),
    ("BE to a consumer of Réunion", party("BE", number="BE1"), consumer("FR", "FR-974"), "S", 210_000, "R5", "", ()),
    ("FR to New Caledonia", FR, TaxParty("FR", subdivision="FR-NC"), "O", 0, "R4", "art. 44", ()),
    ("Saint-Martin, to be confirmed", FR, TaxParty("FR", subdivision="FR-MF"), "O", 0, "R1d", "outre-mer", ()),
    ("MC to FR", party("MC", number="FR1"), FR, "S", 200_000, "R1", "", ()),
    ("MC franchise at home", party("MC", "franchise"), party("MC"), "E", 0, "R1s", "art. 87", ()),
    ("MC to BE", party("MC", number="FR1"), party("BE", number="BE1"), "AE", 0, "R2", "Autoliquidation", ()),
    ("BE to MC", party("BE", number="BE1"), party("MC", number="FR1"), "AE", 0, "R2", "Autoliquidation", ()),
    ("MC to Réunion", party("MC", number="FR1"), RUN, "S", 85_000, "R1", "", ()),
    ("FR to Northern Ireland with an XI number", FR, TaxParty("GB", vat_number="GB980780684", subdivision="GB-NIR"), "O", 0, "R4", "art. 44", ()),
    ("Northern Ireland to FR", TaxParty("GB", "vat_registered", "GB1", "GB-NIR"), FR, "O", 0, "R12", "autoliquidation", ()),
    ("Northern Ireland to Great Britain", TaxParty("GB", "vat_registered", "GB1", "GB-NIR"), party("GB"), "S", 200_000, "R10", "", ()),
    ("DE to the Canaries", party("DE", number="DE1"), TaxParty("ES", vat_number="ESX", subdivision="ES-CN"), "O", 0, "R4", "art. 44", ()),
    ("ES to the Canaries", party("ES", number="ESX"), TaxParty("ES", vat_number="ESX", subdivision="ES-CN"), "O", 0, "R4", "art. 44", ()),
    ("mainland to the Azores", party("PT", number="PT1"), AZORES, "S", 160_000, "R1", "", ()),
    ("the Azores to the mainland", AZORES, party("PT", number="PT1"), "S", 230_000, "R1", "", ()),
    ("the Azores to Madeira", AZORES, MADEIRA, "S", 220_000, "R1", "", ()),
    ("Madeira to a consumer of the mainland", MADEIRA, consumer("PT"), "S", 220_000, "R1", "", ()),
    ("FR to Madeira", FR, MADEIRA, "AE", 0, "R2", "Autoliquidation", ()),
    ("IT to Livigno", party("IT", number="IT1"), LIVIGNO, "O", 0, "R4", "art. 44", ()),
    ("FR to Livigno without number", FR, TaxParty("IT", subdivision="IT-XLI"), "O", 0, "R4", "art. 44", ()),
    ("Livigno to IT: who owes the tax is not known", LIVIGNO, party("IT", number="IT1"), "O", 0, "R12", "", ("territory_rate",)),
    ("Livigno to FR", LIVIGNO, FR, "O", 0, "R12", "autoliquidation par le preneur", ()),
    ("at home in Campione, tax unknown", CAMPIONE, CAMPIONE, "S", 0, "R10", "", ("territory_rate",)),
    ("FR to Campione", FR, CAMPIONE, "O", 0, "R4", "art. 44", ()),
    ("DE to Büsingen", party("DE", number="DE1"), BUESINGEN, "O", 0, "R4", "art. 44", ()),
    ("CH to Büsingen, where its tax is levied", party("CH"), BUESINGEN, "S", 81_000, "R10", "", ()),
    ("Büsingen to CH, tax unknown", BUESINGEN, party("CH"), "S", 0, "R10", "", ("territory_rate",)),
    ("Büsingen to DE: who owes the tax is not known", BUESINGEN, party("DE", number="DE1"), "O", 0, "R12", "", ("territory_rate",)),
    ("DE to Heligoland", party("DE", number="DE1"), HELIGOLAND, "O", 0, "R4", "art. 44", ()),
    ("at home on Heligoland", HELIGOLAND, HELIGOLAND, "O", 0, "R1d", "Helgoland", ()),
    ("at home in the Canaries, rate unknown", TaxParty("ES", "vat_registered", "ESX", "ES-CN"), TaxParty("ES", subdivision="ES-CN"), "S", 0, "R10", "", ("territory_rate",)),
    ("the supplier's number is unknown to VIES", TaxParty("FR", "franchise", "FR1", number=UNKNOWN), party("BE", number="BE1"), "AE", 0, "R2", "Autoliquidation", ("supplier_vat_number_invalid",)),
    ("a business without number, in its register", party("DE", number="DE1"), PROVEN, "AE", 0, "R2b", "Autoliquidation", ()),
    ("proof without a registration number", party("DE", number="DE1"), TaxParty("FR", proven=True), "AE", 0, "R2b", "Autoliquidation", ("customer_registration",)),
    ("a number VIES refused, though in its register", party("DE", number="DE1"), TaxParty("FR", vat_number="FR1", number=UNKNOWN, proven=True), "S", 190_000, "R3", "", ()),
    ("micro to BE without number", MICRO, party("BE"), "E", 0, "R3", "293 B", ()),
    ("micro to a consumer of BE", MICRO, consumer("BE"), "E", 0, "R3", "293 B", ()),
    ("FR to a consumer of CH", FR, consumer("CH"), "S", 200_000, "R5", "", ()),
    ("micro to a consumer of US", MICRO, consumer("US"), "E", 0, "R5", "293 B", ()),
    ("FR to a consumer at home", FR, consumer("FR"), "S", 200_000, "R1", "", ()),
    ("IE below the threshold at home", party("IE", "unregistered"), party("IE"), "O", 0, "R1s", "non immatriculé", ()),
    ("IE below the threshold to FR", party("IE", "unregistered"), party("FR", number="FR1"), "AE", 0, "R2", "Autoliquidation", ("supplier_vat_number",)),
    ("GB below the threshold at home", party("GB", "unregistered"), party("GB"), "O", 0, "R10", "non immatriculé", ()),
    ("SN to a consumer of FR", party("SN", "cgu"), consumer("FR"), "O", 0, "R11", "contribution globale", ()),
    ("MA to FR", party("MA"), FR, "Z", 0, "R12", "autoliquidation par le preneur", ()),
    ("MA to SN", party("MA"), party("SN"), "Z", 0, "R12", "locale non facturée", ()),
    ("IN under LUT at home is taxed", party("IN", "lut"), party("IN"), "S", 180_000, "R10", "", ()),
    ("US to FR", US, FR, "O", 0, "R6", "Sans TVA", ()),
    ("US to US", US, US, "O", 0, "R6", "Sans TVA", ()),
    ("QC to FR", party("CA-QC", "registered"), FR, "Z", 0, "R8", "détaxée", ()),
    ("QC to QC", party("CA-QC", "registered"), party("CA-QC"), "S", 149_750, "R9", "", ()),
    ("QC to a consumer of AB", party("CA-QC", "registered"), consumer("CA-AB"), "S", 50_000, "R9", "", ()),
    ("AB to NS", party("CA-AB", "registered"), TaxParty("CA", subdivision="CA-NS"), "S", 140_000, "R9", "", ()),
    ("AB to NB", party("CA-AB", "registered"), TaxParty("CA", subdivision="CA-NB"), "S", 150_000, "R9", "", ()),
    ("federal to MB", party("CA", "registered"), TaxParty("CA", subdivision="CA-MB"), "S", 50_000, "R9", "", ()),
    ("to a Canadian without province", party("CA-ON", "registered"), party("CA"), "S", 50_000, "R9", "", ("customer_province",)),
    ("QC small supplier to QC", party("CA-QC", "small_supplier"), party("CA-QC"), "O", 0, "R7", "TPS/TVH/TVQ", ()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("seller", "buyer", "category", "ppm", "rule", "words", "blocks", "warnings"),
    [case[1:] for case in WORKED],
    ids=[case[0] for case in WORKED],
)
def test_the_worked_cases(
    seller: TaxParty,
    buyer: TaxParty,
    category: str,
    ppm: int,
    rule: str,
    words: str,
    blocks: tuple[str, ...],
    warnings: tuple[str, ...],
) -> None:
    decision = jurisdictions.vat_on_services(seller, buyer, TODAY)
    assert (decision.category.value, decision.rate_ppm, decision.rule) == (category, ppm, rule)
    assert words in decision.mention_fr
    assert (decision.blocks, decision.warnings) == (blocks, warnings)


@pytest.mark.parametrize(
    ("customer", "category", "ppm", "rule", "blocks"),
    [case[1:] for case in FEES],
    ids=[case[0] for case in FEES],
)
def test_vat_on_our_fee(
    customer: TaxParty,
    category: str,
    ppm: int,
    rule: str,
    blocks: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RELAIS_PLATFORM_VAT_NUMBER", "FR40303265045")
    settings.cache_clear()
    decision = jurisdictions.platform_fee_vat(customer, TODAY)
    assert (decision.category.value, decision.rate_ppm, decision.rule) == (category, ppm, rule)
    assert decision.blocks == blocks


@pytest.mark.parametrize(
    ("seller", "buyer", "category", "ppm", "rule", "words", "blocks"),
    [case[1:] for case in BOUNDARIES],
    ids=[case[0] for case in BOUNDARIES],
)
def test_the_boundaries(
    seller: TaxParty,
    buyer: TaxParty,
    category: str,
    ppm: int,
    rule: str,
    words: str,
    blocks: tuple[str, ...],
) -> None:
    decision = jurisdictions.vat_on_services(seller, buyer, TODAY)
    assert (decision.category.value, decision.rate_ppm, decision.rule) == (category, ppm, rule)
    assert words in decision.mention_fr
    assert decision.blocks == blocks


@pytest.mark.parametrize(
    ("day", "said", "unsaid"),
    [
        (date(2026, 8, 31), "art. 293 B du CGI", "CIBS"),
        (date(2026, 9, 1), "art. 293 B du CGI (art. L. 223-1 et s. du CIBS)", ";"),
        (date(2027, 12, 31), "293 B", ";"),
        (date(2028, 1, 1), "art. L. 223-1 et s. du CIBS", "293 B"),
    ],
)
def test_the_words_are_those_of_the_day(day: date, said: str, unsaid: str) -> None:
    decision = jurisdictions.vat_on_services(MICRO, party("FR"), day)
    assert said in decision.mention_fr
    assert unsaid not in decision.mention_fr
    assert decision.vatex == "VATEX-FR-FRANCHISE"


@pytest.mark.parametrize("part", ["FR-PF", "FR-NC", "FR-WF"])
@pytest.mark.parametrize("status", ["franchise", "vat_registered"])
def test_where_a_part_has_taxes_of_its_own_no_words_of_its_countrys_schemes_are_said(
    part: str, status: str
) -> None:
    seller = TaxParty("FR", status, "FR1" if status == "vat_registered" else "", part)
    home = jurisdictions.vat_on_services(seller, TaxParty("FR", subdivision=part), TODAY)
    assert (home.taxes, home.mention_fr, home.vatex) == ((), "", None)
    assert (home.blocks, home.warnings) == (("territory_rate",), ("supplier_territory",))
    abroad = jurisdictions.vat_on_services(seller, party("FR", number="FR1"), TODAY)
    assert (abroad.taxes, abroad.vatex, abroad.blocks) == ((), None, ())
    assert "293 B" not in abroad.mention_fr
    assert "autoliquidation par le preneur" in abroad.mention_fr
    assert abroad.warnings == ("supplier_territory",)


def test_an_exemption_ends_on_its_day_and_asks_for_the_new_status() -> None:
    gone = date(2026, 10, 3)
    seller = TaxParty("FR", "franchise", left_small_scheme_on=gone)
    before = jurisdictions.vat_on_services(seller, party("FR"), date(2026, 10, 2))
    assert (before.category.value, before.rate_ppm, before.blocks) == ("E", 0, ())
    after = jurisdictions.vat_on_services(seller, party("FR"), gone)
    assert (after.category.value, after.rate_ppm, after.rule) == ("S", 200_000, "R1")
    assert after.blocks == ("supplier_left_small_scheme",)
    abroad = jurisdictions.vat_on_services(seller, party("CH"), gone)
    assert (abroad.category.value, abroad.blocks) == ("O", ("supplier_left_small_scheme",))
    registered = TaxParty("FR", "vat_registered", "FR1", left_small_scheme_on=gone)
    assert jurisdictions.vat_on_services(registered, party("FR"), gone).blocks == ()


def test_the_platform_is_the_one_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_PLATFORM_JURISDICTION", "BE")
    settings.cache_clear()
    assert jurisdictions.platform_fee_vat(party("BE"), TODAY).rate_ppm == 210_000
    decision = jurisdictions.platform_fee_vat(party("FR", number="FR1"), TODAY)
    assert (decision.rule, decision.blocks) == ("R2", ("supplier_vat_number",))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JURISDICTION", "XX"), ("TAX_STATUS", "kor"), ("VAT_NUMBER", "FR41303265045"),
        ("VAT_NUMBER", "BE0428759497"),
    ],
)  # fmt: skip
def test_a_wrong_operator_stops_the_start_with_the_name_of_the_setting(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    jurisdictions.check_platform()
    monkeypatch.setenv(f"RELAIS_PLATFORM_{name}", value)
    settings.cache_clear()
    with pytest.raises(jurisdictions.BadData, match=f"RELAIS_PLATFORM_{name}"):
        jurisdictions.check_platform()


def everybody() -> list[tuple[str, str, str]]:
    return [
        (place.code, status.code, part)
        for place in jurisdictions.all()
        for status in place.tax_statuses
        for part in ("", *(each.code for each in place.territories))
    ]


def test_every_pair_has_a_decision_that_can_be_told_and_invoiced() -> None:
    sellers = [TaxParty(*one[:2], number, one[2]) for one in everybody() for number in ("", "X")]
    buyers = [
        TaxParty(code, vat_number=number, subdivision=part, kind=kind)
        for code, part in sorted({(one[0], one[2]) for one in everybody()})
        for number, kind in (("", ClientKind.CONSUMER), ("", ClientKind.BUSINESS), ("X", ClientKind.BUSINESS))
    ]  # fmt: skip
    book = {each.code for each in jurisdictions.rulebook().rules}
    for seller, buyer in product(sellers, buyers[::7]):
        decision = jurisdictions.vat_on_services(seller, buyer, TODAY)
        assert decision.rule in book
        untold = decision.blocks and not decision.taxes
        assert untold or (decision.rate_ppm > 0) == (decision.category.value == "S")
        assert decision.category.value == "S" or (decision.mention_fr and decision.mention_en)
        assert {*decision.blocks, *decision.warnings} <= set(SENTENCES)
        _invoiceable(decision)


def _invoiceable(decision: VatDecision) -> None:
    """The constraints of EN 16931 that a decision alone can meet or break."""
    group = jurisdictions.invoice_tax(decision)
    reason = bool(group.reason_fr or group.vatex)
    match group.category:
        case "S":
            assert not reason  # BR-S-10
        case "Z":
            assert group.rate_percent == 0  # BR-Z-05
            assert not reason  # BR-Z-10
            assert group.note_fr, "the words stand in a note"
        case "O":
            assert group.rate_percent is None  # BR-O-05
            assert not group.seller_vat_id  # BR-O-02
            assert not group.buyer_vat_id
            assert reason  # BR-O-10
            assert group.needs == (Need.SELLER_LEGAL_OR_OWN_ID,)  # BR-CO-26
        case "AE":
            assert group.vatex == "VATEX-EU-AE"
            assert group.rate_percent == 0  # BR-AE-05
            assert Need.BUYER_TAX_OR_LEGAL_ID in group.needs  # BR-AE-02
        case "E":
            assert group.rate_percent == 0  # BR-E-05
            assert reason  # BR-E-10
            assert Need.SELLER_TAX_ID in group.needs  # BR-E-02


def test_quebec_is_exact_in_parts_per_million_and_has_no_one_rate_in_an_invoice_file() -> None:
    seller = party("CA-QC", "registered")
    decision = jurisdictions.vat_on_services(seller, party("CA-QC"), TODAY)
    assert (decision.rate_ppm, decision.rates) == (149_750, (50_000, 99_750))
    assert [tax.name for tax in decision.taxes] == ["TPS/GST", "TVQ/QST"]
    assert not jurisdictions.invoice_tax(decision).expressible
    ontario = jurisdictions.vat_on_services(seller, party("CA-ON"), TODAY)
    assert jurisdictions.invoice_tax(ontario).expressible
    assert str(jurisdictions.invoice_tax(ontario).rate_percent) == "13"


@given(
    st.sampled_from(everybody()), st.sampled_from(everybody()), st.sampled_from(NumberState),
    st.booleans(), st.dates(date(2026, 1, 1), date(2030, 1, 1)),
)  # fmt: skip
def test_a_decision_is_kept_and_read_back_the_same(
    one: tuple[str, str, str],
    other: tuple[str, str, str],
    number: NumberState,
    proven: bool,
    day: date,
) -> None:
    seller = TaxParty(*one[:2], "X", one[2])
    buyer = TaxParty(*other[:2], "X", other[2], number=number, proven=proven)
    decision = jurisdictions.vat_on_services(seller, buyer, day)
    assert VatDecision.from_json(decision.as_json()) == decision
    facts = jurisdictions.side(seller, day)
    if facts.scheme is Scheme.UNREGISTERED:
        assert decision.rate_ppm == 0, "who is not registered charges nothing"


def test_each_sentence_says_what_to_do_in_both_languages() -> None:
    for code in SENTENCES:
        (french,), (english,) = (jurisdictions.sentences([code], lang) for lang in ("fr", "en"))
        assert french != english
        assert english.endswith(".")


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(jurisdictions.UnknownJurisdiction):
        jurisdictions.get("XX")
    assert jurisdictions.find("XX") is None
