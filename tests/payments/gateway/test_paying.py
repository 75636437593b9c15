"""Customers, cards, Checkout and charges without the payer, on the sandbox and on Stripe."""

from __future__ import annotations

import pytest

from payments import errors
from payments.gateway import cards, paying
from payments.gateway.client import client
from tests.payments.gateway.conftest import Backend, customer, eur, keeping, key, paid

URLS = {"success_url": "https://example.org/paid", "cancel_url": "https://example.org/back"}


async def test_the_same_key_makes_one_customer_and_never_another(backend: Backend) -> None:
    used = key()
    first = await paying.create_customer(payer="p1", name="Zoé", email=None, key=used)
    again = await paying.create_customer(payer="p1", name="Zoé", email=None, key=used)
    assert first == again
    with pytest.raises(errors.IdempotencyConflict):
        await paying.create_customer(payer="p2", name="Zoé", email=None, key=used)


async def test_a_saved_card_is_found_and_can_be_forgotten(backend: Backend) -> None:
    payer = await customer()
    assert await cards.saved_methods(payer) == []
    await client().v1.payment_methods.attach_async("pm_card_visa", {"customer": payer})
    (card,) = await cards.saved_methods(payer)
    assert (card.brand, card.last4) == ("visa", "4242")
    assert card.exp_year is not None
    assert card.exp_year > 2026
    await cards.detach(card.id, key=key())
    assert await cards.saved_methods(payer) == []


async def test_a_checkout_page_is_open_until_it_is_expired(backend: Backend) -> None:
    made = await paying.create_session(
        customer=await customer(),
        lines=[("Étape 1", eur(100_000)), ("Frais", eur(6_000)), ("Rien", eur(0))],
        group="contract:t",
        metadata={"funding": "f1"},
        locale="fr",
        key=key(),
        **URLS,
    )
    assert (made.status, made.funding, made.intent) == ("open", "f1", None)
    assert made.url
    lines = await client().v1.checkout.sessions.line_items.list_async(made.id)
    assert [line.amount_total for line in lines.data] == [100_000, 6_000]
    assert await paying.session(made.id) == made
    ended = await paying.expire_session(made.id, key=key())
    assert (ended.status, ended.url) == ("expired", None)
    with pytest.raises(errors.StripeRefused):
        await paying.expire_session(made.id, key=key())


async def test_a_page_saves_a_card_without_charging_it(backend: Backend) -> None:
    url = await cards.create_setup_session(
        customer=await customer(), currency="EUR", locale="en", key=key(), **URLS
    )
    assert url.startswith("http")


async def test_an_absent_payers_card_is_charged(backend: Backend) -> None:
    made = await paid(eur(10_600), funding="f2")
    assert (made.status, made.received, made.failure) == ("succeeded", eur(10_600), None)
    assert made.metadata["funding"] == "f2"
    settled = await backend.eventually(
        lambda: paying.intent(made.id), lambda seen: bool(seen.charge and seen.charge.fee)
    )
    assert settled.charge is not None
    assert (settled.charge.amount, settled.charge.method) == (eur(10_600), "card")
    assert 0 < paying.require_settled(settled.charge).minor < 1_000


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        ("pm_card_chargeCustomerFail", errors.CardDeclined),
        ("pm_card_authenticationRequired", errors.AuthenticationRequired),
    ],
)
async def test_a_refused_card_is_refused_again_under_its_key(
    backend: Backend, card: str, problem: type[errors.StripeProblem]
) -> None:
    payer, method = await keeping(card)
    used = key()

    async def ask(under: str) -> None:
        await paying.create_intent(
            customer=payer,
            method=method,
            amount=eur(5_000),
            group="contract:t",
            description="Semaine 48",
            metadata={},
            key=under,
        )

    for under in (used, used, key()):
        with pytest.raises(problem):
            await ask(under)
    made = await client().v1.payment_intents.list_async({"customer": payer})
    assert [intent.status for intent in made.data] == ["requires_payment_method"] * 2


async def test_what_does_not_exist_is_refused(backend: Backend) -> None:
    with pytest.raises(errors.StripeRefused) as refused:
        await paying.intent("pi_nothing")
    assert refused.value.code == "resource_missing"
