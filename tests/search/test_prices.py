"""Money as people write it: what is an hourly price, in which money, and what is none."""

from __future__ import annotations

import pytest

from marketplace.directory.queries.placenames import VOCABULARY
from marketplace.directory.queries.world import PLACES
from payments.money import EXPONENTS
from search import notes, rates
from search.applying import asked
from search.phrases import currencies
from search.query import canonical, dropped, parse
from search.understanding import understand

SWISS = "standardiste moins de 30 CHF/h"

PRICES = (
    ("bookkeeper max $40 CAD", "bookkeeper", "max=4000 CAD"),
    ("bookkeeper max 40 $ CA", "bookkeeper", "max=4000 CAD"),
    ("bookkeeper C$30/h", "bookkeeper", "max=3000 CAD"),
    ("assistante 30 $CA/h", "assistante", "max=3000 CAD"),
    ("bookkeeper CA$ 35 an hour", "bookkeeper", "max=3500 CAD"),
    ("adjointe entre 30 et 40 $ CAD", "adjointe", "min=3000 max=4000 CAD"),
    ("adjointe 30 dollars canadiens de l'heure", "adjointe", "max=3000 CAD"),
    ("assistante 40 $US/h", "assistante", "max=4000 USD"),
    ("bookkeeper US$40/h", "bookkeeper", "max=4000 USD"),
    ("assistante Fr. 45 de l'heure", "assistante", "max=4500 CHF"),
    ("assistante 45 francs/h", "assistante", "max=4500 CHF"),
    ("télévendeur au Sénégal, 3 000 francs/h", "télévendeur", "max=3000 XOF"),
    ("télévendeur 3 000 FCFA/h", "télévendeur", "max=3000 XOF"),
    ("comptable 25€ HT", "comptable", "max=2500"),
    ("comptable 25€ ht de l'heure", "comptable", "max=2500"),
    ("comptable 25 €/h ttc", "comptable", "max=2500"),
    ("comptable 25 €/h HT max", "comptable", "max=2500"),
    ("bookkeeper £25 + VAT an hour", "bookkeeper", "max=2500 GBP"),
    ("comptable 30 € horaire", "comptable", "max=3000"),
    ("standardiste 20€", "standardiste", "max=2000"),
    ("standardiste 20e/h", "standardiste", "max=2000"),
    ("assistante max 30e", "assistante", "max=3000"),
    ("relectrice 10 livres de l'heure", "relectrice", "max=1000 GBP"),
    ("relectrice 10 livres sterling", "relectrice", "max=1000 GBP"),
    ("20€ standardiste", "standardiste", "max=2000"),
    ("assistante 20 à 25 €", "assistante", "min=2000 max=2500"),
    ("comptable max 30", "comptable", "max=3000"),
    ("comptable, 30 max", "comptable", "max=3000"),
    ("comptable budget 30", "comptable", "max=3000"),
    ("comptable pour un tarif de moins de 30 €", "comptable", "max=3000"),
    ("développeur PHP 30€/h", "développeur PHP", "max=3000"),
    ("comptable au moins 20 € de l'heure", "comptable", "min=2000"),
    ("compta, pas moins de 30 euros de l'heure", "compta", "min=3000"),
    ("bookkeeper not less than 20 pounds an hour", "bookkeeper", "min=2000 GBP"),
    ("bookkeeper no more than 20 pounds an hour", "bookkeeper", "max=2000 GBP"),
    ("relance des impayés, 30 €/h", "relance des impayés", "max=3000"),
    ("comptable 25 €/h minimum", "comptable", "min=2500"),
    ("comptable 30€ de l'heure mini", "comptable", "min=3000"),
    ("comptable 25€/h ou plus", "comptable", "min=2500"),
    ("comptable 30 €/h et plus", "comptable", "min=3000"),
    ("comptable 20 à 25 €/h ou plus", "comptable", "min=2000"),
    ("comptable 25 €/h (minimum)", "comptable", "min=2500"),
    ("bookkeeper €30 per hour or more", "bookkeeper", "min=3000"),
    ("bookkeeper £25/h and up", "bookkeeper", "min=2500 GBP"),
    ("bookkeeper £25/h, or more", "bookkeeper", "min=2500 GBP"),
    ("bookkeeper $40/hr+", "bookkeeper", "min=4000 USD"),
    ("bookkeeper $40+/hr", "bookkeeper", "min=4000 USD"),
    ("bookkeeper 20 an hour minimum", "bookkeeper", "min=2000"),
    ("comptable 25 €/h maximum", "comptable", "max=2500"),
    ("comptable 20 €/h plus frais", "comptable plus frais", "max=2000"),
    ("comptable 20 €/h + TVA", "comptable", "max=2000"),
    ("comptable 25 €/h au moins deux matins", "comptable au moins deux matins", "max=2500"),
    ("comptable 30 à 20 € de l'heure", "comptable", "min=2000 max=3000"),
    ("comptable cent vingt euros de l'heure", "comptable", "max=12000"),
    ("comptable moins de cent cinquante euros l'heure", "comptable", "max=15000"),
    ("comptable à cent euros de l'heure", "comptable", "max=10000"),
    ("bookkeeper under two hundred pounds an hour", "bookkeeper", "max=20000 GBP"),
    ("bookkeeper a hundred and twenty euros an hour", "bookkeeper", "max=12000"),
    ("comptable quatre-vingt-dix euros de l'heure", "comptable", "max=9000"),
)  # fmt: skip
NO_PRICES = (
    "bookkeeper A$40/h", "bookkeeper 40 AUD an hour", "bookkeeper S$ 40 an hour",
    "relancer les impayés de plus de 100 €", "chase invoices over 100 euros",
    "relance des factures de moins de 30 euros", "assistante pour relancer les impayés de plus de 100 €",
    "gérer les commandes entre 20 et 100 €", "remboursements de 20 à 50 €", "devis 200 €",
    "transcription max 1€ per minute", "transcription max 1 € la minute", "rédaction 30€/feuillet max",
    "rédaction max 50 € l'article", "comptable 30€ HT par jour", "comptable 30€ la demi-journée",
    "comptable 30 € / mois", "facture fournisseur 80€", "relance facture 150€", "newsletter 30€",
    "vendre des bougies à 20€", "comptable au moins 20 €", "comptable pas moins de 30 euros",
    "comptable max 30 factures", "community manager max 30 posts", "max 30", "30 max", "comptable 10h max",
    "secrétaire 30 ans d'expérience", "comptable 20 € minimum", "compta 5 par heure minimum",
    "mille deux cents euros de l'heure", "commission de vingt pour cent euros", "fifty cents an hour",
    "50 cents an hour", "traiter cent factures",
)  # fmt: skip


@pytest.mark.parametrize(("text", "rest", "price"), PRICES, ids=lambda one: str(one)[:40])
def test_a_price_is_read_as_people_write_it(text: str, rest: str, price: str) -> None:
    found = understand(text, VOCABULARY, "Europe/Paris")
    said = {one.parameter: one.value for one in found.pieces}
    written = [f"{name[5:]}={said[name]}" for name in ("rate_min", "rate_max") if name in said]
    assert " ".join([*written, *([said["currency"]] if "currency" in said else [])]) == price
    assert found.text == rest


@pytest.mark.parametrize("text", NO_PRICES)
def test_an_amount_that_is_no_hourly_price_never_becomes_one(text: str) -> None:
    pieces = understand(text, VOCABULARY, "Europe/Paris").pieces
    assert not [one for one in pieces if one.parameter.startswith(("rate", "currency"))]


@pytest.mark.parametrize(
    ("text", "zone", "price"),
    [
        ("adjointe, 30$ de l'heure", "America/Toronto", "rate_max=3000 currency=CAD"),
        ("adjointe, 30$ de l'heure", "America/New_York", "rate_max=3000 currency=USD"),
        ("adjointe, 30$ de l'heure", "Europe/Paris", "rate_max=3000 currency=USD"),
        ("adjointe, 30 US$ de l'heure", "America/Toronto", "rate_max=3000 currency=USD"),
        ("adjointe à Montréal, 30$/h", "Europe/Paris", "near=montreal rate_max=3000 currency=CAD"),
        ("bookkeeper max 20 an hour", "Europe/London", "rate_max=2000 currency=GBP"),
        ("bookkeeper max 20 € an hour", "Europe/London", "rate_max=2000"),
        ("comptable max 30 de l'heure", "Indian/Reunion", "rate_max=3000"),
        ("comptable max 30 de l'heure", "Africa/Casablanca", "rate_max=3000"),
        ("comptable 45 francs/h", "Europe/Paris", "rate_max=4500 currency=CHF"),
        ("télévendeur 3 000 francs/h", "Africa/Dakar", "rate_max=3000 currency=XOF"),
        ("adjointe 30$/h", "Mars/Base", "rate_max=3000 currency=USD"),
        ("secrétaire moins de 5000 l'heure", "Africa/Dakar", "rate_max=5000 currency=XOF"),
        ("secrétaire moins de 30 l'heure", "Africa/Dakar", "rate_max=3000"),
        ("secrétaire moins de 300 de l'heure", "Africa/Casablanca", "rate_max=30000 currency=MAD"),
        ("secrétaire moins de 300 de l'heure", "Europe/Paris", "rate_max=30000"),
    ],
)
def test_a_sign_of_several_moneys_is_that_of_whoever_writes(
    text: str, zone: str, price: str
) -> None:
    pieces = understand(text, VOCABULARY, zone).pieces
    assert {f"{one.parameter}={one.value}" for one in pieces} == set(price.split())


@pytest.mark.parametrize(
    ("text", "zone", "money"),
    [
        ("standardiste moins de 30 €/h", "Europe/Zurich", "EUR"),
        ("standardiste plus de 30 € de l'heure", "Europe/Zurich", "EUR"),
        ("standardiste moins de 30 CHF/h", "Europe/Zurich", "CHF"),
        ("standardiste moins de 30 de l'heure", "Europe/Zurich", "CHF"),
        ("bookkeeper under 30 euros an hour", "Europe/London", "EUR"),
        ("bookkeeper under £30 an hour", "Europe/Paris", "GBP"),
        ("standardiste", "Europe/Zurich", "CHF"),
    ],
)
def test_the_money_said_wins_over_the_one_a_form_sends_beside_it(
    text: str, zone: str, money: str
) -> None:
    sent = [("q", text), ("currency", currencies.home(zone))]
    query, problems = asked(sent, PLACES, VOCABULARY, zone)
    assert (query.money, problems) == (money, [])
    shown = parse([*canonical(query), ("currency", "USD")], PLACES)[0]
    assert asked(canonical(shown), PLACES, VOCABULARY, zone)[0].money == "USD", "chosen afterwards"


@pytest.mark.parametrize("by_chip", [True, False])
def test_the_last_bound_takes_its_currency_along(by_chip: bool) -> None:
    query, _problems = asked([("q", SWISS)], PLACES, VOCABULARY, "Europe/Paris")
    left = [pair for pair in canonical(query) if pair[0] != "rate_max"]
    again = dropped(query, "rate_max", "3000") if by_chip else parse(left, PLACES)[0]
    assert again.filters == [("q", SWISS)]
    assert again.currency == ""
    assert asked(canonical(again), PLACES, VOCABULARY, "Europe/Paris")[0] == again
    chosen, _problems = parse([("rate_max", "3000"), ("currency", "CHF")], PLACES)
    assert dropped(chosen, "rate_max", "3000").currency == "CHF"


def test_bounds_said_downwards_go_when_they_are_written_over() -> None:
    said = [("q", "compta 30 à 20 € de l'heure")]
    query, _problems = asked(said, PLACES, VOCABULARY, "Europe/Paris")
    assert notes.sentence(query) == "compta 30 à 20 € de l'heure"
    sent = [("q", "graphiste"), *(pair for pair in canonical(query) if pair[0] != "q")]
    other, _problems = asked(sent, PLACES, VOCABULARY, "Europe/Paris", anew=True)
    assert other.filters == [("q", "graphiste")]


@pytest.mark.parametrize("currency", sorted(EXPONENTS))
def test_rates_and_payments_know_the_same_decimals(currency: str) -> None:
    assert rates.decimals(currency) == EXPONENTS[currency]
