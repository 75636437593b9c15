"""Owns in our words what Stripe and a bank want of an assistant before money can arrive; pure.

Stripe's names: https://docs.stripe.com/api/v2/core/accounts/object (requirements) and
https://docs.stripe.com/connect/handling-api-verification for their older form; failure codes:
https://docs.stripe.com/api/payouts/failures. Both read 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from marketplace.core.i18n import _

GENERAL_NEED: Final = _("Something that Stripe asks for on its own page")
_PERSON_NAME: Final = _("Your first and last name")
_BIRTH: Final = _("Your date of birth")
_ADDRESS: Final = _("Your address")
_IDENTITY: Final = _("A photo of your identity document")
_HOME: Final = _("A proof of your address")
_NUMBER: Final = _("Your national or tax number")
_CONTACT: Final = _("Your e-mail address or phone number")
_BANK: Final = _("Your bank account (IBAN)")
_TERMS: Final = _("Your agreement to Stripe’s terms")
_BUSINESS: Final = _("Your business’s registered name, number and address")
_OWNERS: Final = _("Who runs and who owns the business")
_FORM: Final = _("Whether you work as a person or as a company")
_TRADE: Final = _("A few words about what you do")

NEEDS: Final[dict[str, str]] = {
    "business_profile": _TRADE,
    "business_type": _FORM,
    "company": _BUSINESS,
    "company.directors_provided": _OWNERS,
    "company.executives_provided": _OWNERS,
    "company.owners_provided": _OWNERS,
    "configuration.recipient.default_outbound_destination": _BANK,
    "contact_email": _CONTACT,
    "contact_phone": _CONTACT,
    "defaults.profile": _TRADE,
    "directors": _OWNERS,
    "executives": _OWNERS,
    "external_account": _BANK,
    "identity.attestations": _OWNERS,
    "identity.attestations.terms_of_service": _TERMS,
    "identity.business_details": _BUSINESS,
    "identity.business_details.documents": _("A document that proves the business’s registration"),
    "identity.entity_type": _FORM,
    "identity.individual.additional_addresses": _ADDRESS,
    "identity.individual.address": _ADDRESS,
    "identity.individual.date_of_birth": _BIRTH,
    "identity.individual.documents": _IDENTITY,
    "identity.individual.documents.secondary_verification": _HOME,
    "identity.individual.email": _CONTACT,
    "identity.individual.given_name": _PERSON_NAME,
    "identity.individual.id_numbers": _NUMBER,
    "identity.individual.phone": _CONTACT,
    "identity.individual.surname": _PERSON_NAME,
    "individual.address": _ADDRESS,
    "individual.dob": _BIRTH,
    "individual.email": _CONTACT,
    "individual.first_name": _PERSON_NAME,
    "individual.id_number": _NUMBER,
    "individual.last_name": _PERSON_NAME,
    "individual.phone": _CONTACT,
    "individual.verification.additional_document": _HOME,
    "individual.verification.document": _IDENTITY,
    "owners": _OWNERS,
    "representative": _OWNERS,
    "tos_acceptance": _TERMS,
}
"""By the beginning of Stripe's name: the longest that fits says it."""

GENERAL_FAILURE: Final = _("Your bank sent the payout back.")
_ACCOUNT_GONE: Final = _("Your bank says that this account is closed or does not exist.")
_ACCOUNT_BLOCKED: Final = _("Your bank has blocked this account.")
_WRONG_HOLDER: Final = _("The name or address of the account’s holder does not match.")
_WRONG_NUMBER: Final = _("The account number is wrong, or is for another currency.")
FAILURES: Final[dict[str, str]] = {
    "account_closed": _ACCOUNT_GONE,
    "account_frozen": _ACCOUNT_BLOCKED,
    "bank_account_restricted": _ACCOUNT_BLOCKED,
    "bank_ownership_changed": _WRONG_HOLDER,
    "incorrect_account_holder_address": _WRONG_HOLDER,
    "incorrect_account_holder_name": _WRONG_HOLDER,
    "incorrect_account_holder_tax_id": _WRONG_HOLDER,
    "incorrect_account_type": _WRONG_NUMBER,
    "invalid_account_number": _WRONG_NUMBER,
    "invalid_account_number_length": _WRONG_NUMBER,
    "invalid_currency": _WRONG_NUMBER,
    "no_account": _ACCOUNT_GONE,
}


def need(name: str) -> str:
    """One of Stripe's requirements as a msgid."""
    name = name.lower()
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        found = NEEDS.get(".".join(parts[:length]))
        if found is not None:
            return found
    return GENERAL_NEED


def needs(names: Iterable[str]) -> list[str]:
    """What is wanted, each said once, in Stripe's order (msgids)."""
    return list(dict.fromkeys(need(name) for name in names))


def failure(code: str) -> str:
    """Why a bank sent a payout back, as a msgid."""
    return FAILURES.get(code, GENERAL_FAILURE)
