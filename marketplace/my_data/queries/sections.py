"""Owns what an archive says: each section is one question to the database; never writes.

Secrets (hashes of passwords, tokens and codes) and what others wrote for themselves (their notes
and scores, their side's drafts, addresses their devices had) are left out. A test holds that no
table that refers to a person, party, profile or contract was forgotten.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from marketplace.core.db import connection
from marketplace.parties import queries as parties

if TYPE_CHECKING:
    from collections.abc import Sequence

_MINE: Final = "person_id = $1"
_PARTY: Final = "party_id = ANY($2)"
# A blind list tells nobody who its letters are before they have scored.
_OPEN_TO_ME: Final = """NOT EXISTS (SELECT FROM shortlist blind WHERE blind.id = t.shortlist_id
   AND blind.blind_at IS NOT NULL AND NOT EXISTS (
     SELECT FROM shortlist_review r WHERE r.shortlist_id = blind.id AND r.person_id = $1))"""
_PROFILES: Final = "profile_id IN (SELECT id FROM profile WHERE party_id = ANY($2))"
# The assistant never sees a draft that was not sent to it.
_CONTRACTS: Final = """SELECT id FROM contract
 WHERE business_id = ANY($2) OR (assistant_id = ANY($2) AND version > 0)"""
_OF_CONTRACT: Final = f"contract_id IN ({_CONTRACTS})"
_OF_UNIT: Final = f"unit_id IN (SELECT id FROM unit WHERE {_OF_CONTRACT})"  # noqa: S608 - ours alone
# What the other side wrote is nobody's to read before both have, or the time is over.
_REVEALED: Final = """sent_at IS NOT NULL AND EXISTS (
   SELECT FROM review_round o WHERE o.id = round_id AND o.revealed_at IS NOT NULL AND NOT o.void)"""
_MY_ADDRESS: Final = "email = (SELECT email FROM person WHERE id = $1)"
_MY_SEARCHES: Final = "SELECT id FROM saved_search WHERE person_id = $1"
_NUMBERS: Final = """number <> '' AND number IN
 (SELECT unnest(ARRAY[vat_number, registration_number]) FROM party WHERE id = ANY($2))"""
_LISTS: Final = "SELECT id FROM shortlist WHERE person_id = $1 OR party_id = ANY($2)"
_HOLDINGS: Final = "SELECT id FROM payment_holding WHERE payer = ANY($3) OR payee = ANY($3)"
# Why a bank refused is known to its customer alone: the payer's of a payment and of what is sent
# back, the payee's of what is passed on.
_PAID: Final = "SELECT id FROM payment_holding WHERE payer = ANY($3)"
_MOVED_MINE: Final = "CASE kind WHEN 'refund' THEN payer ELSE payee END = ANY($3)"

# Name of the section: table, which rows ($1 the person, $2 their parties, $3 the same as text),
# columns left out.
SECTIONS: Final[dict[str, tuple[str, str, str]]] = {
    "person": ("person", "id = $1", "password_hash recovery_codes"),
    "sessions": ("login_session", _MINE, "token_hash"),
    "mailed_links": ("email_token", _MINE, "token_hash payload"),
    "api_tokens": ("api_token", _MINE, "token_hash"),
    "connected_sign_ins": ("identity", _MINE, ""),
    "authenticator_app": ("authenticator", _MINE, "secret last_step session_hash"),
    "passkeys": ("passkey", _MINE, "credential_id public_key sign_count"),
    "archives": ("data_export", _MINE, ""),
    "saved_searches": ("saved_search", _MINE, ""),
    "saved_searches_told": (
        "saved_search_told", f"saved_search_id IN ({_MY_SEARCHES})", "mark",
    ),
    "shortlists": ("shortlist", "person_id = $1 OR party_id = ANY($2)", "link_hash visitor"),
    "shortlist_entries": ("shortlist_entry", f"shortlist_id IN ({_LISTS}) AND {_OPEN_TO_ME}", ""),
    "my_reviews": ("shortlist_review", _MINE, ""),
    "memberships": ("membership", _MINE, ""),
    "invitations": (
        "party_invitation",
        f"invited_by_id = $1 OR accepted_by_id = $1 OR {_MY_ADDRESS}",
        "token_hash",
    ),
    "parties": ("party", "id = ANY($2)", ""),
    "signing_delegations": ("signing_delegation", "person_id = $1 OR granted_by_id = $1", ""),
    "tax_standings": ("tax_standing", _PARTY, ""),
    "register_answers": ("register_answer", _NUMBERS, ""),
    "tax_decisions": ("tax_decision", "seller_id = ANY($2) OR buyer_id = ANY($2)", ""),
    "tax_details": ("seller_details", _PARTY, ""),
    "declared_turnover": ("declared_turnover", _PARTY, ""),
    "turnover_notices": ("radar_notice", _PARTY, ""),
    "invoicing_mandates": ("billing_mandate", _MINE, ""),
    "invoicing_mandates_of_my_side": (
        "billing_mandate", f"{_PARTY} AND person_id <> $1", "ip user_agent",
    ),
    "profiles": ("profile", _PARTY, ""),
    "profile_skills": ("profile_skill", _PROFILES, ""),
    "profile_tools": ("profile_tool", _PROFILES, ""),
    "profile_languages": ("profile_language", _PROFILES, ""),
    "profile_packages": ("profile_package", _PROFILES, ""),
    "profile_coverage": ("profile_coverage", _PROFILES, ""),
    "profile_proofs": ("profile_proof", _PROFILES, ""),
    "references": ("client_reference", f"{_PARTY} OR {_MY_ADDRESS}", "mark"),
    "profile_shown": ("exposure_day", _PROFILES, ""),
    "contracts": ("contract", f"id IN ({_CONTRACTS})", ""),
    "contract_versions": ("contract_version", _OF_CONTRACT, ""),
    "contract_changes": ("contract_change", _OF_CONTRACT, ""),
    "contract_seals": ("contract_seal", _OF_CONTRACT, ""),
    "signatures": ("contract_signature", _MINE, ""),
    "signatures_of_my_side": (
        "contract_signature", f"{_OF_CONTRACT} AND {_PARTY} AND person_id <> $1", "ip user_agent",
    ),
    "evidence_of_my_acts": ("evidence_event", _MINE, ""),
    "pages_shown_to_me": ("page_shown", _MINE, ""),
    "brought_contracts": ("brought_paper", f"{_PARTY} OR {_MY_ADDRESS}", ""),
    "work": ("unit", _OF_CONTRACT, ""),
    "deliveries": ("delivery", _OF_UNIT, ""),
    "hours": ("time_entry", _OF_UNIT, ""),
    "running_timer": ("work_timer", _MINE, ""),
    "pauses": ("work_pause", _OF_CONTRACT, ""),
    "part_payments": ("part_payment", _OF_UNIT, ""),
    "early_ends": ("ending", _OF_CONTRACT, ""),
    "packs": ("pack_lot", _OF_UNIT, ""),
    "pack_uses": ("pack_use", _OF_UNIT, ""),
    "pack_draws": ("pack_draw", f"lot_{_OF_UNIT.removeprefix('unit_')}", ""),
    "tips": ("tip", _OF_CONTRACT, ""),
    "recorded_payments": ("recorded_payment", _OF_UNIT, ""),
    "review_rounds": ("review_round", _OF_CONTRACT, ""),
    "reviews_i_wrote": ("contract_review", "author_id = ANY($2)", ""),
    "reviews_of_me": ("contract_review", f"about_id = ANY($2) AND {_REVEALED}", "hidden_for"),
    "my_reports_of_reviews": ("review_report", _MY_ADDRESS, ""),
    "my_reports_of_references": ("reference_report", _MY_ADDRESS, ""),
    "my_dispute_accounts": ("dispute_account", _MINE, ""),
    "invoices": (
        "invoice",
        "status IN ('issued', 'by_seller') AND (seller_id = ANY($2) OR buyer_id = ANY($2))",
        "findings report told_code",
    ),
    "certificates": ("compliance_document", _PARTY, ""),
    "my_checks_of_certificates": ("compliance_check", _MINE, ""),
    "held_funds": ("payment_holding", f"id IN ({_HOLDINGS})", ""),
    "payments": (
        "payment_funding", f"holding_id IN ({_PAID})",
        "session session_url intent stripe_fee_minor",
    ),
    "payments_of_the_other_side": (
        "payment_funding", f"holding_id IN ({_HOLDINGS}) AND holding_id NOT IN ({_PAID})",
        "session session_url intent stripe_fee_minor attempt charge failure locale",
    ),
    "movements": ("payment_movement", _MOVED_MINE, "attempts claimed_at claimed_by charge"),
    "movements_of_the_other_side": (
        "payment_movement", f"(payer = ANY($3) OR payee = ANY($3)) AND NOT {_MOVED_MINE}",
        "attempts claimed_at claimed_by charge failure",
    ),
    "payout_set_up": ("payment_payee", "id = ANY($3)", ""),
    "my_acts_as_operator": ("operator_act", _MINE, ""),
}  # fmt: skip

# Tables that refer to a person, party, profile or contract and are in no section, and why.
LEFT_OUT: Final = {
    "sign_in_attempt": "a visit to a sign-in provider; gone within the hour",
    "passkey_challenge": "a question to a device; gone within minutes",
    "signing_code": "hashes of codes; gone within minutes",
    "profile_mark": "a hash by which changes are noticed",
    "pack_notice": "which reminder was sent; the mail said it",
    "compliance_notice": "which reminder was sent; the mail said it",
    "life_sign": "shown in the room of the contract, some to one side alone",
    "reconciliation_run": "an operator's comparison; their act is in its section",
}


OWNERS: Final = frozenset({"tax_details", "payout_set_up"})
"""Of parties that the person owns: other members never see them."""


async def everything(person_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """Every section with its rows, as JSON; times in UTC, amounts in minor units."""
    memberships = await parties.for_person(person_id)
    mine = [each.party_id for each in memberships]
    owned = [each.party_id for each in memberships if each.role is parties.Role.OWNER]
    found: dict[str, list[dict[str, Any]]] = {}
    for name, (table, which, without) in SECTIONS.items():
        found[name] = await _rows(
            table, which, without.split(), [person_id, owned if name in OWNERS else mine]
        )
    return found


async def _rows(
    table: str, which: str, without: Sequence[str], values: list[Any]
) -> list[dict[str, Any]]:
    values = [*values, [str(each) for each in values[1]], list(without)]
    # Each number is named once with its type, or PostgreSQL could not tell what an unused one is.
    query = (
        f"SELECT (to_jsonb(t) - $4::text[])::text AS row FROM {table} t"  # noqa: S608 - ours alone
        f" WHERE ({which}) AND ($1::uuid, $2::uuid[], $3::text[]) IS NOT NULL"
    )
    found = await connection().execute_query_dict(query, values)
    return [json.loads(each["row"]) for each in found]
