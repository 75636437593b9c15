"""Names of places and trades go from a text; the everyday words that they are made of stay."""

from __future__ import annotations

import pytest

from marketplace.parties.models import Party
from marketplace.places import queries as places
from marketplace.profiles.models import Profile
from marketplace.shortlists.queries.telling import telling
from marketplace.shortlists.rules.ages import GAP
from marketplace.shortlists.rules.proper import proper
from marketplace.shortlists.rules.redaction import redacted
from tests.marketplace.directory import people


def read(text: str, *where: str, trade: str = "", french: bool = True) -> str:
    theirs = proper(where, [trade], [], ["France"])
    return redacted(text, frozenset(), theirs, french=french)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("Grand Est", "Mon objectif est clair : votre agenda est à jour. Est-ce clair ?"),
        ("La Réunion", "Préparation de réunions, comptes rendus. Réunion Zoom ou sur place."),
        ("Pays de la Loire", "Des clients de tous les pays, en France et ailleurs"),
        ("Centre-Val de Loire", "Centre d’appels, appels en centre"),
        ("Nouvelle-Aquitaine", "Une nouvelle organisation. Nouvelle offre."),
        ("Provence-Alpes-Côte d’Azur", "À côté de vos équipes"),
        ("Tours", "Retours clients, tours de table. Tours de parole."),
        ("Nice", "Un bureau nice et propre, le technicien"),
        ("Lens", "Vos dépenses silencieuses"),
        ("Gard", "Gardien de vos dossiers, je garde le cap"),
    ],
)
def test_everyday_words_stay_whatever_the_place(where: str, text: str) -> None:
    assert read(text, where) == read(text)


def test_everyday_words_of_streets_trades_and_english_towns_stay() -> None:
    text = "Mise en place, remplacement, déplacements, parcours, en cours, plus de dix agendas"
    assert read(text, trade="12 place Bellecour") == text
    assert read(text, trade="3 cours Lafayette") == text
    assert read(text, trade="Assistance Plus") == text
    english = "Proofreading and careful reading"
    assert read(english, "Reading", french=False) == english


@pytest.mark.parametrize(
    ("where", "text", "shown"),
    [
        ("Grand Est", "Installée dans le Grand Est", f"Installé dans {GAP}"),
        ("Tours", "Basée à tours, près de Tours", f"Basé à {GAP}, près de {GAP}"),
        ("Toulouse", "Toulouse et toulouse, toulousaine", GAP),
        ("Saint-Étienne", "Depuis saint-etienne", f"Depuis {GAP}"),
        ("La Réunion", "Je travaille depuis La Réunion", f"Je travaille depuis {GAP}"),
        ("Paris", "PARISIENNE À PARIS", f"{GAP} À {GAP}"),
    ],
)
def test_the_place_itself_is_hidden(where: str, text: str, shown: str) -> None:
    assert read(text, where).replace(f"{GAP} et {GAP}", GAP) == shown


def test_a_trade_is_hidden_as_a_whole_and_where_it_is_written_as_a_name() -> None:
    assert read("Chez Assistance Plus, tout va", trade="Assistance Plus") == f"Chez {GAP}, tout va"
    assert read("Amiral vous aide, un Amiral", trade="Amiral") == f"{GAP} vous aide, {GAP}"
    assert read("Au 12 rue Bellecour", trade="12 rue Bellecour") == f"Au 12 {GAP}"


@pytest.mark.parametrize(
    ("city", "text", "gone"),
    [
        ("colmar", "Basée en Alsace, dans le Haut-Rhin (68), je vais en Lorraine",
         ("alsace", "rhin", "68", "lorraine")),
        ("toulouse", "En Haute-Garonne, dans le 31, près de Blagnac, 31700 Blagnac",
         ("garonne", "31", "blagnac")),
        ("cassis", "Je vis en PACA, près d’Aubagne", ("paca", "aubagne")),
        ("saint-pierre", "À La Réunion (974), au Tampon", ("réunion", "974", "tampon")),
    ],
)  # fmt: skip
async def test_other_names_of_the_place_are_hidden(
    database: str, city: str, text: str, gone: tuple[str, ...]
) -> None:
    profile = await people.publish(city, city=city, text=text)
    town = places.city(city)
    await Party.filter(pk=profile.party_id).update(town=town.name_fr if town else "")
    found = await Profile.get(pk=profile.id).prefetch_related("party")
    shown = redacted(text, *await telling(found), french=True).lower()
    assert not [one for one in gone if one in shown], shown
    kept = redacted("Dans le 31 % des cas, en 2019, est à jour", *await telling(found), french=True)
    assert kept == "Dans le 31 % des cas, en 2019, est à jour"
