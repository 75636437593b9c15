"""The judged set, in French and English: what is tuned by, and what is kept apart from that.

tests/search/judged.py, the rows below, spoken.py, spoken_more.py, owners.py, owners_more.py, earlier.py and heldout.py
are tuned by; unseen.py, unseen_more.py and unseen_third.py, by other hands, are not, and only their means are shown. What was held out
becomes tuning material once it has been seen: a third chosen by a hash on 2026-11-27, earlier.py and in
the evening heldout.py on 2026-11-28.
"""

from __future__ import annotations

from functools import cache

from tests.bench.relevance.earlier import EARLIER
from tests.bench.relevance.heldout import HELD_OUT
from tests.bench.relevance.owners import OWNERS
from tests.bench.relevance.owners_more import OWNERS_MORE
from tests.bench.relevance.spoken import SPOKEN
from tests.bench.relevance.spoken_more import SPOKEN_MORE
from tests.bench.relevance.unseen import UNSEEN
from tests.bench.relevance.unseen_more import UNSEEN_MORE
from tests.bench.relevance.unseen_third import UNSEEN_THIRD
from tests.search.judged import JUDGED, Judged

_CALLS = "virtual-receptionist|inbound-calls|call-overflow|call-routing|message-taking"
_MEDICAL = "medical-secretary|healthcare-admin|patient-scheduling|medical-transcription"
_DUNNING = "payment-reminders|accounts-receivable"
_BOOKS = "bookkeeping|pre-accounting"
_WRITE = "copywriting|blog-writing"
_DIARY = "calendar-management=meeting-scheduling|appointment-setting"
_SUPPORT = "customer-support=ticket-management|live-chat|complaint-handling"
_SELL = "telemarketing=outbound-calls|lead-generation"
_PAYE = "payroll|employment-paperwork|hr-admin"

MORE = (
    # French
    ("plain", "gestion des stocks", ["inventory"]),
    ("plain", "transcription audio", ["transcription|medical-transcription|legal-typing"]),
    ("plain", "sous-titrage vidéo", ["subtitling"]),
    ("plain", "compte rendu de réunion", ["meeting-minutes"]),
    ("plain", "mise en page de documents", ["document-formatting"]),
    ("plain", "appel d'offres", ["tender-response"]),
    ("plain", "rapprochement bancaire", ["bank-reconciliation"]),
    ("plain", "demande de subvention", ["grant-applications"]),
    ("plain", "syndic de copropriété", ["condo-admin"]),
    ("plain", "organisation de voyages", ["travel-planning"]),
    ("plain", "événementiel", ["event-planning"]),
    ("plain", "tableau de bord excel", ["excel=spreadsheet=reporting"]),
    ("plain", "montage vidéo", ["video-editing"]),
    ("plain", "création de site internet", ["website-creation|website-maintenance"]),
    ("plain", "newsletter", ["newsletter|email-marketing"]),
    ("plain", "relecture et correction", ["proofreading"]),
    ("plain", "planning du personnel", ["staff-rostering"]),
    ("plain", "publipostage", ["mail-merge"]),
    ("plain", "référencement naturel", ["seo"]),
    ("plain", "facture électronique", ["e-invoicing=invoicing"]),
    ("colloquial", "gérer mes mails", ["email-triage|email-replies|shared-inbox|correspondence"]),
    ("colloquial", "faire mes factures", ["invoicing=e-invoicing"]),
    ("colloquial", "faire la compta", [f"{_BOOKS}|micro-business-admin"]),
    ("colloquial", "clients qui ne paient pas", [_DUNNING]),
    ("colloquial", "prendre mes rendez-vous", [f"appointment-setting={_DIARY}"]),
    ("colloquial", "bras droit", ["executive-assistant=personal-assistant|virtual-assistance"]),
    ("colloquial", "paperasse", ["form-filling=virtual-assistance|office-management"]),
    ("colloquial", "poster sur insta", ["instagram|post-scheduling|social-media"]),
    ("colloquial", "démarchage téléphonique", [_SELL]),
    ("colloquial", "fiches produits", ["product-listing"]),
    ("typo", "secretaire medicle", [_MEDICAL]),
    ("typo", "telesecretariat", [f"medical-secretary={_CALLS}"]),
    ("typo", "retranscripton", ["transcription|medical-transcription"]),
    ("typo", "comunity manager", ["social-media|content-calendar|post-scheduling"]),
    ("typo", "recutement", ["recruitment|job-posting"]),
    ("typo", "tradution espagnol", ["translation-es"]),
    ("typo", "gestion d'agnda", [_DIARY]),
    ("typo", "facturaton", ["invoicing=e-invoicing"]),
    ("typo", "asistante virtuelle", ["virtual-assistance"]),
    ("gendered", "assistante de direction", ["executive-assistant|personal-assistant"]),
    ("gendered", "assistant de direction", ["executive-assistant|personal-assistant"]),
    ("gendered", "gestionnaire de paie", [_PAYE]),
    ("gendered", "conseillère clientèle", [_SUPPORT]),
    ("gendered", "conseiller clientèle", [_SUPPORT]),
    ("gendered", "téléopératrice", [_SELL]),
    ("gendered", "correctrice", ["proofreading"]),
    ("gendered", "monteur vidéo", ["video-editing"]),
    ("gendered", "graphiste", ["graphic-design"]),
    ("gender word", "femme secrétaire juridique", ["legal-secretary|legal-admin|legal-typing"]),
    ("gender word", "assistant commercial h/f", ["sales-support"]),
    ("split", "e commerce", ["ecommerce-admin"]),
    ("split", "mail chimp", ["mailchimp"]),
    ("split", "pay fit", ["payfit"]),
    ("joined", "rendezvous", [f"appointment-setting={_DIARY}|booking-management|patient-scheduling"]),
    ("brand", "notion", ["notion"]),
    ("brand", "pennylane", ["pennylane"]),
    ("brand", "doctolib", ["doctolib"]),
    ("brand", "canva", ["canva"]),
    ("brand", "boutique prestashop", ["prestashop"]),
    ("brand", "automatiser avec make", ["automation|nocode-apps|tool-integration", "make"]),
    ("place", "standardiste Paris", [_CALLS, "@paris"]),
    ("place", "comptable à Toulouse", [_BOOKS, "@toulouse"]),
    ("place", "secrétaire médicale à Lyon", [_MEDICAL, "@lyon"]),
    ("language", "standardiste qui parle espagnol", [_CALLS, "~es"]),
    ("language", "service client bilingue allemand", [_SUPPORT, "~de"]),
    ("two skills", "recrutement et paie", ["recruitment|job-posting", _PAYE]),
    ("long", "bonjour je cherche une personne de confiance pour trier mes mails et gérer mon agenda svp",
     ["email-triage|email-replies|shared-inbox", _DIARY]),
    ("long", "besoin d'aide pour répondre aux avis google et animer ma page facebook",
     ["review-management|google-business", "facebook|social-media"]),
    ("long", "quelqu'un pour saisir mes notes de frais et préparer la tva chaque mois",
     ["expense-reports", "vat-returns|pre-accounting"]),
    ("adversarial", "STANDARDISTE !!!", [_CALLS]),
    ("adversarial", "standardiste standardiste standardiste", [_CALLS]),
    ("adversarial", "« facturation »", ["invoicing=e-invoicing"]),
    ("adversarial", "pas de prospection, facturation", ["invoicing=e-invoicing"]),
    # English
    ("plain", "executive assistant", ["executive-assistant|personal-assistant"]),
    ("plain", "data entry clerk", ["data-entry"]),
    ("plain", "customer support agent", [_SUPPORT]),
    ("plain", "proofreader", ["proofreading"]),
    ("plain", "travel booking", ["travel-planning"]),
    ("plain", "bank reconciliation", ["bank-reconciliation"]),
    ("plain", "podcast editing", ["podcast-support"]),
    ("plain", "meeting minutes", ["meeting-minutes"]),
    ("plain", "graphic designer", ["graphic-design"]),
    ("plain", "legal secretary", ["legal-secretary|legal-admin|legal-typing"]),
    ("plain", "French to English translator", ["translation-fr-en=translation-en-fr"]),
    ("plain", "market research", ["market-research|web-research"]),
    ("plain", "tender writing", ["tender-response"]),
    ("plain", "stock management", ["inventory"]),
    ("colloquial", "chase unpaid invoices", [_DUNNING]),
    ("colloquial", "answer my phone", [f"inbound-calls={_CALLS}"]),
    ("colloquial", "sort my inbox", ["email-triage|email-replies|shared-inbox"]),
    ("colloquial", "do my books", [_BOOKS]),
    ("colloquial", "run my instagram", ["instagram|social-media|post-scheduling"]),
    ("typo", "bookeeping", [_BOOKS]),
    ("typo", "virtual asistant", ["virtual-assistance"]),
    ("typo", "transciption", ["transcription|medical-transcription"]),
    ("typo", "calender management", [_DIARY]),
    ("typo", "copywritting", [_WRITE]),
    ("gender word", "female virtual receptionist", [_CALLS]),
    ("gender word", "male bookkeeper", [_BOOKS]),
    ("split", "data base cleanup", ["database-cleanup"]),
    ("split", "quick books", ["quickbooks"]),
    ("brand", "zendesk support", [f"{_SUPPORT}", "zendesk"]),
    ("brand", "hubspot crm", ["hubspot"]),
    ("place", "bookkeeper in Brussels", [_BOOKS, "@bruxelles"]),
    ("place", "medical secretary Paris", [_MEDICAL, "@paris"]),
    ("language", "German-speaking receptionist", [_CALLS, "~de"]),
    ("other language", "live chat", ["live-chat|customer-support"]),
    ("other language", "property management", ["property-management|real-estate-admin"]),
    ("two skills", "invoicing and payroll", ["invoicing=e-invoicing", _PAYE]),
    ("long", "I need someone reliable to schedule my meetings and book my trips", [_DIARY, "travel-planning"]),
    ("long", "looking for help to write blog posts and publish them on wordpress",
     ["blog-writing|copywriting", "wordpress"]),
    ("constraint", "standardiste bilingue anglais à Lyon dispo le matin moins de 40 €",
     [_CALLS, "~en:C1", "@lyon", "<4000", "#mon-fri@09:00-12:00@Europe/Paris"]),
    ("constraint", "assistante administrative 20 € de l'heure maximum",
     ["virtual-assistance=executive-assistant=office-management=form-filling", "<2000"]),
    ("constraint", "night shift live chat agent", ["live-chat|customer-support"]),
    ("constraint", "bookkeeper available on Saturdays in Paris",
     [_BOOKS, "@paris", "#sat@09:00-18:00@Europe/Paris"]),
    ("adversarial", "bookkeeper; DROP TABLE assistants", [_BOOKS]),
)  # fmt: skip


@cache
def tuning() -> tuple[Judged, ...]:
    """The part that settings, vocabulary and understanding are tuned by."""
    rows = (*MORE, *SPOKEN, *SPOKEN_MORE, *OWNERS, *OWNERS_MORE, *EARLIER, *HELD_OUT)
    return (*JUDGED, *(Judged.of(*row) for row in rows))


@cache
def unseen() -> tuple[Judged, ...]:
    """The part by other hands, never tuned on: its rows are not to be looked at."""
    return tuple(Judged.of(*row) for row in (*UNSEEN, *UNSEEN_MORE, *UNSEEN_THIRD))
