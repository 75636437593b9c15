"""The pages and operations of packs, and the words of a rejection, in both languages."""

from __future__ import annotations

import re

import httpx
import pytest

from marketplace.core import clock
from marketplace.work.models import PackUse, Unit
from marketplace.work.rules import Status
from marketplace.work.schemas import EndingDraft, ShareDraft
from marketplace.work.service import endings
from tests.factories import accounts, work

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_use_is_recorded_corrected_and_taken_out_and_a_further_pack_is_ordered(
    client: httpx.AsyncClient, lang: str
) -> None:
    people = await work.pair()
    terms = work.flat(3000, 2, pack="calls", pack_size=3, rollover_units=1, rollover_periods=1)
    contract = await work.signed(people, terms, trial_days=0)
    await work.pay(contract)
    first = await work.unit(contract)
    room, unit = f"/{lang}/contracts/{contract.id}/work", f"/{lang}/units/{first.id}"
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.assistant.person)
    assert (await client.get(room)).status_code == 200
    today = clock.today().isoformat()
    wrong = await client.post(f"{unit}/uses", data={"used_on": today, "count": "0", "note": "Ok"})
    assert wrong.status_code == 422
    assert 'aria-describedby="f-count-error"' in wrong.text
    data = {"used_on": today, "count": "5", "note": "Standard", "reason": "Devis"}
    assert (await client.post(f"{unit}/uses", data=data)).status_code == 303
    use = await PackUse.get(unit_id=first.id)
    assert (await client.get(f"/{lang}/uses/{use.id}")).status_code == 200
    late = await client.post(f"/{lang}/uses/{use.id}", data=data | {"used_on": "2020-01-01"})
    assert late.status_code == 422
    data["count"] = "4"
    assert (await client.post(f"/{lang}/uses/{use.id}", data=data)).status_code == 303
    shown = (await client.get(unit)).text
    assert ("1 appel non couvert" if lang == "fr" else "1 call not covered") in shown
    assert (await client.post(f"/{lang}/contracts/{contract.id}/top-ups")).status_code == 403
    await accounts.log_in(client, people.business.person)
    shown = (await client.get(room)).text
    assert f"/contracts/{contract.id}/top-ups" in shown
    ordered = await client.post(f"/{lang}/contracts/{contract.id}/top-ups")
    more = await Unit.get(contract_id=contract.id, kind="top_up")
    assert ordered.headers["location"].endswith(f"/units/{more.id}/fund")
    assert (await client.get(ordered.headers["location"])).status_code == 200
    assert (await client.get(f"/{lang}/uses/{use.id}")).status_code == 200
    assert (await client.post(f"/{lang}/uses/{use.id}/remove")).status_code == 403
    await accounts.log_in(client, people.assistant.person)
    assert (await client.post(f"/{lang}/uses/{use.id}/remove")).status_code == 303
    assert not await PackUse.exists(unit_id=first.id)


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_meter_says_what_became_of_lots_that_were_never_used(
    client: httpx.AsyncClient, lang: str
) -> None:
    people = await work.pair()
    terms = work.flat(3000, 2, pack="calls", pack_size=3)
    contract = await work.signed(people, terms, trial_days=0)
    await work.pay(contract)
    first = await work.unit(contract)
    keeps = ShareDraft(unit_id=first.id, price_minor=1000)
    ending = await endings.propose(people.assistant, contract.id, EndingDraft(shares=[keeps]))
    await endings.agree(people.business, contract.id, ending.proposal_id)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.assistant.person)
    shown = (await client.get(f"/{lang}/contracts/{contract.id}/work")).text
    shared, unpaid, used = {
        "fr": ("Terminé comme convenu", "Non provisionné", "Tout est utilisé"),
        "en": ("Ended as agreed", "Not funded", "All used"),
    }[lang]
    assert [shown.count(each) for each in (shared, unpaid, used)] == [1, 1, 0]


async def test_programs_keep_the_record_of_an_hours_pack(client: httpx.AsyncClient) -> None:
    people = await work.pair()
    terms = work.flat(9000, 1, pack="hours", pack_size=5)
    contract = await work.signed(people, terms, trial_days=0)
    await work.pay(contract)
    first = await work.unit(contract)
    await accounts.log_in(client, people.assistant.person)
    page = (await client.get(f"/en/units/{first.id}")).text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    headers = {"X-CSRF-Token": token[1]} if token else {}
    body = {"used_on": clock.today().isoformat(), "minutes": 90, "note": "Inbox"}
    path = f"/api/v1/units/{first.id}/uses"
    wrong = await client.post(path, json={**body, "minutes": None}, headers=headers)
    assert wrong.status_code == 422
    assert wrong.headers["content-type"].startswith("application/problem+json")
    made = await client.post(path, json=body, headers=headers)
    assert made.status_code == 201
    assert made.json()["covered"] == 90
    use = made.json()["id"]
    newer = {**body, "minutes": "1h", "seen_at": made.json()["updated_at"]}
    changed = await client.put(f"/api/v1/uses/{use}", json=newer, headers=headers)
    assert changed.json()["quantity"] == 60
    stale = await client.put(
        f"/api/v1/uses/{use}", json={**newer, "minutes": "3h"}, headers=headers
    )
    assert (stale.status_code, stale.json()["code"]) == (422, "hours_changed")
    listed = (await client.get(path)).json()["items"]
    assert [each["id"] for each in listed] == [use]
    pack = (await client.get(f"/api/v1/contracts/{contract.id}/pack")).json()
    assert (pack["counts"], pack["available"], pack["uncovered"]) == ("hours", 240, 0)
    assert (await client.delete(f"/api/v1/uses/{use}", headers=headers)).status_code in {200, 204}
    project = await work.signed(people, work.project(1000))
    assert (await client.get(f"/api/v1/contracts/{project.id}/pack")).status_code == 404


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_rejection_without_a_criterion_is_refused_beside_the_field(
    client: httpx.AsyncClient, lang: str
) -> None:
    people, contract, first = await work.handed_in(20000)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.business.person)
    refused = await client.post(
        f"/{lang}/units/{first.id}/changes", data={"note": "Not good", "delivery": "1"}
    )
    assert refused.status_code == 422
    said = {"fr": "au moins un critère", "en": "at least one agreed criterion"}[lang]
    assert said in refused.text
    assert 'id="f-criteria-error"' in refused.text
    problem = await client.post(
        f"/api/v1/units/{first.id}/changes", json={"note": "Not good", "delivery": 1},
        headers={"Accept-Language": lang},
    )  # fmt: skip
    assert problem.status_code == 422
    assert "criteria" in problem.text
    assert (await work.unit(contract)).status is Status.SUBMITTED
    sent = await client.post(
        f"/{lang}/units/{first.id}/changes",
        data={"note": "Not good", "criteria": "0", "delivery": "1"},
    )
    assert sent.status_code == 303
