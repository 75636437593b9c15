"""What a sentence says becomes filters in sight, and turns back into words."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.directory.queries.placenames import VOCABULARY
from marketplace.directory.queries.world import PLACES
from search import notes
from search.applying import applied, asked
from search.query import SearchQuery, canonical, dropped, parse
from search.understanding import understand
from tests.bench.relevance.queries import tuning

PARIS = "Europe/Paris"
SENTENCE = "standardiste bilingue anglais à Lyon dispo le matin moins de 30 €"

SAID = (
    ("standardiste moins de 30 €", "standardiste", {"rate_max=3000"}),
    ("bookkeeper under £25 an hour", "bookkeeper", {"rate_max=2500", "currency=GBP"}),
    ("facturation entre 20 et 27,50 € de l’heure", "facturation", {"rate_min=2000", "rate_max=2750"}),
    ("assistante 15 €/h max", "assistante", {"rate_max=1500"}),
    ("standardiste à Genève 40 CHF/h", "standardiste", {"near=geneve", "rate_max=4000", "currency=CHF"}),
    ("service client en espagnol", "service client", {"speaks=es:B2"}),
    ("assistante de langue maternelle allemande", "assistante", {"speaks=de:C2"}),
    ("bookkeeper 30 quid an hour max", "bookkeeper", {"rate_max=3000", "currency=GBP"}),
    ("15-20 £/h data entry", "data entry", {"rate_min=1500", "rate_max=2000", "currency=GBP"}),
    ("compta 25 à 30 € de l'heure", "compta", {"rate_min=2500", "rate_max=3000"}),
    ("data entry £15ph max", "data entry", {"rate_max=1500", "currency=GBP"}),
    ("adjointe à Montréal 25 $ de l'heure", "adjointe", {"near=montreal", "rate_max=2500", "currency=CAD"}),
    ("adjointe 25 $ de l'heure", "adjointe", {"rate_max=2500", "currency=USD"}),
    ("assistant à Tunis moins de 20 dinars", "assistant", {"near=tunis", "rate_max=20000", "currency=TND"}),
    ("télévendeur 2000 fcfa/h", "télévendeur", {"rate_max=2000", "currency=XOF"}),
    ("secrétaire tous les matins sauf le week-end", "secrétaire sauf le week-end",
     {"covers=mon-fri@09:00-12:00@Europe/Paris"}),
    ("SAV 10h par semaine", "SAV", {"available_hours=10"}),
    ("SAV 3 à 4 h par semaine", "SAV", {"available_hours=4"}),
    ("SAV à trente-cinq euros de l'heure", "SAV", {"rate_max=3500"}),
    ("compta, on peut pas mettre plus de 28 euros/heure", "compta, on peut", {"rate_max=2800"}),
    ("designer, can't go over twenty pounds an hour", "designer", {"rate_max=2000", "currency=GBP"}),
    ("bookkeeper 25/h", "bookkeeper", {"rate_max=2500"}),
    ("chat le lundi et le mardi de 10 heures à midi", "chat", {"covers=mon@10:00-12:00@Europe/Paris", "covers=tue@10:00-12:00@Europe/Paris"}),
    ("standardiste du lundi au vendredi de 8h à 18h30", "standardiste", {"covers=mon-fri@08:00-18:30@Europe/Paris"}),
    ("cold calling 9am to 5pm weekdays in Canada", "cold calling", {"covers=mon-fri@09:00-17:00@Europe/Paris", "country=CA"}),
    ("permanence samedi matin", "permanence", {"covers=sat@09:00-12:00@Europe/Paris"}),
    ("minimum 20h par semaine", "", {"available_hours=20"}),
    ("saisie au moins 20 heures par semaine", "saisie", {"available_hours=20"}),
    ("compta 30 euros de l'heure environ", "compta", {"rate_max=3000"}),
    ("mornings only", "", {"covers=mon-fri@09:00-12:00@Europe/Paris"}),
    ("uniquement le matin", "", {"covers=mon-fri@09:00-12:00@Europe/Paris"}),
    ("support 9 to 5 EST", "support", {"covers=mon-fri@09:00-17:00@America/New_York"}),
    ("standardiste - de 30€", "standardiste", {"rate_max=3000"}),
    ("saisie, tarif max 30", "saisie", {"rate_max=3000"}),
    ("saisie dispo cette semaine", "saisie", {"available=1"}),
    ("bookkeeper available this week", "bookkeeper", {"available=1"}),
    ("standardiste qui peut commencer tout de suite", "standardiste", {"available=1"}),
    ("standardiste en micro-entreprise", "standardiste", {"legal_form=sole_trader"}),
    ("compta en portage salarial", "compta", {"legal_form=umbrella"}),
    ("standardiste qui facture la TVA", "standardiste", {"charges_vat=1"}),
    ("bookkeeper who charges VAT", "bookkeeper", {"charges_vat=1"}),
    ("saisie, ne facture pas la TVA", "saisie", {"charges_vat=0"}),
    ("standardiste avec assurance", "standardiste", {"verified=insurance"}),
    ("PA with insurance in Leeds", "PA", {"verified=insurance", "near=leeds"}),
    ("standardiste qui répond vite", "standardiste", {"answers_within=240"}),
    ("saisie, répond en moins d'une heure", "saisie", {"answers_within=60"}),
    ("bookkeeper who replies within a day", "bookkeeper", {"answers_within=1440"}),
    ("support 24/7", "support", {"covers=mon-sun@00:00-24:00@Europe/Paris"}),
    ("support in the evenings", "support", {"covers=mon-fri@18:00-21:00@Europe/Paris"}),
    ("assistante trilingue anglais espagnol", "assistante", {"speaks=en:C1", "speaks=es:C1"}),
    ("French-speaking bookkeeper in Brussels", "bookkeeper", {"speaks=fr:B2", "near=bruxelles"}),
    ("standardiste anglais B2", "standardiste", {"speaks=en:B2"}),
    ("télésecrétaire anglophone en Bretagne", "télésecrétaire", {"speaks=en:C1", "region=FR-BRE"}),
    ("secrétaire médicale au Havre", "secrétaire médicale", {"near=le-havre"}),
    ("aide-comptable près de La Rochelle", "aide-comptable", {"near=la-rochelle"}),
    ("assistant au Maroc sans TVA", "assistant", {"country=MA", "charges_vat=0"}),
    ("virtual assistant in the UK", "virtual assistant", {"country=GB"}),
    ("secrétaire à Forest", "secrétaire", {"near=forest"}),
    ("comptable à nice", "comptable", {"near=nice"}),
    ("comptable Forest", "comptable", {"near=forest"}),
    ("live chat cover mon-fri 9-5", "live chat cover", {"covers=mon-fri@09:00-17:00@Europe/Paris"}),
    ("reception 12 to 2, monday to friday", "reception", {"covers=mon-fri@12:00-14:00@Europe/Paris"}),
    ("standard 9h/12h en semaine", "standard", {"covers=mon-fri@09:00-12:00@Europe/Paris"}),
    ("secrétaire 5 matins par semaine", "secrétaire", {"covers=mon-fri@09:00-12:00@Europe/Paris"}),
    ("standardiste pas moins de 30 euros de l'heure", "standardiste", {"rate_min=3000"}),
    ("bookkeeper not less than 20 euros an hour", "bookkeeper", {"rate_min=2000"}),
    ("never under £25 an hour, bookkeeper", "bookkeeper", {"rate_min=2500", "currency=GBP"}),
    ("comptable pas trop cher moins de 30 euros", "comptable pas trop cher", {"rate_max=3000"}),
    ("standardiste Lyon anglais", "standardiste", {"near=lyon", "speaks=en:B2"}),
    ("facturation Lyon anglais le matin", "facturation", {"near=lyon", "speaks=en:B2", "covers=mon-fri@09:00-12:00@Europe/Paris"}),
    ("comptable Nantes Pennylane", "comptable Pennylane", {"near=nantes"}),
    ("comptable, Nantes, Pennylane", "comptable Pennylane", {"near=nantes"}),
    ("devis marseille bâtiment", "devis bâtiment", {"near=marseille"}),
    ("invoicing Brussels French", "invoicing", {"near=bruxelles", "speaks=fr:B2"}),
    ("télésecrétariat Belgique néerlandais français", "télésecrétariat",
     {"country=BE", "speaks=nl:B2", "speaks=fr:B2"}),
    ("standardiste anglais et espagnol", "standardiste", {"speaks=en:B2", "speaks=es:B2"}),
    ("assistante bilingue espagnol, horaires bureau heure de Paris", "assistante",
     {"speaks=es:C1", "covers=mon-fri@09:00-18:00@Europe/Paris"}),
    ("german bookkeeper", "bookkeeper", {"speaks=de:B2"}),
    ("standardiste espagnole Paris", "standardiste", {"speaks=es:B2", "near=paris"}),
    ("executive assistant Brussels", "executive assistant", {"near=bruxelles"}),
    ("someone on call at night", "someone on call", {"covers=mon-fri@22:00-06:00@Europe/Paris"}),
    ("medical receptionist Montreal QC", "medical receptionist", {"near=montreal"}),
    ("standardiste sur bxl", "standardiste", {"near=bruxelles"}),
    ("standardiste à st etienne", "standardiste", {"near=saint-etienne"}),
    ("aide administrative villeurbane", "aide administrative", {"near=villeurbanne"}),
    ("standardiste en idf", "standardiste", {"region=FR-IDF"}),
    ("rédactrice au forfait", "rédactrice", {"engagement=flat_fee"}),
)  # fmt: skip
LANGUAGES = (
    ("standard with good english", "standard", {"en:B2"}),
    ("spanish customer service for our villas", "customer service for our villas", {"es:B2"}),
    ("adapter nos pages, anglais très courant exigé", "adapter nos pages", {"en:C1"}),
    ("anglais obligatoire, support client", "support client", {"en:B2"}),
    ("interprète espagnol pour une visite", "interprète pour une visite", {"es:B2"}),
    ("english speaking PA", "PA", {"en:B2"}),
    ("admin, fluent in German and English", "admin", {"de:C1", "en:C1"}),
    ("secrétaire qui parle arabe", "secrétaire", {"ar:B2"}),
    ("répondre à nos clients suisses allemands au téléphone", "répondre à nos clients au téléphone", {"de:B2"}),
    ("answer calls from our german customers", "answer calls from our customers", {"de:B2"}),
    ("receptionist bilingual French/Dutch", "receptionist", {"fr:C1", "nl:C1"}),
    ("standardiste néerlandophone", "standardiste", {"nl:C1"}),
    ("bookkeeper good english needed", "bookkeeper", {"en:B2"}),
    ("assistante anglais espagnol courants", "assistante", {"en:C1", "es:C1"}),
    ("proofread my thesis, native english", "proofread my thesis", {"en:C2"}),
    ("courrier en français, anglais et en allemand", "courrier", {"fr:B2", "en:B2", "de:B2"}),
)  # fmt: skip
TOWNS = (
    ("office manager vers Lyon", "office manager", "near=lyon"),
    ("secrétaire du côté de Bordeaux", "secrétaire", "near=bordeaux"),
    ("secrétariat médical dans le 69, lyon si possible", "secrétariat médical", "near=lyon"),
    ("comptable dans le 33", "comptable", "near=bordeaux"),
    ("comptable dans le 974", "comptable", "region=FR-974"),
    ("standardiste en Loire-Atlantique", "standardiste", "near=nantes"),
    ("standardiste dans le Var", "standardiste", "near=toulon"),
    ("comptable dans la Vienne", "comptable", "near=poitiers"),
    ("standardiste dans les Hauts-de-France", "standardiste", "region=FR-HDF"),
    ("standardiste à la Réunion", "standardiste", "region=FR-974"),
    ("standardiste dans le canton de Vaud", "standardiste", "region=CH-VD"),
    ("facturation dans la région Grand Est", "facturation", "region=FR-GES"),
    ("facturation en région parisienne", "facturation", "region=FR-IDF"),
    ("facturation Suisse", "facturation", "country=CH"),
    ("Belgique facturation", "facturation", "country=BE"),
    ("facturation Bretagne", "facturation", "region=FR-BRE"),
    ("invoicing Switzerland", "invoicing", "country=CH"),
    ("Suisse", "", "country=CH"),
    ("secrétaire à Anvers", "secrétaire", "near=antwerp"),
    ("secrétaire à Sion", "secrétaire", "near=sitten"),
    ("secrétaire à Yverdon", "secrétaire", "near=yverdon-les-bains"),
    ("compta à Trente", "compta", "near=trento"),
    ("secrétaire, lyon si possible", "secrétaire", "near=lyon"),
    ("London based PA", "PA", "near=londres"),
    ("bookkeeper, UK-based", "bookkeeper", "country=GB"),
    ("uk based bookkeeper", "bookkeeper", "country=GB"),
    ("relance clients à Lyon", "relance clients", "near=lyon"),
    ("secrétaire pas à Paris mais à Lyon", "secrétaire pas à Paris", "near=lyon"),
    ("PA (in London)", "PA", "near=londres"),
    ("marketing coordinator, Brussels based", "marketing coordinator", "near=bruxelles"),
    ("secretary in the Lyon area", "secretary", "near=lyon"),
    ("PA in or near Bruges", "PA", "near=bruges"),
    ("gestion airbnb paris 11e", "gestion airbnb", "near=paris"),
    ("secrétaire Paris 75011", "secrétaire", "near=paris"),
    ("secrétaire 69003 Lyon", "secrétaire", "near=lyon"),
    ("secrétaire 13008", "secrétaire", "near=marseille"),
    ("bookkeeper in Geneva", "bookkeeper", "near=geneve"),
    ("assistant in Vienna", "assistant", "near=vienne-autriche"),
    ("comptable à Saint-Denis", "comptable", "near=saint-denis-fr-idf"),
    ("bookkeeper in Ontario", "bookkeeper", "region=CA-ON"),
    ("comptable Ontario", "comptable", "region=CA-ON"),
    ("bookkeeper in New Brunswick", "bookkeeper", "region=CA-NB"),
    ("bookkeeper in Wales", "bookkeeper", "region=GB-WLS"),
    ("bookkeeper Wales", "bookkeeper", "region=GB-WLS"),
    ("bookkeeper in Kent", "bookkeeper", "near=maidstone"),
    ("bookkeeper Essex", "bookkeeper", "near=chelmsford"),
    ("bookkeeper in Yorkshire", "bookkeeper", "near=leeds"),
    ("secrétaire à Diekirch", "secrétaire", "near=diekirch"),
    ("secrétaire à Québec", "secrétaire", "near=quebec"),
    ("secrétaire au Québec", "secrétaire", "region=CA-QC"),
    ("comptable Vienne Autriche", "comptable", "near=vienne-autriche"),
    ("comptable à Vienne, Autriche", "comptable", "near=vienne-autriche"),
    ("comptable Vienne", "comptable", "near=vienne"),
    ("comptable London Ontario", "comptable", "near=london"),
    ("comptable Montréal Canada", "comptable", "near=montreal"),
    ("comptable en Alsace", "comptable", "region=FR-GES"),
)  # fmt: skip
HOURS = (
    ("customer care 6-8pm Monday to Saturday (Paris)", "customer care", {"mon-sat@18:00-20:00@Europe/Paris"}),
    ("chat 6 to 8 pm", "chat", {"mon-fri@18:00-20:00@Asia/Tokyo"}),
    ("live chat 9-5 weekdays", "live chat", {"mon-fri@09:00-17:00@Asia/Tokyo"}),
    ("cover 9am to 5", "cover", {"mon-fri@09:00-17:00@Asia/Tokyo"}),
    ("cover 12-2pm", "cover", {"mon-fri@12:00-14:00@Asia/Tokyo"}),
    ("cover 10pm-2am", "cover", {"mon-fri@22:00-02:00@Asia/Tokyo"}),
    ("ring couriers from 8 to 11 every weekday, Brussels time", "ring couriers",
     {"mon-fri@08:00-11:00@Europe/Brussels"}),
    ("invoicing weekdays two till five Paris time", "invoicing", {"mon-fri@14:00-17:00@Europe/Paris"}),
    ("chat from eight in the morning to six in the evening", "chat", {"mon-fri@08:00-18:00@Asia/Tokyo"}),
    ("chat de 8h du matin à 6h du soir", "chat", {"mon-fri@08:00-18:00@Asia/Tokyo"}),
    ("call answering saturdays 9am till noon", "call answering", {"sat@09:00-12:00@Asia/Tokyo"}),
    ("weekday mornings nine till noon, London time", "", {"mon-fri@09:00-12:00@Europe/London"}),
    ("secretary every morning", "secretary", {"mon-fri@09:00-12:00@Asia/Tokyo"}),
    ("messages la nuit, tous les jours de minuit à 6h", "messages", {"mon-sun@00:00-06:00@Asia/Tokyo"}),
    ("standard le soir de 18h à 20h", "standard", {"mon-fri@18:00-20:00@Asia/Tokyo"}),
    ("evenings 6 to 8", "", {"mon-fri@18:00-20:00@Asia/Tokyo"}),
    ("standard de midi à 14h", "standard", {"mon-fri@12:00-14:00@Asia/Tokyo"}),
    ("reception half past eight to noon", "reception", {"mon-fri@08:30-12:00@Asia/Tokyo"}),
    ("standard de huit heures et demie à midi", "standard", {"mon-fri@08:30-12:00@Asia/Tokyo"}),
    ("reception 8am sharp to noon", "reception", {"mon-fri@08:00-12:00@Asia/Tokyo"}),
    ("standard 8.30-17.30 du lundi au vendredi", "standard", {"mon-fri@08:30-17:30@Asia/Tokyo"}),
    ("desk, Mon-Fri 10am to 4pm Montreal time", "desk", {"mon-fri@10:00-16:00@America/Toronto"}),
    ("standard 9h-17h heure de Montréal", "standard", {"mon-fri@09:00-17:00@America/Toronto"}),
    ("standard 9h-17h heure suisse", "standard", {"mon-fri@09:00-17:00@Europe/Zurich"}),
    ("standard de 9h à 12h et, ensuite, courrier", "standard ensuite, courrier", {"mon-fri@09:00-12:00@Asia/Tokyo"}),
    ("standard 9h-17h est", "standard est", {"mon-fri@09:00-17:00@Asia/Tokyo"}),
    ("answer calls 9am-noon EST", "answer calls", {"mon-fri@09:00-12:00@America/New_York"}),
    ("Mon and Fri 8am to 12, chat", "chat", {"mon@08:00-12:00@Asia/Tokyo", "fri@08:00-12:00@Asia/Tokyo"}),
    ("from 10pm until 6am every night", "", {"mon-fri@22:00-06:00@Asia/Tokyo"}),
    ("9-5 EST, receptionist", "receptionist", {"mon-fri@09:00-17:00@America/New_York"}),
    ("chat le soir et samedi", "chat", {"mon-fri@18:00-21:00@Asia/Tokyo", "sat@09:00-18:00@Asia/Tokyo"}),
    ("chat Mon Tue Thu", "chat", {f"{day}@09:00-18:00@Asia/Tokyo" for day in ("mon", "tue", "thu")}),
    ("standard à partir de 18h", "standard", {"mon-fri@18:00-21:00@Asia/Tokyo"}),
    ("standard dès 9h", "standard", {"mon-fri@09:00-18:00@Asia/Tokyo"}),
    ("standard avant 9h", "standard", {"mon-fri@07:00-09:00@Asia/Tokyo"}),
    ("support after 5pm", "support", {"mon-fri@17:00-20:00@Asia/Tokyo"}),
    ("standard en soirée jusqu'à 22h", "standard", {"mon-fri@18:00-22:00@Asia/Tokyo"}),
    ("standard, horaires de bureau", "standard", {"mon-fri@09:00-18:00@Asia/Tokyo"}),
    ("receptionist business hours London time", "receptionist", {"mon-fri@09:00-18:00@Europe/London"}),
    ("assistant mornings UK time", "assistant", {"mon-fri@09:00-12:00@Europe/London"}),
    ("we're open Monday to Friday and need phones answered", "we're open need phones answered",
     {"mon-fri@09:00-18:00@Asia/Tokyo"}),
    ("data entry Monday to Friday 9 to 1", "data entry", {"mon-fri@09:00-13:00@Asia/Tokyo"}),
    ("somebody for the phones in our little shop, Monday to Friday, we are never there",
     "somebody for the phones in our little shop we are never there",
     {"mon-fri@09:00-18:00@Asia/Tokyo"}),
)  # fmt: skip
UNSAID = (
    ("comptable pas en portage", "pas en portage"),
    ("bookkeeper not hourly", "not hourly"),
    ("rédactrice pas au forfait", "pas au forfait"),
    ("quote monthly rather than hourly, bookkeeper", "rather than hourly"),
    ("no French needed, bookkeeper", "no French needed"),
    ("bookkeeper french not required", "french not required"),
    ("standardiste, anglais pas nécessaire", "anglais pas nécessaire"),
    ("bookkeeper who doesn't speak french", "doesn't speak french"),
    ("comptable sans anglais", "sans anglais"),
    ("comptable pas d'anglais", "pas d'anglais"),
    ("secrétaire pas à Paris", "pas à Paris"),
    ("montage vidéo NOT paris", "NOT paris"),
    ("comptable en dehors de Paris", "en dehors de Paris"),
    ("bookkeeper outside France", "outside France"),
    ("bookkeeper anywhere but London", "anywhere but London"),
    ("comptable ailleurs qu'à Paris", "ailleurs qu'à Paris"),
    ("secrétaire pas besoin d'être à Paris", "pas besoin d'être à Paris"),
    ("I don't want someone in Paris, bookkeeper", "don't want someone in Paris"),
    ("secrétaire ni à Paris ni à Lyon", "ni à Paris", "ni à Lyon"),
    ("standard jamais le vendredi", "jamais le vendredi"),
    ("secrétaire pas le lundi", "pas le lundi"),
    ("support, not on mondays", "not on mondays"),
    ("week-ends exclus, standardiste", "week-ends exclus"),
    ("standardiste sauf le lundi et le mardi", "sauf le lundi et le mardi"),
    ("comptable pas disponible le lundi", "pas disponible le lundi"),
    ("secrétaire 3 matins par semaine", "3 matins par semaine"),
    ("secrétaire deux matinées par semaine", "deux matinées par semaine"),
    ("assistante heure de Paris", "heure de Paris"),
    ("assistante fuseau Montréal", "fuseau Montréal"),
)
FAR = (
    ("standardiste à 30 km de Rennes", {"near=rennes", "within_km=30"}),
    ("standardiste près de Rennes à 30 km", {"near=rennes", "within_km=30"}),
    ("standardiste à Rennes (30 km)", {"near=rennes", "within_km=30"}),
    ("standardiste à 20 km autour de Lille", {"near=lille", "within_km=20"}),
    ("standardiste dans un rayon de 30 km autour de Rennes", {"near=rennes", "within_km=30"}),
    ("standardiste within 20 miles of Paris", {"near=paris", "within_km=32"}),
)
LEFT_ALONE = (
    "livrer à 30 km de chez moi", "notes à la réunion", "traiter les factures dans le lot", "les factures à trente jours",
    "déclaration TVA Suisse", "Marie France", "livrer à 900 km",
    "translate into Spanish", "interprète arabe", "product manual into Spanish", "write to our German customers", "sous-titres en anglais",
    "trouver des clients allemands", "écrire à nos clients anglais", "spoken english coach for my sales team", "german translator",
    "site en français et anglais", "je parle anglais, il me faut juste des relances de factures", "traduction vers le néerlandais",
    "billets de train vers Londres", "cloud based CRM",
    "our company is based in London, need bookkeeper", "mes clients sont à Lyon, facturation", "relance de clients en Allemagne",
    "nous sommes basés à Lyon et cherchons une secrétaire", "contract for a supplier in Lyon, please check it",
    "appels en dehors des heures de bureau", "outside business hours calls", "write to my Paris suppliers",
    "organise our Lisbon retreat", "version suisse du site", "couteau suisse administratif", "annonce France Travail Pôle emploi",
    "télécharger les factures Amazon, Orange, EDF", "hotline night desk, Nagpur shift",
    "we are London based and need a PA", "bookkeeper for a London-based company", "payer dans le 30 jours",
    "write in good english", "menu du midi à 15 euros", "1h30 à 2h par jour de saisie", "un podcast de 1h à 1h30 à monter",
    "on est ouvert du mardi au dimanche, il faut un comptable",
    "answer 3 to 5 calls", "help with 5-10 invoices a week", "appels 9 à 12",
    "PA for a family moving to Paris", "organiser une soirée", "correspondance anglaise", "clients allemands", "allemand", "german translation",
    "admin work in banking", "mes bourses et mes tournois",
    "je fais mes devis le dimanche soir", "facturation, dépasser 30 €", "moins de trente factures",
    "traduction anglais", "rédaction en anglais", "déclaration de TVA", "organisation de soirée",
    "moins de 30 factures", "facturation 300 € par mois", "budget 500 €", "a nice assistant",
    "help in reading", "community manager in Notion", "gestion d'agenda à distance", "sur Shopify",
    "traduire un site en allemand", "Trier mes mails", "polish my cv", "german car garage admin",
    "manage my inbox", "Manage my calendar", "comptable depuis 10 ans", "vite fait une facture", "compta en mai",
    "savoir où en est ma trésorerie", "aide au centre de formation", "trois devis à la garde",
    "poster tous les jours sur instagram", "fix it before the weekend",
    "je suis en micro-entreprise", "nous facturons la TVA", "comment on facture la TVA",
    "dossiers avec assurance maladie", "une facture la TVA en plus", "on est assujettis à la TVA",
    "qui répond vite aux clients", "keep our vans serviced and insured", "max 30 factures",
    "je suis dispo maintenant", "passer en micro-entreprise", "un minimum de saisie",
    "newsletter chaque lundi", "nancy martin", "relance clients en retard", "secrétaire juridique", "in English", "",
    "'; DROP TABLE profile; --", "à", "€", "de 8 à 10", "100% à distance", "appel de 3 à 5",
)  # fmt: skip


@pytest.mark.parametrize(("text", "rest", "filters"), SAID, ids=lambda one: str(one)[:40])
def test_what_is_said_with_a_cue_becomes_a_filter(text: str, rest: str, filters: set[str]) -> None:
    found = understand(text, VOCABULARY, PARIS)
    assert {f"{one.parameter}={one.value}" for one in found.pieces} == filters
    assert found.text == rest
    assert all(one.words in text for one in found.pieces)


@pytest.mark.parametrize(("text", "rest", "hours"), HOURS, ids=lambda one: str(one)[:40])
def test_hours_are_read_as_people_say_them_in_the_zone_they_name(
    text: str, rest: str, hours: set[str]
) -> None:
    found = understand(text, VOCABULARY, "Asia/Tokyo")
    assert {one.value for one in found.pieces if one.parameter == "covers"} == hours
    assert len(found.pieces) == len(hours)
    assert found.text == rest


@pytest.mark.parametrize(("text", "rest", "spoken"), LANGUAGES, ids=lambda one: str(one)[:40])
def test_a_language_someone_must_speak_is_no_work_on_words(
    text: str, rest: str, spoken: set[str]
) -> None:
    found = understand(text, VOCABULARY, PARIS)
    assert {(one.parameter, one.value) for one in found.pieces} == {("speaks", s) for s in spoken}
    assert found.text == rest


@pytest.mark.parametrize(("text", "rest", "place"), TOWNS, ids=lambda one: str(one)[:40])
def test_a_place_is_one_however_it_is_said(text: str, rest: str, place: str) -> None:
    found = understand(text, VOCABULARY, PARIS)
    assert [f"{one.parameter}={one.value}" for one in found.pieces] == [place]
    assert found.text == rest


@pytest.mark.parametrize(("text", "meant"), FAR)
def test_how_far_from_a_town_is_understood_and_goes_with_it(text: str, meant: set[str]) -> None:
    query = _applied(SearchQuery(q=text))
    assert query.q == "standardiste"
    assert {
        f"{name}={value}" for name, value in canonical(query) if name not in {"q", "said"}
    } == meant
    wider = replace(query, within_km=50)
    assert parse(canonical(wider), PLACES)[0].q == "standardiste"
    assert dropped(query, "near", query.near).within_km == 50


@pytest.mark.parametrize(("text", "words"), [(text, words) for text, *words in UNSAID])
def test_what_no_filter_can_say_is_never_its_opposite(text: str, words: list[str]) -> None:
    query = _applied(SearchQuery(q=text))
    assert (query.q, query.filters) == (text, [("q", text)])
    assert sorted(notes.unsaid(query.said)) == sorted(words)
    assert not any(one in query.wish for one in words)
    assert _applied(parse(canonical(query), PLACES)[0]) == query
    assert parse(canonical(query.changed(q="facturation")), PLACES)[0].said == ()


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_may_mean_the_work_itself_stays_text(text: str) -> None:
    found = understand(text, VOCABULARY, PARIS)
    assert (found.text, found.pieces) == (text, ())


NAMED = frozenset(
    "lyon paris toulouse villeurbanne bruxelles ixelles londres montreal berlin madrid milan lausanne dakar casablanca FR".split()
)


def test_no_word_of_the_judged_wishes_is_taken_for_a_town_it_is_not() -> None:
    """Nine thousand large towns: Trier, Manage and Ans among them. The judged index knows seven."""
    taken = {
        (one.value, query.text)
        for query in tuning()
        for one in understand(query.text, VOCABULARY, PARIS).pieces
        if one.parameter in {"near", "region", "country"}
    }
    assert len(taken) > 20
    assert not [row for row in taken if row[0] not in NAMED]


def _applied(query: SearchQuery) -> SearchQuery:
    return applied(query, PLACES, VOCABULARY, PARIS)


def test_the_whole_sentence_is_understood_and_says_from_which_words() -> None:
    query = _applied(SearchQuery(q=SENTENCE))
    assert query.q == "standardiste"
    assert set(query.said) == {
        "rate_max=3000|moins de 30 €",
        "covers=mon-fri@09:00-12:00@Europe/Paris|dispo le matin",
        "speaks=en:C1|bilingue anglais",
        "near=lyon|à Lyon",
    }
    again, problems = parse(canonical(query), PLACES)
    assert (again, problems) == (query, [])
    assert _applied(again) == query


@pytest.mark.parametrize(
    "text",
    ["secrétaire paris lyon", "comptable à Lyon ou Paris", "comptable Lyon, Paris et Lille",
     "Bruxelles secrétaire à Lyon", "standard à Lyon et à Paris le matin"],
)  # fmt: skip
def test_of_several_towns_none_is_chosen_and_none_is_lost(text: str) -> None:
    query = _applied(SearchQuery(q=text))
    assert query.near == ""
    assert all(town in query.q for town in ("paris", "lyon", "Paris", "Lyon") if town in text)
    assert len(query.covers) == text.count("matin")
    assert _applied(query) == query


@pytest.mark.parametrize(
    "text", ["relance mardi matin, téléphone le week-end", "du 24/7 et le week-end les budgets"]
)
def test_what_is_left_is_read_until_it_says_nothing_more(text: str) -> None:
    query = _applied(SearchQuery(q=text))
    assert _applied(query) == query


def test_a_price_changed_by_hand_wins_over_the_same_words() -> None:
    query = _applied(SearchQuery(q="standardiste moins de 30 €"))
    changed = _applied(query.changed(rate_max=4000, q="standardiste moins de 30 €"))
    assert (changed.rate_max, changed.q) == (4000, "standardiste")


def test_while_someone_types_the_longer_words_replace_the_shorter() -> None:
    query = _applied(SearchQuery(q="standardiste de 8h à 1"))
    query = _rewritten(query, "standardiste de 8h à 1", "standardiste de 8h à 18h")
    assert [str(one) for one in query.covers] == ["mon-fri@08:00-18:00@Europe/Paris"]
    query = _rewritten(query, query.q, f"{query.q} moins de 4 €")
    query = _rewritten(query, f"{query.q} moins de 4 €", f"{query.q} moins de 40 €")
    assert query.rate_max == 4000


def _rewritten(query: SearchQuery, before: str, after: str) -> SearchQuery:
    """What follows when `after` is written where `before` stood, everything else left as it is."""
    sent, _problems = parse(canonical(replace(query, q=after)), PLACES)
    return applied(sent, PLACES, VOCABULARY, PARIS, before)


def _filters(query: SearchQuery) -> str:
    return " ".join(f"{name}={value.split('@')[0]}" for name, value in query.filters)


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        (SENTENCE, "facturation", "q=facturation"),
        ("compta en Bretagne", "compta en Normandie", "q=compta region=FR-NOR"),
        ("compta samedi matin", "compta lundi matin", "q=compta covers=mon"),
        ("compta moins de 25 €", "compta", "q=compta"),
        ("compta £25/h", "compta", "q=compta"),
        ("compta à Paris", "", ""),
        ("compta à Paris", "compta à Paris moins de 30 €", "q=compta near=paris rate_max=3000"),
        ("compta le matin", "compta tous les jours le matin", "q=compta covers=mon-sun"),
        ("compta pour 20 à 30 €/h", "compta à Lyon", "q=compta near=lyon"),
    ],
)
def test_what_was_read_out_of_a_sentence_goes_with_its_words(
    before: str, after: str, left: str
) -> None:
    read = _applied(SearchQuery(q=before, available=True, country=("BE",)))
    query = _rewritten(read, before, after)
    assert (
        _filters(query).replace(" available=1", "").replace("country=BE", "").split()
        == left.split()
    )
    assert (query.available, query.country) == (True, ("BE",)), "these were chosen"
    assert all(notes.parts(one)[2] in after for one in query.said)
    assert _applied(query) == query


def test_filters_of_words_that_left_the_field_stay_as_chips() -> None:
    query = _applied(SearchQuery(q=SENTENCE))
    for text in ("standardiste médicale", "standarsite", "standard", "facturation", "st", ""):
        assert _rewritten(query, "standardiste", text) == replace(query, q=text)
    moved = _rewritten(query, "standardiste", "standardiste en Bretagne")
    assert (moved.near, moved.region) == ("", ("FR-BRE",))
    more = _rewritten(query, "standardiste", "standardiste parle allemand")
    assert [one.code for one in more.speaks] == ["de", "en"]
    evening = _rewritten(query, "standardiste", "standardiste samedi soir")
    assert [str(one)[:9] for one in evening.covers] == ["sat@18:00"]
    found = _applied(SearchQuery(q="à Lyon"))
    assert found.q == ""
    assert _rewritten(found, "", "") == found, "a filter ticked beside an empty field"
    for before, after in (("", "c"), ("c", "co"), ("co", "compta")):
        assert _rewritten(replace(found, q=before), before, after) == replace(found, q=after)


def test_how_far_someone_says_wins_over_what_a_form_sends_without_a_place() -> None:
    sent = [("q", "compta à 30 km de Rennes"), ("within_km", "50"), ("sort", "distance")]
    query, problems = asked(sent, PLACES, VOCABULARY, PARIS)
    assert (query.near, query.within_km, query.sort, problems) == ("rennes", 30, "distance", [])


def test_what_was_chosen_beside_the_words_stays_when_they_go() -> None:
    read = _applied(SearchQuery(q="compta à Lyon moins de 30 €"))
    near = parse([*canonical(read), ("within_km", "10"), ("sort", "distance")], PLACES)[0]
    again = _rewritten(near, "compta à Lyon moins de 30 €", "compta à Lyon et à jour")
    assert (again.near, again.within_km, again.sort, again.rate_max) == (
        "lyon",
        10,
        "distance",
        None,
    )
    gone = _rewritten(again, "compta à Lyon", "compta")
    assert (gone.near, gone.within_km, gone.sort) == ("", 50, "relevance")
    far = _applied(SearchQuery(q="compta à 30 km de Rennes"))
    assert _rewritten(far, "compta à 30 km de Rennes", "compta à Rennes").within_km == 50
    wider = parse([p for p in canonical(far) if p[0] != "within_km"], PLACES)[0]
    said = "compta à 30 km de Rennes"
    assert [_rewritten(one, said, said).within_km for one in (far, wider)] == [30, 50]
    dearer = _rewritten(read.changed(rate_max=4000), "compta à Lyon moins de 30 €", "compta")
    assert (dearer.near, dearer.rate_max, dearer.said) == ("", 4000, ())


def test_gender_words_and_forms_never_change_what_is_understood() -> None:
    said = [
        understand(text, VOCABULARY, PARIS).pieces
        for text in (
            "une assistante bilingue anglais basée à Lyon",
            "un assistant bilingue anglais basé à Lyon",
        )
    ]
    assert [(p.parameter, p.value) for p in said[0]] == [(p.parameter, p.value) for p in said[1]]


def test_no_repetition_makes_understanding_slow() -> None:
    """Two hundred letters of anything cost milliseconds: a page is public."""
    for part in ("a ", "in ", "à la ", "de 8h a ", "bilingue anglais ", "1 a ", " ", "saint "):
        text = (part * 200)[:200]
        calls = Counter[str]()

        def counting(name: str, calls: Counter[str] = calls) -> tuple[str, bool] | None:
            calls[name] += 1
            return None

        understand(text, replace(VOCABULARY, town=counting), PARIS)
        assert calls.total() <= 400
        assert all(len(name) <= 200 for name in calls)


@given(st.text(max_size=80))
def test_no_text_breaks_it_and_nothing_is_lost_silently(text: str) -> None:
    found = understand(text, VOCABULARY, PARIS)
    assert found.pieces or found.text == text
    for one in found.pieces:
        _query, problems = parse([(one.parameter, one.value)], PLACES)
        assert not problems, one
