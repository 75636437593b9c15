"""The mail of contracts: right people, right language, working addresses, no secrets."""

from __future__ import annotations

import re

import pytest

from marketplace.contracts.service import offers
from marketplace.core.models import OutgoingMail
from tests.factories import contracts as make

pytestmark = pytest.mark.usefixtures("application")


@pytest.mark.parametrize(
    ("locale", "subject"),
    [("fr", "vous propose un contrat"), ("en", "offers you a contract")],
)
async def test_an_offer_is_told_to_the_assistant_in_their_language(
    locale: str, subject: str
) -> None:
    two = await make.pair(locale)
    offer = await make.sent(two, title="Accueil & factures <b>")
    (mail,) = await OutgoingMail.filter(template="contracts_notice")
    assert mail.recipient == two.camille.email
    assert subject in mail.subject
    assert "Accueil & factures <b>" in mail.text
    assert "<b> (" not in mail.html
    assert f"/{locale}/contracts/{offer.id}" in mail.text
    assert "%(" not in mail.text + mail.html + mail.subject


async def test_each_step_tells_the_side_that_has_to_act() -> None:
    two = await make.pair("en")
    offer = await make.sent(two)
    await offers.counter(await two.as_assistant(), offer.id, {"notice_days": 30})
    await offers.counter(await two.as_business(), offer.id, {"notice_days": 20})
    await make.sign_as(two.claire, offer)
    await offers.decline(await two.as_assistant(), offer.id, "No time")
    told = await OutgoingMail.filter(template="contracts_notice").order_by("id")
    assert [mail.recipient for mail in told] == [
        two.camille.email, two.claire.email, two.camille.email, two.camille.email,
        two.claire.email,
    ]  # fmt: skip


async def test_only_the_code_mail_holds_the_code() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    await make.sign_as(two.camille, offer)
    code = await make.code_for(two.camille)
    holding = [m.template for m in await OutgoingMail.all() if re.search(rf"\b{code}\b", m.text)]
    assert set(holding) == {"contracts_code"}
