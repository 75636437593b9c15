"""Everything a page can do, the API can do, under scopes a token can have, safely repeated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.routing import Route

from marketplace import app
from marketplace.accounts.rules import SCOPE_LABELS, Scope
from marketplace.web.routing import Pages

if TYPE_CHECKING:
    from marketplace.web.calling import Operation

# Pages that need no operation, and why.
BROWSER = "the session, the theme and the language of a browser; a program has its token"
HEALTH = "answers JSON already"
MACHINES = "is a file for machines already"
READING = "a text for people; nothing is kept or known beyond it"
KEPT_MAIL = "the development mailbox; it does not exist in production"
PROVIDER = "connecting a sign-in provider is a conversation between browser and provider"
LEADS_ON = "shows nothing: leads to a page that has its operation"
TYPING = "draws what is being typed; stores nothing"

# The operations that do what the page does; a sentence where none is needed. The form of a page
# and the page where it is sent are lines of their own.
DOES: dict[str, str | tuple[str, ...]] = {
    "health.live": HEALTH,
    "health.ready": HEALTH,
    "health.figures": HEALTH,
    "home.root": LEADS_ON,
    "home.home": ("directory_search",),
    "home.how_it_works": READING,
    "home.legal": READING,
    "home.privacy": READING,
    "home.terms": READING,
    "health.status": "/health/ready answers the same as JSON",
    "home.theme": BROWSER,
    "home.robots": MACHINES,
    "home.sitemap": MACHINES,
    "home.sitemap_of_pages": MACHINES,
    "home.sitemap_of_profiles": MACHINES,
    "home.components": READING,
    "accounts.sign_up_form": ("accounts_sign_up",),
    "accounts.sign_up": ("accounts_sign_up",),
    "accounts.verification_sent": ("accounts_resend_verification",),
    "accounts.resend": ("accounts_resend_verification",),
    "accounts.verify_form": ("accounts_verify_email", "accounts_confirm_email"),
    "accounts.verify": ("accounts_verify_email", "accounts_confirm_email"),
    "accounts.log_in_form": BROWSER,
    "accounts.log_in": BROWSER,
    "accounts.second_form": BROWSER,
    "accounts.log_in_second": BROWSER,
    "accounts.log_out": BROWSER,
    "accounts.unsent_form": BROWSER,
    "accounts.forgotten_form": ("accounts_forgotten_password",),
    "accounts.forgotten": ("accounts_forgotten_password",),
    "accounts.forgotten_sent": READING,
    "accounts.reset_form": ("accounts_reset_password",),
    "accounts.reset": ("accounts_reset_password",),
    "accounts.begin": PROVIDER,
    "accounts.begin_connecting": PROVIDER,
    "accounts.callback": PROVIDER,
    "accounts.account": ("accounts_show_me",),
    "accounts.save_profile": ("accounts_update_me",),
    "accounts.security": ("accounts_show_me",),
    "accounts.change_email": ("accounts_change_email",),
    "accounts.change_password": ("accounts_change_password",),
    "my_data.index": ("data_exports",),
    "my_data.ask": ("data_ask",),
    "my_data.archive": ("data_archive",),
    "my_data.deletion": ("data_farewell",),
    "my_data.delete": ("data_delete_me",),
    "accounts.session_list": ("accounts_list_sessions",),
    "accounts.revoke_session": ("accounts_revoke_session",),
    "accounts.revoke_sessions": ("accounts_revoke_sessions",),
    "accounts.token_list": ("accounts_list_tokens",),
    "accounts.create_token": ("accounts_create_token",),
    "accounts.revoke_token": ("accounts_revoke_token",),
    "accounts.authenticator": ("accounts_show_authenticator",),
    "accounts.begin_authenticator": ("accounts_begin_authenticator",),
    "accounts.confirm_authenticator": ("accounts_confirm_authenticator",),
    "accounts.remove_authenticator": ("accounts_remove_authenticator",),
    "accounts.recovery_codes": ("accounts_show_authenticator",),
    "accounts.renew_codes": ("accounts_renew_codes",),
    "accounts.passkey_list": ("accounts_list_passkeys",),
    "accounts.begin_passkey": ("accounts_begin_passkey", "accounts_passkey_challenge"),
    "accounts.add_passkey": ("accounts_add_passkey",),
    "accounts.rename_passkey": ("accounts_rename_passkey",),
    "accounts.remove_passkey": ("accounts_remove_passkey",),
    "accounts.connected": ("accounts_list_identities",),
    "accounts.disconnect": ("accounts_disconnect_identity",),
    "notifications.mail_list": KEPT_MAIL,
    "notifications.mail": KEPT_MAIL,
    "notifications.mail_html": KEPT_MAIL,
    "parties.mine": ("parties_mine",),
    "parties.new": ("parties_create", "jurisdictions_index", "jurisdictions_show"),
    "parties.create": ("parties_create",),
    "parties.show": ("parties_show", "parties_checks"),
    "parties.check": ("parties_check",),
    "parties.edit": ("parties_show",),
    "parties.update": ("parties_update",),
    "parties.team": ("parties_team",),
    "parties.invite": ("parties_invite",),
    "parties.withdraw": ("parties_withdraw",),
    "parties.change_role": ("parties_change_role",),
    "parties.signing": ("parties_let_sign", "parties_stop_signing"),
    "parties.remove": ("parties_remove",),
    "parties.invitation": ("parties_invitation",),
    "parties.mailed_invitation": ("parties_invitation",),
    "parties.accept": ("parties_accept",),
    "jurisdictions.index": ("jurisdictions_index",),
    "jurisdictions.show": ("jurisdictions_show",),
    "jurisdictions.index_in_french": ("jurisdictions_index",),
    "jurisdictions.show_in_french": ("jurisdictions_show",),
    "jurisdictions.rulebook": ("jurisdictions_rules",),
    "profiles.mine": ("profiles_mine", "profiles_start"),
    "profiles.open_": ("profiles_show",),
    "profiles.show": ("profiles_show", "directory_vocabulary", "jurisdictions_towns"),
    "profiles.save": (
        "profiles_identity", "profiles_skills", "profiles_languages", "profiles_place",
        "profiles_rates", "profiles_availability", "profiles_replace",
    ),
    "profiles.preview": TYPING,
    "profiles.publish": ("profiles_publish",),
    "profiles.pause": ("profiles_pause",),
    "profiles.send": ("profiles_photo",),
    "profiles.remove": ("profiles_no_photo",),
    "profiles.photo": MACHINES,
    "references.mine": ("references_mine",),
    "references.new": READING,
    "references.ask": ("references_ask",),
    "references.hide": ("references_hide",),
    "references.withdraw": ("references_withdraw",),
    "references.answer_form": ("references_request",),
    "references.answer": ("references_answer",),
    "references.decline": ("references_decline",),
    "references.remove_form": ("references_given",),
    "references.remove": ("references_remove",),
    "references.stop_form": ("references_stop",),
    "references.stop": ("references_stop",),
    "shortlists.index": ("shortlists_index",),
    "shortlists.create": ("shortlists_create",),
    "shortlists.keep": ("shortlists_keep",),
    "shortlists.drop": ("shortlists_remove",),
    "shortlists.show": ("shortlists_show",),
    "shortlists.rename": ("shortlists_rename",),
    "shortlists.share": ("shortlists_share",),
    "shortlists.delete": ("shortlists_delete",),
    "shortlists.note": ("shortlists_change",),
    "shortlists.move": ("shortlists_change",),
    "shortlists.remove": ("shortlists_remove",),
    "shortlists.make_link": ("shortlists_make_link",),
    "shortlists.revoke_link": ("shortlists_revoke_link",),
    "shortlists.shared": ("shortlists_shared",),
    "shortlists.open_blind": ("shortlists_open_blind",),
    "shortlists.new_blind": READING,
    "shortlists.open_from_search": ("shortlists_open_from_search",),
    "shortlists.score": ("shortlists_score",),
    "saved_searches.index": ("searches_index",),
    "saved_searches.new": READING,
    "saved_searches.save": ("searches_save",),
    "saved_searches.change": ("searches_show", "searches_change"),
    "saved_searches.pause": ("searches_pause",),
    "saved_searches.delete": ("searches_delete",),
    "saved_searches.stop_form": ("searches_stop",),
    "saved_searches.stop": ("searches_stop",),
    "directory.compare": ("directory_show",),
    "directory.ranking": ("directory_ranking", "exposure_summary"),
    "directory.ranking_in_french": LEADS_ON,
    "directory.search": ("directory_search",),
    "directory.suggest": ("directory_suggest",),
    "directory.suggest_towns": ("jurisdictions_towns",),
    "directory.by_skill": ("directory_search",),
    "directory.by_city": ("directory_search",),
    "directory.show": ("directory_show",),
    "contracts.new": ("contracts_create", "directory_show"),
    "contracts.begin": ("contracts_create",),
    "contracts.edit": ("contracts_show", "contracts_fee_preview"),
    "contracts.save": ("contracts_change",),
    "contracts.send": ("contracts_send",),
    "contracts.import_form": ("directory_show",),
    "contracts.bring": ("contracts_create", "contracts_bring"),
    "contracts.imported_file": ("contracts_imported_file",),
    "contracts.bring_form": ("contracts_bring_to_client",),
    "contracts.bring_to_client": ("contracts_bring_to_client",),
    "contracts.brought": ("contracts_brought", "contracts_brought_waiting"),
    "contracts.brought_file": ("contracts_brought_file",),
    "contracts.take_brought": ("contracts_take_brought",),
    "contracts.decline_brought": ("contracts_decline_brought",),
    "contracts.withdraw_brought": ("contracts_withdraw_brought",),
    "contracts.index": ("contracts_index",),
    "contracts.show": ("contracts_show", "contracts_evidence_chain"),
    "contracts.counter_form": ("contracts_show",),
    "contracts.counter": ("contracts_counter",),
    "contracts.decline": ("contracts_decline",),
    "contracts.withdraw": ("contracts_withdraw",),
    "contracts.version": ("contracts_version", "contracts_versions"),
    "contracts.file": ("contracts_file",),
    "contracts.french_file": ("contracts_french_file",),
    "contracts.evidence_file": ("contracts_evidence_chain",),
    "contracts.cap_form": ("contracts_show", "contracts_list_changes"),
    "contracts.propose_cap": ("contracts_propose_cap",),
    "contracts.change_form": ("contracts_show", "contracts_changeable", "contracts_list_changes"),
    "contracts.propose_change": ("contracts_propose_change",),
    "contracts.close_change": ("contracts_close_change",),
    "contracts.sign_form": ("contracts_show", "contracts_file", "contracts_tax_decisions"),
    "contracts.page_picture": ("contracts_page_picture",),
    "contracts.code": ("contracts_sign_request",),
    "contracts.sign": ("contracts_sign",),
    "contracts.verify_any": LEADS_ON,
    "contracts.verify_form": ("contracts_verify",),
    "contracts.verify": ("contracts_verify", "contracts_verify_file"),
    "contracts.proofs": ("contracts_proofs",),
    "contracts.proof_lines": ("contracts_proof",),
    "contracts.sealed_file": ("contracts_sealed_file", "contracts_seals"),
    "sealing.seal": ("sealing_seal",),
    "sealing.authority": ("sealing_seal",),
    "sealing.revocations": MACHINES,
    "vigilance.papers": ("vigilance_papers",),
    "vigilance.hand_in": ("vigilance_hand_in",),
    "vigilance.file": ("vigilance_file",),
    "vigilance.check": ("vigilance_check",),
    "vigilance.waive": ("vigilance_waive",),
    "work.room": ("work_room", "vigilance_signs"),
    "work.unit": ("work_unit", "work_list_deliveries", "work_list_entries"),
    "work.deliver": ("work_submit",),
    "work.approve": ("work_approve",),
    "work.request_changes": ("work_request_changes",),
    "work.add_entry": ("work_add_entry",),
    "work.edit_entry": ("work_list_entries",),
    "work.change_entry": ("work_change_entry",),
    "work.remove_entry": ("work_remove_entry",),
    "work.submit_week": ("work_submit_week",),
    "work.contest_entry": ("work_contest_entry",),
    "work.answer_contest": ("work_answer_contest",),
    "work.fill_week": ("work_fill_week",),
    "work.start_timer": ("work_start_timer",),
    "work.stop_timer": ("work_stop_timer",),
    "work.discard_timer": ("work_discard_timer",),
    "work.resume": ("work_resume",),
    "work.renew": ("work_renew",),
    "work.ask_part": ("work_ask_part", "work_list_parts"),
    "work.pay_part": ("work_pay_part",),
    "work.refuse_part": ("work_refuse_part",),
    "work.record_use": ("work_record_use", "work_list_uses"),
    "work.edit_use": ("work_list_uses",),
    "work.correct_use": ("work_correct_use",),
    "work.strike_use": ("work_strike_use",),
    "work.order_pack": ("work_order_pack", "work_pack"),
    "work.propose_ending": ("work_propose_ending",),
    "work.agree_ending": ("work_agree_ending",),
    "work.withdraw_ending": ("work_withdraw_ending",),
    "billing.fund": ("billing_bill",),
    "billing.pay": ("billing_fund",),
    "billing.funded": ("work_unit",),
    "billing.statement": ("billing_statement", "billing_client_payments"),
    "billing.statement_csv": ("billing_statement_csv",),
    "billing.fund_parts": ("work_room", "billing_bill"),
    "billing.ask_back": ("work_unit",),
    "billing.give_back": ("billing_give_back",),
    "billing.ask_tip_back": ("billing_list_tips",),
    "billing.give_tip_back": ("billing_give_tip_back",),
    "billing.payments": ("billing_payments",),
    "billing.record": ("billing_record",),
    "billing.confirm": ("billing_confirm",),
    "billing.dispute": ("billing_dispute",),
    "billing.withdraw": ("billing_withdraw",),
    "billing.all_methods": ("parties_mine", "billing_methods"),
    "billing.methods": ("billing_methods",),
    "billing.add_method": ("billing_add_method",),
    "billing.choose_method": ("billing_choose_method",),
    "billing.remove_method": ("billing_remove_method",),
    "billing.send_refund_again": ("billing_send_refund_again",),
    "billing.tips": ("billing_list_tips",),
    "billing.give_tip": ("billing_give_tip",),
    "billing.tip_paid": ("billing_list_tips",),
    "billing.payouts": ("parties_mine", "billing_payout"),
    "billing.payout": ("billing_payout",),
    "billing.radars": ("parties_mine", "billing_radar"),
    "billing.radar": ("billing_radar",),
    "billing.declare": ("billing_declare",),
    "billing.set_up": ("billing_set_up",),
    "disputes.index": ("disputes_index",),
    "disputes.tell": ("disputes_tell",),
    "admin.dispute": ("admin_dispute",),
    "admin.dispute_pack": ("admin_dispute_pack",),
    "admin.answer_dispute": ("admin_answer_dispute",),
    "admin.concede_dispute": ("admin_concede_dispute",),
    "admin.recover_dispute": ("admin_recover_dispute",),
    "admin.numbers": ("admin_numbers",),
    "admin.our_money": ("admin_treasury_view",),
    "admin.pay_out": ("admin_pay_out",),
    "admin.glance": ("admin_glance",),
    "admin.disputes": ("admin_disputes",),
    "admin.jobs": ("admin_jobs", "admin_job_kinds"),
    "admin.job": ("admin_jobs",),
    "admin.retry_job": ("admin_retry_job",),
    "admin.retry_jobs": ("admin_retry_jobs",),
    "admin.exposure": ("admin_exposure",),
    "admin.acts": ("admin_acts",),
    "admin.ledger": ("admin_accounts",),
    "admin.account": ("admin_entries",),
    "admin.transactions": ("admin_transactions",),
    "admin.transaction": ("admin_transaction",),
    "admin.contract": ("admin_transactions",),
    "admin.export_forms": READING,
    "admin.export_csv": ("admin_export_csv",),
    "admin.export_fec": ("admin_export_fec",),
    "admin.movements": ("admin_movements",),
    "admin.movement": ("admin_movement",),
    "admin.long_held": ("admin_long_held",),
    "admin.held": ("admin_long_held",),
    "admin.renew_hold": ("admin_renew_hold",),
    "admin.send_credit": ("admin_send_credit",),
    "admin.retry_movement": ("admin_retry_movement",),
    "admin.decide_movement": ("admin_decide_movement",),
    "admin.set_aside": ("admin_set_aside",),
    "admin.put_back": ("admin_put_back",),
    "admin.paid_by_hand": ("admin_paid_by_hand",),
    "admin.take_back": ("admin_take_back",),
    "admin.inbox": ("admin_inbox",),
    "admin.news": ("admin_news",),
    "admin.retry_news": ("admin_retry_news",),
    "admin.people": ("admin_find_people",),
    "admin.find_people": ("admin_find_people",),
    "admin.person": ("admin_person",),
    "admin.suspend": ("admin_suspend",),
    "admin.lift_suspension": ("admin_lift_suspension",),
    "admin.reset_factor": ("admin_reset_factor",),
    "admin.reviews": ("admin_reviews",),
    "admin.review": ("admin_review",),
    "admin.hide_review": ("admin_hide_review",),
    "admin.keep_review": ("admin_keep_review",),
    "admin.show_review": ("admin_show_review",),
    "admin.references": ("admin_references",),
    "admin.reference": ("admin_reference",),
    "admin.take_down_reference": ("admin_take_down_reference",),
    "admin.keep_reference": ("admin_keep_reference",),
    "admin.put_back_reference": ("admin_put_back_reference",),
    "admin.invoices": ("admin_invoices",),
    "admin.invoice": ("admin_invoice",),
    "admin.retry_invoice": ("admin_retry_invoice",),
    "admin.rebuild_index": ("admin_rebuild_index",),
    "admin.reports": ("admin_reports",),
    "admin.report_xml": ("admin_report_xml",),
    "admin.report_csv": ("admin_report_csv",),
    "reviews.index": ("reviews_index",),
    "reviews.room": ("reviews_room",),
    "reviews.of_assistant": ("reviews_of_assistant",),
    "reviews.of_business": ("reviews_of_business",),
    "reviews.other_side": ("reviews_other_side",),
    "reviews.reply": ("reviews_reply",),
    "reviews.listed": ("reviews_listed",),
    "reviews.published": ("reviews_published",),
    "references.report_form": READING,
    "references.report": ("references_report",),
    "reviews.report_form": READING,
    "reviews.report": ("reviews_report",),
    "invoicing.year": ("invoicing_year",),
    "invoicing.details": ("invoicing_details",),
    "invoicing.diligence_zip": ("invoicing_diligence_zip",),
    "invoicing.save_details": ("invoicing_save_details",),
    "invoicing.index": ("invoicing_index",),
    "invoicing.show": ("invoicing_show",),
    "invoicing.contest": ("invoicing_contest",),
    "invoicing.declare": ("invoicing_declare",),
    "invoicing.pdf": ("invoicing_pdf",),
    "invoicing.xml": ("invoicing_xml",),
    "invoicing.ubl": ("invoicing_ubl",),
    "invoicing.year_zip": ("invoicing_year_zip",),
    "invoicing.mandate": ("invoicing_mandate",),
    "invoicing.sign_mandate": ("invoicing_sign_mandate",),
    "invoicing.revoke_mandate": ("invoicing_revoke_mandate",),
    "admin.reconciliations": ("admin_reconciliations",),
    "admin.reconcile": ("admin_reconcile",),
    "admin.report": ("admin_reconciliation", "admin_reconciliation_lines"),
    "developers.openapi_json": MACHINES,
    "developers.reference": READING,
}  # fmt: skip

# Repeating these changes nothing, so they need no key.
READS_ONLY = {
    "contracts_verify", "contracts_verify_file", "contracts_fee_preview", "parties_invitation",
    "shortlists_shared", "admin_find_people", "references_request", "references_given",
}  # fmt: skip
# And these must not be answered twice, and why.
NEVER_REPLAYED = {
    "contracts_bring_to_client": "its body is a file; the same file for the same client is told once",
    "accounts_create_token": "its answer holds the secret, which is shown once and never stored",
    "accounts_begin_authenticator": "its answer holds a secret, which is never stored in the clear",
    "accounts_begin_passkey": "its answer is a challenge, which serves once",
    "accounts_passkey_challenge": "its answer is a challenge, which serves once",
    "accounts_renew_codes": "its answer holds secrets, which are shown once and never stored",
    "accounts_add_passkey": "its answer may hold recovery codes; what the device made serves once",
    "data_delete_me": "who asks no longer exists, and no password is kept for a comparison",
}


def operations() -> dict[str, Operation]:
    """Every operation by its id."""
    return {f"{o.tag}_{o.handler.__name__}": o for api in app.apis() for o in api.operations}


def page_names() -> set[str]:
    """The name of every page."""
    pages = (getattr(app._module(each, "pages"), "pages", None) for each in app.FEATURES)
    return {route.name for each in pages if isinstance(each, Pages) for route in each.routes}


def test_every_page_names_the_operations_that_do_the_same() -> None:
    new, gone = page_names() - set(DOES), set(DOES) - page_names()
    assert not new, f"add the operation to the feature's api.py and a line here: {sorted(new)}"
    assert not gone, f"these pages are gone: {sorted(gone)}"


def test_every_named_operation_exists() -> None:
    known = set(operations())
    named = {name for does in DOES.values() if isinstance(does, tuple) for name in does}
    assert named <= known, sorted(named - known)
    unseen = known - named
    assert not unseen, f"no page does what these do: {sorted(unseen)}"


def test_every_scope_in_use_can_be_given_to_a_token_and_every_scope_is_of_use() -> None:
    used = {operation.scope for operation in operations().values() if operation.scope}
    assert used == {scope.value for scope in Scope}
    assert set(SCOPE_LABELS) == set(Scope)


def test_reading_needs_a_reading_scope_and_changing_a_writing_one() -> None:
    wrong = [
        name
        for name, operation in operations().items()
        if operation.scope and name not in READS_ONLY
        and operation.scope.endswith(":read") != (operation.method == "GET")
    ]  # fmt: skip
    assert not wrong


def test_every_post_may_be_repeated_under_a_key() -> None:
    """POST creates, moves money or takes a step; PUT, PATCH and DELETE repeat by themselves."""
    without = {
        name
        for name, operation in operations().items()
        if operation.method == "POST" and not operation.idempotent
    }
    assert without == READS_ONLY | set(NEVER_REPLAYED)


def test_addresses_hold_words_of_lower_case_and_uuids_are_checked() -> None:
    for name, operation in operations().items():
        assert re.fullmatch(r"(/[a-z-]+(\.[a-z]+)?|/{[a-z_]+(:[a-z]+)?})+", operation.path), name


def test_every_operation_is_reached_under_its_own_route() -> None:
    reached = {route.name for route in app.routes() if isinstance(route, Route)}
    assert {f"api.{name.replace('_', '.', 1)}" for name in operations()} <= reached
