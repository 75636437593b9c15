"""Anybody reports a reference that is shown; an operator who read every report decides, and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketplace.core.models import OutgoingMail
from marketplace.profiles.events import ProfileRemoved
from marketplace.references import service
from marketplace.references.models import ClientReference, ReferenceReport
from marketplace.references.rules.links import Purpose
from tests.factories import accounts
from tests.factories import parties as make
from tests.factories import references as refs

if TYPE_CHECKING:
    import httpx

    from tests.fixtures.application import RunJobs

pytestmark = pytest.mark.usefixtures("client")
SAID = {"ground": "personal_data", "said": "Ce texte donne mon adresse.", "email": "tom@x.example"}
OTHER = SAID | {"email": "eve@x.example"}


async def test_a_report_waits_for_an_operator_whose_decision_is_told(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await accounts.person()
    profile = await make.profile(who)
    row = await refs.given(who, "ana@reported.example")
    address = f"/fr/references/{row.id}/report"
    assert address in (await client.get(f"/fr/assistants/{profile.slug}")).text
    assert (await client.get(address)).status_code == 200
    slip = await client.post(address, data=SAID | {"said": "Non"})
    assert slip.status_code == 422
    assert "tom@x.example" in slip.text
    sent = await client.post(address, data=SAID)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/fr/assistants/{profile.slug}")
    assert (await client.get(f"/api/v1/assistants/{profile.slug}")).json()["references"]

    boss = await accounts.person(is_operator=True)
    await run_jobs()
    assert await OutgoingMail.filter(recipient=boss.email).exists()
    await accounts.log_in(client, boss)
    one = f"/fr/operator/references/{row.id}"
    assert one in (await client.get("/fr/operator/references")).text
    assert (await client.get("/api/v1/operator/overview")).json()["reported_references"] == 1
    page = (await client.get(one)).text
    assert "Ce texte donne mon adresse." in page
    first = await ReferenceReport.get()
    assert f'value="{first.id}"' in page
    again = await client.post(f"/api/v1/references/{row.id}/reports", json=SAID)
    assert again.status_code == 201
    act = {"reason": "Le texte ne donne aucune adresse.", "read": str(first.id)}
    for verb, more in (("keep", {}), ("take-down", {"ground": "personal_data"})):
        early = await client.post(f"{one}/{verb}", data=act | more)
        assert early.status_code == 409  # it was reported again since
    newest = str(again.json()["id"])
    kept = await client.post(f"{one}/keep", data=act | {"read": newest})
    assert kept.status_code == 303
    assert (await ClientReference.get()).taken_down_at is None
    twice = await client.post(f"{one}/keep", data=act | {"read": newest})
    assert twice.status_code == 409
    rows = await ReferenceReport.all()
    assert [(one.taken_down, one.email) for one in rows] == [(False, ""), (False, "")]
    await run_jobs()
    told = accounts.mailbox("tom@x.example")
    assert len(told) == 2
    assert "elle reste" in told[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_taken_down_what_was_reported_is_decided_and_cannot_be_reported(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await accounts.person()
    await make.profile(who)
    row = await refs.given(who, "ana@down.example")
    report = f"/api/v1/references/{row.id}/reports"
    made = (await client.post(report, json=OTHER)).json()
    await accounts.log_in(client, await accounts.person(is_operator=True))
    act = {"ground": "personal_data", "reason": "Une adresse privée", "read": made["id"]}
    down = await client.post(f"/fr/operator/references/{row.id}/take-down", data=act)
    assert down.status_code == 303
    assert (await ReferenceReport.get()).taken_down is True
    assert (await client.post(report, json=OTHER)).status_code == 404
    assert (await client.get(f"/fr/references/{row.id}/report")).status_code == 404
    await run_jobs()
    (told,) = accounts.mailbox("eve@x.example")
    assert "plus affichée" in told.get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_a_reference_that_goes_by_itself_waits_for_nobody(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who = await accounts.person()
    profile = await make.profile(who)
    row = await refs.given(who, "ana@gone.example")
    sent = {**SAID, "email": "zoe@x.example"}
    assert (await client.post(f"/api/v1/references/{row.id}/reports", json=sent)).is_success
    await service.remove(refs.link(row.id, Purpose.REMOVE))
    assert (await ReferenceReport.get()).decided_at is not None
    await run_jobs()
    (told,) = accounts.mailbox("zoe@x.example")
    assert "a été retirée" in told.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    await service.on_profile_removed(ProfileRemoved(profile.id))
    assert not await ReferenceReport.exists()
