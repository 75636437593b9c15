"""An account goes whenever nothing is under way; what the law keeps stays without a way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketplace.accounts.models import Person
from marketplace.billing.schemas.recorded import RecordedDraft
from marketplace.billing.service import recorded
from marketplace.contracts import service as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Actor
from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.invoicing.models import Invoice
from marketplace.invoicing.service import collecting
from marketplace.my_data.rules import Reason
from marketplace.my_data.service import leaving
from marketplace.parties import service as team
from marketplace.parties.models import Membership, Party, PartyInvitation
from marketplace.parties.schemas import InvitationDraft
from marketplace.profiles.models import Profile
from marketplace.work.schemas import ChangesDraft, DeliveryDraft, EndingDraft
from marketplace.work.service import deliveries, endings, ticks
from tests.factories import accounts as make
from tests.factories import contracts as deals
from tests.factories import invoicing, parties, work

if TYPE_CHECKING:
    import httpx

    from marketplace.web.sessions import Viewer
    from tests.fixtures.application import RunJobs

DONE = DeliveryDraft(note="Done")
GOODBYE = {"understood": "1", "password": make.PASSWORD}


async def _count(table: str) -> int:
    (row,) = await connection().execute_query_dict(f"SELECT count(*) AS n FROM {table}")
    return int(row["n"])


async def test_a_draft_profile_and_a_business_go_with_their_person(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    who, other = await make.person(), await make.person()
    await parties.profile(who)
    business = await parties.party(who, "business")
    kept = await parties.profile(other)
    await make.log_in(client, who)
    await client.post("/fr/shortlists", data={"name": "Mes choix"})
    page = await client.get("/fr/my-data/deletion")
    assert "aucun contrat, facture ou mandat" in page.text
    assert business.display_name in page.text
    # Nothing was erased by looking; nor by one click, or with a wrong password.
    assert await Person.exists(pk=who.id)
    once = await client.post("/fr/my-data/deletion", data={"password": make.PASSWORD})
    assert (once.status_code, "Cochez" in once.text) == (422, True)
    wrong = await client.post("/fr/my-data/deletion", data={**GOODBYE, "password": "not it"})
    assert wrong.status_code == 422
    gone = await client.post("/fr/my-data/deletion", data=GOODBYE)
    assert (gone.status_code, gone.headers["location"]) == (303, "/fr/")
    assert not await Person.exists(pk=who.id)
    assert [row.party_id for row in await Membership.all()] == [kept.party_id]
    assert [row.id for row in await Profile.all()] == [kept.id]
    assert await _count("outgoing_mail") == 0
    assert (await client.get("/fr/my-data")).status_code in {302, 303}  # logged out
    await run_jobs()


async def test_who_only_joined_and_left_a_team_can_go(client: httpx.AsyncClient) -> None:
    owner, guest = await make.person(), await make.person()
    business = await parties.party(owner, "business")
    invitation = InvitationDraft(email=guest.email, role="member")
    await team.invite(await parties.viewer(owner), business.id, invitation)
    await PartyInvitation.all().update(token_hash="x")
    await PartyInvitation.all().update(accepted_at=owner.created_at, accepted_by_id=guest.id)
    await make.log_in(client, guest)
    assert (await client.post("/fr/my-data/deletion", data=GOODBYE)).status_code == 303
    assert not await Person.exists(pk=guest.id)
    # The only owner of a team must hand it over first; a member just leaves.
    member = await make.person()
    await Membership.create(
        party_id=business.id, person_id=member.id, role="member", created_at=owner.created_at
    )
    await make.log_in(client, owner)
    page = await client.post("/en/my-data/deletion", data=GOODBYE)
    assert page.status_code == 409
    assert "you are its only owner" in page.text
    await make.log_in(client, member)
    preview = (await client.get("/api/v1/me/deletion")).json()
    assert (preview["obstacles"], preview["parties"][0]["shared"]) == ([], True)
    assert (await client.post("/en/my-data/deletion", data=GOODBYE)).status_code == 303
    assert [row.person_id for row in await Membership.all()] == [owner.id]
    # The owner hears of it; nothing is written to an address that was to be forgotten.
    addressed = "SELECT recipient FROM outgoing_mail WHERE template = 'party_team'"
    told = [row["recipient"] for row in await connection().execute_query_dict(addressed)]
    assert told == [owner.email]


async def test_contracts_stay_and_name_the_party_but_nobody_gets_in(
    client: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    two = await deals.pair()
    contract = await deals.signed(two)
    await run_jobs()
    who, email = two.camille, two.camille.email
    await make.log_in(client, who)
    refused = await client.post("/fr/my-data/deletion", data=GOODBYE)
    assert refused.status_code == 409
    assert contract.number in refused.text
    await contracts.cancel(contract.id, Actor.BUSINESS, "over")
    page = await client.get("/fr/my-data/deletion")
    assert "figure dans 1 contrat" in page.text
    body = {"password": make.PASSWORD}
    done = await client.post("/api/v1/me/deletion", json=body)
    assert done.is_success, done.text
    await run_jobs()
    closed = await Person.get(pk=who.id)
    assert (closed.password_hash, closed.email_verified_at) == (None, None)
    assert who.name not in closed.name
    assert email not in closed.email
    assert await Party.exists(pk=two.assistant.id)
    assert not await Membership.filter(party_id=two.assistant.id).exists()
    assert not await Profile.filter(party_id=two.assistant.id).exists()
    addressed = "SELECT count(*) AS n FROM outgoing_mail WHERE recipient = $1"
    (row,) = await connection().execute_query_dict(addressed, [email])
    assert row["n"] == 0
    # The other side still has its contract; the address is free for a new account.
    await make.log_in(client, two.claire)
    assert (await client.get(f"/fr/contracts/{contract.id}")).status_code == 200
    assert await make.person(email=email)


@pytest.mark.usefixtures("stripe_sandbox", "application")
async def test_nobody_goes_while_a_client_waits_for_an_invoice(run_jobs: RunJobs) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000), trial_days=0)
    await work.pay(contract)
    unit = await work.unit(contract)
    await deliveries.submit(people.assistant, unit.id, DONE)
    await deliveries.approve(people.business, unit.id)  # its invoice is not even called for yet
    assert Reason.INVOICES in await _reasons(people.assistant)
    await run_jobs()
    before = (await leaving.farewell(people.assistant.person_id)).obstacles
    assert Reason.INVOICES in {each.reason for each in before}
    await invoicing.mandated(people)
    await run_jobs()
    after = (await leaving.farewell(people.assistant.person_id)).obstacles
    assert Reason.INVOICES not in {each.reason for each in after}


@pytest.mark.usefixtures("stripe_sandbox", "application")
async def test_an_assistant_waits_for_what_it_must_add_itself_not_for_what_its_client_must(
    run_jobs: RunJobs,
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000), trial_days=0)
    await work.pay(contract)
    await invoicing.mandated(people)
    unit = await work.unit(contract)
    await deliveries.submit(people.assistant, unit.id, DONE)
    await deliveries.approve(people.business, unit.id)
    await Party.filter(pk=people.assistant_id).update(registration_number="")
    await run_jobs()
    assert Reason.INVOICES in await _reasons(people.assistant)
    await Party.filter(pk=people.assistant_id).update(registration_number="73282932000074")
    await Party.filter(pk=people.business_id).update(registration_number="")
    await collecting.retry(Invoice.filter(seller_id=people.assistant_id))
    await run_jobs()
    assert await Invoice.filter(seller_id=people.assistant_id, code="identity").exists()
    assert Reason.INVOICES not in await _reasons(people.assistant)


async def _over(people: work.Pair, price: int = 20000) -> Contract:
    """A contract whose payments are only recorded, ended while its one part waits for approval."""
    contract = await work.signed(people, work.project(price), trial_days=0)
    await deliveries.submit(people.assistant, (await work.unit(contract)).id, DONE)
    await endings.propose(people.assistant, contract.id, EndingDraft())
    return await Contract.get(pk=contract.id)


async def _reasons(who: Viewer) -> list[Reason]:
    return [each.reason for each in (await leaving.farewell(who.person_id)).obstacles]


@pytest.mark.usefixtures("application")
async def test_a_business_approves_and_records_what_it_pays_outside_before_it_goes(
    client: httpx.AsyncClient,
) -> None:
    people = await work.with_outsider(await work.pair())
    contract = await _over(people)
    unit = await work.unit(contract)
    assert (contract.status, unit.status) == ("cancelled", "submitted")
    assert await _reasons(people.business) == await _reasons(people.assistant) == [Reason.REVIEW]
    await deliveries.approve(people.business, unit.id)
    assert await _reasons(people.business) == [Reason.UNPAID]
    assert await _reasons(people.assistant) == [Reason.INVOICES]  # of this work, not made yet
    await make.log_in(client, people.business.person)
    page = await client.post("/fr/my-data/deletion", data=GOODBYE)
    assert page.status_code == 409
    assert "a validé du travail dont le paiement n’est pas encore enregistré" in page.text
    assert f"/fr/contracts/{contract.id}/work" in page.text
    values = {"amount_minor": 20000, "paid_on": clock.today(), "method": "cash", "reference": ""}
    await recorded.record(people.business, unit.id, RecordedDraft.model_validate(values))
    assert await _reasons(people.business) == []
    assert (await client.post("/fr/my-data/deletion", data=GOODBYE)).status_code == 303


@pytest.mark.usefixtures("application")
async def test_work_handed_in_to_a_business_that_is_gone_is_approved_by_silence(
    run_jobs: RunJobs, client: httpx.AsyncClient
) -> None:
    people = await work.with_outsider(await work.pair())
    contract = await _over(people)
    unit = await work.unit(contract)
    await deliveries.request_changes(
        people.business, unit.id, ChangesDraft(criteria=[0], note="Not yet", delivery=1)
    )
    await make.log_in(client, people.business.person)
    assert (await client.post("/fr/my-data/deletion", data=GOODBYE)).status_code == 303
    await deliveries.submit(people.assistant, unit.id, DONE)
    for _ in range(contract.review_days + 1):
        await run_jobs()
        clock.advance(86_400)
        await ticks.run_due()
    unit = await work.unit(contract)
    assert (unit.status, unit.paid_minor) == ("approved", 20000)
