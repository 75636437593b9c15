"""The gazetteer: every town stands in a real region, and people find their town."""

from zoneinfo import ZoneInfo

import pycountry
import pytest

from marketplace.places import queries as places
from search.geo import distance_km

MAIN = ("FR", "BE", "LU", "CH", "MC", "CA", "GB", "IE", "DE", "ES", "PT", "IT", "NL", "US")


def test_every_town_stands_in_a_region_of_iso_3166_2() -> None:
    iso = {subdivision.code for subdivision in pycountry.subdivisions}
    for town in places._cities().values():
        assert town.region in iso, town
        assert town.region[:2] == town.country, town
        assert places.region(town.region), town
        assert -90 <= town.lat <= 90, town
        assert -180 <= town.lng <= 180, town
    for zone in {town.time_zone for town in places._cities().values()}:
        assert ZoneInfo(zone)


@pytest.mark.parametrize("country", MAIN)
def test_a_main_country_has_towns_and_named_regions(country: str) -> None:
    assert sum(town.country == country for town in places._cities().values()) >= 4
    for region in places.regions(country):
        assert region.name_fr
        assert region.name_en


def test_france_is_cut_into_its_regions() -> None:
    codes = {region.code for region in places.regions("FR")}
    assert len(codes) == 18
    assert {"FR-IDF", "FR-ARA", "FR-PAC", "FR-20R", "FR-974"} <= codes
    assert places.region("FR-BRE").name("en") == "Brittany"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("slug", "region", "country"),
    [
        ("paris", "FR-IDF", "FR"),
        ("lyon", "FR-ARA", "FR"),
        ("strasbourg", "FR-GES", "FR"),
        ("saint-denis", "FR-974", "FR"),
        ("liege", "BE-WAL", "BE"),
        ("geneve", "CH-GE", "CH"),
        ("montreal", "CA-QC", "CA"),
        ("luxembourg", "LU-LU", "LU"),
        ("londres", "GB-ENG", "GB"),
        ("lisbonne", "PT-11", "PT"),
        ("milan", "IT-25", "IT"),
        ("casablanca", "MA-06", "MA"),
        ("tunis", "TN-11", "TN"),
        ("dakar", "SN-DK", "SN"),
        ("abidjan", "CI-AB", "CI"),
        ("nairobi", "KE-30", "KE"),
    ],
)
def test_a_known_town_is_where_it_should_be(slug: str, region: str, country: str) -> None:
    town = places.city(slug)
    assert town is not None
    assert (town.region, town.country) == (region, country)


@pytest.mark.parametrize("typed", ["saint-etienne", "Saint Étienne", "st-étienne", "SAINT-ÉTIENNE"])
def test_accents_case_and_hyphens_do_not_matter(typed: str) -> None:
    assert places.cities_matching(typed, "FR")[0].slug == "saint-etienne"


def test_both_names_of_a_town_lead_to_it() -> None:
    assert places.cities_matching("Genev")[0].slug == "geneve"
    assert places.cities_matching("Genève")[0].slug == "geneve"
    assert places.city_named("Londres") == places.city_named("London", "GB")


def test_the_exact_name_comes_before_larger_towns_that_only_start_alike() -> None:
    names = [town.name_fr for town in places.cities_matching("Saint-Denis", "FR", limit=3)]
    assert names[0] == "Saint-Denis"


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("London", "londres"),
        ("Geneva", "geneve"),
        ("Vienna", "vienne-autriche"),
        ("Vienne", "vienne"),
        ("Saint-Denis", "saint-denis-fr-idf"),
        ("Saint-Denis, La Réunion", "saint-denis"),
        ("Paris, Texas", "paris-us-tx"),
        ("London, UK", "londres"),
        ("london-colney", "london-colney"),
        ("Vienne (Isère)", "vienne"),
        ("Saint-Denis, Seine-Saint-Denis", "saint-denis-fr-idf"),
        ("Saint-Denis (974)", "saint-denis"),
    ],
)
def test_of_towns_of_one_name_the_likeliest_is_meant_unless_told(typed: str, slug: str) -> None:
    found = places.city_named(typed)
    assert found
    assert found.slug == slug


@pytest.mark.parametrize(
    ("typed", "first"),
    [("nan", "nantes"), ("bor", "bordeaux"), ("saint", "saint-etienne"), ("gen", "geneve")],
)
def test_towns_near_are_suggested_before_larger_ones_far_away(typed: str, first: str) -> None:
    assert places.cities_matching(typed)[0].slug == first


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_what_is_written_of_a_town_leads_back_to_it(locale: str) -> None:
    towns = list(places._cities().values())
    for town in towns[:400] + towns[400::40]:
        assert places.city_named(places.written(town, locale), town.country) == town


def test_a_title_tells_towns_of_one_name_apart() -> None:
    slugs = ("saint-denis", "saint-denis-fr-idf", "florence", "lyon", "paris", "paris-us-tx")
    titles = {slug: places.title(places._cities()[slug], "fr") for slug in slugs}
    assert titles["saint-denis"] == "Saint-Denis (La Réunion)"
    assert titles["saint-denis-fr-idf"] == "Saint-Denis (Île-de-France)"
    assert titles["florence"] == "Florence (Italie)"
    assert titles["lyon"] == "Lyon"
    assert titles["paris"] == "Paris"
    assert titles["paris-us-tx"] == "Paris (États-Unis)"


def test_the_country_narrows_the_search() -> None:
    assert {town.country for town in places.cities_matching("Paris", "US")} == {"US"}
    assert places.city_named("Paris", "BE") is None


@pytest.mark.parametrize("typed", ["", "   ", "-", "zzzzzz"])
def test_nonsense_matches_nothing(typed: str) -> None:
    assert places.cities_matching(typed) == []
    assert places.city_named(typed) is None


def test_distance_is_in_kilometres() -> None:
    paris, lyon = places.city("paris"), places.city("lyon")
    assert paris
    assert lyon
    there = distance_km((paris.lat, paris.lng), (lyon.lat, lyon.lng))
    assert there == pytest.approx(392, abs=3)
    assert distance_km((1, 1), (1, 1)) == 0


def test_countries_start_with_the_francophone_neighbours() -> None:
    codes = [country.code for country in places.countries("en")]
    assert codes[:6] == ["FR", "BE", "CH", "LU", "MC", "CA"]
    assert places.country_name("DE", "fr") == "Allemagne"
    assert places.country_name("DE", "en") == "Germany"


def test_every_county_is_governed_from_a_town_of_the_gazetteer() -> None:
    towns = [places.city(slug) for slug in places.counties().values()]
    assert len(towns) > 40
    assert {town.region for town in towns if town} == {"GB-ENG"}
    assert None not in towns


@pytest.mark.parametrize(
    ("name", "around", "there"),
    [
        ("Annecy", "d’Annecy", "à Annecy"),
        ("Évreux", "d’Évreux", "à Évreux"),
        ("Yverdon-les-Bains", "d’Yverdon-les-Bains", "à Yverdon-les-Bains"),
        ("York", "de York", "à York"),
        ("Lyon", "de Lyon", "à Lyon"),
        ("Le Havre", "du Havre", "au Havre"),
        ("La Rochelle", "de La Rochelle", "à La Rochelle"),
        ("Les Abymes", "des Abymes", "aux Abymes"),
        ("Lens", "de Lens", "à Lens"),
        ("Hyères", "d’Hyères", "à Hyères"),
        ("Hénin-Beaumont", "d’Hénin-Beaumont", "à Hénin-Beaumont"),
        ("Yerres", "d’Yerres", "à Yerres"),
        ("Haguenau", "de Haguenau", "à Haguenau"),
        ("Honfleur", "de Honfleur", "à Honfleur"),
        ("Yutz", "de Yutz", "à Yutz"),
        ("Hambourg", "de Hambourg", "à Hambourg"),
    ],
)
def test_french_joins_its_small_words_to_a_place(name: str, around: str, there: str) -> None:
    assert [places.after(one, name, "fr") for one in ("de", "à")] == [around, there]
    assert places.after("de", name, "en") == name
