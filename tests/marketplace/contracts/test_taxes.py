"""A version keeps the VAT decisions it rests on; what is unsettled stops every signature."""

from __future__ import annotations

import asyncpg
import httpx
import pytest

from marketplace.contracts.rules.signing import TaxChanged, TaxUnsettled
from marketplace.contracts.service import offers, taxes
from marketplace.core.settings import settings
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions.models import TaxDecision
from marketplace.jurisdictions.queries import VatDecision
from marketplace.jurisdictions.service import Purpose, record_decision
from marketplace.parties.models import Party
from tests.factories import accounts
from tests.factories import contracts as make

pytestmark = pytest.mark.usefixtures("application")

GERMAN = {"jurisdiction": "DE", "country": "DE", "tax_status": "vat_registered"}


async def german(two: make.Pair, **changes: str) -> None:
    """Make the business a German one."""
    await Party.filter(id=two.business.id).update(
        **{**GERMAN, "vat_number": "DE136695976"}, **changes
    )


async def test_a_version_keeps_its_decisions_with_what_they_rest_on(database: str) -> None:
    two = await make.pair()
    offer = await make.sent(two)
    kept = {row.purpose: row for row in await jurisdictions.decisions(taxes.subject(offer, 1))}
    assert set(kept) == set(Purpose)
    supply = kept["supply"]
    assert (supply.rule, supply.data_version) == ("R1s", jurisdictions.data_version())
    assert (supply.seller_id, supply.buyer_id) == (two.assistant.id, two.business.id)
    assert kept["client_fee"].seller_id is None, "our own supply"
    assert supply.inputs["seller"]["party"]["tax_status"] == "franchise"
    assert supply.inputs["seller"]["facts"]["scheme"] == "small"
    decision = VatDecision.from_json(supply.outputs)
    assert decision == (await taxes.of_contract(offer)).supply
    assert offer.fees["client_fee_vat_ppm"] == [200_000]
    assert kept["client_fee"].outputs["rate_ppm"] == 200_000
    owner = await asyncpg.connect(database)
    for statement in ("UPDATE tax_decision SET rule = 'R2'", "DELETE FROM tax_decision",
                      "TRUNCATE tax_decision CASCADE"):  # fmt: skip
        with pytest.raises(asyncpg.RestrictViolationError):
            await owner.execute(statement)
    await owner.close()
    with pytest.raises(RuntimeError, match="transaction"):
        await record_decision(
            "x", Purpose.SUPPLY, decision, on=supply.on_day,
            seller=jurisdictions.platform(), buyer=jurisdictions.platform(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "says"),
    [("fr", "a besoin d’un numéro de TVA avant sa première prestation"),
     ("en", "needs a VAT number before the first service")],
)  # fmt: skip
async def test_a_missing_number_stops_the_signature_and_says_what_to_do(
    client: httpx.AsyncClient, lang: str, says: str
) -> None:
    two = await make.pair()
    await german(two)
    offer = await make.sent(two)
    await accounts.log_in(client, two.claire)
    page = await client.get(f"/{lang}/contracts/{offer.id}/sign")
    assert says in page.text
    assert "Autoliquidation" in page.text if lang == "fr" else "Reverse charge" in page.text
    with pytest.raises(TaxUnsettled):
        await make.sign_as(two.claire, offer)
    told = (await client.get(f"/api/v1/contracts/{offer.id}/taxes")).json()
    supply = told["decisions"][0]
    assert (supply["rule"], supply["category"], supply["vatex"]) == ("R2", "AE", "VATEX-EU-AE")
    assert [each["code"] for each in supply["blocks"]] == ["supplier_vat_number"]
    await Party.filter(id=two.assistant.id).update(vat_number="FR40303265045")
    await make.sign_as(two.claire, offer)


async def test_another_tax_than_on_the_table_is_proposed_again_first() -> None:
    two = await make.pair()
    offer = await make.sent(two)
    await Party.filter(id=two.assistant.id).update(
        tax_status="vat_registered", vat_number="FR40303265045"
    )
    with pytest.raises(TaxChanged):
        await make.sign_as(two.claire, offer)
    again = await offers.counter(await two.as_assistant(), offer.id, {})
    assert again.fees["supplier_vat_ppm"] == [200_000]
    assert (await taxes.supply_of(again, 2)).rate_ppm == 200_000
    assert (await taxes.supply_of(again, 1)).rate_ppm == 0, "the first version keeps its own"
    await make.sign_as(two.claire, offer)
    assert await TaxDecision.filter(purpose="supply").count() == 2


async def test_another_tax_on_our_fees_is_proposed_again_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    two = await make.pair()
    offer = await make.sent(two)
    monkeypatch.setenv("RELAIS_PLATFORM_TAX_STATUS", "franchise")
    settings.cache_clear()
    assert (await taxes.of_contract(offer)).client_fee.rate_ppm == 0
    with pytest.raises(TaxChanged):
        await make.sign_as(two.claire, offer)


async def test_a_stranger_learns_no_decision(client: httpx.AsyncClient) -> None:
    two = await make.pair()
    offer = await make.sent(two)
    await accounts.log_in(client, await accounts.person())
    assert (await client.get(f"/api/v1/contracts/{offer.id}/taxes")).status_code == 404
