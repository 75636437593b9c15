"""The operator and people: found, suspended with a reason they are told, let in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketplace.accounts import queries as accounts_of
from marketplace.accounts.rules import AlreadySuspended, NotSuspended, OperatorStays, Scope
from marketplace.accounts.service import sessions, suspending
from marketplace.admin.models import OperatorAct
from marketplace.core import clock
from marketplace.core.models import OutgoingMail
from marketplace.my_data.rules import Reason
from marketplace.my_data.service import leaving
from marketplace.parties.models import Membership
from marketplace.parties.rules import LastOwner, Role
from marketplace.parties.service import team
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.publishing import NobodyStands
from marketplace.profiles.rules.states import Status
from marketplace.profiles.service import publishing
from marketplace.work.service import deliveries
from tests.factories import accounts, admin, parties, work
from tests.marketplace.accounts.test_authenticator import code_now, set_up

if TYPE_CHECKING:
    import httpx

REASON = {"reason": "Three clients told us of copied work"}


async def test_an_operator_finds_a_person_and_suspends_them(client: httpx.AsyncClient) -> None:
    boss, who = await admin.operator(), await accounts.person(name="Camille Martin", locale="en")
    profile = await parties.profile(who)
    shown = f"/en/assistants/{profile.slug}"
    token = await admin.bearer(who, Scope.ACCOUNT_READ)
    assert (await client.get(shown)).status_code == 200
    await accounts.log_in(client, who)
    assert (await client.get("/en/operator/people")).status_code == 404
    mine = await accounts.log_in(client, boss)
    assert (await client.post("/en/operator/people", data={"words": "x"})).status_code == 422
    for words in ("MARTIN", who.email[:9]):
        listed = await client.post("/en/operator/people", data={"words": words})
        assert f"/en/operator/people/{who.id}" in listed.text
    at = f"/en/operator/people/{who.id}"
    assert (await client.post(f"{at}/suspend", data={"reason": ""})).status_code == 422
    assert (await client.post(f"{at}/suspend", data=REASON)).is_redirect
    page = (await client.get(at)).text
    assert REASON["reason"] in page and "Account suspended" in page
    late = await client.post(f"{at}/suspend", data={"reason": "The fourth one"})
    assert (late.status_code, "The fourth one" in late.text) == (409, True)
    client.cookies.clear()
    assert (await client.get("/api/v1/me", headers=token)).status_code == 401
    assert (await client.get(shown)).status_code == 404
    form = {"email": who.email, "password": accounts.PASSWORD}
    refused = await client.post("/en/log-in", data=form)
    assert (refused.status_code, "is suspended" in refused.text) == (403, True)
    wrong = await client.post("/en/log-in", data={**form, "password": "not the one"})
    assert "suspended" not in wrong.text  # a stranger learns nothing
    told = await OutgoingMail.get(template="accounts_operated")
    assert (told.recipient, REASON["reason"] in (told.text or "")) == (who.email, True)
    client.cookies.set("relais_session", mine, domain="127.0.0.1")
    assert (await client.post(f"{at}/lift", data=REASON)).is_redirect
    acts = await OperatorAct.filter(subject=f"person:{who.id}").order_by("id")
    assert [each.act for each in acts] == ["suspend", "lift"]
    client.cookies.clear()
    assert (await client.post("/en/log-in", data=form)).is_redirect
    assert (await Profile.get(pk=profile.id)).status is Status.PAUSED  # theirs to publish again


async def test_a_lost_factor_is_removed_and_told(client: httpx.AsyncClient) -> None:
    boss, who = await admin.operator(), await accounts.person(locale="en")
    secret, spare = await set_up(who)
    session = await sessions.open_session(who.id, ip="", agent="")
    await accounts.log_in(client, boss)
    api = f"/api/v1/operator/people/{who.id}"
    assert (await client.get(api)).json()["second_factor"] is True
    done = await client.post(f"{api}/reset-factor", json=REASON)
    assert (done.status_code, done.json()["second_factor"]) == (200, False)
    assert await accounts_of.person_by_session(session) is None
    assert (await accounts_of.person(who.id)).recovery_codes == []
    assert (await client.post(f"{api}/reset-factor", json=REASON)).status_code == 409
    found = await client.post("/api/v1/operator/people/search", json={"words": who.email})
    assert [each["id"] for each in found.json()] == [str(who.id)]
    told = await OutgoingMail.get(template="accounts_operated")
    assert told.subject == "Your second factor was reset"
    assert not {secret, *spare, code_now(secret)} & set((told.text or "").split())


@pytest.mark.usefixtures("stripe_sandbox", "application")
async def test_the_other_side_of_a_suspended_person_is_not_left_alone() -> None:
    people, contract, unit = await work.handed_in(20_000)
    await suspending.suspend(people.assistant.person_id, REASON["reason"])
    await deliveries.approve(people.business, unit.id)  # and so the money is due
    assert (await work.unit(contract)).status.value in {"approved", "released"}


@pytest.mark.usefixtures("application")
async def test_whom_another_owner_stands_for_stays_shown() -> None:
    who, partner = await accounts.person(), await accounts.person()
    profile = await parties.profile(who)
    await Membership.create(
        party_id=profile.party_id, person_id=partner.id, role=Role.OWNER, created_at=clock.now()
    )
    await suspending.suspend(who.id, REASON["reason"])
    assert (await Profile.get(pk=profile.id)).status is Status.PUBLISHED
    with pytest.raises(LastOwner):  # who is suspended cannot be in charge
        await team.remove_member(await parties.viewer(partner), profile.party_id, partner.id)
    found = await leaving.farewell(partner.id)
    assert [each.reason for each in found.obstacles] == [Reason.LAST_OWNER]
    await suspending.suspend(partner.id, REASON["reason"])
    assert (await Profile.get(pk=profile.id)).status is Status.PAUSED
    member = await accounts.person()
    await Membership.create(
        party_id=profile.party_id, person_id=member.id, role=Role.MEMBER, created_at=clock.now()
    )
    with pytest.raises(NobodyStands):
        await publishing.publish(await parties.viewer(member), profile.id)
    with pytest.raises(AlreadySuspended):
        await suspending.suspend(who.id, REASON["reason"])
    boss = await admin.operator()
    for step in (suspending.suspend, suspending.reset_factor):
        with pytest.raises(OperatorStays):
            await step(boss.id, REASON["reason"])
    with pytest.raises(NotSuspended):
        await suspending.lift(boss.id, REASON["reason"])
