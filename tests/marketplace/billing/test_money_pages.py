"""Funding several parts and giving money back, on the pages and for programs."""

from __future__ import annotations

import re
from uuid import uuid4

import httpx
import pytest

from marketplace.core import clock
from marketplace.core.i18n import format_date
from marketplace.work import queries
from marketplace.work.models import Unit
from marketplace.work.rules import Status
from marketplace.work.schemas import EntryDraft
from marketplace.work.service import deliveries, timesheets
from payments import statements
from tests.factories import accounts, work
from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_all_parts_to_fund_stand_on_one_page(client: httpx.AsyncClient, lang: str) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 30000, 40000))
    await work.pay(contract)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    page = (await client.get(f"/{lang}/contracts/{contract.id}/fund")).text
    assert len(set(re.findall(r'action="[^"]*(/units/[^"]+/fund)"', page))) == 2
    await accounts.log_in(client, people.assistant.person)
    assert (await client.get(f"/{lang}/contracts/{contract.id}/fund")).status_code == 404


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_an_amount_that_no_card_can_pay_leaves_nothing_under_way(
    client: httpx.AsyncClient, lang: str
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000))
    first = await work.unit(contract)
    await Unit.filter(pk=first.id).update(price_minor=10)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    for _again in range(2):
        answer = await client.post(f"/{lang}/units/{first.id}/fund", follow_redirects=True)
        assert {"fr": "pas ce montant", "en": "no payment of this"}[lang] in answer.text
        assert "débité ; réessayez" not in answer.text
        assert (await work.unit(contract)).status is Status.PLANNED
    api = await client.post(f"/api/v1/units/{first.id}/funding", json={})
    assert api.status_code == 409
    await Unit.filter(pk=first.id).update(price_minor=20000)
    assert await work.pay(contract) == "funded"


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_money_that_rolled_over_says_which_week_it_was_and_where_it_counts(
    client: httpx.AsyncClient, lang: str
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    await work.pay(contract)
    week = await work.unit(contract)
    entry = EntryDraft(worked_on=clock.today(), minutes=150, task="Calls")
    await timesheets.add_entry(people.assistant, week.id, entry)
    await timesheets.submit_week(people.assistant, week.id)
    await timesheets.approve_week(people.business, week.id)
    later = await work.unit(contract, 2)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    first, next_ = (
        ("Semaine du " if lang == "fr" else "Week of ") + format_date(each.starts_on, lang)
        for each in (week, later)
    )
    said = {"fr": "Le reste a été reporté sur", "en": "What was left went on to"}[lang]
    rows, page = set[str](), ""
    for path in (f"units/{week.id}", f"units/{later.id}", f"contracts/{contract.id}/statement"):
        page = (await client.get(f"/{lang}/{path}")).text
        (row,) = re.findall(rf'<td data-label="[^"]*">({first}<br><small>{said}.*?)</td>', page)
        rows.add(row)
        assert next_ in row
    assert len(rows) == 1  # the same words wherever it is shown
    assert f"{first} → {next_}" in page  # the step itself
    shown = (await client.get(f"/{lang}/units/{week.id}")).text
    assert {"fr": "Validé et débloqué", "en": "Approved and released"}[lang] in shown
    assert {"fr": "Débloqué pour le prestataire", "en": "Released to the assistant"}[lang] in shown


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_assistant_gives_a_part_back_after_the_release_once(
    client: httpx.AsyncClient, run_jobs: RunJobs, lang: str
) -> None:
    people, contract, first = await work.handed_in(20000)
    await deliveries.approve(people.business, first.id)
    await client.get(f"/{lang}/")
    path = f"/{lang}/units/{first.id}/give-back"
    await accounts.log_in(client, people.business.person)
    assert (await client.get(path)).status_code == 404
    await accounts.log_in(client, people.assistant.person)
    assert (await client.get(path)).status_code == 200
    data = {"request_id": str(uuid4()), "price_minor": "900"}
    assert (await client.post(path, data=data)).status_code == 422
    data = {"request_id": str(uuid4()), "price_minor": "50"}
    assert (await client.post(path, data=data)).status_code == 303
    assert (await client.post(path, data=data)).status_code == 303
    await run_jobs()
    balance = await queries.balance(first)
    assert (balance.released.minor, balance.refunded.minor) == (15000, 5000)
    found = await statements.contract_statement(str(contract.id))
    assert found is not None
    assert found.funded == found.released + found.refunded + found.held + found.disputed
