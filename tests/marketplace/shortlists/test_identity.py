"""Sentences that tell who somebody is lose what tells it; harmless numbers and words stay."""

from __future__ import annotations

import re

import pytest

from marketplace.shortlists.rules.ages import GAP
from marketplace.shortlists.rules.redaction import initials, redacted, tokens

NAMES = ["Koen Lambrechts"]
OWN = tokens([*NAMES, "koen-lambrechts", "Huizingen", "Brabant flamand"]) | initials(NAMES)

# A sentence, and what of it must be gone.
TELLING_FR = """
Bac en 2001, puis la pratique. | 2001
BTS assistant de gestion (2004-2006). | 2004 2006
Diplômée de Paris en 2003. | 2003
En 2002, j'ai obtenu mon bac + 2. | 2002
Promotion 2005 de mon école. | 2005
Femme dynamique de 45 ans à Huizingen. | femme 45 huizingen
Comptable de 60 ans dans le Nord. | 60
J'ai eu 45 ans en mars. | 45
J'ai 45 ans et je suis fiable. | 45
J’ai plus de 50 ans, et alors ? | 50
J'aurai 40 ans cette année. | 40
À quarante-cinq ans, je change de métier. | quarante-cinq
À 52 ans, rien ne m'arrête. | 52
Cinquante-deux ans, toujours disponible. | cinquante-deux
Secrétaire, 38 ans, à votre service. | 38
Âge : 47 ans. | 47
Âgée de 33 ans, je travaille seule. | 33 seule âgée
Depuis mes 20 ans, je classe. | 20
Je viens d'avoir 30 ans. | 30
Entre 40 et 45 ans, on sait ce que l'on vaut. | 40 45
J'ai fêté mes 50 ans. | 50
Je viens de fêter mon 50e anniversaire. | 50 anniversaire
La cinquantaine dynamique, je suis joignable. | cinquantaine
Quinquagénaire et fier de l'être. | quinquagénaire
Jeune diplômée, pleine d'énergie. | jeune diplômée
Jeune retraité du secteur bancaire. | retraité
Née en 1980 à Bruxelles, belge. | 1980 bruxelles née
Né le 12 mars 1975. | 1975 mars
Enfant des années 80. | 80
Date de naissance : 12/03/1985 | 1985 12/03
Diplôme obtenu en 1998. | 1998
Dans le métier depuis juin 1987. | 1987 juin
Je suis une assistante rigoureuse. | une assistante rigoureuse
Une comptable à votre écoute. | une
Je suis prête, ravie et sûre de moi. | prête ravie sûre
Forte de 20 ans de pratique. | forte
Je suis celle qu'il vous faut. | celle
Fille de commerçants, sœur et tante. | fille sœur tante
Maman de deux enfants de 8 et 11 ans. | maman deux enfants 11
Mère de trois garçons, je sais m'organiser. | mère trois garçons
Père au foyer depuis deux ans. | père foyer
J'ai deux enfants scolarisés. | deux enfants
Mes jumeaux de 6 ans dorment la nuit. | jumeaux 6
Parent solo, je connais l'organisation. | parent
Je suis mariée à un notaire. | mariée
Mon mari est comptable. | mari
Je reprends après un congé parental. | parental
Je concilie vie de famille et travail. | famille
Grand-mère active, divorcée. | mère grand divorcée
Nom de jeune fille : Peeters. | fille
Mme Lambrechts vous répond. | mme lambrechts
M. Lambrechts vous répond. | m. lambrechts
Votre assistante, K.L. | k.l. assistante
Signé K. L., à bientôt. | k. l.
Koen L. à votre écoute. | koen l.
K. Lambrechts, bureau de Huizingen. | k. lambrechts huizingen
KL, votre bras droit. | kl
Skype : live:koenl | koenl
Telegram : kl_bureau, le matin. | kl_bureau
Écrivez-moi : koen (arobase) gmail point com | koen gmail
Appelez le +32 471 23 45 67. | 471 67
Mon site : bureau-kl.be/contact | bureau-kl
Pseudo klambrechts partout. | klambrechts
Elle tient vos dossiers à jour. | elle
J'ai quarante ans passés. | quarante
J'ai dépassé les 50 ans. | 50
Assistante de 45 ans avec 20 ans d'expérience. | 45
La plus discrète des secrétaires. | discrète
Koen point de vue : koen.l partout. | koen .l
Née Dupont, belge. | née dupont
Issue d'une famille de notaires. | issue
Homme de confiance, monsieur discret. | homme monsieur
"""
TELLING_EN = """
I graduated in 2004 in Leeds. | 2004
Degree in French, 2003. | 2003
A levels in 2001 and a diploma. | 2001
At 52, I am reliable. | 52
I am 45 and fast. | 45
I'm 38 years old. | 38
I just turned 50. | 50
I am almost sixty, still learning. | sixty
A 45-year-old bookkeeper. | 45
A woman, 45, from Huizingen. | woman 45 huizingen
Aged 41, fluent in French. | 41
Age: 36. | 36
At the age of 29 I left the bank. | 29
In my early forties, calm. | forties
I am in my 50s. | 50
My 40th birthday was in May. | 40 birthday
Forty-something with a calm voice. | forty
Retired teacher, good with words. | retired
Young graduate, quick to learn. | young
Born in 1979 in Ghent. | 1979 ghent
Born and raised in Antwerp. | antwerp
Date of birth: 3 May 1982 | 1982 may
Class of 1999. | 1999
Daughter of shopkeepers, sister of three. | daughter sister
Mother of two, early riser. | mother two
Single dad, very organised. | dad
My kids are at school until four. | kids
I have three children. | three children
My husband is a solicitor. | husband
Happily married, no pets. | married
Widowed? No: a widow since spring. | widow
She answers within the hour. | she
(she/her) | she her
Koen's replies are quick. | koen
Signed, K.L. | k.l.
Skype: koenl | koenl
Contact me: koen at gmail dot com | gmail
Miss Lambrechts at your desk. | miss lambrechts
A lady of many talents. | lady
Being 60, I know every form. | 60
Now 47, I work from home. | 47
Mum of three (aged 4, 6 and 9). | mum three 4 6 9
Proud grandmother of five. | grandmother five
I will turn 40 in June. | 40
I'm pushing 60! | 60
Late 40s, hard-working. | 40
At the ripe age of 63. | 63
koen AT gmail DOT com | gmail
Call me at 0471/23.45.67 | 0471 23
A grandmother. | grandmother
Back from parental leave. | parental
A stay-at-home parent. | parent home
WhatsApp: +32 471 23 45 67 | 471
"""
HARMLESS_FR = """
Formée à Notion en 2023, à mon compte depuis 2015.
Licence Office 2019, Excel 2021.
Promotion d’un salon en 2024.
20 ans d'expérience
J'ai 20 ans d'expérience en gestion.
Plus de 25 ans de métier.
Depuis 10 ans dans le notariat.
Depuis plus de 20 ans, je tiens des agendas.
Il y a 18 ans que je tiens des agendas.
Secrétaire, 20 ans en cabinet médical.
Vingt ans auprès de comités de direction.
Trente ans de secrétariat.
Une expérience de 20 ans dans la vente.
Fort de 25 ans à l'hôpital.
12 ans comme assistant, 8 ans en agence.
16 ans chez un notaire.
Pendant 17 ans, la même équipe.
En 20 ans, aucun retard.
18 ans au service des associations.
Une entreprise familiale de 45 ans.
Un cabinet vieux de 30 ans.
Une boutique de 8 ans.
La société fête ses 20 ans.
Archives conservées pendant 30 ans.
Un prêt sur 25 ans.
Un bail de 99 ans.
Depuis 2015, une réponse par jour.
De 2015 à 2020, puis de 2021 à 2024.
2015-2020 : office notarial.
Association loi 1901.
Loi du 1er juillet 1901.
Une maison fondée en 1923.
Une agence née d'une passion.
Réponse sous 24 h, 7 jours sur 7.
Disponible 35 heures par semaine, de 9 h à 18 h.
45 € de l'heure, 1950 € par mois.
12 000 000 € de budget suivi.
50 appels par jour, 120 factures par mois.
Trois agendas, deux boîtes, quatre langues.
98 % de satisfaction.
Une trentaine de clients.
Une cinquantaine d'appels par jour.
Langue maternelle : français.
Facturation pour la maison mère et ses filiales.
Dossiers de divorce et de succession.
Fils de discussion et boîtes partagées.
Outils : Sage 50, Excel 2019, Office 365.
Gestion de monday.com et de Notion.
La direction compte sur moi.
Une société, une équipe, une adresse.
La nouvelle année commence le 1er janvier.
Le CV, la RH et le SAV.
Organisation de mariages et de réceptions.
TVA à 20 %, article 293 B.
Plus de vingt ans à l'étranger.
Expérience professionnelle : 22 ans.
Une relation de confiance de 20 ans.
Chaque client a son dossier.
À l'issue de la réunion, un compte rendu.
J'ai derrière moi 20 ans de comptabilité.
18 ans à gérer des plannings.
Article 1984 du code civil, loi de 1948.
Norme ISO 9001, RGPD 2018.
"""
HARMLESS_EN = """
An 8-year-old shop.
Working for a 20-year-old company.
A 45-year-old family business.
20 years of experience.
More than 25 years in the trade.
I have 20 years of experience.
I am 20 years in the trade.
30 years' practice with ledgers.
Over the past 12 years, no missed deadline.
Since 2015, one reply a day.
From 2015 to 2020, then freelance.
2015 - 2020: law firm.
I am available 24/7.
I am 10 minutes from the station.
I'm 100% remote.
I am online at 9, Monday to Friday.
At 9 am, your inbox is empty.
Rates start at 35, taxes included.
35 hours a week, 4 days of 8 hours.
Fifty calls a day, 120 invoices a month.
Three calendars, two inboxes.
I never miss a deadline.
MS Office, Word 2019, Sage 50.
French is my mother tongue.
Invoices for the sister company.
A business partner for your team.
Family businesses and charities.
Support for single-page apps.
Retirement plans and pensions.
Young companies and start-ups.
Aged debtors at 30, 60 and 90 days.
Page 404, ISO 27001, GDPR 2018.
$1950 a month, 45 euros an hour.
A company founded in 1923.
Generation of leads, in 3 steps.
Born of an idea, run with care.
I am 18 to 20 hours a week at your desk.
I turned 40 drafts into reports.
A 12-year-old nonprofit client.
HR, IT and PR support.
Class of services A to D.
"""


def _lines(block: str) -> list[str]:
    return block.strip().splitlines()


@pytest.mark.parametrize(
    ("line", "french"),
    [(one, True) for one in _lines(TELLING_FR)] + [(one, False) for one in _lines(TELLING_EN)],
)
def test_what_tells_age_birth_gender_family_name_or_contact_is_gone(
    line: str, french: bool
) -> None:
    text, _bar, told = line.rpartition(" | ")
    shown = redacted(text, OWN, french=french)
    left = shown.lower()
    assert [one for one in told.split() if re.search(rf"(?<!\w){re.escape(one)}", left)] == [], (
        shown
    )
    assert shown != text


@pytest.mark.parametrize(
    ("line", "french"),
    [(one, True) for one in _lines(HARMLESS_FR)] + [(one, False) for one in _lines(HARMLESS_EN)],
)
def test_durations_other_years_numbers_and_words_that_only_look_so_stay(
    line: str, french: bool
) -> None:
    assert GAP not in redacted(line, OWN, french=french)
