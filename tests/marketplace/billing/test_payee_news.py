"""What Stripe and a bank want of an assistant is said in our words, on the page and by mail."""

from __future__ import annotations

import httpx
import pytest

from marketplace.billing.rules.payees import FAILURES, GENERAL_FAILURE, GENERAL_NEED, failure, needs
from marketplace.core import clock
from marketplace.core.db import command
from marketplace.core.events import on_fact
from marketplace.core.i18n import gettext
from marketplace.core.models import OutgoingMail
from marketplace.parties.models import Membership
from marketplace.parties.rules import Role
from marketplace.profiles.models import Profile, ProfileProof
from payments.facts import BankRefused, PayeeChanged, PayeeVerified
from payments.models import Payee, PayeeStatus
from payments.money import Money
from tests.factories import accounts, work


def test_each_need_is_said_once_and_unknown_ones_in_general() -> None:
    said = needs(
        ["identity.individual.given_name", "identity.individual.surname", "external_account",
         "identity.individual.documents.primary_verification", "person_1.something.new",
         "individual.dob.day", "individual.dob.year"]
    )  # fmt: skip
    assert len(said) == 5
    assert said.count(GENERAL_NEED) == 1
    assert failure("unheard_of") == GENERAL_FAILURE
    assert all(gettext(text, "fr") != text for text in {*FAILURES.values(), *said})


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.usefixtures("stripe_sandbox", "application")
async def test_the_assistant_reads_what_to_do(client: httpx.AsyncClient, lang: str) -> None:
    people = await work.pair()
    payee = str(people.assistant_id)
    row = await Payee.create(
        id=payee, account="acct_1", status=PayeeStatus.RESTRICTED, email="a@example.org", name="A",
        country="FR", locale="fr", created_at=clock.now(), requirements=["external_account", "new"],
    )  # fmt: skip
    tell = command(on_fact)
    await Profile.get_or_create(
        {"slug": f"lea-{lang}", "created_at": clock.now(), "updated_at": clock.now()},
        party_id=people.assistant_id,
    )
    await tell(PayeeChanged(payee, "active"))
    assert not await ProfileProof.exists()  # Stripe may pay them out, but still asks who they are
    await tell(PayeeVerified(payee, verified=True))
    [proof] = await ProfileProof.filter(profile__party_id=people.assistant_id)
    assert (proof.proof, proof.proven_on, proof.valid_until) == (
        *("identity", clock.today("UTC")),
        None,
    )
    await tell(PayeeChanged(payee, "restricted"))
    await tell(PayeeVerified(payee, verified=False))
    assert not await ProfileProof.exists()  # Stripe asks again who they are
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.assistant.person)
    page = (await client.get(f"/{lang}/payouts")).text
    assert {"fr": "suspendu vos versements", "en": "has put your payouts on hold"}[lang] in page
    assert "IBAN" in page
    assert "external_account" not in page
    await Payee.filter(id=row.id).update(
        status=PayeeStatus.ACTIVE, requirements=[], bank_failure="account_closed",
        bank_failed_at=clock.now(), bank_payout="po_1",
    )  # fmt: skip
    await tell(BankRefused(payee, Money(47_000, "EUR"), "account_closed"))
    page = (await client.get(f"/{lang}/payouts/{payee}")).text
    assert {"fr": "Corriger mes coordonnées", "en": "Correct my bank details"}[lang] in page
    told = (await client.get(f"/api/v1/payouts/{payee}")).json()
    assert told["bank_failure"] == "account_closed"
    mails = await OutgoingMail.filter(template="payee_news").order_by("created_at")
    assert len(mails) == 3
    assert "470" in mails[2].text


@pytest.mark.usefixtures("stripe_sandbox", "application")
@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_only_an_owner_says_which_bank_the_money_goes_to(
    client: httpx.AsyncClient, lang: str
) -> None:
    people, member = await work.pair(), await accounts.person()
    await Membership.create(
        party_id=people.assistant_id, person_id=member.id, role=Role.MEMBER, created_at=clock.now()
    )
    await client.get(f"/{lang}/")
    page = f"/{lang}/payouts/{people.assistant_id}"
    for person, code in ((member, 403), (people.assistant.person, 303)):
        await accounts.log_in(client, person)
        assert (f"{page}/set-up" in (await client.get(page)).text) is (code == 303)
        assert (await client.post(f"{page}/set-up")).status_code == code
