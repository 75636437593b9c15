"""Money as people write it: what is an hourly price, in which money, and what is none."""

from __future__ import annotations

import pytest

from marketplace.directory.queries.placenames import VOCABULARY
from payments.money import EXPONENTS
from search import rates
from search.understanding import understand

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
    "secrétaire 30 ans d'expérience",
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
    ],
)
def test_a_sign_of_several_moneys_is_that_of_whoever_writes(
    text: str, zone: str, price: str
) -> None:
    pieces = understand(text, VOCABULARY, zone).pieces
    assert {f"{one.parameter}={one.value}" for one in pieces} == set(price.split())


@pytest.mark.parametrize("currency", sorted(EXPONENTS))
def test_rates_and_payments_know_the_same_decimals(currency: str) -> None:
    assert rates.decimals(currency) == EXPONENTS[currency]
