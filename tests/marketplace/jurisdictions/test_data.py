"""Every data file is usable, and the loader refuses what is malformed, doubled or overlapping."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from marketplace.contracts.rules.clauses import clauses
from marketplace.invoicing.rules import mentions
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions.queries import DATA, BadData, load, rulebook

CODES = sorted(path.stem for path in DATA.glob("*.json"))
TODAY = date(2026, 11, 23)


def test_thirty_two_jurisdictions_are_described() -> None:
    assert len(CODES) == 32
    assert [each.code for each in jurisdictions.all()][:3] == ["FR", "BE", "CH"]


@pytest.mark.parametrize("code", CODES)
def test_an_entry_is_whole(code: str) -> None:
    place = jurisdictions.get(code)
    assert place.name("fr")
    assert place.name("en")
    assert any(form.personal for form in place.legal_forms), "an assistant works alone first"
    assert any(form.code for form in place.legal_forms if not form.personal) or code in {
        "CA-BC",
        "CM",
        "MG",
        "KE",
    }
    for form in place.legal_forms:
        example = form.registration.example
        assert jurisdictions.check_registration(code, example, form.code)
    if place.vat_number:
        number = jurisdictions.check_vat(code, place.vat_number.example)
        assert number.startswith(place.vat_number.prefix)
        assert jurisdictions.check_vat(code, number) == number, "the stored form is accepted again"
    for status in place.tax_statuses:
        if status.scheme.value == "small":
            assert status.mention(TODAY), "an exempt supplier says why"
    assert place.country not in {"FR", "BE", "DE", "GB", "CH"} or place.vat_rates


@pytest.mark.parametrize("code", CODES)
def test_an_unverified_fact_is_marked_and_a_verified_one_has_a_source(code: str) -> None:
    place = jurisdictions.get(code)
    facts = [*place.legal_forms, *place.tax_statuses, *place.limits, *place.facts, place.payable]
    for fact in facts:
        if fact.verified:
            assert fact.source in place.sources


def test_payable_is_europe_the_united_kingdom_switzerland_and_north_america() -> None:
    payable = {each.country for each in jurisdictions.all() if each.payable.value}
    assert payable == set("FR BE LU DE ES PT IT NL IE GB CH CA US".split())


def test_the_french_mention_moves_with_the_law() -> None:
    status = jurisdictions.get("FR").tax_status("franchise")
    assert status
    before, after, later = (
        status.mention(day) for day in (date(2026, 8, 31), date(2026, 9, 1), date(2028, 1, 1))
    )
    assert before
    assert before.fr == "TVA non applicable, art. 293 B du CGI"
    assert after
    assert "CIBS" in after.fr
    assert "293 B" in after.fr
    assert later
    assert "293 B" not in later.fr


def broken(change: Callable[[dict[str, Any]], None], folder: Path) -> None:
    entry = json.loads((DATA / "FR.json").read_text("utf-8"))
    change(entry)
    (folder / "FR.json").write_text(json.dumps(entry), "utf-8")
    load(folder)


def put(*path: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(entry: dict[str, Any]) -> None:
        target: Any = entry
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (put("surprise", value=1), "Extra inputs"),
        (put("currency", value="euro"), "currency"),
        (put("time_zone", value="Europe/Nowhere"), "No time zone"),
        (put("vat_rates", 0, "rate_ppm", value="200000"), "valid integer"),
        (put("vat_rates", 0, "as_of", value="last year"), "as_of"),
        (put("vat_rates", 0, "source", value="hearsay"), "unknown sources"),
        (put("vat_rates", 0, "source", value=None), "names its source"),
        (put("tax_statuses", 0, "charges_vat", value=True), "only a registered party"),
        (put("tax_statuses", 0, "domestic_category", value="X"), "domestic_category"),
        (put("tax_statuses", 0, "mentions", 1, "valid_from", value="2026-08-01"), "same time"),
        (put("tax_statuses", 0, "mentions", 1, "valid_to", value="2020-01-01"), "after valid_to"),
        (put("legal_forms", 1, "code", value="sole_trader"), "comes twice"),
        (put("legal_forms", 0, "registration", "modules", value=[]), "module or a pattern"),
        (put("legal_forms", 0, "registration", "modules", value=["os"]), "no python-stdnum"),
        (put("code", value="BE"), "starts with the country"),
        (put("territories", 0, "code", value="BE-WAL"), "territory's code"),
        (put("territories", 1, "code", value="FR-971"), "same time"),
        (put("territories", 1, "postcodes", value=["971"]), "comes twice"),
        (put("territories", 0, "untaxed", value={"fr": "x", "en": "x"}), "taxed or untaxed"),
        (put("territories", 0, "notice", value="unheard_of"), "no sentence"),
        (put("limits", 0, "effect", value="tomorrow"), "effect"),
        (put("sources", "unread", value={"title": "x", "url": None, "as_of": None, "grade": "official"}), "unused"),
        (put("sources", "fr_cibs", "url", value="not an address"), "url"),
    ],
)  # fmt: skip
def test_the_loader_refuses(
    change: Callable[[dict[str, Any]], None], complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(BadData, match=complaint):
        broken(change, tmp_path)


def test_two_rates_may_not_hold_at_the_same_time(tmp_path: Path) -> None:
    def double(entry: dict[str, Any]) -> None:
        entry["vat_rates"].append({**entry["vat_rates"][0], "valid_from": "2026-01-01"})

    with pytest.raises(BadData, match="same time"):
        broken(double, tmp_path)


def test_a_file_describes_what_its_name_says(tmp_path: Path) -> None:
    (tmp_path / "XX.json").write_text((DATA / "FR.json").read_text("utf-8"), "utf-8")
    with pytest.raises(BadData, match="describes FR"):
        load(tmp_path)


def test_an_empty_folder_and_broken_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="no jurisdiction"):
        load(tmp_path)
    (tmp_path / "FR.json").write_text("{", "utf-8")
    with pytest.raises(BadData, match=r"FR\.json"):
        load(tmp_path)


def entries() -> list[tuple[str, str, Any]]:
    """Every fact of every file with where it stands."""
    kinds = "vat_rates territories legal_forms tax_statuses limits documents facts".split()
    return [
        (place.code, f"{kind}.{getattr(each, 'code', None) or each.name}", each)
        for place in jurisdictions.all()
        for kind in kinds
        for each in getattr(place, kind)
    ] + [("rulebook", each.code, each) for each in jurisdictions.rulebook().rules]


@pytest.mark.parametrize(
    ("code", "entry"), [(code, each) for code, _, each in entries()],
    ids=[f"{code}-{name}" for code, name, _ in entries()],
)  # fmt: skip
def test_an_entry_says_where_it_was_read_or_that_it_is_to_be_confirmed(
    code: str, entry: Any
) -> None:
    book = jurisdictions.rulebook() if code == "rulebook" else jurisdictions.get(code)
    assert entry.verified or entry.source is None or entry.source in book.sources
    if entry.verified:
        assert book.sources[entry.source].title
    french = [getattr(entry, name, "x") for name in ("label_fr", "name_fr", "value_fr", "fr")]
    english = [getattr(entry, name, "x") for name in ("label_en", "name_en", "value_en", "en")]
    assert all(french)
    assert all(english)


def test_provinces_agree_with_the_files_of_their_own() -> None:
    canada = jurisdictions.get("CA")
    assert len(canada.territories) == 13
    for code in ("CA-QC", "CA-ON", "CA-BC", "CA-AB"):
        province = canada.territory(code, TODAY)
        assert province
        rates = [(each.name, each.rate_ppm) for each in province.vat_rates]
        assert rates == [(each.name, each.rate_ppm) for each in jurisdictions.get(code).vat_rates]


@pytest.mark.parametrize(
    ("jurisdiction", "postcode", "part"),
    [
        ("FR", "97400", "FR-974"), ("FR", "97110", "FR-971"), ("FR", "97 200", "FR-972"),
        ("FR", "97300", "FR-973"), ("FR", "97600", "FR-976"), ("FR", "97133", "FR-BL"),
        ("FR", "97150", "FR-MF"), ("FR", "97500", "FR-PM"), ("FR", "75001", ""), ("FR", "", ""),
        ("GB", "bt1 5gs", "GB-NIR"), ("GB", "B1 1BT", ""), ("ES", "35001", "ES-CN"),
        ("ES", "28001", ""), ("MC", "98000", ""),
    ],
)  # fmt: skip
def test_a_postcode_tells_the_part_that_is_taxed_otherwise(
    jurisdiction: str, postcode: str, part: str
) -> None:
    assert jurisdictions.subdivision_of(jurisdiction, postcode, TODAY) == part


@pytest.mark.parametrize(
    ("jurisdiction", "postcode", "town", "part"),
    [
        ("IT", "23041", "Livigno", "IT-XLI"), ("IT", "23030", "LIVIGNO (SO)", "IT-XLI"),
        ("IT", "23030", "Valdisotto", ""), ("IT", "22060", "Campione d'Italia", "IT-XCI"),
        ("IT", "22060", "Arosio", ""), ("IT", "00184", "Livigno", ""),
        ("DE", "78266", "", "DE-XBU"), ("DE", "27498", "Helgoland", "DE-XHG"),
        ("PT", "9500-150", "", "PT-20"), ("PT", "9000123", "", "PT-30"), ("PT", "1100-053", "", ""),
    ],
)  # fmt: skip
def test_a_town_tells_it_where_many_share_the_postcode(
    jurisdiction: str, postcode: str, town: str, part: str
) -> None:
    assert jurisdictions.subdivision_of(jurisdiction, postcode, TODAY, town) == part


@pytest.mark.parametrize(
    ("country", "postcode", "part"),
    [
        ("DE", "10115", "DE-BE"), ("DE", "80331", "DE-BY"), ("DE", "27498", "DE-SH"),
        ("DE", "78266", "DE-BW"), ("DE", "21039", ""), ("DE", "1011", ""), ("DE", "", ""),
        ("CH", "1201", "CH-GE"), ("CH", "8001", "CH-ZH"), ("CH", "1700", "CH-FR"), ("CH", "1290", ""),
        ("ES", "08001", "ES-CT"), ("ES", "35001", "ES-CN"), ("ES", "53000", ""),
        ("IT", "39100", "IT-BZ"), ("IT", "00184", ""), ("PT", "9000-123", "PT-30"),
        ("PT", "9500150", "PT-20"), ("PT", "1100-053", ""), ("FR", "75001", ""), ("XX", "1", ""),
    ],
)  # fmt: skip
def test_a_postcode_tells_whose_holidays_are_kept_unless_two_parts_share_it(
    country: str, postcode: str, part: str
) -> None:
    assert jurisdictions.part_at(country, postcode) == part


def test_the_version_changes_with_any_byte_of_the_data() -> None:
    version = jurisdictions.data_version()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d:[0-9a-f]{16}", version)
    assert len(version) <= 40


def french(found: object, key: str = "") -> Iterator[str]:
    if isinstance(found, dict):
        for name, value in found.items():
            yield from french(value, name)
    elif isinstance(found, list | tuple):
        for each in found:
            yield from french(each, key)
    elif isinstance(found, str) and (key == "fr" or key.endswith("_fr")):
        yield found


def test_no_line_of_french_may_break_before_its_marks_or_inside_an_amount() -> None:
    said = [*french(rulebook().model_dump())]
    for place in load(DATA).values():
        said += french(place.model_dump())
    said += [each.text("fr") for each in mentions.known()]
    said += [text for each in clauses("fr") for text in (each.title, *each.text)]
    said += [text for each in clauses("fr", "amendment") for text in (each.title, *each.text)]
    assert not [text for text in said if re.search(r" [:;?!»€%]|« |\d \d{3}(?!\d)", text)]
    assert len([text for text in said if re.search("[\u00a0\u202f]", text)]) > 100
    english = [text for each in clauses("en") for text in each.text]
    assert not [text for text in english if re.search("[\u00a0\u202f]", text)]


def test_what_was_to_be_done_by_a_day_is_told_otherwise_after_it() -> None:
    facts = [each for each in jurisdictions.get("FR").facts if each.code == "platform_work"]
    before, after = (
        [each.value_fr for each in facts if each.holds(day)]
        for day in (date(2026, 12, 2), date(2026, 12, 3))
    )
    assert (len(before), len(after)) == (1, 1)
    assert "est à transposer" in before[0]
    assert "devait être transposée" in after[0]
