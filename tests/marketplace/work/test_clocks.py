"""The clocks of a contract: frozen when it was offered, shown as dates; the security hold."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules import clause_values
from marketplace.core import clock
from marketplace.core.settings import settings
from marketplace.work import queries, rules
from marketplace.work.schemas import DeliveryDraft
from marketplace.work.service import deliveries
from payments.models import Movement
from tests.factories import work

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DONE = DeliveryDraft.model_validate({"note": "All done."})


def choose(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    """Other settings from here on."""
    for name, value in values.items():
        monkeypatch.setenv(f"RELAIS_{name}", value)
    settings.cache_clear()


async def test_a_signed_contract_keeps_its_clocks_whatever_the_operator_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose(monkeypatch, WEEK_EDIT_HOUR="18", WEEK_REVIEW_DAYS="5")
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    choose(monkeypatch, WEEK_EDIT_HOUR="8", WEEK_REVIEW_DAYS="2")
    week = await work.unit(contract)
    edit = rules.edit_deadline(week.ends_on, contract.time_zone, contract.rhythm)
    assert edit.hour == 18
    assert week.paid_on(contract) == week.ends_on + timedelta(days=6)
    agreed = contracts.agreement(contract)
    assert agreed.clocks.country == "FR"
    version = await contracts.version(contract.id, 1)
    assert version.agreement["clocks"]["edit_hour"] == 18
    words = clause_values.variables  # what the paper says is what the code does
    assert "18" in words(_draft(agreed))["edit_until"]
    assert words(_draft(agreed))["review_day"] == "vendredi"
    later = await work.signed(people, work.hourly())
    assert later.rhythm.edit_hour == 8


def _draft(agreed: object) -> clause_values.Draft:
    party = clause_values.PartyOnPaper("business", "A", ())
    return clause_values.Draft("RL-1", 1, agreed, party, party, "Relais", "France", "TVA")  # type: ignore[arg-type]


async def test_the_first_three_releases_wait_for_the_hold_and_the_fourth_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose(monkeypatch, SECURITY_HOLD_DAYS="5", SECURITY_HOLD_RELEASES="3")
    people = await work.pair()
    contract = await work.signed(people, work.project(1000, 1000, 1000, 1000), trial_days=0)
    waits = []
    for position in range(1, 5):
        await work.pay(contract, position)
        unit = await work.unit(contract, position)
        await deliveries.submit(people.assistant, unit.id, DONE)
        expected = (await work.unit(contract, position)).paid_on(
            contract, await queries.hold_days(contract)
        )
        assert expected is not None
        await deliveries.approve(people.business, unit.id)
        unit = await work.unit(contract, position)
        sent = await Movement.get(holding=str(unit.id))
        waits.append(round((sent.next_attempt_at - clock.now()) / timedelta(days=1)))
        if unit.pays_at:
            assert abs(unit.pays_at - sent.next_attempt_at) < timedelta(seconds=5)
    assert waits == [5, 5, 5, 0]
