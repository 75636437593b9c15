"""The words of the hosted pages in English and French, and amounts as each language writes them.

Never a translation catalogue of Relais: the sandbox stands in for another company's pages.
"""

from __future__ import annotations

from datetime import UTC, datetime

from babel import Locale
from babel.dates import format_date

LOCALES = ("en", "fr")
_SYMBOLS = {"eur": "€", "gbp": "£", "usd": "$", "chf": "CHF", "cad": "CA$"}

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "banner": "Test mode: no real card, no real money.",
        "sandbox": "Relais sandbox",
        "pay_title": "Payment",
        "setup_title": "Save a payment method",
        "setup_lead": "Nothing is charged now. A charge comes later, as agreed.",
        "total": "Total",
        "pay_by_card": "Pay by card",
        "save_card": "Save this card",
        "pay_saved": "Pay with a saved method",
        "saved_card": "{brand} card ending in {last4}",
        "saved_debit": "Bank account ending in {last4}",
        "until": "until {month}/{year}",
        "other_card": "Or pay with another card",
        "try_this": "Use",
        "summary": "Summary",
        "help_lead": "A test card that works: 4242 4242 4242 4242.",
        "birth_wrong": "Write a date in the past, as 1990-05-17.",
        "iban_wrong": "This is not an IBAN. Check its digits.",
        "state_active": "You can receive money.",
        "state_pending": "Your details are being checked.",
        "state_restricted": "Something is still missing before you can receive money.",
        "state_rejected": "This account was refused.",
        "state_unsupported": "Money cannot be sent to accounts in this country.",
        "holder_of": "Account of",
        "amount": "Amount",
        "expected": "expected on {date}",
        "arrived": "arrived on {date}",
        "payout_pending": "On its way",
        "payout_in_transit": "On its way",
        "payout_paid": "Paid",
        "payout_failed": "Sent back by the bank",
        "payout_canceled": "Canceled",
        "pay_by_debit": "Pay by SEPA direct debit",
        "save_debit": "Save this bank account",
        "email": "Email",
        "name": "Name on the card",
        "holder": "Account holder",
        "number": "Card number",
        "expiry": "Expiry",
        "cvc": "Security code",
        "iban": "IBAN",
        "iban_hint": "Use one of the test accounts below.",
        "mandate": "By confirming, you authorise this test debit.",
        "pay": "Pay {amount}",
        "save": "Save",
        "cancel": "Cancel and go back",
        "test_cards": "Test cards",
        "test_ibans": "Test bank accounts",
        "what": "What it does",
        "already": "This payment is complete.",
        "already_setup": "This payment method is saved.",
        "go_on": "Continue",
        "expired": "This page has expired.",
        "try_again": "Nothing has been charged. You can try again with another card.",
        "3ds_title": "Your bank asks for confirmation",
        "3ds_lead": "In test mode this page stands for your bank's own.",
        "3ds_pass": "Confirm the payment",
        "3ds_fail": "Refuse",
        "onboard_title": "Receive your payments",
        "onboard_lead": "A few details so that money can be sent to you. All of it is test data.",
        "given_name": "First name",
        "surname": "Last name",
        "birth": "Date of birth",
        "country": "Country",
        "terms": "I accept the terms of the payment service.",
        "outcome": "What should happen",
        "outcome_complete": "Everything is in order: payments can be received",
        "outcome_verifying": "The identity check is still running",
        "outcome_missing": "Leave the bank account for later",
        "outcome_rejected": "The account is refused",
        "submit": "Send",
        "later": "Finish later",
        "link_used": "This link has been used or has expired.",
        "link_again": "Ask for a new link",
        "field_required": "Fill in this field.",
        "terms_required": "Accept the terms to go on.",
        "express_title": "Your payments",
        "available": "Available",
        "pending": "On its way",
        "payouts": "Payouts to your bank",
        "none": "None yet.",
        "status": "Status",
        "card_declined": "Your card was declined.",
        "insufficient_funds": "Your card has insufficient funds.",
        "lost_card": "Your card was declined: it was reported lost.",
        "expired_card": "Your card has expired.",
        "incorrect_cvc": "Your card's security code is incorrect.",
        "processing_error": "An error occurred while processing your card. Try again shortly.",
        "incorrect_number": "This is not a test card. Choose one from the list below.",
        "invalid_bank_account_iban": "This is not a test account. Choose one from the list below.",
        "authentication_required": "Your bank asks for a confirmation that was not given.",
        "payment_intent_authentication_failure": "The confirmation with your bank failed.",
        "other_error": "The payment could not be made.",
    },
    "fr": {
        "banner": "Mode test : aucune vraie carte, aucun argent réel.",
        "sandbox": "Bac à sable Relais",
        "pay_title": "Paiement",
        "setup_title": "Enregistrer un moyen de paiement",
        "setup_lead": "Rien n'est prélevé maintenant. Le débit viendra plus tard, comme convenu.",
        "total": "Total",
        "pay_by_card": "Payer par carte",
        "save_card": "Enregistrer cette carte",
        "pay_saved": "Payer avec un moyen enregistré",
        "saved_card": "Carte {brand} se terminant par {last4}",
        "saved_debit": "Compte bancaire se terminant par {last4}",
        "until": "jusqu'au {month}/{year}",
        "other_card": "Ou payer avec une autre carte",
        "try_this": "Utiliser",
        "summary": "Récapitulatif",
        "help_lead": "Une carte de test qui fonctionne : 4242 4242 4242 4242.",
        "birth_wrong": "Indiquez une date passée, par exemple 1990-05-17.",
        "iban_wrong": "Ce n'est pas un IBAN. Vérifiez ses chiffres.",
        "state_active": "Vous pouvez recevoir de l'argent.",
        "state_pending": "Vos informations sont en cours de vérification.",
        "state_restricted": "Il manque encore quelque chose avant de pouvoir recevoir de l'argent.",
        "state_rejected": "Ce compte a été refusé.",
        "state_unsupported": "Aucun argent ne peut être envoyé vers les comptes de ce pays.",
        "holder_of": "Compte de",
        "amount": "Montant",
        "expected": "prévu le {date}",
        "arrived": "arrivé le {date}",
        "payout_pending": "En route",
        "payout_in_transit": "En route",
        "payout_paid": "Versé",
        "payout_failed": "Retourné par la banque",
        "payout_canceled": "Annulé",
        "pay_by_debit": "Payer par prélèvement SEPA",
        "save_debit": "Enregistrer ce compte bancaire",
        "email": "Adresse e-mail",
        "name": "Nom sur la carte",
        "holder": "Titulaire du compte",
        "number": "Numéro de carte",
        "expiry": "Expiration",
        "cvc": "Code de sécurité",
        "iban": "IBAN",
        "iban_hint": "Utilisez un des comptes de test ci-dessous.",
        "mandate": "En validant, vous autorisez ce prélèvement de test.",
        "pay": "Payer {amount}",
        "save": "Enregistrer",
        "cancel": "Annuler et revenir",
        "test_cards": "Cartes de test",
        "test_ibans": "Comptes bancaires de test",
        "what": "Ce qui se passe",
        "already": "Ce paiement est terminé.",
        "already_setup": "Ce moyen de paiement est enregistré.",
        "go_on": "Continuer",
        "expired": "Cette page a expiré.",
        "try_again": "Rien n'a été débité. Vous pouvez réessayer avec une autre carte.",
        "3ds_title": "Votre banque demande une confirmation",
        "3ds_lead": "En mode test, cette page tient lieu de celle de votre banque.",
        "3ds_pass": "Confirmer le paiement",
        "3ds_fail": "Refuser",
        "onboard_title": "Recevoir vos paiements",
        "onboard_lead": "Quelques informations pour pouvoir vous payer. Tout est fictif ici.",
        "given_name": "Prénom",
        "surname": "Nom",
        "birth": "Date de naissance",
        "country": "Pays",
        "terms": "J'accepte les conditions du service de paiement.",
        "outcome": "Ce qui doit se passer",
        "outcome_complete": "Tout est en ordre : les paiements peuvent être reçus",
        "outcome_verifying": "La vérification d'identité est encore en cours",
        "outcome_missing": "Laisser le compte bancaire pour plus tard",
        "outcome_rejected": "Le compte est refusé",
        "submit": "Envoyer",
        "later": "Terminer plus tard",
        "link_used": "Ce lien a déjà servi ou a expiré.",
        "link_again": "Demander un nouveau lien",
        "field_required": "Remplissez ce champ.",
        "terms_required": "Acceptez les conditions pour continuer.",
        "express_title": "Vos paiements",
        "available": "Disponible",
        "pending": "En route",
        "payouts": "Virements vers votre banque",
        "none": "Aucun pour l'instant.",
        "status": "État",
        "card_declined": "Votre carte a été refusée.",
        "insufficient_funds": "Les fonds de votre carte sont insuffisants.",
        "lost_card": "Votre carte a été refusée : elle a été déclarée perdue.",
        "expired_card": "Votre carte a expiré.",
        "incorrect_cvc": "Le code de sécurité de votre carte est incorrect.",
        "processing_error": "Une erreur est survenue avec votre carte. Réessayez dans un instant.",
        "incorrect_number": "Ce n'est pas une carte de test. Choisissez-en une dans la liste.",
        "invalid_bank_account_iban": "Ce n'est pas un compte de test. Choisissez-en un ci-dessous.",
        "authentication_required": "Votre banque demande une confirmation qui n'a pas été donnée.",
        "payment_intent_authentication_failure": "La confirmation auprès de votre banque a échoué.",
        "other_error": "Le paiement n'a pas pu être effectué.",
    },
}

# number, what it does in each language
CARD_HELP: tuple[tuple[str, str, str], ...] = (
    ("4242 4242 4242 4242", "Succeeds", "Réussit"),
    (
        "4000 0082 6000 0000",
        "Succeeds, at the fee of a British card",
        "Réussit, aux frais d'une carte britannique",
    ),
    ("4000 0000 0000 0077", "Succeeds, available at once", "Réussit, disponible aussitôt"),
    (
        "4000 0025 0000 3155",
        "Asks for confirmation, later charges do not",
        "Demande une confirmation, les débits suivants non",
    ),
    ("4000 0027 6000 3184", "Always asks for confirmation", "Demande toujours une confirmation"),
    ("4000 0000 0000 0002", "Is declined", "Est refusée"),
    ("4000 0000 0000 9995", "Insufficient funds", "Fonds insuffisants"),
    ("4000 0000 0000 0069", "Has expired", "A expiré"),
    ("4000 0000 0000 0127", "Wrong security code", "Code de sécurité incorrect"),
    ("4000 0000 0000 0119", "Processing error", "Erreur de traitement"),
    ("4000 0000 0000 0341", "Can be saved, charges fail", "S'enregistre, les débits échouent"),
    ("4000 0000 0000 0259", "Succeeds, is disputed", "Réussit, puis est contestée"),
    (
        "4000 0000 0000 5126",
        "Succeeds, refunds fail later",
        "Réussit, les remboursements échouent ensuite",
    ),
    (
        "4000 0000 0000 7726",
        "Succeeds, refunds take a day",
        "Réussit, les remboursements prennent un jour",
    ),
)
IBAN_HELP: tuple[tuple[str, str, str], ...] = (
    ("AT61 1904 3002 3457 3201", "Succeeds", "Réussit"),
    ("AT32 1904 3002 3547 3204", "Succeeds after 3 minutes", "Réussit après 3 minutes"),
    ("AT86 1904 3002 3547 3202", "Fails", "Échoue"),
    ("AT05 1904 3002 3547 3205", "Fails after 3 minutes", "Échoue après 3 minutes"),
    ("AT59 1904 3002 3547 3203", "Succeeds, is disputed", "Réussit, puis est contesté"),
    (
        "FR14 2004 1010 0505 0001 3M02 606",
        "Succeeds after 5 days",
        "Réussit après 5 jours",
    ),
)


def choose_locale(asked: str | None, kept: str | None, accepted: str) -> str:
    """The page's language: the `locale` parameter, the session's, then the browser's."""
    for wish in (asked, kept, *(part.split(";")[0].strip() for part in accepted.split(","))):
        if wish and wish[:2].lower() in LOCALES:
            return wish[:2].lower()
    return "en"


def amount(minor: int, currency: str, locale: str) -> str:
    """An amount in minor units of a two-decimal currency, as people write it."""
    sign = "-" if minor < 0 else ""
    whole, cents = divmod(abs(minor), 100)
    symbol = _SYMBOLS.get(currency, currency.upper())
    if locale == "fr":
        grouped = f"{whole:,}".replace(",", "\u202f")
        return f"{sign}{grouped},{cents:02}\u00a0{symbol}"
    space = " " if symbol.isalpha() else ""
    return f"{sign}{symbol}{space}{whole:,}.{cents:02}"


def date(seconds: int, locale: str) -> str:
    """A day in UTC, as each language writes it: `30 novembre 2026`."""
    day = datetime.fromtimestamp(seconds, UTC).date()
    return str(format_date(day, "long", locale="en_GB" if locale == "en" else locale))


def country(code: str, locale: str) -> str:
    """A country's name."""
    return str(Locale(locale).territories.get(code, code))


def moment(seconds: int) -> str:
    """A moment in UTC, to the minute."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
