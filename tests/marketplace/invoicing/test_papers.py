"""Every VAT case that EN 16931 can say passes the official rules; wrong files do not get through."""

from __future__ import annotations

import asyncio
import io
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from fcntl import ioctl
from termios import FIONREAD
from typing import Any

import facturx
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

from marketplace.contracts.service import documents
from marketplace.invoicing.rules import drafting, en16931, layout, mandate, mentions, states
from marketplace.invoicing.rules.drafting import Blocked
from marketplace.invoicing.rules.papers import Earlier, Invoice, Kind, Paper
from marketplace.invoicing.service import files, gate, services
from marketplace.jurisdictions.rules import Category, Tax
from marketplace.work.models import Unit
from marketplace.work.rules import UnitKind
from marketplace.work.service.letters.writing import name_of
from payments.fees import FeeTerms, Share, quote, tax_on
from payments.money import Money
from payments.taking import left_of, take
from tests.factories.invoicing import DAY, Side, paper

FR = Side("FR", "vat_registered", "FR44732829320", "73282932000074")
FR_SMALL = Side("FR", "franchise", "", "55208131700015")
FR_SMALL_VAT = Side("FR", "franchise", "FR85552081317", "552081317")
BE = Side("BE", "vat_registered", "BE0428759497", "0428.759.497")
BE_SMALL = Side("BE", "franchise", "", "0428.759.497")
DE = Side("DE", "vat_registered", "DE136695976")
MC = Side("MC", "vat_registered", "FR53000004605")
CH = Side("CH", "vat_registered", "CHE-107.787.577 MWST", "CHE-100.155.212")
GB = Side("GB", "vat_registered", "GB980780684", "00445790")
US = Side("US", "no_vat", "", "91-1144442")
LU = Side("LU", "franchise", "", "B123456")
LU_BUYER = Side("LU", "vat_registered", "LU15027442", "B654321")
ES = Side("ES", "vat_registered", "ESB58378431")
MA = Side("MA", "vat_registered", "001561191000066", "001561191000066")
SN = Side("SN", "unregistered")
MG = Side("MG")
IN = Side("IN", "lut", "36AAACI8577J1ZJ")
ON = Side("CA-ON", "registered", "123026635RT0001", "123026635", "CA-ON")
QC = Side("CA-QC", "registered", "123026635RT0001", "123026635", "CA-QC")
QC_SMALL = Side("CA-QC", "small_supplier", "", "123026635", "CA-QC")

# The worked cases of the decision table that one tax can say: number, seller, buyer, category.
CASES = [
    ("1", FR, FR, "S"),
    ("2", FR_SMALL, FR, "E"),
    ("3", FR_SMALL_VAT, BE, "AE"),
    ("5", FR, Side("DE", "vat_registered"), "S"),
    ("7", FR, CH, "O"),
    ("8", FR_SMALL, US, "O"),
    ("9", FR, MC, "S"),
    ("10", BE_SMALL, BE, "E"),
    ("11", BE, FR, "AE"),
    ("12", LU, LU_BUYER, "E"),
    ("13", DE, FR, "AE"),
    ("14", ES, GB, "O"),
    ("15", GB, GB, "S"),
    ("16", GB, FR, "O"),
    ("17", CH, CH, "S"),
    ("18", QC, ON, "S"),
    ("20", QC_SMALL, FR, "O"),
    ("21", SN, FR, "O"),
    ("22", MA, MA, "S"),
    ("23", IN, FR, "Z"),
    ("24, 26", FR, FR_SMALL, "S"),
    ("25", FR, BE, "AE"),
    ("27", FR, MG, "O"),
]


CREDIT: dict[str, Any] = {
    "paper": Paper.CREDIT_NOTE,
    "corrects": (Earlier("A00042-000016", DAY),),
    "reason": "Une part du prix a été rendue.",
}


ON_ACCOUNT: dict[str, Any] = {"paper": Paper.ADVANCE}
BALANCE: dict[str, Any] = {"before": (Earlier("A00042-000016", DAY),), "after_advances": True}


@pytest.fixture(scope="module", autouse=True)
def one_process() -> Iterator[None]:
    yield
    gate.close()


async def verdict(document: Invoice) -> gate.Verdict:
    return await gate.check(files.cii(document), gate.rules_for(document))


@pytest.mark.parametrize(("case", "seller", "buyer", "category"), CASES, ids=[c[0] for c in CASES])
async def test_each_worked_case_passes_the_schematrons(
    case: str, seller: Side, buyer: Side, category: str
) -> None:
    document, _ = paper(seller, buyer)
    assert document.category == category
    said = await verdict(document)
    assert said.failures == ()
    assert said.fired["en16931"] > 70
    if document.french:
        assert said.fired["fr-ctc"] > 50
    xml = files.cii(document).decode()
    assert ("VA" in re.findall(r'schemeID="(VA|FC)"', xml)) <= (category != "O")  # BR-O-02
    assert document.total.minor == document.net.minor + document.vat.minor
    assert "IBAN" not in xml
    assert "fonds provisionnés" in xml


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        pytest.param(CREDIT, "381", id="credit note"),
        pytest.param({"paper": Paper.SELF_BILLED, "behalf": ""}, "389", id="self-billed"),
        pytest.param({"paid_on": DAY - timedelta(days=40)}, "380", id="waited for its mandate"),
        pytest.param({"language": "en"}, "380", id="English"),
        pytest.param({"rounding_minor": 1}, "380", id="a cent more than its own tax"),
        pytest.param(ON_ACCOUNT, "386", id="on account"),
        pytest.param(BALANCE, "380", id="balance after payments on account"),
        pytest.param(BALANCE | {"rounding_minor": 1}, "380", id="balance with a cent of rounding"),
        pytest.param(CREDIT | {"annuls": True}, "381", id="contested"),
        pytest.param({"rounding_minor": -1}, "380", id="a cent less"),
    ],
)
async def test_the_other_papers_pass_too(changed: dict[str, Any], kind: str) -> None:
    document, _ = paper(FR_SMALL, FR, **changed)
    assert (await verdict(document)).failures == ()
    assert f"<ram:TypeCode>{kind}</ram:TypeCode>" in files.cii(document).decode()


def _without(xml: str, pattern: str) -> str:
    changed, count = re.subn(pattern, "", xml, flags=re.DOTALL)
    assert count
    return changed


WRONG: dict[str, Callable[[str], str]] = {
    "wrong total": lambda x: x.replace(
        "<ram:GrandTotalAmount>840.00", "<ram:GrandTotalAmount>841.00"
    ),
    "no fixed sum for recovery": lambda x: _without(
        x, r"<ram:IncludedNote>(?:(?!</ram:IncludedNote>).)*PMT</ram:SubjectCode></ram:IncludedNote>"
    ),
    "exempt without a reason": lambda x: _without(
        _without(x, r"<ram:ExemptionReason>.*?</ram:ExemptionReason>"),
        r"<ram:ExemptionReasonCode>.*?</ram:ExemptionReasonCode>",
    ),
    "spaces in the number": lambda x: x.replace("A00042-000017", "A00042 000017"),
    "number too long": lambda x: x.replace("A00042-000017", "A" * 36),
    "tax where none is due": lambda x: x.replace(
        "<ram:RateApplicablePercent>0.00", "<ram:RateApplicablePercent>20.00"
    ),
    "no SIREN of the buyer": lambda x: _without(
        x, r"(?<=<ram:Name>Atelier Dubois</ram:Name>)<ram:SpecifiedLegalOrganization>.*?"
        r"</ram:SpecifiedLegalOrganization>",
    ),
    "paid, and yet to pay": lambda x: x.replace(
        "<ram:DuePayableAmount>0.00", "<ram:DuePayableAmount>840.00"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
async def test_wrong_files_are_refused(what: str) -> None:
    document, _ = paper(FR_SMALL, FR)
    xml = files.cii(document)
    flat = re.sub(r">\s+<", "><", xml.decode())
    broken = WRONG[what](flat)
    assert broken != flat
    said = await gate.check(broken.encode(), gate.rules_for(document))
    assert not said.passed
    assert all(each.id and each.text for each in said.failures)


async def test_reverse_charge_without_the_buyers_number_and_numbers_out_of_scope_are_refused() -> (
    None
):
    charged, _ = paper(FR_SMALL_VAT, DE)
    nobody = replace(charged, buyer=replace(charged.buyer, vat_number="", registration=""))
    assert {"BR-AE-02"} <= {each.id for each in (await verdict(nobody)).failures}
    outside, _ = paper(FR, CH)
    home, _ = paper(FR, FR)
    mixed = files.cii(outside).decode()
    number = re.search(
        r"<ram:SpecifiedTaxRegistration>.*?</ram:SpecifiedTaxRegistration>",
        files.cii(home).decode(),
        re.DOTALL,
    )
    assert number is not None
    mixed = mixed.replace("</ram:SellerTradeParty>", number[0] + "</ram:SellerTradeParty>")
    said = await gate.check(mixed.encode(), ("en16931",))
    assert "BR-O-02" in {each.id for each in said.failures}


async def test_what_is_no_invoice_at_all_closes_the_gate() -> None:
    for nonsense in (b"<a/>", b"not xml"):
        try:
            said = await gate.check(nonsense, ("en16931",))
        except gate.GateClosed:
            continue
        assert not said.passed  # nothing fired: not looked at is not passed


async def test_the_checker_may_die_and_a_file_that_kills_it_twice_closes_the_gate() -> None:
    document, _ = paper(FR, FR)
    assert (await verdict(document)).passed
    asked = asyncio.create_task(verdict(document))
    first = await killed_over_it(None)
    assert (await asked).passed  # a second one was asked
    asked = asyncio.create_task(verdict(document))
    second = await killed_over_it(first)
    await killed_over_it(second)
    with pytest.raises(gate.GateClosed):
        await asked
    assert (await verdict(document)).passed  # the next file finds a new one


async def killed_over_it(before: subprocess.Popen[str] | None) -> subprocess.Popen[str]:
    """End the checker that runs after `before`, once it has been asked, as Saxon can end it."""
    async with asyncio.timeout(120):  # one that has read its question already would be waited for
        while (checker := gate._checker.process) is None or checker is before:
            await asyncio.sleep(0.001)
        checker.send_signal(signal.SIGSTOP)
        assert checker.stdin is not None
        while not ioctl(checker.stdin, FIONREAD, bytes(4)).strip(b"\0"):  # nothing to be read
            await asyncio.sleep(0.01)
    checker.kill()
    return checker


def test_nothing_of_saxon_is_in_this_process() -> None:
    import sys

    assert "saxonche" not in sys.modules


def test_quebecs_two_taxes_stand_on_paper_without_a_file() -> None:
    document, _ = paper(ON, QC, 10_000)
    assert not document.electronic
    assert sum(tax.amount_minor for tax in document.taxes) == document.vat.minor
    text = _text(files.pdf(document, None, 1_795_000_000))
    assert "TVQ" in text
    assert "9,975 %" in text


def _text(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return re.sub(r"[\s\u00a0\u202f]+", " ", " ".join(page.extract_text() for page in pages))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pdf_is_pdf_a_3_and_carries_the_same_xml(language: str) -> None:
    document, _ = paper(FR, FR, language=language)
    xml = files.cii(document)
    content = files.pdf(document, xml, 1_795_000_000)
    assert content == files.pdf(document, xml, 1_795_000_000)
    name, found = facturx.get_xml_from_pdf(content, check_xsd=True, check_schematron=False)
    assert (name, found) == ("factur-x.xml", xml)
    with pikepdf.open(io.BytesIO(content)) as file:
        assert "/OutputIntents" in file.Root
        assert "/ID" in file.trailer
        assert len(file.Root.AF) == 1
        raw = bytes(file.Root.Metadata.read_bytes())
    tree = etree.fromstring(re.sub(rb"<\?xpacket.*?\?>", b"", raw).strip())
    bags = tree.findall(".//{http://www.aiim.org/pdfa/ns/extension/}schemas")
    assert len(bags) == 1
    level = tree.find(f".//{{{files.FX}}}ConformanceLevel")
    assert level is not None
    assert level.text == "EN 16931"
    text = _text(content)
    for words in ("A00042-000017", "732829320", "FR44732829320", "840", "168"):
        assert words in text
    assert ("Facture établie par" if language == "fr" else "Issued by") in text
    assert "%(" not in text
    assert "{" not in text


def test_mentions_follow_day_and_country() -> None:
    small, _ = paper(FR_SMALL, FR)
    assert [each.subject for each in mentions.due(small)] == ["PMT", "PMD", "AAB"]
    assert "CIBS" in small.mention
    belgian, _ = paper(BE, BE)
    assert [each.subject for each in mentions.due(belgian)] == ["PMD"]
    assert "huit points" in mentions.due(belgian)[0].text("fr")
    american, _ = paper(US, FR)
    assert mentions.due(american) == []
    monegasque, _ = paper(MC, FR)
    assert mentions.due(monegasque) == [], "French commercial law does not hold in Monaco"
    for each in mentions.known():
        assert each.source
    with pytest.raises(ValueError, match="valid_from"):
        mentions.Mention.model_validate(
            mentions.known()[0].model_dump()
            | {"valid_from": date(2027, 1, 1), "valid_to": date(2026, 1, 1)}
        )


def test_the_mandate_says_the_same_in_both_languages() -> None:
    found = {
        language: mandate.mandate(language, assistant="Léa", platform="Relais SAS", site="Relais")
        for language in ("fr", "en")
    }
    ids = [[article.id for article in text.articles] for text in found.values()]
    assert ids[0] == ids[1]
    for text in found.values():
        assert str(states.CONTEST_DAYS) in text.text
        assert "Léa" in text.text
        assert "{" not in text.text
        assert text.version == mandate.current_version()


TAXED = [
    (), (Tax("MWST", 81_000),), (Tax("TVA", 200_000),), (Tax("VAT", 210_000),),
    (Tax("TPS/GST", 50_000), Tax("TVQ/QST", 99_750)),
]  # fmt: skip


@given(
    price=st.integers(1, 10_000_000),
    taxes=st.sampled_from(TAXED),
    parts=st.lists(st.integers(1, 100), min_size=1, max_size=5),
    fees=st.tuples(st.integers(0, 3000), st.integers(0, 3000)),
)
def test_documents_sum_to_the_ledger_whatever_the_parts(
    price: int, taxes: tuple[Tax, ...], parts: list[int], fees: tuple[int, int]
) -> None:
    rates = tuple(each.rate_ppm for each in taxes)
    terms = FeeTerms(fees[0], fees[1], (200_000,), (200_000,), rates)
    pool = Share.of(quote(Money(price, "EUR"), terms))
    whole, taken = pool, Share("EUR")
    for part in [*parts, 0]:
        if not pool.price:
            break
        wanted = min(pool.price, max(1, price * part // 100)) if part else pool.price
        share = take(pool, wanted, terms)
        pool, taken = left_of(pool, share, terms), taken.plus(share)
        for kind in Kind:
            net, vat = drafting.amounts(kind, share)
            assert min(net, vat) >= 0
            charged = taxes if kind is Kind.WORK else (Tax("TVA", 200_000),)
            lines = drafting.tax_lines(charged, Money(net, "EUR"), Money(vat, "EUR"))
            due = [tax_on(Money(net, "EUR"), (tax.rate_ppm,)).minor for tax in charged]
            assert [line.amount_minor for line in lines] == due
            # The assistant's fee is taken of what is held: its tax always fits.
            assert abs(vat - sum(due)) <= (0 if kind is Kind.ASSISTANT_FEE else 1 + len(charged))
    assert taken.total == whole.minus(pool).total
    assert taken.held == taken.net + taken.commission


def test_who_charges_the_tax_of_quebec_names_its_number() -> None:
    document, _ = paper(QC, QC, currency="CAD")
    drafting.require_qst(document.seller, document.taxes)
    assert "TVQ/QST 1234567890TQ0001" in layout.compose(document)["seller"]["lines"]
    without = replace(document.seller, qst_number="")
    with pytest.raises(Blocked) as refused:
        drafting.require_qst(without, document.taxes)
    assert refused.value.code == "qst_number"
    assert refused.value.code in states.WAITS
    drafting.require_qst(without, paper(QC, FR, currency="CAD")[0].taxes)


def test_late_payment_costs_what_the_contract_says() -> None:
    signed = replace(paper(FR, BE)[0], late="Intérêts au taux signé.")
    said = dict(mentions.said(signed))
    assert said["PMD"] == "Intérêts au taux signé."
    assert said.keys() == {"PMT", "PMD", "AAB"}
    abroad = replace(paper(QC, FR, currency="CAD")[0], late="10 % l’an.")
    assert mentions.said(abroad)[-1] == ("PMD", "10 % l’an.")
    assert "trois fois" in dict(mentions.said(paper(FR, BE)[0]))["PMD"]
    assert {"BT-21": "PMD", "BT-22": "Intérêts au taux signé."} in en16931.notes(signed)


def test_an_amount_the_law_does_not_ask_for_is_not_printed() -> None:
    _, charged = paper(FR, FR)
    _, exempt = paper(FR_SMALL, FR)
    net = Money(10_000, "EUR")
    assert drafting.tax_lines(charged.taxes, net, Money(2_000, "EUR"))[0].amount_minor == 2_000
    for found, vat in ((charged, 0), (charged, 2_010), (exempt, 2_000)):
        with pytest.raises(Blocked) as refused:
            drafting.tax_lines(found.taxes, net, Money(vat, "EUR"))
        assert refused.value.code == "vat_mismatch"


@given(st.integers(1, 10**9), st.integers(1, 10**6))
def test_numbers_fit_what_platforms_take(series: int, serial: int) -> None:
    for issuer in ("platform", "party"):
        number = states.number(issuer, series, serial)
        assert len(number) <= 35
        assert re.fullmatch(r"[A-Z0-9-]+", number)


def test_rates_are_written_exactly() -> None:
    shown = {ppm: en16931.percent(ppm) for ppm in (0, 200_000, 81_000, 99_750, 192_500)}
    assert list(shown.values()) == ["0.00", "20.00", "8.10", "9.975", "19.25"]
    assert {Category.STANDARD, Category.ZERO_RATED} == en16931.UNEXPLAINED


INDIA = Side("IN", "registered", "36AAACI8577J1ZJ")


@pytest.mark.parametrize(
    ("side", "language", "told"),
    [
        (FR, "fr", "TVA 20\u00a0%"), (FR, "en", "VAT 20%"), (DE, "fr", "TVA 19\u00a0%"),
        (INDIA, "fr", "GST 18\u00a0%"), (INDIA, "en", "GST 18%"), (ON, "fr", "TVH/HST 13\u00a0%"),
    ],
)  # fmt: skip
def test_a_tax_is_named_in_the_language_of_the_paper(side: Side, language: str, told: str) -> None:
    document, decision = paper(side, side, language=language)
    assert [name for name, _ in layout.compose(document)["totals"]].count(told) == 1
    assert documents.tax_words(decision, language) == told


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_further_pack_has_one_name_on_paper_and_in_mails(language: str) -> None:
    unit = Unit(kind=UnitKind.TOP_UP)
    assert name_of(unit, language).endswith(services.part_name(unit, language))
