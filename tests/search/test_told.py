"""What of a sentence is applied, what is told as not applied, and what is left to search for."""

from __future__ import annotations

import pytest

from marketplace.directory.queries import wishes
from marketplace.directory.queries.placenames import VOCABULARY
from marketplace.directory.queries.world import PLACES
from search import notes
from search.applying import applied
from search.notes import Why
from search.passing import anybody
from search.query import SearchQuery, canonical, parse

Told = tuple[tuple[str, str, str, set[str]], ...]
"""A sentence, what of it is searched for, its filters and the words that are told of."""

REFUSALS: Told = (
    ("pas de Malgache", "", "", {"pas de Malgache"}),
    ("secrétaire, surtout pas du Maroc", "secrétaire", "", {"surtout pas du Maroc"}),
    ("bookkeeper, no Indians", "bookkeeper", "", {"no Indians"}),
    ("bookkeeper, no India", "bookkeeper", "", {"no India"}),
    ("comptable mais pas de Belge", "comptable mais", "", {"pas de Belge"}),
    ("secrétaire, pas de personne à Madagascar", "secrétaire", "", {"pas de personne à Madagascar"}),
    ("must speak french, english not needed", "", "speaks=fr:B2", {"english not needed"}),
    ("comptable belge, pas de Français", "comptable", "country=BE", {"pas de Français"}),
)  # fmt: skip
PEOPLES: Told = (
    ("comptable belge qui connaît la TVA belge", "comptable qui connaît la TVA belge", "country=BE", set()),
    ("British bookkeeper", "bookkeeper", "country=GB", set()),
    ("secrétaire québécoise", "secrétaire", "region=CA-QC", set()),
    ("secrétaire québécois", "secrétaire", "region=CA-QC", set()),
    ("développeuse belge", "développeuse", "country=BE", set()),
    ("développeur belge", "développeur", "country=BE", set()),
    ("hôtesse canadienne", "hôtesse", "country=CA", set()),
    ("hôte canadien", "hôte", "country=CA", set()),
    ("comptable suissesse", "comptable", "country=CH", set()),
    ("comptable suisse", "comptable", "country=CH", set()),
    ("comptabilité belge", "comptabilité belge", "", set()),
    ("sans Notion", "", "", {"sans Notion"}),
)  # fmt: skip

FORMS: Told = (
    ("pas d'auto-entrepreneur, quelqu'un en société", "quelqu'un", "legal_form=company",
     {"pas d'auto-entrepreneur"}),
    ("bookkeeper, not a limited company", "bookkeeper", "", {"not a limited company"}),
)  # fmt: skip
YEARS: Told = (
    ("at least 5 years", "", "", {"at least 5 years"}),
    ("secrétaire, 3 ans d'expérience", "secrétaire", "", {"3 ans d'expérience"}),
)
AT_MOST: Told = (
    ("moins de 2 ans d'expérience en paie", "en paie", "", {"moins de 2 ans d'expérience"}),
    (
        "payroll, less than 2 years of experience",
        "payroll",
        "",
        {"less than 2 years of experience"},
    ),
    ("paie, 5 ans d'expérience maximum", "paie", "", {"5 ans d'expérience maximum"}),
    ("paie, jusqu'à 5 ans d'expérience", "paie", "", {"jusqu'à 5 ans d'expérience"}),
)
CLIENTS: Told = (
    ("je suis une association, puis-je contracter ?", "?", "",
     {"je suis une association, puis-je contracter"}),
    ("bookkeeper who can contract with a charity", "bookkeeper", "",
     {"who can contract with a charity"}),
)  # fmt: skip
RATES: Told = (
    ("150 euros la journée", "", "", {"150 euros la journée"}),
    ("bookkeeper £150 a day", "bookkeeper", "", {"£150 a day"}),
    ("secrétaire 1500 € par mois", "secrétaire", "", {"1500 € par mois"}),
    ("secrétaire, budget 500 euros par mois pour 15 heures", "secrétaire", "",
     {"budget 500 euros par mois pour 15 heures"}),
    ("forfait 400€ mois", "", "", {"forfait 400€ mois"}),
    ("VA, fixed price £300", "VA", "", {"fixed price £300"}),
    ("montage vidéo forfait 150 € par vidéo", "montage vidéo", "", {"forfait 150 € par vidéo"}),
    ("relancer un loyer de 800 € par mois", "relancer un loyer de 800 € par mois", "", set()),
)  # fmt: skip
TIMES: Told = (
    ("secrétaire 8h/jour", "secrétaire", "", {"8h/jour"}),
    ("bookkeeper ten hours a month", "bookkeeper", "", {"ten hours a month"}),
    ("secrétaire le 24 décembre", "secrétaire", "", {"le 24 décembre"}),
    ("receptionist on 24 December", "receptionist", "", {"on 24 December"}),
    ("secrétaire demain matin", "secrétaire", "", {"demain matin"}),
    ("receptionist tomorrow morning", "receptionist", "", {"tomorrow morning"}),
    ("secrétaire du 3 au 15 août", "secrétaire", "", {"du 3 au 15 août"}),
    ("secrétaire ce week-end", "secrétaire", "", {"ce week-end"}),
    ("secrétaire le week-end prochain", "secrétaire", "", {"le week-end prochain"}),
    ("receptionist this weekend", "receptionist", "", {"this weekend"}),
    ("receptionist next weekend", "receptionist", "", {"next weekend"}),
    ("aide pour la semaine prochaine", "aide", "", {"pour la semaine prochaine"}),
    ("clôture au 31 décembre", "clôture au 31 décembre", "", set()),
    ("je dois livrer demain", "je dois livrer demain", "", set()),
)
KINDS: Told = (
    ("comptable, pas de débutants", "comptable", "", {"pas de débutants"}),
    ("bookkeeper, no agencies, no students", "bookkeeper", "", {"no agencies", "no students"}),
    ("comptable agences immobilières", "comptable agences immobilières", "", set()),
    ("bien noté, au moins 4 étoiles", "", "", {"bien noté", "au moins 4 étoiles"}),
    ("bookkeeper with reviews", "bookkeeper", "", {"with reviews"}),
    ("répondre aux avis", "répondre aux avis", "", set()),
)
SEXES: Told = (
    ("secrétaire homme uniquement", "secrétaire", "", {"homme uniquement"}),
    ("secrétaire, une femme de préférence", "secrétaire", "", {"une femme de préférence"}),
    ("female bookkeeper", "bookkeeper", "", {"female"}),
    ("secrétaire homme ou femme", "secrétaire homme ou femme", "", set()),
    ("boutique vêtements femme", "boutique vêtements femme", "", set()),
    ("une femme de ménage", "une femme de ménage", "", set()),
)
WORK: Told = (
    ("assistante sans prospection et sans relance", "assistante et", "",
     {"sans prospection", "sans relance"}),
    ("secrétaire, pas médicale", "secrétaire", "", {"pas médicale"}),
    ("facturation -relance", "facturation", "", {"-relance"}),
    ("pas de phoning", "", "", {"pas de phoning"}),
    ("VA except bookkeeping and payroll", "VA", "", {"except bookkeeping and payroll"}),
    ("je n'ai pas de secrétaire", "je n'ai pas de secrétaire", "", set()),
    ("secrétaire sans engagement", "secrétaire sans engagement", "", set()),
    ("rédaction sans fautes", "rédaction sans fautes", "", set()),
    ("bookkeeper, no rush", "bookkeeper, no rush", "", set()),
    ("Missions : -gestion des mails -facturation",
     "Missions : -gestion des mails -facturation", "", set()),
)  # fmt: skip
UNKNOWN: Told = (
    ("secrétaire à Tataouine-les-Bains", "secrétaire", "", {"à Tataouine-les-Bains"}),
    ("bookkeeper in Springfieldville", "bookkeeper", "", {"in Springfieldville"}),
    ("bookkeeper in Xero", "bookkeeper in Xero", "", set()),
)
EITHER: Told = (
    ("standardiste qui parle anglais ou espagnol", "standardiste", "", {"qui parle anglais ou espagnol"}),
    ("receptionist bilingual English or Spanish", "receptionist", "", {"bilingual English or Spanish"}),
    ("assistante anglais ou espagnol courant", "assistante", "", {"anglais ou espagnol courant"}),
    ("service client en anglais ou en espagnol", "service client", "", {"en anglais ou en espagnol"}),
    ("PA, fluent in English or French", "PA", "", {"fluent in English or French"}),
    ("standardiste anglais courant ou débutante", "standardiste débutante", "speaks=en:C1", set()),
    ("sous-titres en anglais ou en espagnol", "sous-titres en anglais ou en espagnol", "", set()),
)  # fmt: skip
ALL = (
    EITHER + UNKNOWN + REFUSALS + PEOPLES + FORMS + YEARS + AT_MOST + CLIENTS + RATES + TIMES
    + KINDS + SEXES + WORK
)  # fmt: skip
WHY = {
    Why.YEARS: YEARS,
    Why.CLIENT: CLIENTS,
    Why.RATE: RATES,
    Why.TIME: TIMES,
    Why.SEX: SEXES,
    Why.EITHER: EITHER,
    Why.WORK: WORK,
    Why.REFUSED: REFUSALS + KINDS + AT_MOST,
}


def read(text: str) -> SearchQuery:
    return applied(SearchQuery(q=text), PLACES, VOCABULARY, "Europe/Paris")


@pytest.mark.parametrize(("text", "wish", "filters", "told"), ALL, ids=lambda one: str(one)[:40])
def test_what_no_filter_says_is_told_and_not_searched_for(
    text: str, wish: str, filters: str, told: set[str]
) -> None:
    query = read(text)
    assert " ".join(f"{name}={value}" for name, value in query.filters if name != "q") == filters
    assert set(notes.unsaid(query.said)) == told
    assert query.wish == wish
    again, problems = parse(canonical(query), PLACES)
    assert problems == []
    assert applied(again, PLACES, VOCABULARY, "Europe/Paris") == query


@pytest.mark.parametrize(
    "text", ["quelqu'un qui ne parle pas anglais", "someone who doesn't need to speak French",
             "no one from India please"],
)  # fmt: skip
def test_of_a_refusal_alone_nobody_is_searched_for_by_its_small_words(text: str) -> None:
    query = read(text)
    assert notes.unsaid(query.said)
    assert anybody(query)


@pytest.mark.parametrize("why", WHY)
def test_the_page_says_why_in_both_languages(why: Why) -> None:
    for text, _wish, _filters, told in WHY[why]:
        query = read(text)
        assert set(notes.reasons(query.said).get(why, ())) == told
        for locale in ("fr", "en"):
            said = wishes.not_applied(query, locale)
            assert len(said) == bool(told)
            assert all(words in said[0] for words in told)


def test_hours_on_a_quarter_are_told_to_be_compared_by_the_half_hour() -> None:
    query = read("standardiste de 8h45 à 17h15")
    [said] = wishes.not_applied(query, "fr")
    assert "08:45–17:15" in said
    assert "demi-heure" in said
    assert wishes.not_applied(read("standardiste de 8h30 à 17h"), "fr") == []


def test_a_rate_with_its_tax_is_told_to_be_compared_without() -> None:
    query = read("secrétaire max 25 euros ttc")
    assert (query.rate_max, query.wish) == (2500, "secrétaire")
    [said] = wishes.not_applied(query, "fr")
    assert said.startswith("« max 25 euros ttc »")
    assert "hors taxes" in said
    assert wishes.not_applied(read("bookkeeper £20 ex VAT"), "en") == []
