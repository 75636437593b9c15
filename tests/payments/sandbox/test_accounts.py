"""Recipients through the v2 API, account links and the hosted onboarding page."""

from __future__ import annotations

from typing import Any

import pytest
from stripe import InvalidRequestError

from tests.payments.sandbox.conftest import LocalStripe

INCLUDE: Any = ["configuration.recipient", "requirements", "identity", "defaults"]
FORM = {
    "given_name": "Ana",
    "surname": "Rakoto",
    "birth": "1990-05-17",
    "iban": "FR14 2004 1010 0505 0001 3M02 606",
    "terms": "yes",
}


def look(stripe: LocalStripe, account: str) -> Any:
    return stripe.client.v2.core.accounts.retrieve(account, {"include": INCLUDE})


def state(stripe: LocalStripe, account: str) -> str:
    found = look(stripe, account)
    return str(found.configuration.recipient.capabilities.stripe_balance.stripe_transfers.status)


def link(stripe: LocalStripe, account: str) -> str:
    onboarding: Any = {
        "refresh_url": "http://127.0.0.1:8000/payouts/again",
        "return_url": "http://127.0.0.1:8000/payouts",
    }
    made = stripe.client.v2.core.account_links.create(
        {
            "account": account,
            "use_case": {"type": "account_onboarding", "account_onboarding": onboarding},
        }
    )
    return made.url


def test_a_new_recipient_has_everything_still_to_provide(stripe_local: LocalStripe) -> None:
    account = stripe_local.account(active=False)
    found = look(stripe_local, account)
    assert state(stripe_local, account) == "restricted"
    assert found.identity.country == "FR"
    assert found.defaults.responsibilities.losses_collector == "application"
    assert len(found.requirements.entries) == 5
    assert {e.awaiting_action_from for e in found.requirements.entries} == {"user"}
    plain = stripe_local.client.v2.core.accounts.retrieve(account)
    assert plain.configuration is None
    v1 = stripe_local.client.v1.accounts.retrieve(account)
    assert (v1.payouts_enabled, v1.details_submitted) == (False, False)
    assert v1.requirements is not None
    assert "external_account" in (v1.requirements.currently_due or [])


def test_the_onboarding_page_makes_the_account_able_to_receive(stripe_local: LocalStripe) -> None:
    account = stripe_local.account(active=False)
    url = link(stripe_local, account)
    page = stripe_local.web.get(f"{url}?locale=fr")
    assert "Recevoir vos paiements" in page.text
    assert "form-action 'self' http://127.0.0.1:8000" in page.headers["content-security-policy"]
    answer = stripe_local.web.post(url, data=FORM)
    assert answer.status_code == 303
    assert answer.headers["location"] == "http://127.0.0.1:8000/payouts"
    assert state(stripe_local, account) == "active"
    assert look(stripe_local, account).requirements.entries == []
    assert stripe_local.client.v1.accounts.retrieve(account).payouts_enabled
    types = stripe_local.event_types(account)
    assert types[0] == "v2.core.account.created"
    assert "v2.core.account[requirements].updated" in types
    assert "v2.core.account[configuration.recipient].capability_status_updated" in types
    assert "v1.account.updated" in types


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("missing", "restricted"), ("verifying", "pending"), ("rejected", "rejected")],
)
def test_the_onboarding_page_can_leave_something_open(
    stripe_local: LocalStripe, outcome: str, expected: str
) -> None:
    account = stripe_local.account(active=False)
    stripe_local.web.post(link(stripe_local, account), data=FORM | {"outcome": outcome})
    assert state(stripe_local, account) == expected
    if outcome == "missing":
        entries = look(stripe_local, account).requirements.entries
        descriptions = [e.description for e in entries]
        assert descriptions == ["configuration.recipient.default_outbound_destination"]
        stripe_local.web.post(link(stripe_local, account), data=FORM)
        assert state(stripe_local, account) == "active"


def test_the_onboarding_form_names_what_is_missing(stripe_local: LocalStripe) -> None:
    account = stripe_local.account(active=False)
    url = link(stripe_local, account)
    answer = stripe_local.web.post(url, data=FORM | {"surname": " "})
    assert answer.status_code == 422
    assert 'id="surname-wrong"' in answer.text
    assert 'value="Ana"' in answer.text
    refused = stripe_local.web.post(url, data={k: v for k, v in FORM.items() if k != "terms"})
    assert 'id="terms-wrong"' in refused.text
    assert state(stripe_local, account) == "restricted"


def test_a_link_works_once_and_for_five_minutes(stripe_local: LocalStripe) -> None:
    account = stripe_local.account(active=False)
    used, old = link(stripe_local, account), link(stripe_local, account)
    stripe_local.web.post(used, data=FORM)
    again = stripe_local.web.get(used)
    assert again.headers["location"] == "http://127.0.0.1:8000/payouts/again"
    stripe_local.advance(seconds=301)
    assert stripe_local.web.get(old).status_code == 303
    assert stripe_local.web.post(old, data=FORM).status_code == 410
    assert stripe_local.web.get(f"/setup/e/{account}/link_nobody").status_code == 404


def test_a_country_without_transfers_is_unsupported(stripe_local: LocalStripe) -> None:
    account = stripe_local.account("PH", active=False)
    assert state(stripe_local, account) == "unsupported"
    details = look(stripe_local, account).configuration.recipient.capabilities
    code = details.stripe_balance.stripe_transfers.status_details[0].code
    assert code == "unsupported_country"


def test_an_account_is_changed_and_closed(stripe_local: LocalStripe) -> None:
    account = stripe_local.account()
    accounts = stripe_local.client.v2.core.accounts
    changed = accounts.update(account, {"display_name": "Ana R.", "metadata": {"party": "1"}})
    assert changed.display_name == "Ana R."
    assert changed.metadata is not None
    assert changed.metadata["party"] == "1"
    assert stripe_local.event_types(account)[-1] == "v2.core.account.updated"
    assert accounts.close(account).closed
    assert state(stripe_local, account) == "rejected"
    with pytest.raises(InvalidRequestError):
        accounts.update(account, {"display_name": "Nobody"})


def test_a_v1_link_leads_to_the_same_page(stripe_local: LocalStripe) -> None:
    account = stripe_local.account(active=False)
    made = stripe_local.client.v1.account_links.create(
        {
            "account": account,
            "type": "account_onboarding",
            "refresh_url": "http://127.0.0.1:8000/again",
            "return_url": "http://127.0.0.1:8000/done",
        }
    )
    answer = stripe_local.web.post(made.url, data=FORM)
    assert answer.headers["location"] == "http://127.0.0.1:8000/done"
    page = stripe_local.client.v1.accounts.login_links.create(account)
    assert "Your payments" in stripe_local.web.get(page.url).text


def test_an_account_that_does_not_exist_cannot_be_acted_for(stripe_local: LocalStripe) -> None:
    with pytest.raises(Exception, match="does not have access") as refused:
        stripe_local.client.v1.balance.retrieve({}, {"stripe_account": "acct_nobody"})
    assert getattr(refused.value, "http_status", None) == 403
