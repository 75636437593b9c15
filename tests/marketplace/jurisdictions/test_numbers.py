"""Registration and VAT numbers: each register's good numbers pass, near misses do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import Invalid
from marketplace.jurisdictions import queries as jurisdictions

GOOD = [
    ("FR", "sole_trader", "552 008 443", "552008443"),
    ("FR", "sole_trader", "732 829 320 00074", "73282932000074"),
    ("FR", "association", "w751234567", "W751234567"),
    ("BE", "sole_trader", "0428.759.497", "0428759497"),
    ("LU", "sarl", "b 60814", "B60814"),
    ("CH", "sole_trader", "CHE-100.155.212", "CHE100155212"),
    ("MC", "sarl", "56 S 00557", "56S00557"),
    ("GB", "ltd", "00445790", "00445790"),
    ("GB", "ltd", "SC123456", "SC123456"),
    ("DE", "gmbh", "Aachen HRA 11223", "Aachen HRA 11223"),
    ("ES", "sl", "J99216582", "J99216582"),
    ("PT", "sole_trader", "501 964 843", "501964843"),
    ("IT", "srl", "00743110157", "00743110157"),
    ("NL", "bv", "33031431", "33031431"),
    ("IE", "ltd", "104547", "104547"),
    ("CA-QC", "corporation", "1143920115", "1143920115"),
    ("CA-ON", "corporation", "123026635", "123026635"),
    ("US", "llc", "91-1144442", "911144442"),
    ("MA", "sarl", "001561191000066", "001561191000066"),
    ("CI", "sole_trader", "1234567 a", "1234567A"),
    ("CM", "sole_trader", "M012345678901A", "M012345678901A"),
    ("MG", "sole_trader", "1234567890", "1234567890"),
    ("PH", "sole_trader", "123-456-789-000", "123456789000"),
    ("ZA", "pty_ltd", "2010/012345/07", "201001234507"),
]

BAD = [
    ("FR", "sole_trader", "552 008 444"),
    ("FR", "sole_trader", "55200844"),
    ("FR", "sole_trader", "732 829 320 00075"),
    ("BE", "sole_trader", "0428.759.498"),
    ("LU", "sarl", "60814"),
    ("CH", "sole_trader", "CHE-100.155.213"),
    ("MC", "sarl", "56557"),
    ("GB", "ltd", "445790X"),
    ("DE", "gmbh", "HRB"),
    ("ES", "sl", "J99216583"),
    ("PT", "sole_trader", "501 964 842"),
    ("NL", "bv", "3303143"),
    ("IE", "ltd", "CRO"),
    ("CA-QC", "corporation", "9943920115"),
    ("US", "llc", "07-1144442"),
    ("MA", "sarl", "001561191000065"),
    ("CI", "sole_trader", "1234567"),
    ("CM", "sole_trader", "012345678901"),
    ("MG", "sole_trader", "12345"),
    ("PH", "sole_trader", "12-34"),
    ("FR", "sole_trader", ""),
    ("FR", "sole_trader", "٥٥٢٠٠٨٤٤٣"),
    ("FR", "sole_trader", "552008443\x00"),
]

VAT_GOOD = [
    ("FR", "FR 40 303 265 045", "FR40303265045"),
    ("FR", "40303265045", "FR40303265045"),
    ("MC", "FR 53 0000 04605", "FR53000004605"),
    ("BE", "BE 0428.759.497", "BE0428759497"),
    ("LU", "LU 150 274 42", "LU15027442"),
    ("DE", "DE 136,695 976", "DE136695976"),
    ("ES", "ES 54362315-K", "ES54362315K"),
    ("PT", "PT 501 964 843", "PT501964843"),
    ("IT", "IT 00743110157", "IT00743110157"),
    ("NL", "NL004495445B01", "NL004495445B01"),
    ("IE", "IE 6433435F", "IE6433435F"),
    ("GB", "GB 980 7806 84", "GB980780684"),
    ("CH", "CHE-107.787.577 MWST", "CHE107787577MWST"),
    ("CA-QC", "12302 6635 RT 0001", "123026635RT0001"),
    ("IN", "27AAPFU0939F1ZV", "27AAPFU0939F1ZV"),
]

VAT_BAD = [
    ("FR", "FR 41 303 265 045"),
    ("BE", "FR40303265045"),
    ("DE", "DE 136695978"),
    ("CH", "CHE-107.787.578 MWST"),
    ("GB", "GB 980780685"),
    ("US", "91-1144442"),
]


@pytest.mark.parametrize(("code", "form", "typed", "stored"), GOOD)
def test_a_registration_number_is_stored_as_its_register_writes_it(
    code: str, form: str, typed: str, stored: str
) -> None:
    assert jurisdictions.check_registration(code, typed, form) == stored


@pytest.mark.parametrize(("code", "form", "typed"), BAD)
def test_a_wrong_registration_number_is_refused_beside_its_field(
    code: str, form: str, typed: str
) -> None:
    with pytest.raises(Invalid) as refused:
        jurisdictions.check_registration(code, typed, form)
    assert set(refused.value.errors) == {"registration_number"}


@pytest.mark.parametrize(("code", "typed", "stored"), VAT_GOOD)
def test_a_vat_number_is_stored_with_its_prefix(code: str, typed: str, stored: str) -> None:
    assert jurisdictions.check_vat(code, typed) == stored


@pytest.mark.parametrize(("code", "typed"), VAT_BAD)
def test_a_wrong_vat_number_is_refused(code: str, typed: str) -> None:
    with pytest.raises(Invalid):
        jurisdictions.check_vat(code, typed)


def test_without_a_legal_form_any_register_of_the_place_will_do() -> None:
    assert jurisdictions.check_registration("DE", "Aachen HRA 11223") == "Aachen HRA 11223"
    assert jurisdictions.check_registration("DE", "181/815/08155") == "18181508155"


@given(st.text(max_size=80), st.sampled_from([each.code for each in jurisdictions.all()]))
def test_no_text_whatever_breaks_the_check(text: str, code: str) -> None:
    for check in (jurisdictions.check_registration, jurisdictions.check_vat):
        try:
            stored = check(code, text)
        except Invalid:
            continue
        assert stored.isprintable()
        assert len(stored) <= 60
